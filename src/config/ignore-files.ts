import type { Ignore } from 'ignore';
import { lstatSync } from 'node:fs';
import { readGiven } from './read-file.ts';

/** The ignore files that have a say in a directory, from the nearest up; each is the list's head. */
export interface IgnoreRules {
  /** Of the directory that they are in, with `/` at its end; relative to the top of the repository, which is empty. */
  readonly directory: string;
  readonly rules: Ignore;
  readonly above: IgnoreRules | undefined;
}

/**
 * Whether git would ignore a path, if it does not ignore the directory it is in. The nearest ignore file that has a say decides, as in git.
 *
 * @param path relative to the top of the repository, with `/`; a directory with one at its end
 */
export function ignores(nearest: IgnoreRules | undefined, path: string): boolean {
  for (let each = nearest; each !== undefined; each = each.above) {
    const result = each.rules.test(path.slice(each.directory.length));
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}

/** The text of an ignore file; empty for what is none. As git, not through a link. */
export function readIgnoreFile(path: string): string {
  try {
    // Most directories have none, and an error costs more than a look.
    const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
    return isFile ? Buffer.from(readGiven(path)).toString('utf8') : '';
  } catch {
    return '';
  }
}
