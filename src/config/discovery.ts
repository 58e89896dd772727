import { existsSync, lstatSync, readlinkSync, statSync, type Dirent, type Stats } from 'node:fs';
import * as fs from 'node:fs';
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import type { Notice } from '../core/notice.ts';
import type { FileInput, FileState } from '../session.ts';
import { fileKind, isModuleFile, searchPattern } from './file-kind.ts';
import { IgnoreFiles } from './ignore-files.ts';
import { tamePatterns } from './ignore-patterns.ts';
import { readWhole } from './read-file.ts';

export interface Discovered {
  readonly files: readonly FileInput[];
  readonly notices: readonly Notice[];
}

/**
 * Finds the files to lint.
 *
 * Directories are searched for every kind of file we know, without those git ignores and without following symbolic
 * links; a file named by itself is taken whatever ignores it. A glob that names nothing that exists is expanded.
 *
 * @param root absolute path that the paths of the result are relative to
 * @param paths files, directories and globs, relative to `root` or absolute
 * @param options.context also take, as context, what a file named by itself is judged with: the rest of a Go package, what a
 *   manifest refers to; and the modules that Go files belong to
 */
export async function discover(
  root: string,
  paths: readonly string[],
  options: { readonly context?: boolean } = {},
): Promise<Discovered> {
  const notices: Notice[] = [];
  const found = new Map<string, FileInput>();
  const named = new Set<string>();
  const repositories = new Repositories();

  const add = (absolute: string, link?: string) => {
    const place = locate(root, absolute, repositories);
    if (found.has(place.path)) return;
    const read = Object.assign(() => readWhole(absolute), { state: () => stateOf(absolute) });
    found.set(place.path, link === undefined ? { ...place, read } : { ...place, link, read });
  };

  for (const path of paths) {
    const absolute = resolve(root, path);
    const stats = statIfThere(absolute);
    if (stats?.isFile() === true) {
      if (fileKind(toPath(root, absolute)) === undefined) {
        notices.push({ file: toPath(root, absolute), message: 'This is no kind of file that fleetlint reads.' });
      } else {
        add(absolute);
        named.add(absolute);
      }
    } else if (stats?.isDirectory() === true) {
      await search(absolute, searchPattern, repositories, add, notices, root);
    } else if (stats !== undefined) {
      notices.push({ file: path, message: 'This is neither a file nor a directory.', incomplete: true });
    } else if (/[*?[{]/.test(path)) {
      const before = found.size;
      const base = isAbsolute(path) ? '/' : root;
      await search(base, isAbsolute(path) ? path.slice(1) : path, repositories, add, notices, root);
      if (found.size === before)
        notices.push({ file: path, message: 'No file matches this pattern.', incomplete: true });
    } else {
      const broken = lstatIfThere(absolute)?.isSymbolicLink() === true;
      notices.push({
        file: path,
        message: broken
          ? 'This symbolic link leads to nothing that can be read.'
          : 'There is no such file or directory.',
        incomplete: true,
      });
    }
  }
  if (options.context === true) {
    for (const file of packageFiles(root, [...found.values()], named)) found.set(file.path, file);
    for (const file of await manifestFiles(root, named)) if (!found.has(file.path)) found.set(file.path, file);
    for (const file of modulesAbove(root, [...found.values()])) found.set(file.path, file);
  }
  return { files: [...found.values()], notices };
}

/** The other files of the Go packages of files that were named by themselves: they say how often those are called. */
function packageFiles(root: string, found: readonly FileInput[], named: ReadonlySet<string>): readonly FileInput[] {
  const known = new Set(found.map(({ path }) => path));
  const repositories = new Repositories();
  const directories = new Set([...named].filter((file) => file.endsWith('.go')).map((file) => dirname(file)));
  return [...directories].flatMap((directory) =>
    namesIn(directory)
      .filter(
        (name) => name.endsWith('.go') && !name.endsWith('_test.go') && !known.has(toPath(root, join(directory, name))),
      )
      .map((name) => {
        const absolute = join(directory, name);
        return { ...locate(root, absolute, repositories), context: true, read: () => readWhole(absolute) };
      }),
  );
}

/** Empty for what cannot be read. */
function textOf(absolute: string): string {
  try {
    return Buffer.from(readWhole(absolute)).toString();
  } catch {
    return '';
  }
}

/** What manifests, templates and copied files that were named by themselves are to be judged with. */
async function manifestFiles(root: string, named: ReadonlySet<string>): Promise<readonly FileInput[]> {
  const puppet = [...named].filter((file) => file.endsWith('.pp') || isModuleFile(file));
  if (puppet.length === 0) return [];
  const { manifestContext } = await import('./manifest-context.ts');
  const repositories = new Repositories();
  const byTop = new Map<string, string[]>();
  for (const file of puppet) {
    const top = repositories.of(dirname(file)) ?? root;
    byTop.set(top, [...(byTop.get(top) ?? []), file]);
  }
  return [...byTop].flatMap(([top, files]) =>
    manifestContext(files, top, textOf).map((absolute) => ({
      ...locate(root, absolute, repositories),
      context: true,
      read: () => readWhole(absolute),
    })),
  );
}

/** The `go.mod` of Go files that lie below it, where it was not searched itself; above `root` it has no path that tells. */
function modulesAbove(root: string, found: readonly FileInput[]): readonly FileInput[] {
  const own = new Set(found.flatMap(({ path }) => (path.endsWith('.go') ? [posix.dirname(path)] : [])));
  const above = new Set([...own].flatMap((directory) => directoriesAbove(`${directory}/`)));
  const known = new Set(found.map(({ path }) => path));
  const repositories = new Repositories();
  return [...above]
    .map((directory) => join(root, directory, 'go.mod'))
    .filter((absolute) => !known.has(toPath(root, absolute)) && existsSync(absolute))
    .map((absolute) => ({ ...locate(root, absolute, repositories), context: true, read: () => readWhole(absolute) }));
}

/** The directories that a file lies in, up to the root, which is empty; none for one outside of it. */
export function directoriesAbove(path: string): readonly string[] {
  if (path.startsWith('../') || isAbsolute(path)) return [];
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index).join('/')).concat(parts.join('/'));
}

/** What a session must know of a file by its path, whether the file is there or not. @param path relative to `root`, or absolute */
export function locate(
  root: string,
  path: string,
  repositories = new Repositories(),
): Required<Pick<FileInput, 'path' | 'scope' | 'repositoryPath'>> {
  const absolute = isAbsolute(path) ? path : resolve(root, path);
  const repository = repositories.of(absolute.slice(0, Math.max(1, absolute.lastIndexOf(sep)))) ?? root;
  const ownPath = toPath(root, absolute);
  return {
    path: ownPath,
    scope: toPath(root, repository),
    repositoryPath: repository === root ? ownPath : toPath(repository, absolute),
  };
}

/** The repository a file belongs to, relative to `root`; `root` itself where there is none. */
export function scopeOf(root: string, path: string): string {
  return locate(root, path).scope;
}

/** `undefined` for what is not there or no file. */
function stateOf(absolute: string): FileState | undefined {
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return undefined;
  return { size: stats.size, modified: stats.mtimeMs, changed: stats.ctimeMs, inode: stats.ino };
}

async function search(
  directory: string,
  pattern: string,
  repositories: Repositories,
  add: (absolute: string, link?: string) => void,
  notices: Notice[],
  root: string,
): Promise<void> {
  const { default: ignore } = await import('ignore');
  const readDirectory = (path: string): Dirent[] => {
    try {
      return fs.readdirSync(path, { withFileTypes: true });
    } catch (error) {
      notices.push({
        file: toPath(root, path),
        message: `This directory cannot be read: ${reason(error)}.`,
        incomplete: true,
      });
      return [];
    }
  };
  const entries =
    pattern === searchPattern ? below(directory, readDirectory) : await matching(directory, pattern, readDirectory);
  const ignoreFiles = new Map<string, IgnoreFiles>();
  const known = entries.flatMap(({ path, dirent }) => {
    const kind = dirent.isDirectory() ? undefined : fileKind(path);
    return kind === undefined || (kind === 'go' && /(?:^|\/)vendor\//.test(path)) ? [] : [{ path, dirent, kind }];
  });
  for (const { kind, path, dirent } of known.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const absolute = join(directory, path);
    const top = repositories.of(dirname(absolute)) ?? directory;
    let ignored = ignoreFiles.get(top);
    if (ignored === undefined)
      ignoreFiles.set(
        top,
        (ignored = new IgnoreFiles(top, (text) => ignore({ allowRelativePaths: true }).add(tamePatterns(text)))),
      );
    if (ignored.ignores(toPath(top, absolute))) continue;
    if (dirent.isFile()) add(absolute);
    else if (dirent.isSymbolicLink() && (kind === 'unit' || kind === 'drop-in')) add(absolute, readlinkSync(absolute));
  }
}

/** What is below a directory, relative to it, with `/`. */
interface Found {
  readonly path: string;
  readonly dirent: Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;
}

/** Directories that hold no sources of the tree. */
const skipped = new Set(['.git', 'node_modules']);

/** Everything below a directory. Faster than a glob of everything, which tries its pattern on every path. */
function below(directory: string, readDirectory: (path: string) => Dirent[]): readonly Found[] {
  const found: Found[] = [];
  const open = [''];
  for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
    for (const dirent of readDirectory(join(directory, prefix.slice(0, -1)))) {
      const path = prefix + dirent.name;
      if (!dirent.isDirectory()) found.push({ path, dirent });
      else if (!skipped.has(dirent.name)) open.push(path + '/');
    }
  }
  return found;
}

async function matching(
  directory: string,
  pattern: string,
  readDirectory: (path: string) => Dirent[],
): Promise<readonly Found[]> {
  const { default: glob } = await import('fast-glob');
  return glob.sync([pattern], {
    cwd: directory,
    dot: true,
    followSymbolicLinks: false,
    unique: false,
    onlyFiles: false,
    objectMode: true,
    ignore: [...skipped].map((name) => `**/${name}/**`),
    fs: { readdirSync: readDirectory as unknown as typeof fs.readdirSync },
  });
}

/** Of the files themselves, not of links. What a directory that may not be listed holds says nothing. */
function namesIn(directory: string): readonly string[] {
  try {
    return fs
      .readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The git repository a directory lies in, looked up once a directory. */
class Repositories {
  readonly #known = new Map<string, string | undefined>();

  of(directory: string): string | undefined {
    if (this.#known.has(directory)) return this.#known.get(directory);
    const parent = dirname(directory);
    const top = existsSync(join(directory, '.git')) ? directory : parent === directory ? undefined : this.of(parent);
    this.#known.set(directory, top);
    return top;
  }
}

function toPath(root: string, absolute: string): string {
  // What lies below needs no look at each part: a large tree has very many files.
  const isBelow = absolute.startsWith(root) && absolute[root.length] === sep;
  return (isBelow ? absolute.slice(root.length + 1) : relative(root, absolute)).replaceAll(sep, '/');
}

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function lstatIfThere(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
