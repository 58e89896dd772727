/** The files of git's index, as a session reads them. */
import { join, posix, relative, resolve, sep } from 'node:path';
import { fileKind } from '../config/file-kind.ts';
import { copiedModules, directoriesAbove, saysNothing } from '../config/discovery.ts';
import { maximumFileSize } from '../config/read-file.ts';
import type { FileInput } from '../session.ts';
import { blobSizes, readBlobs, readIndex, type GitFile } from './git.ts';

export interface Staged {
  readonly files: readonly FileInput[];
  /** All files of the index, by their path from the top. */
  readonly index: ReadonlyMap<string, GitFile>;
  /** What the index has at an absolute path; `undefined` if nothing. */
  read(absolute: string): Uint8Array | undefined;
}

/**
 * Reads the files of the index below some paths, whatever the work tree holds.
 *
 * @param root absolute path that the paths of the result are relative to
 * @param top absolute path of the repository
 * @param paths files and directories, relative to `root` or absolute
 */
export function readStaged(root: string, top: string, paths: readonly string[]): Staged {
  const index = readIndex(top);
  const wanted = paths.map((path) => toPath(top, resolve(root, path)));
  const isWanted = (path: string): boolean =>
    wanted.some((each) => each === '' || path === each || path.startsWith(`${each}/`));
  const isContext = contextOf(
    [...index.keys()].filter((path) => isWanted(path)),
    wanted,
  );
  const isCopied = copiedOf(index, wanted);
  const chosen = [...index].filter(([path]) => isKnown(path) && (isWanted(path) || isContext(path)) && !isCopied(path));
  const sizes = blobSizes(
    top,
    chosen.map(([, { id }]) => id),
  );
  const blobs = readBlobs(
    top,
    chosen.flatMap(([, { id }]) => ((sizes.get(id) ?? Infinity) <= maximumFileSize ? [id] : [])),
  );
  const files = chosen.flatMap(([path, { mode, id }]): readonly FileInput[] => {
    const read = (): Uint8Array => {
      const blob = blobs.get(id);
      if (blob !== undefined) return blob;
      const size = sizes.get(id);
      throw new Error(
        size === undefined
          ? 'git does not have its content.'
          : `It has ${String(size)} bytes, and files over ${String(maximumFileSize)} bytes are not read.`,
      );
    };
    const place = {
      path: toPath(root, join(top, path)),
      scope: toPath(root, top),
      repositoryPath: path,
      ...(isWanted(path) ? {} : { context: true }),
    };
    if (mode !== '120000') return [{ ...place, read }];
    const kind = fileKind(path);
    if (kind !== 'unit' && kind !== 'drop-in') return [];
    return [{ ...place, link: Buffer.from(read()).toString('utf8'), read }];
  });
  return {
    files,
    index,
    read(absolute) {
      const file = index.get(toPath(top, absolute));
      return file === undefined ? undefined : readBlobs(top, [file.id]).get(file.id);
    },
  };
}

/** What a run on files of the work tree takes as context too: the packages of Go files named by themselves, and modules. */
function contextOf(files: readonly string[], named: readonly string[]): (path: string) => boolean {
  const isGo = (path: string): boolean => path.endsWith('.go');
  const packages = new Set(named.filter(isGo).map((path) => posix.dirname(path)));
  const modules = new Set(files.filter(isGo).flatMap((path) => directoriesAbove(path)));
  return (path) => {
    const directory = posix.dirname(path);
    if (posix.basename(path) === 'go.mod') return modules.has(directory === '.' ? '' : directory);
    return isGo(path) && !path.endsWith('_test.go') && packages.has(directory);
  };
}

/** Whether a file lies in a directory that `go mod vendor` made, unless that was named or something in it. */
function copiedOf(index: ReadonlyMap<string, GitFile>, named: readonly string[]): (path: string) => boolean {
  const directories = [...index.keys()]
    .filter((path) => path.endsWith(`/vendor/${copiedModules}`) || path === `vendor/${copiedModules}`)
    .map((path) => path.slice(0, -copiedModules.length))
    .filter((directory) => !named.some((path) => `${path}/`.startsWith(directory)));
  return (path) => directories.some((directory) => path.startsWith(directory));
}

/** As in a search of the work tree: neither code of others nor tests nor what no loader reads. */
function isKnown(path: string): boolean {
  const kind = fileKind(path);
  if (kind === undefined || /(?:^|\/)node_modules\//.test(path)) return false;
  return kind !== 'go' || !saysNothing(path);
}

function toPath(from: string, to: string): string {
  return relative(from, to).replaceAll(sep, '/');
}
