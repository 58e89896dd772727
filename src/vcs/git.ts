/** Git's index and history, read with plumbing that runs no hook, no filter and no program that a repository's configuration names. */
import { spawnSync } from 'node:child_process';

/** One file of a tree or of the index. */
export interface GitFile {
  /** `100644`, `100755` or `120000` for a symbolic link; others are not listed. */
  readonly mode: string;
  /** Name of the blob. */
  readonly id: string;
}

/** Git said no; the message is a sentence. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

const safeguards = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

/** Runs git in a directory. Throws GitError. */
export function git(directory: string, commandArguments: readonly string[], input?: string): Buffer {
  const { status, stdout, stderr, error } = spawnSync('git', [...safeguards, ...commandArguments], {
    cwd: directory,
    input: input ?? '',
    maxBuffer: Infinity,
    env: {
      ...process.env,
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      // What a partial clone lacks is not fetched.
      GIT_NO_LAZY_FETCH: '1',
      GIT_ALLOW_PROTOCOL: 'none',
    },
  });
  if (error !== undefined) throw new GitError(`git cannot be run: ${error.message}.`);
  if (status !== 0)
    throw new GitError(
      `git says: ${stderr
        .toString('utf8')
        .trim()
        .replace(/^fatal: /, '')}`,
    );
  return stdout;
}

/** The files of the index, by their path from the top of the repository. `top`: absolute. */
export function readIndex(top: string): ReadonlyMap<string, GitFile> {
  const files = new Map<string, GitFile>();
  for (const record of records(git(top, ['ls-files', '--stage', '-z', '--full-name']))) {
    const match = /^(\d{6}) ([0-9a-f]+) (\d)\t([^]+)$/.exec(record);
    const [, mode = '', id = '', stage, path = ''] = match ?? [];
    // Of a merge that is not done, our side counts.
    if (isFile(mode) && (stage === '0' || stage === '2')) files.set(path, { mode, id });
  }
  return files;
}

/** The files of a commit; none if `commit` is undefined. */
export function readTree(top: string, commit: string | undefined): ReadonlyMap<string, GitFile> {
  const files = new Map<string, GitFile>();
  if (commit === undefined) return files;
  for (const record of records(git(top, ['ls-tree', '-r', '-z', '--full-tree', commit]))) {
    const [, mode = '', id = '', path = ''] = /^(\d{6}) blob ([0-9a-f]+)\t([^]+)$/.exec(record) ?? [];
    if (isFile(mode)) files.set(path, { mode, id });
  }
  return files;
}

/** The commit of a name; `undefined` if there is none. */
export function findCommit(top: string, name: string): string | undefined {
  try {
    return git(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
      .toString()
      .trim();
  } catch (error) {
    if (error instanceof GitError && error.message === 'git says: ') return undefined;
    throw error;
  }
}

/** Where this branch left another; the other itself where they have no common past. */
export function mergeBase(top: string, commit: string): string {
  try {
    return git(top, ['merge-base', commit, 'HEAD']).toString().trim();
  } catch {
    return commit;
  }
}

/** Sizes of blobs, by their names. */
export function blobSizes(top: string, ids: readonly string[]): ReadonlyMap<string, number> {
  const output = git(top, ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'], list(ids));
  const sizes = new Map<string, number>();
  for (const line of output.toString().split('\n')) {
    const [id, type, size] = line.split(' ');
    if (id !== undefined && type === 'blob') sizes.set(id, Number(size));
  }
  return sizes;
}

/** Contents of blobs, by their names, read by one program. */
export function readBlobs(top: string, ids: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const blobs = new Map<string, Uint8Array>();
  if (ids.length === 0) return blobs;
  const output = git(top, ['cat-file', '--batch'], list(ids));
  for (let at = 0; at < output.length;) {
    const newline = output.indexOf(0x0a, at);
    if (newline < 0) break;
    const [id = '', type, size] = output.toString('utf8', at, newline).split(' ');
    at = newline + 1;
    if (type === undefined || size === undefined) continue;
    blobs.set(id, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}

function list(ids: readonly string[]): string {
  return [...new Set(ids)].map((id) => `${id}\n`).join('');
}

function records(output: Buffer): readonly string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((record) => record !== '');
}

function isFile(mode: string): boolean {
  return mode === '100644' || mode === '100755' || mode === '120000';
}
