import { existsSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { configNames } from './schema.ts';

/** What is asked of directories without a look at the rest of what is in them. */
const askedFor: ReadonlySet<string> = new Set(['.git', '.gitignore', 'go.mod', ...configNames]);

const none: readonly string[] = [];

/** Whether something stands in a directory: known from its listing, or asked of the disk. */
export class Listings {
  readonly #names = new Map<string, readonly string[]>();

  /** @param directory absolute */
  note(directory: string, entries: readonly Dirent[]): void {
    let names: string[] | undefined;
    for (const entry of entries) {
      if (!askedFor.has(entry.name)) continue;
      // As by `existsSync`, a link that leads nowhere is not there.
      if (!entry.isSymbolicLink() || existsSync(join(directory, entry.name))) (names ??= []).push(entry.name);
    }
    this.#names.set(directory, names ?? none);
  }

  /** @param directory absolute; one that was noted answers only for the names that are asked for */
  has(directory: string, name: string): boolean {
    return this.#names.get(directory)?.includes(name) ?? existsSync(join(directory, name));
  }
}
