import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Session } from '../session.ts';
import { createChanges, type CurrentFile } from '../vcs/changes.ts';
import { findCommit, mergeBase, readTree } from '../vcs/git.ts';
import { repositoryTop } from '../vcs/repository.ts';
import type { Staged } from '../vcs/staged.ts';
import { UsageError } from './options.ts';

/** Whether a finding touches what is staged. */
export function stagedChanges(staged: Staged, session: Session, directory: string): (finding: Finding) => boolean {
  const top = topOf(directory);
  const base = readTree(top, findCommit(top, 'HEAD'));
  return createChanges(top, base, (path) => staged.index.has(path), currentFiles(session, top, directory));
}

/** Whether a finding touches what has changed in the work tree since this branch left a commit. */
export function changesSince(name: string, session: Session, directory: string): (finding: Finding) => boolean {
  const top = topOf(directory);
  const commit = findCommit(top, name);
  if (commit === undefined) throw new UsageError(`git knows no commit '${name}'.`);
  const base = readTree(top, mergeBase(top, commit));
  return createChanges(top, base, (path) => existsSync(join(top, path)), currentFiles(session, top, directory));
}

function currentFiles(session: Session, top: string, directory: string): (file: string) => CurrentFile | undefined {
  const scope = relative(directory, top).replaceAll(sep, '/');
  return (file) => {
    const input = session.input(file);
    if (input?.scope !== scope || input.repositoryPath === undefined) return undefined;
    try {
      const content = input.link ?? input.read();
      return { path: input.repositoryPath, bytes: typeof content === 'string' ? Buffer.from(content) : content };
    } catch {
      return undefined;
    }
  };
}

function topOf(directory: string): string {
  const top = repositoryTop(directory);
  if (top === undefined) throw new UsageError("'--since' needs a git repository, and there is none here.");
  return top;
}
