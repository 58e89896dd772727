import { expect, test } from 'vitest';
import { commandsOf } from './helper.ts';

const hierarchy =
  'version: 5\nhierarchy:\n  - name: a\n    path: "os/%{facts.os.name}.yaml"\n  - name: b\n    path: b.yaml\n';

/** The commands of a module whose own data are these two levels. */
async function withData(body: string, high: string, low: string, parameters = ''): Promise<readonly string[]> {
  return await commandsOf({
    'modules/m/manifests/init.pp': `class m ${parameters} { ${body} }`,
    'modules/m/hiera.yaml': hierarchy,
    'modules/m/data/os/Debian.yaml': high,
    'modules/m/data/b.yaml': low,
  });
}

const each = '.each |$x| { exec { "/bin/${x}": } }';
const hash = '.each |$k, $v| { exec { "/bin/${k} ${v}": } }';
const unknownStep = 'title: /bin/${x}';

test('the first file that has a key counts, so each value is possible', async () => {
  const found = await withData('$v = lookup(\'m::v\') exec { "/bin/${v}": }', 'm::v: x\n', 'm::v: y\n');
  expect(found).toEqual(['title: /bin/x', 'title: /bin/y']);
});

test('unique joins arrays', async () => {
  const data = ['m::l: [x, y]\n', 'm::l: [y, z]\n'] as const;
  const joined = ['title: /bin/x', 'title: /bin/y', 'title: /bin/z', unknownStep];
  expect(await withData(`lookup('m::l', Array, 'unique')${each}`, ...data)).toEqual(joined);
  expect(await withData(`lookup('m::l', { merge => 'unique' })${each}`, ...data)).toEqual(joined);
  expect(await withData(`lookup({ name => 'm::l', merge => { strategy => 'unique' } })${each}`, ...data)).toEqual(
    joined,
  );
  expect(await withData(`hiera_array('m::l')${each}`, ...data)).toEqual(joined);
  expect(await withData(`lookup('m::l', Array, 'unique')${each}`, 'm::l: x\n', '{}\n')).toEqual(['title: /bin/x']);
});

test('hash joins hashes, deep also those in them', async () => {
  const flat = ['m::h:\n  a: 1\n', 'm::h:\n  a: 2\n  b: 3\n'] as const;
  const joined = ['title: /bin/a 1', 'title: /bin/a 2', 'title: /bin/b 3'];
  expect(await withData(`lookup('m::h', Hash, 'hash')${hash}`, ...flat)).toEqual(joined);
  expect(await withData(`hiera_hash('m::h', {})${hash}`, ...flat)).toEqual(joined);
  const nested = ['m::h:\n  a: {p: 1}\n', 'm::h:\n  a: {q: 2}\n'] as const;
  const inner = ".each |$k, $v| { exec { \"/bin/${v['p']} ${v['q']}\": } }";
  expect(await withData(`lookup('m::h', Hash, 'deep')${inner}`, ...nested)).toEqual(['title: /bin/1 2']);
});

test('the data says how parameters are merged, by name or pattern', async () => {
  for (const name of ['m::l', "'^m::.*$'"]) {
    const options = `lookup_options:\n  ${name}:\n    merge: unique\n`;
    const found = await withData(`$l${each}`, 'm::l: [x]\n', `${options}m::l: [y]\n`, '(Array $l)');
    expect(found).toEqual(['title: /bin/x', 'title: /bin/y', unknownStep]);
  }
  const found = await withData(
    `$l${each}`,
    'm::l: [x]\n',
    "lookup_options:\n  '^(a+)+$':\n    merge: unique\nm::l: [y]\n",
    '(Array $l)',
  );
  expect(found).toEqual(['title: /bin/x', 'title: /bin/y']);
});

test('what a prefix may knock out is not known', async () => {
  const body = `lookup('m::l', Array, { 'strategy' => 'deep', 'knockout_prefix' => '--' })${each}`;
  expect(await withData(body, 'm::l: ["--y"]\n', 'm::l: [y]\n')).toEqual([unknownStep]);
  expect(await withData(body, 'm::l: [x]\n', 'm::l: [y]\n')).toEqual(['title: /bin/x', 'title: /bin/y', unknownStep]);
});

test('a dotted key goes into the value, several keys are tried', async () => {
  const body = '$v = lookup(\'m::h.a.b\') exec { "/bin/${v}": }';
  expect(await withData(body, 'm::h: {a: {c: 1}}\n', 'm::h: {a: {b: 2}}\n')).toEqual(['title: /bin/2']);
  const several = "$v = lookup(['m::none', 'm::v']) exec { \"/bin/${v}\": }";
  expect(await withData(several, 'm::v: x\n', '{}\n')).toEqual(['title: /bin/x']);
});

test('hiera_include makes no resource of its own', async () => {
  const body = "hiera_include('m::classes') exec { '/bin/a': }";
  expect(await withData(body, 'm::classes: [a]\n', 'm::classes: [b]\n')).toEqual(['title: /bin/a']);
});
