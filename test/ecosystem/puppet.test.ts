import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileTemplate } from '../../src/core/template.ts';
import { evaluateManifests } from '../../src/loaders/puppet/expand.ts';
import { manifestFacts } from '../../src/loaders/puppet/facts.ts';
import { parsePuppet } from '../../src/loaders/puppet/parser.ts';
import { loadShellParser } from '../../src/loaders/shell/commands.ts';
import { execStrings } from './exec-strings.ts';
import { filesBelow } from './files-below.ts';
import { measureMutants } from './puppet-mutants.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** Manifests of our own: the examples, and those in the cases and pages of rules. */
function ownManifests(): readonly string[] {
  const examples = filesBelow(path.join(root, 'examples'), ['.pp']).map((file) => readFileSync(file, 'utf8'));
  const documents = ['test/cases', 'docs/rules'].flatMap((folder) => filesBelow(path.join(root, folder), ['.md']));
  const cases = documents.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^`[^`\n]+\.pp`\n\n```\w*\n([^]*?)^```/gm)].map((match) => match[1] ?? ''),
  );
  return [...examples, ...cases];
}

describe('broken manifests', () => {
  it('with one token missing still give what stands around it', () => {
    const { mutants, attributes, extracted, slowest } = measureMutants(ownManifests(), 2000, 3);
    expect(mutants).toBeGreaterThanOrEqual(2000);
    expect(attributes).toBeGreaterThan(500);
    expect(extracted / attributes).toBeGreaterThan(0.85);
    expect(slowest).toBeLessThan(1000);
  });

  it('the same seed gives the same mutants', () => {
    const [one, other] = [1, 2].map(() => measureMutants(ownManifests(), 50, 7));
    expect({ ...one, slowest: 0 }).toEqual({ ...other, slowest: 0 });
  });
});

describe('what is known of the strings of execs', () => {
  beforeAll(loadShellParser);

  async function known(attributes: string): Promise<readonly string[]> {
    const source = fileTemplate('a.pp', `class a ($b) {\n  exec { ${attributes} }\n}\n`);
    const manifests = manifestFacts(parsePuppet(source), source).filter((fact) => fact.kind === 'puppet.manifest');
    const found: string[] = [];
    await evaluateManifests(manifests, { paths: [], repository: {}, file: () => undefined }, (resource) => {
      for (const { attribute, namesKnown, wordsKnown, known: whole } of execStrings(resource))
        found.push(
          [attribute, namesKnown ? 'name' : '', wordsKnown ? 'word' : '', whole ? 'whole' : ''].join(' ').trim(),
        );
    });
    return found;
  }

  it.each([
    ["'/bin/a':", ['title name word whole']],
    ["'x': command => '/bin/a', unless => '/bin/t'", ['command name word whole', 'unless name word whole']],
    ['\'x\': command => "/bin/a ${b}"', ['command name word']],
    ['\'x\': command => "${b}/bin/a"', ['command name']],
    ['\'x\': command => "/bin/a && ${b} c"', ['command']],
    ["'x': command => $b", ['command']],
    ["'x': command => ['/bin/a', $b]", ['command name word']],
    ["'x': command => '/bin/a', onlyif => ['/bin/t', $b]", ['command name word whole', 'onlyif']],
    ["'x': command => 'a', provider => powershell", []],
  ])('%s', async (attributes, expected) => {
    expect(await known(attributes)).toEqual(expected);
  });
});
