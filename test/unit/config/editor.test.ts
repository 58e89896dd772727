import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configuredServices } from '../../../src/lsp/configured.ts';
import { makeTree } from '../cli/support.ts';

const exec = "exec { 'name':\n  command => 'hostnamectl set-hostname node-1',\n}\n";

test('an editor has the configuration of the command line, also after it has changed or is wrong', async () => {
  const tree = makeTree({
    'fleetlint.yaml': 'rules: { dbus/periodic-activation: info }\nignore: [old/]\n',
    'a.pp': exec,
    'sub/fleetlint.yaml': 'rules: { dbus/periodic-activation: off }\n',
    'sub/b.pp': exec,
    'old/c.pp': exec,
  });
  const told: string[] = [];
  const { createSession, discover } = configuredServices((message) => told.push(message));
  const session = createSession(tree);
  const search = async (...paths: readonly string[]) => {
    session.update((await discover(tree, paths)).files);
    return (await session.run()).findings.map(({ severity, span }) => `${span.file} ${severity}`);
  };
  expect(await search('.')).toEqual(['a.pp info']);
  writeFileSync(join(tree, 'fleetlint.yaml'), 'rules: { dbus/periodic-activation: error }\n');
  // Only one file is asked for again; what holds for the others stays.
  expect(await search('a.pp')).toEqual(['a.pp error']);
  expect(told).toEqual([]);
  writeFileSync(join(tree, 'fleetlint.yaml'), 'rule: {}\n');
  expect(await search('a.pp')).toEqual(['a.pp error']);
  expect(told).toEqual([expect.stringContaining("fleetlint.yaml:1:1: There is no setting 'rule'.")]);
});
