import { existsSync, lstatSync, readdirSync, readlinkSync, statSync, type Dirent, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { Notice } from '../core/notice.ts';
import type { FileInput } from '../session.ts';
import { DiskFile, type Location } from './disk-file.ts';
import { fileKind, isModuleFile } from './file-kind.ts';
import { ignores } from './ignore-files.ts';
import { Listings } from './listings.ts';
import { Places, toPath, type Place } from './places.ts';
import { readWhole } from './read-file.ts';

export interface Discovered {
  readonly files: readonly FileInput[];
  readonly notices: readonly Notice[];
  /** Of the directories that were searched. */
  readonly listings: Listings;
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
 * @param options.again directories are searched as parts of `root`: what a search of all of it leaves out stays out
 */
export async function discover(
  root: string,
  paths: readonly string[],
  options: { readonly context?: boolean; readonly again?: boolean } = {},
): Promise<Discovered> {
  const notices: Notice[] = [];
  const found = new Map<string, FileInput>();
  const named = new Set<string>();
  const listings = new Listings();
  const repositories = new Repositories(listings);

  const add = (place: Location, link?: string) => {
    if (!found.has(place.path)) found.set(place.path, new DiskFile(root, place, link));
  };
  const addContext = (absolute: string) => {
    const place = locate(root, absolute, repositories);
    if (!found.has(place.path)) found.set(place.path, new DiskFile(root, place, undefined, true));
  };

  for (const path of paths) {
    const absolute = resolve(root, path);
    const stats = statIfThere(absolute);
    if (stats?.isFile() === true) {
      if (fileKind(toPath(root, absolute)) === undefined) {
        notices.push({ file: toPath(root, absolute), message: 'This is no kind of file that fleetlint reads.' });
      } else {
        add(locate(root, absolute, repositories));
        named.add(absolute);
      }
    } else if (stats?.isDirectory() === true) {
      if (options.again === true && isOthers(root, absolute)) continue;
      const within = options.again === true ? toPath(root, absolute) : '';
      await search(root, { directory: absolute, within }, listings, add, notices);
    } else if (stats !== undefined) {
      notices.push({ file: path, message: 'This is neither a file nor a directory.', incomplete: true });
    } else if (/[*?[{]/.test(path)) {
      const before = found.size;
      const base = isAbsolute(path) ? '/' : root;
      const pattern = isAbsolute(path) ? path.slice(1) : path;
      await search(root, { directory: base, within: '', pattern }, listings, add, notices);
      if (found.size === before)
        notices.push({ file: path, message: 'No file matches this pattern.', incomplete: true });
    } else {
      notices.push({ file: path, message: whyMissing(absolute), incomplete: true });
    }
  }
  if (options.context === true) {
    for (const absolute of packageFiles(named)) addContext(absolute);
    for (const absolute of await manifestFiles(root, named, repositories)) addContext(absolute);
    for (const absolute of modulesAbove(root, found.keys(), listings)) addContext(absolute);
  }
  return { files: [...found.values()], notices, listings };
}

/** The other files of the Go packages of files that were named by themselves: they say how often those are called. */
function packageFiles(named: ReadonlySet<string>): readonly string[] {
  const directories = new Set([...named].filter((file) => file.endsWith('.go')).map((file) => dirname(file)));
  return [...directories].flatMap((directory) =>
    namesIn(directory)
      .filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
      .map((name) => join(directory, name)),
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
async function manifestFiles(
  root: string,
  named: ReadonlySet<string>,
  repositories: Repositories,
): Promise<readonly string[]> {
  const puppet = [...named].filter((file) => file.endsWith('.pp') || isModuleFile(file));
  if (puppet.length === 0) return [];
  const { manifestContext } = await import('./manifest-context.ts');
  const byTop = new Map<string, string[]>();
  for (const file of puppet) {
    const top = repositories.of(dirname(file)) ?? root;
    byTop.set(top, [...(byTop.get(top) ?? []), file]);
  }
  return [...byTop].flatMap(([top, files]) => manifestContext(files, top, textOf));
}

/** The `go.mod` of Go files that lie below it, where it was not searched itself; above `root` it has no path that tells. */
function modulesAbove(root: string, found: Iterable<string>, listings: Listings): readonly string[] {
  const above = new Set<string>();
  for (const path of found) {
    if (!path.endsWith('.go') || path.startsWith('../') || isAbsolute(path)) continue;
    for (let end = path.lastIndexOf('/'); ; end = path.lastIndexOf('/', end - 1)) {
      const directory = path.slice(0, Math.max(0, end));
      if (above.has(directory)) break;
      above.add(directory);
    }
  }
  return [...above]
    .sort()
    .map((directory) => (directory === '' ? root : below(root, directory)))
    .filter((directory) => listings.has(directory, 'go.mod'))
    .map((directory) => join(directory, 'go.mod'));
}

/** The directories that a file lies in, up to the root, which is empty; none for one outside of it. */
export function directoriesAbove(path: string): readonly string[] {
  if (path.startsWith('../') || isAbsolute(path)) return [];
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index).join('/')).concat(parts.join('/'));
}

/** What a session must know of a file by its path, whether the file is there or not. @param path relative to `root`, or absolute */
export function locate(root: string, path: string, repositories = new Repositories()): Location {
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

interface Searched {
  /** Absolute. */
  readonly directory: string;
  /** The path that it has when what is others' is told by the paths. */
  readonly within: string;
  /** A glob; all that is in it by default. */
  readonly pattern?: string;
}

/** Adds the files of each known kind, in the order of their paths. */
async function search(
  root: string,
  { directory, within, pattern }: Searched,
  listings: Listings,
  add: (place: Location, link?: string) => void,
  notices: Notice[],
): Promise<void> {
  const { default: ignore } = await import('ignore');
  const places = new Places(root, directory, listings, (text) => ignore({ allowRelativePaths: true }).add(text));
  const isNamed = (path: string): boolean => path === directory || pattern?.includes('vendor') === true;
  const readDirectory = (path: string): Dirent[] => {
    try {
      const entries = readdirSync(path, { withFileTypes: true });
      return isCopied(path, entries) && !isNamed(path) ? [] : entries;
    } catch (error) {
      notices.push({
        file: toPath(root, path),
        message: `This directory cannot be read: ${reason(error)}.`,
        incomplete: true,
      });
      return [];
    }
  };
  /** @param path from the searched directory */
  const take = (place: Place, path: string, entry: Entry): void => {
    const kind = fileKind(path);
    if (kind === undefined || (kind === 'go' && saysNothing(path, pattern))) return;
    const name = entry.name;
    if (place.isIgnored || ignores(place.rules, place.ignorePath + name)) return;
    const own = place.path + name;
    const repositoryPath = place.repositoryPath === place.path ? own : place.repositoryPath + name;
    // Of a folder that is searched by itself the paths are longer.
    const location = { path: own, scope: place.scope, repositoryPath, kind: own === path ? kind : undefined };
    if (entry.isFile()) add(location);
    else if (entry.isSymbolicLink() && (kind === 'unit' || kind === 'drop-in'))
      add(location, readlinkSync(resolve(root, own)));
  };
  /** In the order of the paths: `a.b` comes before what is in `a`. */
  const walk = (folder: string, above: string): void => {
    const entries = readDirectory(folder);
    listings.note(folder, entries);
    const place = places.of(folder);
    for (const entry of entries.sort(byPath)) {
      if (!entry.isDirectory()) take(place, above + entry.name, entry);
      else if (!skipped.has(entry.name)) walk(below(folder, entry.name), `${above}${entry.name}/`);
    }
  };
  if (pattern === undefined) walk(directory, within === '' ? '' : `${within}/`);
  else
    for (const { path, dirent } of await matching(directory, pattern, readDirectory))
      if (!dirent.isDirectory()) take(places.of(dirname(join(directory, path))), path, dirent);
}

type Entry = Pick<Dirent, 'name' | 'isDirectory' | 'isFile' | 'isSymbolicLink'>;

/** Whether a Go file is others' code or a test, which no node runs, unless a glob asks for such files. */
export function saysNothing(path: string, pattern = ''): boolean {
  return /(?:^|\/)vendor\//.test(path) || (path.endsWith('_test.go') && !pattern.includes('_test'));
}

/** Directories that hold no sources of the tree. */
const skipped = new Set(['.git', 'node_modules']);

/** Whether a search of `root` does not come to a directory below it, as what is in it is others'. */
function isOthers(root: string, directory: string): boolean {
  const names = toPath(root, directory).split('/');
  return names.some(
    (name, index) =>
      skipped.has(name) || (name === 'vendor' && existsSync(join(root, ...names.slice(0, index + 1), copiedModules))),
  );
}

/** Whether `go mod vendor` made a directory: what is in it belongs to others, whose repositories say more of it. */
function isCopied(folder: string, entries: readonly Dirent[]): boolean {
  return basename(folder) === 'vendor' && entries.some(({ name }) => name === copiedModules);
}

/** What `go mod vendor` writes beside the modules that it copies. */
export const copiedModules = 'modules.txt';

/** As `join`, for what needs no look at its parts. */
function below(directory: string, name: string): string {
  return directory.endsWith(sep) ? directory + name : directory + sep + name;
}

function byPath(one: Dirent, other: Dirent): number {
  const key = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  return key(one) < key(other) ? -1 : 1;
}

async function matching(
  directory: string,
  pattern: string,
  readDirectory: (path: string) => Dirent[],
): Promise<readonly { readonly path: string; readonly dirent: Entry }[]> {
  const { default: glob } = await import('fast-glob');
  const found = glob.sync([pattern], {
    cwd: directory,
    dot: true,
    followSymbolicLinks: false,
    unique: false,
    onlyFiles: false,
    objectMode: true,
    ignore: [...skipped].map((name) => `**/${name}/**`),
    fs: { readdirSync: readDirectory as unknown as typeof readdirSync },
  });
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Of the files themselves, not of links. What a directory that may not be listed holds says nothing. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The git repository a directory lies in, looked up once a directory. */
class Repositories {
  readonly #known = new Map<string, string | undefined>();
  readonly #listings: Listings;

  constructor(listings = new Listings()) {
    this.#listings = listings;
  }

  of(directory: string): string | undefined {
    if (this.#known.has(directory)) return this.#known.get(directory);
    const parent = dirname(directory);
    const top = this.#listings.has(directory, '.git') ? directory : parent === directory ? undefined : this.of(parent);
    this.#known.set(directory, top);
    return top;
  }
}

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Of what cannot be looked at. */
function whyMissing(path: string): string {
  try {
    lstatSync(path);
    return 'This symbolic link leads to nothing that can be read.';
  } catch (error) {
    const why = reason(error);
    return why === 'EACCES' ? `This cannot be read: ${why}.` : 'There is no such file or directory.';
  }
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
