/** Which packages of their own modules the Go files of a tree import, without parsing them. */
import type { GoModuleFact } from '../../core/facts/go.ts';
import { addTo } from '../../core/lists.ts';

/**
 * The import declarations of a file: a few hundred bytes, so that they can be kept of every file.
 *
 * @param raw the text, or its bytes as characters
 * @returns from the first `import` at the start of a line to the end of the last that follows it at once
 */
export function importText(raw: string): string {
  const start = raw.indexOf('\nimport');
  if (start < 0) return '';
  let end = start;
  for (let next = start; next >= 0 && next <= end + 2; next = raw.slice(0, end + 10).indexOf('\nimport', end)) {
    const newline = raw.indexOf('\n', next + 1);
    const line = raw.slice(next, newline < 0 ? raw.length : newline);
    const close = line.includes('(') && !line.includes(')') ? raw.indexOf('\n)', next) + 2 : newline;
    if (close <= next) return copyOf(raw.slice(start));
    end = close;
  }
  return copyOf(raw.slice(start, end));
}

/** Of its own: V8 keeps all of the text for a part of it. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

/** The files that import each package of the modules, tests left out. @param head the `importText` of a file */
export function importersByPackage(
  paths: readonly string[],
  head: (path: string) => string,
  modules: readonly GoModuleFact[],
): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  const names = new Set(modules.map((module) => module.path));
  // Of each package only once: a tree imports few of them very often.
  const others = new Set<string>();
  for (const path of paths) {
    if (!isPackageFile(path)) continue;
    for (const imported of importedPaths(head(path))) {
      if (others.has(imported)) continue;
      if (importers.has(imported) || isOfModule(imported, names)) addTo(importers, imported, path);
      else others.add(imported);
    }
  }
  return importers;
}

/** What stands in quotation marks on one line. @param head the `importText` of a file */
export function importedPaths(head: string): readonly string[] {
  const found: string[] = [];
  const parts = head.split('"');
  for (let index = 1; index + 1 < parts.length; index++) {
    const part = parts[index] ?? '';
    if (part.includes('\n')) continue;
    found.push(part);
    index++;
  }
  return found;
}

function isOfModule(path: string, modules: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (modules.has(path.slice(0, end))) return true;
  }
  return false;
}

/** Whether a file belongs to a package, and is no test of it. */
export function isPackageFile(path: string): boolean {
  return path.endsWith('.go') && !path.endsWith('_test.go');
}

/** The directory of a file; empty for the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
