import { existsSync, readFileSync } from 'node:fs';

/** Folder of the installed package: from dist/ as from src/. */
export function packageFolder(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href) throw new Error('The package.json of fleetlint is missing.');
    folder = parent;
  }
  return folder;
}

export function version(): string {
  const text = readFileSync(new URL('package.json', packageFolder()), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The page of a rule, Markdown. */
export function rulePage(id: string): string {
  return readFileSync(new URL(`docs/rules/${id}.md`, packageFolder()), 'utf8');
}
