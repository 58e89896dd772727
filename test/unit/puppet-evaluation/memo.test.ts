import { expect, test } from 'vitest';
import type { CommandFact } from '../../../src/core/facts/command.ts';
import type { Fact } from '../../../src/core/fact.ts';
import { expanded, manifest, treeOf } from './helper.ts';

const texts = (facts: readonly Fact[]) =>
  facts
    .filter((fact): fact is CommandFact => fact.kind === 'command')
    .map(({ words }) => words.map(({ text }) => text).join(' '));

test('a manifest is evaluated again only when something that it asked of the others has changed', async () => {
  const files = treeOf({});
  const params = manifest('m/manifests/params.pp', "class m::params { $tool = '/bin/a' }");
  const user = manifest('m/manifests/init.pp', 'class m { exec { $m::params::tool: } }');
  const other = manifest('n/manifests/init.pp', "class n { exec { '/bin/n': } }");
  const first = await expanded([user, params, other], files);
  expect(texts(first)).toEqual(['/bin/a', '/bin/n']);
  expect(await expanded([user, params, other], files)).toEqual(first);

  const changed = manifest('m/manifests/params.pp', "class m::params { $tool = '/bin/b' }");
  const second = await expanded([user, changed, other], files);
  expect(texts(second)).toEqual(['/bin/b', '/bin/n']);
  // The very object of before: nothing of it was worked out again.
  expect(second.at(-1)).toBe(first.at(-1));

  expect(texts(await expanded([user, other], files))).toEqual(['\uE000', '/bin/n']);
});

test('data and new uses count, too', async () => {
  const repository = {};
  const define = manifest('m/manifests/d.pp', 'define m::d ($a) { exec { "/bin/${a}": } }');
  const alone = await expanded([define], treeOf({}, repository));
  expect(texts(alone)).toEqual(['/bin/\uE000']);
  const use = manifest('site.pp', "m::d { 'x': a => 'b' }");
  expect(texts(await expanded([define, use], treeOf({}, repository)))).toEqual(['/bin/b']);

  const hiera = 'version: 5\nhierarchy:\n  - name: a\n    path: a.yaml\n';
  const keyed = manifest('site/k/manifests/init.pp', 'class k ($a) { exec { "/bin/${a}": } }');
  const valueIn = async (data: string) => {
    const files = treeOf({ 'hiera.yaml': hiera, 'data/a.yaml': data }, repository);
    return texts(await expanded([keyed], files));
  };
  expect(await valueIn("k::a: 'x'")).toEqual(['/bin/x']);
  expect(await valueIn("k::a: 'y'")).toEqual(['/bin/y']);
});
