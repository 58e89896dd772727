import path from 'node:path';

/** Where a file of src/ stands. */
export interface RepositoryPath {
  /** Root of the repository. */
  readonly root: string;
  /** Below src/, with `/`. */
  readonly inSource: string;
}

/** Takes the path of a file apart; `undefined` for a file that is not in src/. */
export function repositoryPath(filename: string): RepositoryPath | undefined {
  const normal = filename.replaceAll(path.sep, '/');
  const at = normal.lastIndexOf('/src/');
  return at < 0 ? undefined : { root: normal.slice(0, at), inSource: normal.slice(at + '/src/'.length) };
}
