import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The absolute path that a `file:` URI names; `undefined` for anything else an editor may send (`untitled:`, `git:`, garbage). */
export function pathOfUri(uri: string): string | undefined {
  if (!/^file:/i.test(uri)) return undefined;
  try {
    const path = fileURLToPath(uri);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}

export function uriOfPath(path: string): string {
  return pathToFileURL(path).href;
}

/** A path as the session of a root knows it: relative, with `/`; `undefined` if it lies outside. */
export function pathWithin(root: string, absolute: string): string | undefined {
  const path = relative(root, absolute);
  const isOutside = path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
  return isOutside ? undefined : path.replaceAll(sep, '/');
}

/** The way back from `pathWithin`. */
export function absolutePath(root: string, path: string): string {
  return resolve(root, path);
}
