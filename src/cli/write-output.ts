import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isBelow, isInside } from '../config/read-file.ts';
import { repositoryTop } from '../vcs/repository.ts';

/**
 * Writes a file that the user names. What lies in the tree by its name must lie there after all links too, and be a file: the
 * links and pipes of the tree are not the user's. Throws an error whose message is a sentence.
 *
 * @param directory absolute; the tree is the repository around it, or itself
 */
export function writeOutput(directory: string, path: string, text: string): void {
  const top = repositoryTop(directory) ?? directory;
  if (isBelow(top, path)) {
    if (!isInside(top, path)) throw new Error(`A symbolic link leads out of '${top}', so it is not written.`);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error('It is not a regular file.');
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
