import { expect, test } from 'vitest';
import { displayText } from '../../../src/core/template.ts';
import { factsOf } from './helper.ts';

/** The boot parameters that a resource sets. */
async function parameters(resource: string): Promise<readonly string[]> {
  const facts = await factsOf(`class m ($v) { ${resource} }`);
  return facts.flatMap((fact) => (fact.kind === 'kernel.parameters' ? [displayText(fact.text)] : []));
}

test.each([
  ["kernel_parameter { 'cgroup.memory': value => 'nokmem' }", 'cgroup.memory=nokmem'],
  ["kernel_parameter { 'nosmt': ensure => present }", 'nosmt'],
  ["augeas { 'a': context => '/files/etc/default/grub', changes => 'set GRUB_CMDLINE_LINUX \"a=b c\"' }", 'a=b c'],
  [
    "augeas { 'a': context => '/files/etc/default/grub', changes => [\"set GRUB_CMDLINE_LINUX/value[. = 'x'] p=${v}\"] }",
    'p=${v}',
  ],
  [
    "augeas { 'a': changes => 'set /files/etc/default/grub/GRUB_CMDLINE_LINUX_DEFAULT/value[last()+1] nosmt' }",
    'nosmt',
  ],
  ["ini_setting { 'a': path => '/etc/default/grub', setting => 'GRUB_CMDLINE_LINUX', value => 'a=1' }", 'a=1'],
  [
    "ini_subsetting { 'a': path => '/etc/default/grub', setting => 'GRUB_CMDLINE_LINUX', subsetting => 'audit', value => '=1' }",
    'audit=1',
  ],
])('%s', async (resource, expected) => {
  expect(await parameters(resource)).toEqual([expected]);
});

test.each([
  "kernel_parameter { 'quiet': ensure => absent }",
  "kernel_parameter { 'quiet': * => $v }",
  "augeas { 'a': context => '/files/etc/other', changes => 'set GRUB_CMDLINE_LINUX a' }",
  "augeas { 'a': context => '/files/etc/default/grub', changes => 'rm GRUB_CMDLINE_LINUX/value[1]' }",
  "ini_subsetting { 'a': path => '/etc/x', setting => 'GRUB_CMDLINE_LINUX', subsetting => 'audit', value => '=1' }",
])('nothing of %s', async (resource) => {
  expect(await parameters(resource)).toEqual([]);
});

test('a schedule with all that is known of it', async () => {
  const [fact] = await factsOf(
    "class m { schedule { 'a': period => daily, repeat => 2, range => ['2 - 4'], weekday => 'Sat' } }",
  );
  expect(fact).toMatchObject({
    kind: 'puppet.schedule',
    name: 'a',
    period: 'daily',
    repeat: 2,
    ranges: ['2 - 4'],
    weekdays: ['Sat'],
    complete: true,
  });
  const [other] = await factsOf("class m ($p) { schedule { 'a': period => $p } }");
  expect(other).toMatchObject({ period: undefined, complete: false });
});

test('noop is yes, no or unknown, also from the define or class around', async () => {
  const run = async (files: Readonly<Record<string, string>> | string) =>
    (await factsOf(files)).map((fact) =>
      fact.kind === 'command' && fact.origin.type === 'puppet-exec' ? fact.origin.everyRun : fact.kind,
    );
  expect(await run("class m ($n) { exec { '/bin/a': noop => $n } }")).toEqual(['unknown']);
  expect(await run("class m { exec { '/bin/a': noop => true } }")).toEqual(['no']);
  expect(await run("class m { exec { '/bin/a': noop => false, tries => 3, try_sleep => 5 } }")).toEqual(['yes']);
  const define = "define m::d { exec { '/bin/a': } }";
  expect(await run({ 'm/manifests/d.pp': define, 'site.pp': "m::d { 'x': noop => true }" })).toEqual(['no']);
  const theClass = "class m { exec { '/bin/a': } }";
  expect(await run({ 'm/manifests/init.pp': theClass, 'site.pp': "class { 'm': noop => true }" })).toEqual(['no']);
});

test('+> adds to arrays, and what it adds has its own place', async () => {
  const text =
    "class m { exec { 'a': command => '/bin/true', unless => '/bin/a' }\n Exec['a'] { unless +> ['/bin/b', '/bin/c'] } }";
  const found = (await factsOf(text)).flatMap((fact) =>
    fact.kind === 'command' && fact.origin.type === 'puppet-exec' && fact.origin.attribute === 'unless'
      ? [[fact.words[0]?.text, fact.origin.everyRun, text.slice(fact.origin.at.start, fact.origin.at.end)]]
      : [],
  );
  expect(found).toEqual([
    ['/bin/a', 'yes', "'/bin/a'"],
    ['/bin/b', 'unknown', "'/bin/b'"],
    ['/bin/c', 'unknown', "'/bin/c'"],
  ]);
});
