import type { CommandFact } from '../../../src/core/facts/command.ts';
import type { Fact } from '../../../src/core/fact.ts';
import type { PuppetManifestFact } from '../../../src/core/facts/puppet.ts';
import { compareText } from '../../../src/core/span.ts';
import { displayText, fileTemplate } from '../../../src/core/template.ts';
import { expandManifests } from '../../../src/loaders/puppet/expand.ts';
import { manifestFacts } from '../../../src/loaders/puppet/facts.ts';
import { parsePuppet } from '../../../src/loaders/puppet/parser.ts';
import type { TreeFile, TreeFiles } from '../../../src/loaders/puppet/tree.ts';

/** A tree of files by their paths, whose files stay the same objects. @param repository what stands for it from run to run */
export function treeOf(files: Readonly<Record<string, string>>, repository: object = {}): TreeFiles {
  const known = new Map<string, TreeFile>(Object.entries(files).map(([path, text]) => [path, { path, text }]));
  return { paths: [...known.keys()], repository, file: (path) => known.get(path) };
}

export function manifest(path: string, text: string): PuppetManifestFact {
  const source = fileTemplate(path, text);
  const [fact] = manifestFacts(parsePuppet(source), source);
  if (fact?.kind !== 'puppet.manifest') throw new Error('A manifest gives its syntax tree first.');
  return fact;
}

/** What manifests say together, by file and place. */
export async function expanded(...given: Parameters<typeof expandManifests>): Promise<readonly Fact[]> {
  return [...(await expandManifests(...given))].sort(([a], [b]) => compareText(a, b)).flatMap(([, facts]) => facts);
}

/** The facts of a tree. A text by itself is `m/manifests/init.pp`. */
export async function factsOf(files: string | Readonly<Record<string, string>>): Promise<readonly Fact[]> {
  const all = typeof files === 'string' ? { 'm/manifests/init.pp': files } : files;
  const manifests = Object.entries(all).filter(([path]) => path.endsWith('.pp'));
  return await expanded(
    manifests.map(([path, text]) => manifest(path, text)),
    treeOf(all),
  );
}

/** The commands of a tree, for people: `attribute: words`, with holes as they stand in the source. */
export async function commandsOf(files: string | Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await commandFacts(files)).map(({ words, origin }) => {
    const attribute = origin.type === 'puppet-exec' ? origin.attribute : origin.type;
    return `${attribute}: ${words.map(displayText).join(' ')}`;
  });
}

export async function commandFacts(files: string | Readonly<Record<string, string>>): Promise<readonly CommandFact[]> {
  return (await factsOf(files)).filter((fact) => fact.kind === 'command');
}
