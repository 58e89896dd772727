import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Paths of the files below a folder that have one of these endings, sorted; without `.git` and links. */
export function filesBelow(folder: string, endings: readonly string[]): readonly string[] {
  const found: string[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const below = path.join(next, entry.name);
      if (entry.isDirectory() && entry.name !== '.git') pending.push(below);
      else if (entry.isFile() && endings.some((ending) => entry.name.endsWith(ending))) found.push(below);
    }
  }
  return found.sort();
}
