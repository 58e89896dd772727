import { describe, expect, it } from 'vitest';
import type { Fact, FactKind, FactTypes } from '../../../src/core/fact.ts';
import type { Span } from '../../../src/core/span.ts';
import { displayText, type Template } from '../../../src/core/template.ts';
import { Session } from '../../../src/session.ts';

type Tree = Readonly<Record<string, string>>;

const show = (template: Template | undefined): string => (template === undefined ? '' : displayText(template));

/** Facts of some kinds of a tree in which `code` stands in a class of module `a`, with how the place of each reads. */
async function factsOf<Kind extends FactKind>(
  kind: Kind,
  code: string,
  others: Tree = {},
): Promise<{ readonly facts: readonly FactTypes[Kind][]; readonly at: (span: Span) => string }> {
  const tree: Tree = { 'modules/a/manifests/init.pp': `class a {\n${code}\n}\n`, ...others };
  const session = new Session();
  session.update(Object.entries(tree).map(([path, text]) => ({ path, read: () => text })));
  const models = await session.models();
  return {
    facts: models.flatMap((model) => model.facts(kind)),
    at: ({ file, start, end }) => (tree[file] ?? '').slice(start, end),
  };
}

/** `unit [Section] Key=value` of every assignment. */
async function assignments(code: string, others: Tree = {}): Promise<readonly string[]> {
  const { facts, at } = await factsOf('unit.assignment', code, others);
  return facts.map((fact) => `${fact.unit} [${fact.section}] ${fact.key}=${show(fact.value)} @ ${at(fact.span)}`);
}

async function units(code: string, others: Tree = {}): Promise<readonly string[]> {
  const { facts } = await factsOf('unit.file', code, others);
  return facts.map(({ role, unit, fileName, layer, span }) => `${layer} ${role} ${unit} ${fileName} in ${span.file}`);
}

const service = '[Service]\nExecStart=/bin/a\n';
const here = 'modules/a/manifests/init.pp';

describe('units', () => {
  it.each([
    ['file', `file { '/etc/systemd/system/a.service': content => "${service}" }`, `etc unit a.service a.service`],
    [
      'file with a path',
      `file { 'a': path => '/lib/systemd/system/a.service', content => "${service}" }`,
      `lib unit a.service a.service`,
    ],
    ['unit_file', `systemd::unit_file { 'a.service': content => "${service}" }`, `etc unit a.service a.service`],
    [
      'unit_file with a path',
      `systemd::unit_file { 'a.service': path => '/usr/lib/systemd/system', content => "${service}" }`,
      `usr unit a.service a.service`,
    ],
    [
      'dropin_file',
      `systemd::dropin_file { 'b.conf': unit => 'a.service', content => "${service}" }`,
      `etc drop-in a.service b.conf`,
    ],
    [
      'dropin_file with a name',
      `systemd::dropin_file { 'x': filename => 'b.conf', unit => 'a.service', content => "${service}" }`,
      `etc drop-in a.service b.conf`,
    ],
    ['service', `systemd::service { 'a': content => "${service}" }`, `etc unit a.service a.service`],
    [
      'service as an override',
      `systemd::service { 'a': override => true, content => "${service}" }`,
      `etc drop-in a.service override.conf`,
    ],
    [
      'manage_unit',
      `systemd::manage_unit { 'a.service': service_entry => { 'ExecStart' => '/bin/a' } }`,
      `etc unit a.service a.service`,
    ],
    [
      'manage_dropin',
      `systemd::manage_dropin { 'b.conf': unit => 'a.service', service_entry => { 'ExecStart' => '/bin/a' } }`,
      `etc drop-in a.service b.conf`,
    ],
  ])('%s', async (_, code, expected) => {
    expect(await units(code)).toEqual([`${expected} in ${here}`]);
    expect((await assignments(code)).map((line) => line.split(' @ ')[0])).toEqual([
      'a.service [Service] ExecStart=/bin/a',
    ]);
  });

  it.each([
    ['a line of it', "file_line { 'a': path => '/etc/systemd/system/a.service', line => 'ExecStart=/bin/a' }"],
    ['absent', `file { '/etc/systemd/system/a.service': ensure => absent, content => "${service}" }`],
    ['virtual', `@file { '/etc/systemd/system/a.service': content => "${service}" }`],
    ['elsewhere', `file { '/opt/a.service': content => "${service}" }`],
    ['unknown', `file { '/etc/systemd/system/a.service': content => unknown_function() }`],
  ])('none: %s', async (_, code) => {
    expect(await units(code)).toEqual([]);
  });

  it('a timer with its service', async () => {
    const code = `systemd::timer { 'a.timer':
      timer_content   => "[Timer]\\nOnCalendar=hourly\\n",
      service_content => "[Service]\\nExecStart=/bin/a\\n",
    }`;
    expect(await assignments(code)).toEqual([
      'a.timer [Timer] OnCalendar=hourly @ OnCalendar=hourly',
      'a.service [Service] ExecStart=/bin/a @ ExecStart=/bin/a',
    ]);
  });

  it('a timer by its wrapper', async () => {
    const code = "systemd::timer_wrapper { 'a': ensure => present, command => '/bin/a', on_calendar => '*:0/2' }";
    const found = await assignments(code);
    expect(found.map((line) => line.split(' @ ')[0])).toEqual([
      'a.service [Service] Type=oneshot',
      'a.service [Service] ExecStart=/bin/a',
      'a.timer [Timer] OnCalendar=*:0/2',
    ]);
    const { facts } = await factsOf('command', code);
    expect(facts.map(({ words }) => words.map(show))).toEqual([['/bin/a']]);
  });

  it('a heredoc, with places in the manifest', async () => {
    const code = `  file { '/etc/systemd/system/a.service':
    content => @("EOT"),
      [Service]
      ExecStart=/bin/a \${unknown_function()}
      User=b
      | EOT
  }`;
    expect(await assignments(code)).toEqual([
      'a.service [Service] ExecStart=/bin/a ${unknown_function()} @ ExecStart=/bin/a ${unknown_function()}',
      'a.service [Service] User=b @ User=b',
    ]);
  });

  it('hashes: a list is several lines, unknown entries are any', async () => {
    const code = `systemd::manage_unit { 'a.service':
      unit_entry    => { 'After' => ['b.service', 'c.service'] },
      service_entry => unknown_function(),
    }`;
    expect(await assignments(code)).toEqual([
      "a.service [Unit] After=b.service @ 'After' => ['b.service".replace("'", ''),
      "a.service [Unit] After=c.service @ 'After' => ['b.service', 'c.service".replace("'", ''),
    ]);
    const { facts } = await factsOf('unit.file', code);
    expect(facts.map(({ complete }) => complete)).toEqual([false]);
  });

  it('alternatives of a text are units apart from each other', async () => {
    const code = `$b = $facts['a'] ? { 'c' => 'd', default => 'e' }
      file { '/etc/systemd/system/a.service': content => "[Service]\\nExecStart=/bin/a \${b}\\n" }`;
    const { facts } = await factsOf('unit.assignment', code);
    expect(facts.map(({ value }) => show(value)).sort()).toEqual(['/bin/a d', '/bin/a e']);
    expect(new Set(facts.map(({ document }) => document)).size).toBe(2);
  });

  it('a link is an alias or a mask', async () => {
    const code = "file { '/etc/systemd/system/a.service': ensure => link, target => '/dev/null' }";
    const { facts, at } = await factsOf('unit.link', code);
    expect(facts.map(({ unit, target }) => [unit, target])).toEqual([['a.service', '/dev/null']]);
    expect(facts.map(({ span }) => at(span))).toEqual([code.slice('file { '.length, -2)]);
  });
});

describe('files of modules', () => {
  const erb = { 'modules/a/templates/a.service.erb': '[Service]\nExecStart=/bin/<%= @b %> <%= @other.join %>\n' };

  it('an ERB template, with places in the template', async () => {
    const code = "$b = 'b'\nfile { '/etc/systemd/system/a.service': content => template('a/a.service.erb') }";
    expect(await units(code, erb)).toEqual(['etc unit a.service a.service in modules/a/templates/a.service.erb']);
    expect(await assignments(code, erb)).toEqual([
      'a.service [Service] ExecStart=/bin/b <%= @other.join %> @ ExecStart=/bin/<%= @b %> <%= @other.join %>',
    ]);
  });

  it('an EPP template with its parameters', async () => {
    const epp = {
      'modules/a/templates/a.epp': '<%- | $b, $c = "d" | -%>\n[Service]\nExecStart=/bin/<%= $b %> <%= $c %>\n',
    };
    const code = "systemd::unit_file { 'a.service': content => epp('a/a.epp', { 'b' => 'x' }) }";
    expect(await assignments(code, epp)).toEqual([
      'a.service [Service] ExecStart=/bin/x d @ ExecStart=/bin/<%= $b %> <%= $c %>',
    ]);
  });

  it('inline templates', async () => {
    const code = `$b = 'x'
      systemd::unit_file { 'a.service': content => inline_template("[Service]\\nUser=<%= @b %>\\n") }
      systemd::unit_file { 'c.service': content => inline_epp('[Service]
User=<%= $b %>') }`;
    expect((await assignments(code)).map((line) => line.split(' @ ')[0])).toEqual([
      'a.service [Service] User=x',
      'c.service [Service] User=x',
    ]);
  });

  it.each([
    ['source', "file { '/etc/systemd/system/b.service': source => 'puppet:///modules/a/a.service' }"],
    [
      'several sources',
      "file { '/etc/systemd/system/b.service': source => ['puppet:///modules/a/none', 'puppet:///modules/a/a.service'] }",
    ],
    ['file()', "file { '/etc/systemd/system/b.service': content => file('a/a.service') }"],
  ])('%s: one unit, at its place on the node', async (_, code) => {
    const files = { 'modules/a/files/a.service': service };
    expect(await units(code, files)).toEqual(['etc unit b.service b.service in modules/a/files/a.service']);
    expect(await assignments(code, files)).toEqual(['b.service [Service] ExecStart=/bin/a @ ExecStart=/bin/a']);
  });

  it('a file that nothing deploys is what it is by its name', async () => {
    expect(await units('', { 'modules/a/files/a.service': service })).toEqual([
      'other unit a.service a.service in modules/a/files/a.service',
    ]);
  });

  it('a text that two resources deploy to one place is one unit', async () => {
    const code = `if $facts['a'] == 'b' {
      file { '/etc/systemd/system/a.service': content => template('a/a.service.erb') }
    } else {
      systemd::unit_file { 'a.service': content => template('a/a.service.erb') }
    }`;
    expect(await units(code, erb)).toHaveLength(1);
    expect(await assignments(code, erb)).toHaveLength(1);
  });

  it('a file that is not there is unknown', async () => {
    expect(await units("file { '/etc/systemd/system/b.service': source => 'puppet:///modules/a/none' }")).toEqual([]);
  });
});

describe('scripts', () => {
  const script = { 'modules/a/files/report.sh': '#!/bin/sh\nhostnamectl\n' };
  const deploy = "file { '/opt/report': source => 'puppet:///modules/a/report.sh' }\n";

  it('what runs a script runs its commands', async () => {
    const code = `${deploy}cron { 'a': command => '/opt/report', minute => '*/2' }`;
    const { facts, at } = await factsOf('command', code, script);
    expect(facts.map(({ words, origin, span }) => [words.map(show).join(' '), at(origin.at), at(span)])).toEqual([
      ['/opt/report', "'/opt/report'", '/opt/report'],
      ['hostnamectl', "'/opt/report'", 'hostnamectl'],
    ]);
  });

  it('an exec runs one, too', async () => {
    const { facts } = await factsOf('command', `${deploy}exec { 'a': command => '/opt/report -v' }`, script);
    expect(facts.map(({ words }) => words.map(show).join(' '))).toEqual(['/opt/report -v', 'hostnamectl']);
  });
});

describe('settings', () => {
  /** What a fact says, and where. */
  async function said(code: string): Promise<readonly string[]> {
    const kinds = [
      'sysctl.setting',
      'kernel.module-option',
      'kernel.module-setting',
      'kernel.parameters',
      'puppet.service',
      'puppet.setting',
      'environment.variable',
    ] as const;
    const found: string[] = [];
    for (const kind of kinds) {
      const { facts, at } = await factsOf(kind, code);
      found.push(...facts.map((fact) => `${saying(fact)} @ ${at(fact.span)}`));
    }
    return found;
  }

  function saying(fact: Fact): string {
    switch (fact.kind) {
      case 'sysctl.setting':
        return `${fact.key}=${show(fact.value)}`;
      case 'kernel.module-option':
        return `option ${fact.module} ${fact.name}=${fact.value}`;
      case 'kernel.module-setting':
        return `${fact.directive} ${fact.module} ${show(fact.value)}`;
      case 'kernel.parameters':
        return `boot ${show(fact.text)}`;
      case 'puppet.service':
        return `service ${fact.name} ${String(fact.running)} ${String(fact.enabled)}`;
      case 'puppet.setting':
        return `[${fact.section}] ${fact.key}=${show(fact.value)}`;
      case 'environment.variable':
        return `${fact.name}=${show(fact.value)}`;
      default:
        return fact.kind;
    }
  }

  it.each([
    ["sysctl { 'vm.swappiness': value => '10' }", "vm/swappiness=10 @ '10'"],
    ["sysctl::value { 'vm.swappiness': value => 10 }", 'vm/swappiness=10 @ 10'],
    [
      "sysctl { 'a': key => 'vm.swappiness', value => unknown_function() }",
      'vm/swappiness=unknown_function() @ unknown_function()',
    ],
    ["sysctl::configuration { 'vm.swappiness': value => '10' }", "vm/swappiness=10 @ '10'"],
    ["sysctl::parameters { 'a': values => { 'vm.swappiness' => 10 } }", "vm/swappiness=10 @ { 'vm.swappiness' => 10 }"],
    [
      "kmod::option { 'a': module => 'nf-conntrack', option => 'hashsize', value => '1' }",
      "option nf_conntrack hashsize=1 @ '1'",
    ],
    ["kmod::blacklist { 'ip_vs': }", "blacklist ip_vs  @ 'ip_vs'"],
    ["kmod::install { 'ip_vs': command => '/bin/true' }", "install ip_vs /bin/true @ 'ip_vs'"],
    ["service { 'a': ensure => running, enable => true }", "service a true true @ 'a'"],
    ["service { 'a': ensure => stopped, enable => mask }", "service a false mask @ 'a'"],
    ["service { 'a': enable => unknown_function() }", "service a undefined undefined @ 'a'"],
  ])('%s', async (code, expected) => {
    const [line] = await said(code);
    expect(line).toBe(expected);
    expect(await said(code)).toHaveLength(1);
  });

  it.each([
    [
      "augeas { 'a': context => '/files/etc/default/grub', changes => ['set GRUB_CMDLINE_LINUX/value[last()+1] nokmem'] }",
      'boot nokmem',
    ],
    ["augeas { 'a': changes => 'set /files/etc/default/grub/GRUB_CMDLINE_LINUX \"\\'a b\\'\"' }", 'boot a b'],
    [
      "shellvar { 'GRUB_CMDLINE_LINUX': target => '/etc/default/grub', value => 'cgroup.memory=nokmem' }",
      'boot cgroup.memory=nokmem',
    ],
    ["file_line { 'a': path => '/etc/default/grub', line => 'GRUB_CMDLINE_LINUX=\"a b\"' }", 'boot a b'],
    [
      "ini_setting { 'a': path => '/etc/puppetlabs/puppet/puppet.conf', section => 'agent', setting => 'runinterval', value => '2m' }",
      '[agent] runinterval=2m',
    ],
    [
      "ini_setting { 'a': path => '/etc/default/kubelet', setting => 'KUBELET_EXTRA_ARGS', value => '--a' }",
      'KUBELET_EXTRA_ARGS=--a',
    ],
    ["file_line { 'a': path => '/etc/sysctl.conf', line => 'vm.swappiness = 1' }", 'vm/swappiness=1'],
  ])('%s', async (code, expected) => {
    expect((await said(code)).map((line) => line.split(' @ ')[0])).toEqual([expected]);
  });

  it.each([
    "sysctl { 'vm.swappiness': ensure => absent, value => '10' }",
    "@service { 'a': ensure => running }",
    "augeas { 'a': context => '/files/etc/default/other', changes => ['set GRUB_CMDLINE_LINUX a'] }",
    "ini_setting { 'a': path => '/etc/a.conf', setting => 'b', value => 'c' }",
  ])('nothing: %s', async (code) => {
    expect(await said(code)).toEqual([]);
  });
});
