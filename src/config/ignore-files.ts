import type { Ignore } from 'ignore';
import { lstatSync } from 'node:fs';
import { readGiven } from './read-file.ts';

/** Answers which paths below a directory git would ignore: `.gitignore` of every level and `.git/info/exclude`. */
export class IgnoreFiles {
  readonly #byDirectory = new Map<string, Ignore | undefined>();
  readonly #ignoredDirectories = new Map<string, boolean>();
  readonly #top: string;

  readonly #read: (text: string) => Ignore;

  /**
   * @param top absolute path of the repository, or of the searched directory outside of one
   * @param read the library's reader of an ignore file
   */
  constructor(top: string, read: (text: string) => Ignore) {
    this.#top = top;
    this.#read = read;
  }

  /** @param path relative to `top`, with `/`; a file */
  ignores(path: string): boolean {
    const slash = path.lastIndexOf('/');
    if (slash > 0 && this.#ignoresDirectory(path.slice(0, slash))) return true;
    return this.#matches(path, path);
  }

  #ignoresDirectory(directory: string): boolean {
    const known = this.#ignoredDirectories.get(directory);
    if (known !== undefined) return known;
    const slash = directory.lastIndexOf('/');
    const parentIgnored = slash > 0 && this.#ignoresDirectory(directory.slice(0, slash));
    const ignored = parentIgnored || this.#matches(directory, directory + '/');
    this.#ignoredDirectories.set(directory, ignored);
    return ignored;
  }

  /** The nearest ignore file that has a say decides, as in git. */
  #matches(path: string, tested: string): boolean {
    let directory = path;
    while (directory !== '') {
      const slash = directory.lastIndexOf('/');
      directory = slash < 0 ? '' : directory.slice(0, slash);
      const rules = this.#rulesOf(directory);
      if (rules === undefined) continue;
      const result = rules.test(directory === '' ? tested : tested.slice(directory.length + 1));
      if (result.ignored) return true;
      if (result.unignored) return false;
    }
    return false;
  }

  #rulesOf(directory: string): Ignore | undefined {
    if (this.#byDirectory.has(directory)) return this.#byDirectory.get(directory);
    const base = directory === '' ? this.#top : `${this.#top}/${directory}`;
    const texts = [readIfThere(`${base}/.gitignore`)];
    if (directory === '') texts.unshift(readIfThere(`${base}/.git/info/exclude`));
    const text = texts.filter((each) => each !== undefined).join('\n');
    const rules = text === '' ? undefined : this.#read(text);
    this.#byDirectory.set(directory, rules);
    return rules;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    // As git: not through a link. Most directories have none, and an error costs more than a look.
    const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
    return isFile ? Buffer.from(readGiven(path)).toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}
