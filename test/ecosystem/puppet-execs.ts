/**
 * Prints how much of the commands of execs is known after evaluation, for each repository and in all:
 * `npm run ecosystem:puppet -- FOLDER...`. A folder holds checkouts, or is one (then it has `.git`). With `--unknown` the strings
 * in which the name of a command is not known are listed too.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PuppetManifestFact } from '../../src/core/facts/puppet.ts';
import { compareText } from '../../src/core/span.ts';
import { fileTemplate } from '../../src/core/template.ts';
import { evaluateManifests } from '../../src/loaders/puppet/expand.ts';
import { manifestFacts } from '../../src/loaders/puppet/facts.ts';
import { parsePuppet } from '../../src/loaders/puppet/parser.ts';
import { execStrings, type ExecString } from './exec-strings.ts';
import { filesBelow } from './files-below.ts';

const budgets = { namesKnown: 0.9, known: 0.6 } as const;

/** Tests and examples of modules are no configuration of nodes. */
const left = /(?:^|\/)(?:spec|fixtures|acceptance)\//;

/** Returns 1 if less is known than there should be. */
export async function main(root: string, given: readonly string[]): Promise<number> {
  const folders = given.filter((argument) => !argument.startsWith('--')).flatMap((folder) => checkouts(root, folder));
  const all: ExecString[] = [];
  print(['repository', 'strings', 'names', 'words', 'whole']);
  for (const folder of folders) {
    const strings = await stringsOf(folder);
    if (strings.length === 0) continue;
    all.push(...strings);
    print([path.basename(folder), ...figures(strings)]);
  }
  print(['in all', ...figures(all)]);
  if (given.includes('--unknown')) {
    for (const { place, namesKnown, shown } of all) if (!namesKnown) process.stdout.write(`${place}: ${shown}\n`);
  }
  const within = share(all, 'namesKnown') >= budgets.namesKnown && share(all, 'known') >= budgets.known;
  process.stdout.write('names: the name of every simple command is known (at least 90 %); words: with its path;\n');
  process.stdout.write('whole: the whole string is known (at least 60 %). Windows providers are left out.\n');
  return within ? 0 : 1;
}

function checkouts(root: string, folder: string): readonly string[] {
  const absolute = path.resolve(root, folder);
  if (existsSync(path.join(absolute, '.git'))) return [absolute];
  const below = readdirSync(absolute, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return below.map((entry) => path.join(absolute, entry.name)).sort(compareText);
}

/** The strings of a repository; one that comes out in several ways is known if all of them are. */
async function stringsOf(folder: string): Promise<readonly ExecString[]> {
  const paths = filesBelow(folder, ['']).map((file) => path.relative(folder, file));
  const texts = new Map<string, { readonly path: string; readonly text: string } | undefined>();
  const file = (name: string) => {
    if (!texts.has(name)) {
      const absolute = path.join(folder, name);
      const isFile = statSync(absolute, { throwIfNoEntry: false })?.isFile() === true;
      texts.set(name, isFile ? { path: name, text: readFileSync(absolute, 'utf8') } : undefined);
    }
    return texts.get(name);
  };
  const manifests = paths
    .filter((name) => name.endsWith('.pp') && !left.test(name))
    .flatMap((name): readonly PuppetManifestFact[] => {
      const source = fileTemplate(name, file(name)?.text ?? '');
      return manifestFacts(parsePuppet(source), source).filter((fact) => fact.kind === 'puppet.manifest');
    });
  const found = new Map<string, ExecString>();
  await evaluateManifests(manifests, { paths, repository: {}, file }, (resource) => {
    if (resource.type !== 'exec') return;
    for (const string of execStrings(resource)) {
      const known = found.get(string.place);
      if (known === undefined || isLess(string, known)) found.set(string.place, string);
    }
  });
  return [...found.values()];
}

function isLess(one: ExecString, other: ExecString): boolean {
  const rank = ({ namesKnown, wordsKnown, known }: ExecString) =>
    [namesKnown, wordsKnown, known].filter(Boolean).length;
  return rank(one) < rank(other);
}

function share(strings: readonly ExecString[], what: 'namesKnown' | 'wordsKnown' | 'known'): number {
  return strings.filter((string) => string[what]).length / strings.length;
}

function figures(strings: readonly ExecString[]): readonly string[] {
  const shares = (['namesKnown', 'wordsKnown', 'known'] as const).map((what) => share(strings, what));
  return [String(strings.length), ...shares.map((each) => `${(100 * each).toFixed(1)} %`)];
}

function print([name = '', ...columns]: readonly string[]): void {
  process.stdout.write(`${name.padEnd(44)}${columns.map((column) => column.padStart(9)).join('')}\n`);
}
