import { expect, test } from 'vitest';
import { displayText } from '../../../src/core/template.ts';
import { factsOf } from '../puppet-evaluation/helper.ts';

type Files = Readonly<Record<string, string>>;

/** What the facts of a tree say, each with the place that it points to. */
async function shown(files: Files | string): Promise<readonly string[]> {
  const tree: Files = typeof files === 'string' ? { 'm/manifests/init.pp': files } : files;
  return (await factsOf(tree)).map((fact) => {
    const at = `${fact.span.file}: ${(tree[fact.span.file] ?? '').slice(fact.span.start, fact.span.end)}`;
    switch (fact.kind) {
      case 'unit.file':
        return `${fact.unit}${fact.complete ? '' : ', partly known'} in ${fact.span.file}`;
      case 'unit.assignment':
        return `${fact.section} ${fact.key}=${displayText(fact.value)} @ ${at}`;
      case 'command':
        return `${fact.always} ${fact.words.map(displayText).join(' ')} @ ${at}`;
      case 'sysctl.setting':
        return `${fact.key}=${displayText(fact.value)} @ ${at}`;
      case 'script':
        return `${fact.path}: ${fact.commands.map(({ words }) => words.map(displayText).join(' ')).join('; ')}`;
      default:
        return fact.kind;
    }
  });
}

const file = 'm/manifests/init.pp';

test('fragments make a unit, in their order, with each line at its own place', async () => {
  const found = await shown(`class m {
    $unit = '/etc/systemd/system/a.service'
    concat { $unit: }
    concat::fragment { 'z': target => $unit, order => '01', content => "[Service]\\nExecStart=/bin/a\\n" }
    concat::fragment { 'a': target => $unit, order => 20, content => "LimitNOFILE=5\\n" }
  }`);
  expect(found).toEqual([
    `a.service in ${file}`,
    `Service ExecStart=/bin/a @ ${file}: ExecStart=/bin/a`,
    `yes /bin/a @ ${file}: /bin/a`,
    `Service LimitNOFILE=5 @ ${file}: LimitNOFILE=5`,
  ]);
});

test('an order is text, or numbers where the file says so', async () => {
  const body = (order: string) => `class m {
    concat { 'x': path => '/usr/local/bin/x.sh', ${order} ensure_newline => true }
    concat::fragment { 'one': target => 'x', order => '9', content => 'nine' }
    concat::fragment { 'two': target => 'x', order => '10', content => 'ten' }
  }`;
  expect(await shown(body(''))).toEqual(['/usr/local/bin/x.sh: ten; nine']);
  expect(await shown(body("order => 'numeric',"))).toEqual(['/usr/local/bin/x.sh: nine; ten']);
});

test('a template and the other files of the module have their own places', async () => {
  const found = await shown({
    'm/manifests/init.pp': "class m { concat { '/etc/cron.d/a': } include m::job }",
    'm/manifests/job.pp':
      "class m::job { concat::fragment { 'a': target => '/etc/cron.d/a', content => template('m/a.erb') } }",
    'm/templates/a.erb': '*/5 * * * * root /bin/a <%= @x %>\n',
  });
  expect(found).toEqual(['yes /bin/a <%= @x %> @ m/templates/a.erb: /bin/a <%= @x %>']);
});

test('a fragment that is not known is a line that may say anything', async () => {
  const found = await shown(`class m ($text) {
    concat { '/etc/systemd/system/a.service': }
    concat::fragment { 'a': target => '/etc/systemd/system/a.service', order => '1', content => "[Service]\\nExecStart=/bin/a\\n" }
    concat::fragment { 'b': target => '/etc/systemd/system/a.service', order => '2', content => $text }
  }`);
  expect(found[0]).toBe(`a.service, partly known in ${file}`);
  expect(found).toContain(`Service ExecStart=/bin/a @ ${file}: ExecStart=/bin/a`);
});

test('what stands in a branch, or in another class, may not be there', async () => {
  const found = await shown({
    'm/manifests/init.pp': `class m ($fast) {
      concat { '/etc/systemd/system/a.service': }
      concat::fragment { 'a': target => '/etc/systemd/system/a.service', order => '1', content => "[Service]\\nExecStart=/bin/a\\n" }
      if $fast {
        concat::fragment { 'b': target => '/etc/systemd/system/a.service', order => '2', content => "Nice=1\\n" }
      } else {
        concat::fragment { 'c': target => '/etc/systemd/system/a.service', order => '2', content => "Nice=2\\n" }
      }
    }`,
    'n/manifests/init.pp': `class n {
      concat::fragment { 'd': target => '/etc/systemd/system/a.service', order => '9', content => "ExecStartPre=/bin/d\\n" }
    }`,
  });
  expect(found).toEqual([
    `a.service, partly known in ${file}`,
    `Service ExecStart=/bin/a @ ${file}: ExecStart=/bin/a`,
    `yes /bin/a @ ${file}: /bin/a`,
    `Service Nice=1 @ ${file}: Nice=1`,
    'Service ExecStartPre=/bin/d @ n/manifests/init.pp: ExecStartPre=/bin/d',
    'unknown /bin/d @ n/manifests/init.pp: /bin/d',
  ]);
});

test('a script is read as a whole', async () => {
  const found = await shown(`class m {
    concat { '/usr/local/bin/a.sh': }
    concat::fragment { 'a': target => '/usr/local/bin/a.sh', order => '1', content => "#!/bin/sh\\nif true; then\\n" }
    concat::fragment { 'b': target => '/usr/local/bin/a.sh', order => '2', content => "hostnamectl\\nfi\\n" }
  }`);
  expect(found).toEqual(['/usr/local/bin/a.sh: true; hostnamectl']);
});

test('without a known order, target or file nothing is said', async () => {
  const fragment = (more: string) => `class m ($o) {
    concat { '/etc/sysctl.d/a.conf': ${more.includes('absent') ? 'ensure => absent' : ''} }
    concat::fragment { 'a': ${more.replace('absent', "target => '/etc/sysctl.d/a.conf'")}, content => "vm.swappiness=1\\n" }
  }`;
  for (const more of ["target => '/etc/sysctl.d/a.conf', order => $o", 'target => $o', "target => 'b'", 'absent'])
    expect([more, await shown(fragment(more))]).toEqual([more, []]);
});
