import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folder of the installed package: from dist/ as from src/. */
export function packageFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('The package.json of fleetlint is missing.');
    folder = parent;
  }
  return folder;
}

export function version(): string {
  const text = readFileSync(path.join(packageFolder(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What tells this build from all others that write or read the same data, by the bytes of its code and by the program that runs it. */
export function build(): string {
  const code = path.join(packageFolder(), 'dist/build');
  return [version(), process.version, existsSync(code) ? readFileSync(code, 'utf8') : 'source'].join(' ');
}

/** The page of a rule, Markdown. */
export function rulePage(id: string): string {
  return readFileSync(rulePagePath(id), 'utf8');
}

/** Where the page of a rule is; absolute. */
export function rulePagePath(id: string): string {
  return path.join(packageFolder(), 'docs/rules', `${id}.md`);
}
