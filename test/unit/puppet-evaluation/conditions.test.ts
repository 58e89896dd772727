import { expect, test } from 'vitest';
import { conditionText } from '../../../src/model/guards.ts';
import { commandFacts, commandsOf } from './helper.ts';

/** The conditions of the one command of a class body. */
async function conditionsOf(body: string): Promise<readonly string[] | undefined> {
  const [command, ...others] = await commandFacts(`class m ($wanted, $enable = true) { ${body} }`);
  expect(others).toEqual([]);
  return command === undefined ? undefined : (command.conditions ?? []).map(conditionText);
}

const run = "exec { '/bin/a': }";

test('guards on facts are recorded', async () => {
  expect(await conditionsOf(`if $facts['os']['family'] == 'RedHat' { ${run} }`)).toEqual([
    "$facts['os']['family'] is 'RedHat'",
  ]);
  expect(await conditionsOf(`unless $::osfamily == 'RedHat' { ${run} }`)).toEqual(["$::osfamily is not 'RedHat'"]);
  expect(await conditionsOf(`case $facts['kernel'] { 'Linux', 'GNU': { ${run} } default: { } }`)).toEqual([
    "$facts['kernel'] is 'Linux' or 'GNU'",
  ]);
  expect(await conditionsOf(`$k = $facts['kernelversion'] if versioncmp($k, '4.0') < 0 { ${run} }`)).toEqual([
    "$k is below '4.0'",
  ]);
  expect(await conditionsOf(`if $facts['os']['name'] in ['CentOS', 'Fedora'] and $wanted { ${run} }`)).toEqual([
    "$facts['os']['name'] is 'CentOS' or 'Fedora'",
  ]);
  expect(await conditionsOf(`if $facts.dig('os', 'family') =~ /^(RedHat|Suse)$/ { ${run} }`)).toEqual([
    "$facts.dig('os', 'family') is 'RedHat' or 'Suse'",
  ]);
  expect(await conditionsOf(`if $wanted { ${run} }`)).toEqual([]);
});

test('what only other systems run is no command of a Linux node', async () => {
  for (const guard of [
    "if $facts['kernel'] == 'OpenBSD'",
    "if $facts['kernel'] != 'Linux'",
    "if $facts['os']['family'] in ['windows', 'Darwin']",
    'if $::osfamily =~ /^(FreeBSD|OpenBSD)$/',
    "if $facts['kernel'] == 'windows' and $wanted",
    "if $facts['os']['family'] == 'Solaris' or $facts['kernel'] == 'AIX'",
  ])
    expect([guard, await conditionsOf(`${guard} { ${run} }`)]).toEqual([guard, undefined]);
  expect(
    await commandsOf(`class m { case $facts['kernel'] { 'windows': { ${run} } default: { exec { '/bin/b': } } } }`),
  ).toEqual(['title: /bin/b']);
  expect(
    await commandsOf(
      "class m { $tool = $facts['kernel'] ? { 'windows' => 'a', default => 'b' } exec { \"/bin/${tool}\": } }",
    ),
  ).toEqual(['title: /bin/b']);
});

test('constant conditions drop code, parameters of classes do not', async () => {
  expect(await conditionsOf(`if false { ${run} }`)).toBeUndefined();
  expect(await conditionsOf(`$off = undef if $off { ${run} }`)).toBeUndefined();
  expect(await conditionsOf(`unless 'a' == 'A' { ${run} }`)).toBeUndefined();
  expect(await conditionsOf(`if !$enable { ${run} }`)).toEqual([]);
  expect(await conditionsOf(`$off = !$enable if $off { ${run} }`)).toEqual([]);
});

test('what a define is used with decides its branches', async () => {
  const define =
    "define m::d ($ensure = 'present') { if $ensure == 'absent' { exec { '/bin/rm': } } else { exec { '/bin/make': } } }";
  expect(await commandsOf({ 'm/manifests/d.pp': define, 'site.pp': "m::d { 'a': }" })).toEqual(['title: /bin/make']);
  expect(await commandsOf({ 'm/manifests/d.pp': define, 'site.pp': "m::d { 'a': ensure => 'absent' }" })).toEqual([
    'title: /bin/rm',
  ]);
  expect(
    await commandsOf({
      'm/manifests/d.pp': define,
      'n/manifests/init.pp': "class n ($e = 'absent') { m::d { 'a': ensure => $e } }",
    }),
  ).toEqual(['title: /bin/rm', 'title: /bin/make']);
});

test('a condition on what the command changes keeps it from running always', async () => {
  for (const body of [
    `if $facts['networking']['hostname'] != $wanted { ${run} }`,
    `$now = $facts['timezone'] if $now != $wanted { ${run} }`,
    `if $hostname != $wanted { ${run} }`,
  ]) {
    const [command] = await commandFacts(`class m ($wanted) { ${body} }`);
    expect([body, command?.origin]).toMatchObject([body, { everyRun: 'unknown' }]);
  }
  const [command] = await commandFacts(`class m ($hostname) { if $hostname != 'x' { ${run} } }`);
  expect(command?.origin).toMatchObject({ everyRun: 'yes' });
});
