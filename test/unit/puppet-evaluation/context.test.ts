/** Manifests, templates and scripts named by themselves are judged with what they refer to, which is not reported on. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { discover } from '../../../src/config/discovery.ts';
import { Session } from '../../../src/session.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetlint-manifest-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const tree = {
  'environment.conf': 'modulepath = site:modules\n',
  'hiera.yaml': 'version: 5\ndefaults:\n  datadir: hieradata\nhierarchy:\n  - name: all\n    path: common.yaml\n',
  'hieradata/common.yaml': 'profile::clock::check: hostnamectl\n',
  'site/profile/manifests/clock.pp':
    "class profile::clock (String $check) {\n  exec { 'set': command => 'true', unless => \"${check} status\" }\n}\n",
  'site/profile/manifests/poll.pp': "class profile::poll {\n  probe::run { 'a': tool => $probe::params::tool }\n}\n",
  'modules/probe/manifests/run.pp':
    'define probe::run ($tool) {\n  exec { "run ${title}": command => \'true\', unless => "${tool} status" }\n}\n',
  'modules/probe/manifests/params.pp': "class probe::params {\n  $tool = 'hostnamectl'\n}\n",
  'modules/probe/manifests/init.pp': "class probe {\n  probe::run { 'b': tool => 'hostnamectl' }\n}\n",
  'modules/probe/manifests/unit.pp':
    "class probe::unit {\n  file { '/etc/systemd/system/a.service': content => epp('probe/unit.epp', { 'limit' => '' }) }\n  file { '/opt/a.sh': source => 'puppet:///modules/probe/a.sh' }\n}\n",
  'modules/probe/templates/unit.epp': '[Service]\nExecStart=/bin/a\nKillMode=none\n',
  'modules/probe/files/a.sh': '#!/bin/sh\nhostnamectl\n',
  'modules/other/manifests/init.pp':
    "class other {\n  exec { 'x': command => 'true', unless => 'hostnamectl status' }\n}\n",
};
for (const [path, text] of Object.entries(tree)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function context(...paths: readonly string[]): Promise<readonly string[]> {
  const { files } = await discover(folder, paths, { context: true });
  return files
    .filter((file) => file.context === true)
    .map(({ path }) => path)
    .toSorted();
}

async function lint(paths: readonly string[], isAlone = true) {
  const { files } = await discover(folder, paths, { context: isAlone });
  const session = new Session({ only: ['dbus/periodic-activation', 'systemd/kill-mode-none'] });
  session.update(files);
  const { findings, files: count } = await session.run();
  return { found: findings.map(({ rule, span }) => `${span.file} ${rule}`), count };
}

test('only what is referred to is looked at', async () => {
  expect(await context('modules/other/manifests/init.pp')).toEqual([]);
  expect(await context('modules/probe/manifests/params.pp')).toEqual([]);
  expect(await context('site/profile/manifests/poll.pp')).toEqual([
    'modules/probe/manifests/params.pp',
    'modules/probe/manifests/run.pp',
  ]);
  expect(await context('modules/probe/manifests/unit.pp')).toEqual([
    'modules/probe/files/a.sh',
    'modules/probe/templates/unit.epp',
  ]);
});

test('a class has its data', async () => {
  expect(await context('site/profile/manifests/clock.pp')).toEqual(['hiera.yaml', 'hieradata/common.yaml']);
  expect(await lint(['site/profile/manifests/clock.pp'])).toEqual({
    found: ['site/profile/manifests/clock.pp dbus/periodic-activation'],
    count: 1,
  });
  expect(await lint(['site/profile/manifests/clock.pp'], false)).toEqual({ found: [], count: 1 });
});

test('a define is judged with those who use it, who are not reported on', async () => {
  expect(await lint(['modules/probe/manifests/run.pp'])).toEqual({
    found: ['modules/probe/manifests/run.pp dbus/periodic-activation'],
    count: 1,
  });
  expect(await lint(['site/profile/manifests/poll.pp'])).toEqual({ found: [], count: 1 });
});

test('a template is judged with the manifest that deploys it', async () => {
  const unit = 'modules/probe/templates/unit.epp';
  expect((await lint([unit])).found).toEqual([`${unit} systemd/kill-mode-none`]);
  expect((await lint(['modules/probe/manifests/unit.pp'])).found).toEqual([]);
});

test('alone or in the whole tree, the findings of a file are the same', async () => {
  const whole = (await lint(['.'], false)).found;
  for (const path of Object.keys(tree).filter((each) => each.endsWith('.pp')))
    expect([path, (await lint([path])).found]).toEqual([path, whole.filter((each) => each.startsWith(`${path} `))]);
});
