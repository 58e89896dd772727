import { expect, test } from 'vitest';
import { commandFacts, commandsOf } from './helper.ts';

test('a variable is what is assigned to it, and a string what it is put together from', async () => {
  const found = await commandsOf(
    'class m { $bin = \'/usr/bin\'\n $tool = "${bin}/tool"\n exec { "${tool} run ${other}": } }',
  );
  expect(found).toEqual(['title: /usr/bin/tool run ${other}']);
});

test('parameters have their defaults, what Hiera holds and what the tree declares the class with', async () => {
  const found = await commandsOf({
    'modules/m/manifests/init.pp': 'class m (String $tool = \'a\', $size = 1) { exec { "/bin/${tool} ${size}": } }',
    'modules/m/hiera.yaml': 'version: 5\nhierarchy:\n  - name: all\n    path: "%{facts.os.family}.yaml"\n',
    'modules/m/data/RedHat.yaml': "---\nother: x\nm::tool: 'b'\n",
    'modules/m/data/secret/RedHat.yaml': "m::tool: 'z'\n",
    'site.pp': "class { 'm': tool => 'c' }",
  });
  expect(found.toSorted()).toEqual(['title: /bin/a 1', 'title: /bin/b 1', 'title: /bin/c 1']);
});

test('what Hiera interpolates or encrypts is a hole', async () => {
  const found = await commandsOf({
    'site/m/manifests/init.pp': 'class m ($tool, $key) { exec { "/bin/${tool}/x ${key}": } }',
    'hiera.yaml': 'version: 5\ndefaults:\n  datadir: hieradata\nhierarchy:\n  - name: all\n    glob: "**/*.yaml"\n',
    'hieradata/a/b.yaml': 'm::tool: "a-%{facts.os.name}"\nm::key: >\n  ENC[PKCS7,abc]\n',
  });
  expect(found).toEqual(['title: /bin/a-%{facts.os.name}/x ${key}']);
});

test('inherited and qualified variables of other files', async () => {
  const found = await commandsOf({
    'm/manifests/params.pp':
      "class m::params { case $facts['os']['family'] { 'RedHat': { $tool = 'yum' } default: { $tool = 'apt' } } }",
    'm/manifests/init.pp': 'class m ($tool = $m::params::tool) inherits m::params { exec { "/bin/${tool} a": } }',
    'n/manifests/init.pp': 'class n { exec { "/bin/${::m::params::tool} b": } }',
  });
  expect(found).toEqual(['title: /bin/yum a', 'title: /bin/apt a', 'title: /bin/yum b', 'title: /bin/apt b']);
});

test('a branch sees what is assigned on its own way only', async () => {
  const text = `class m {
    if $x { $a = 'one' exec { "/bin/\${a} 1": } } else { $a = 'two' exec { "/bin/\${a} 2": } }
    exec { "/bin/\${a} 3": }
  }`;
  expect(await commandsOf(text)).toEqual([
    'title: /bin/one 1',
    'title: /bin/two 2',
    'title: /bin/one 3',
    'title: /bin/two 3',
  ]);
});

test('functions people use', async () => {
  const commands = [
    ["sprintf('/bin/%s %02d', 'a', 7)", '/bin/a 07'],
    ["join(['/bin/a', 'b', $c], ' ')", '/bin/a b $c'],
    ["pick(undef, '', '/bin/a')", '/bin/a'],
    ["shellquote('/bin/a', 'b c')", '/bin/a b c'],
    ["'/BIN/A'.downcase", '/bin/a'],
    ["regsubst('/bin/x', 'x$', 'a')", '/bin/a'],
    ["split('/bin/a,b', ',')[0]", '/bin/a'],
    ["['a', 'b'].map |$x| { \"/bin/${x}\" }.join(' ')", '/bin/a /bin/b'],
    ["{ 'a' => { 'b' => '/bin/a' } }.dig('a', 'b')", '/bin/a'],
    ["undef.lest || { '/bin/a' }", '/bin/a'],
    ["Sensitive('/bin/a').unwrap", '/bin/a'],
    ['with(\'a\') |$x| { "/bin/${x}" }', '/bin/a'],
    ["['/bin/a', 'b', 'b'].unique.reduce |$m, $x| { \"${m} ${x}\" }", '/bin/a b'],
  ];
  for (const [expression, expected] of commands) {
    const [found = ''] = await commandsOf(`class m { $v = ${expression ?? ''}\n exec { 'x': command => $v } }`);
    expect([expression, found]).toEqual([expression, `command: ${expected ?? ''}`]);
  }
});

test('lambdas over literal collections make their resources, over unknown ones one with holes', async () => {
  const known = "class m { ['a', 'b'].each |$x| { exec { \"/bin/${x}\": } } }";
  expect(await commandsOf(known)).toEqual(['title: /bin/a', 'title: /bin/b']);
  const hash = "class m { $h = { 'a' => { 'n' => 1 } } $h.each |$k, $v| { exec { \"/bin/${k} ${v['n']}\": } } }";
  expect(await commandsOf(hash)).toEqual(['title: /bin/a 1']);
  const unknown = 'class m ($list) { $list.each |$x| { exec { "/bin/a ${x}": } } }';
  expect(await commandsOf(unknown)).toEqual(['title: /bin/a ${x}']);
});

test('create_resources, ensure_resource and a known splat', async () => {
  const text = `class m {
    create_resources('exec', { '/bin/a' => { 'unless' => '/bin/b' } }, { 'user' => 'x' })
    ensure_resource('exec', '/bin/c', { 'onlyif' => '/bin/d' })
    $more = { 'unless' => '/bin/f' }
    exec { '/bin/e': * => $more }
  }`;
  const found = await commandsOf(text);
  expect(found.toSorted()).toEqual([
    'onlyif: /bin/d',
    'title: /bin/a',
    'title: /bin/c',
    'title: /bin/e',
    'unless: /bin/b',
    'unless: /bin/f',
  ]);
});

test('an unknown splat may hold a guard', async () => {
  const [command] = await commandFacts("class m ($more) { exec { '/bin/a': * => $more } }");
  expect(command?.origin).toMatchObject({ everyRun: 'unknown' });
});

test('a define is instantiated for each use, and once with holes where nothing uses it', async () => {
  const define =
    'define m::run ($tool = \'x\', $unless = undef) { exec { "/bin/${tool} ${title}": unless => $unless } }';
  expect(await commandsOf({ 'm/manifests/run.pp': define })).toEqual(['title: /bin/x ${title}']);
  const used = await commandsOf({
    'm/manifests/run.pp': define,
    'site.pp': "m::run { 'one': tool => 'a' }\n m::run { ['two', 'three']: unless => '/bin/test' }",
  });
  expect(used.toSorted()).toEqual([
    'title: /bin/a one',
    'title: /bin/x three',
    'title: /bin/x two',
    'unless: /bin/test',
  ]);
});

test('resource defaults reach in from around, and an undefined value takes one away', async () => {
  const text = `class m {
    Exec { unless => '/bin/test' }
    exec { '/bin/a': }
    exec { '/bin/b': unless => undef }
  }`;
  expect(await commandsOf(text)).toEqual(['unless: /bin/test', 'title: /bin/a', 'title: /bin/b']);
});

test('a function of the tree gives the value of its last statement', async () => {
  const found = await commandsOf({
    'm/functions/tool.pp': 'function m::tool(String $name, $dir = \'/bin\') { "${dir}/${name}" }',
    'm/manifests/init.pp': "class m { exec { 'x': command => m::tool('a') } }",
  });
  expect(found).toEqual(['command: /bin/a']);
});

test('more alternatives than can be followed are a hole, and what depends on itself too', async () => {
  const options = Array.from({ length: 40 }, (_, index) => `'v${index}': { $a = 't${index}' }`).join(' ');
  expect(await commandsOf(`class m { case $x { ${options} } exec { "/bin/\${a}": } }`)).toEqual(['title: /bin/${a}']);
  expect(await commandsOf('class m ($a = $b, $b = $a) { exec { "/bin/x ${a}": } }')).toEqual(['title: /bin/x ${a}']);
});

test('places: the text where it stands, the attribute in the resource', async () => {
  const text = "class m {\n  $tool = '/bin/a b'\n  exec { 'x': command => $tool }\n}";
  const [command] = await commandFacts(text);
  expect(text.slice(command?.span.start, command?.span.end)).toBe('/bin/a b');
  const { origin } = command ?? {};
  expect(text.slice(origin?.at.start, origin?.at.end)).toBe('$tool');
});

test('names of hostile manifests are only names', async () => {
  const text =
    "class m ($__proto__ = '/bin/a', $constructor = '/bin/b') { exec { $__proto__: } exec { $constructor: } exec { $toString: } }";
  expect(await commandsOf(text)).toEqual(['title: /bin/a', 'title: /bin/b', 'title: $toString']);
});

test('defines that use themselves over and over come to an end', async () => {
  const uses = Array.from({ length: 20 }, (_, index) => `m::d { "\${title}${index}": }`).join('\n');
  const found = await commandsOf({
    'm/manifests/d.pp': `define m::d { exec { '/bin/a': } ${uses} }`,
    'site.pp': "m::d { 'x': }",
  });
  expect(found).toEqual(['title: /bin/a']);
});

test('what a hash gives to a define is no default of it', async () => {
  const define = 'define m::d ($a = undef) { if $a { exec { "/bin/${a}": } } else { exec { "/bin/none": } } }';
  const used = async (text: string) => (await commandsOf({ 'm/manifests/d.pp': define, 'site.pp': text })).toSorted();
  expect(await used("create_resources('m::d', { 'x' => { 'a' => 'b' } })")).toEqual([
    'title: /bin/b',
    'title: /bin/none',
  ]);
  expect(await used("$h = { 'a' => 'b' } m::d { 'x': * => $h }")).toEqual(['title: /bin/b', 'title: /bin/none']);
  expect(await used("create_resources('m::d', { 'x' => { } })")).toEqual(['title: /bin/none']);
});
