import { expect, test } from 'vitest';
import { makeTree, run } from './support.ts';

const files = {
  'm/manifests/init.pp': [
    'class m ($port = 80) {',
    "  file { '/etc/systemd/system/a.service': content => epp('m/a.service.epp', { 'port' => $port }) }",
    "  file { '/usr/local/bin/a.sh': source => 'puppet:///modules/m/a.sh' }",
    "  file { '/etc/a.txt': content => template('m/a.erb') }",
    '}',
    '',
  ].join('\n'),
  'm/templates/a.service.epp': '[Service]\nExecStart=/bin/a <%= $port %> <%= $x %>\n',
  'm/files/a.sh': '#!/bin/sh\nhostnamectl\n',
  'm/templates/a.erb': 'x\n',
};

async function factsOf(path: string) {
  const { stdout, stderr, status } = await run(makeTree(files), ['facts', path]);
  return { facts: JSON.parse(stdout) as readonly Record<string, unknown>[], stderr, status };
}

test('a template says what it says on the node, with its holes, and who puts it there', async () => {
  const { facts } = await factsOf('m/templates/a.service.epp');
  expect(facts).toContainEqual(
    expect.objectContaining({ kind: 'unit.assignment', key: 'ExecStart', value: '/bin/a 80 <%= $x %>' }),
  );
  expect(facts).toContainEqual({
    kind: 'puppet.deployed',
    text: "m/manifests/init.pp:2:10 puts this file at '/etc/systemd/system/a.service'.",
  });
});

test('a script has its commands', async () => {
  const { facts } = await factsOf('m/files/a.sh');
  expect(facts[0]).toMatchObject({
    kind: 'script',
    path: '/usr/local/bin/a.sh',
    commands: [{ words: ['hostnamectl'] }],
  });
  expect(facts[1]).toEqual({
    kind: 'puppet.deployed',
    text: "m/manifests/init.pp:3:10 puts this file at '/usr/local/bin/a.sh'.",
  });
});

test('of a file that lands nowhere of interest that is said', async () => {
  const { facts, stderr, status } = await factsOf('m/templates/a.erb');
  expect({ facts, status }).toEqual({ facts: [], status: 0 });
  expect(stderr).toContain('m/templates/a.erb: Nothing in its repository puts this file at a place of the node');
});
