import { beforeAll, describe, expect, it } from 'vitest';
import { HOLE, TemplateBuilder, displayText } from '../../../src/core/template.ts';
import { unitLink, unitLocation } from '../../../src/core/unit-place.ts';
import { loader, readUnit } from '../../../src/loaders/systemd/index.ts';

const path = 'etc/systemd/system/a.service';
const read = (text: string) => loader.facts({ path, kind: 'unit', text });

beforeAll(async () => {
  await loader.prepare?.({ path, kind: 'unit', text: 'ExecStart=/bin/sh' });
});

describe('facts of a unit', () => {
  it('has the file, its assignments and its commands with their places', () => {
    const text = "[Service]\nExecStart=/bin/sh -c 'date; id -u'\nUser = x\nGroup=\n";
    const facts = read(text);
    expect(facts[0]).toMatchObject({
      kind: 'unit.file',
      document: path,
      role: 'unit',
      unit: 'a.service',
      type: 'service',
      layer: 'etc',
      manager: 'system',
      root: '',
      masks: false,
      complete: true,
    });
    const assignments = facts.filter((fact) => fact.kind === 'unit.assignment');
    expect(assignments.map(({ key, value, empty }) => [key, value.text, empty])).toEqual([
      ['ExecStart', "/bin/sh -c 'date; id -u'", false],
      ['User', 'x', false],
      ['Group', '', true],
    ]);
    expect(assignments.map(({ span }) => text.slice(span.start, span.end))).toEqual([
      "ExecStart=/bin/sh -c 'date; id -u'",
      'User = x',
      'Group=',
    ]);
    const commands = facts.filter((fact) => fact.kind === 'command');
    expect(commands.map(({ words, origin }) => [words.map(displayText), origin])).toMatchObject([
      [['date'], { type: 'unit', path, unit: 'a.service', directive: 'ExecStart' }],
      [['id', '-u'], { type: 'unit' }],
    ]);
    expect(commands.map(({ span }) => text.slice(span.start, span.end))).toEqual(['date', 'id -u']);
  });

  it.each([
    ['[Service] # x\nA=1', 'invalid-section-header', true],
    ['[Ser"vice]\nA=1', 'unsafe-section-header', true],
    ['A=1\n[Service]', 'assignment-outside-section', false],
    ['[Service]\nA', 'missing-equals', false],
    ['[Service]\n=A', 'missing-key', false],
    ['[Srevice]\nA=1', 'unknown-section', false],
    ['[Service]\nA=1\0', 'nul-character', false],
  ])('%j has a problem', (text, problem, fatal) => {
    const problems = read(text).filter((fact) => fact.kind === 'unit.problem');
    expect(problems).toMatchObject([{ problem, fatal }]);
    expect(problems[0]?.message).toMatch(/\.$/);
  });

  it('reads no further than systemd', () => {
    expect(read('[Service]\nA=1\n[Unit] x\nB=1').map(({ kind }) => kind)).toEqual([
      'unit.file',
      'unit.assignment',
      'unit.problem',
    ]);
  });

  it('knows bytes that are not UTF-8 from a replacement character, and minds no comment', () => {
    const file = { path, kind: 'unit', text: '[Service]\n# \uFFFD\nA=\uFFFD\n' } as const;
    expect(loader.facts(file).map(({ kind }) => kind)).toEqual(['unit.file', 'unit.assignment']);
    expect(loader.facts({ ...file, invalidUtf8At: 12 })).toMatchObject([
      { kind: 'unit.file', complete: false },
      { kind: 'unit.problem', problem: 'invalid-utf8', span: { start: 14 } },
    ]);
  });

  it('makes holes of placeholders, and lines that are nothing else make it incomplete', () => {
    const facts = read('[Service]\nUser={{ user }}\nGroup=@group@x\n<% if x %>\n');
    expect(facts[0]).toMatchObject({ complete: false });
    const values = facts.filter((fact) => fact.kind === 'unit.assignment').map(({ value }) => value);
    expect(values.map(({ text }) => text)).toEqual([HOLE, `${HOLE}x`]);
    expect(values.map(displayText)).toEqual(['{{ user }}', '@group@x']);
  });

  it('takes for a placeholder what is no variable of systemd', () => {
    const facts = read('[Service]\nExecStart=${a.home}/bin/a ${ b } ${C} %{http_code}\n%{ if d }\nUser=e\n');
    const [exec] = facts.flatMap((fact) => (fact.kind === 'unit.assignment' ? [fact.value] : []));
    expect(exec?.text).toBe(`${HOLE}/bin/a ${HOLE} \${C} %{http_code}`);
    expect(facts[0]).toMatchObject({ complete: false });
  });

  it('a line that is a variable in small letters may be any lines, one in capitals a lost continuation', () => {
    expect(read('[Service]\nUser=a\n${more_of_it}\n')).toMatchObject([{ complete: false }, { key: 'User' }]);
    expect(read('[Service]\nUser=a\n  ${OPTIONS}\n').at(-1)).toMatchObject({ problem: 'missing-equals' });
  });

  it('reads a unit inside another file', () => {
    const outer = "content => '[Service]\nExecStart=/bin/true ${x}'";
    const source = new TemplateBuilder('site.pp', 12)
      .text('[Service]\nExecStart=/bin/true ', 12)
      .hole('${x}', 42, 4)
      .build();
    const location = unitLocation('/etc/systemd/system/b.service');
    if (location === undefined) throw new Error('This is the place of a unit.');
    const facts = readUnit(source, { ...location, document: 'site.pp#12' });
    expect(facts[0]).toMatchObject({ document: 'site.pp#12', unit: 'b.service', root: '/' });
    const { span } = facts.find((fact) => fact.kind === 'unit.assignment') ?? { span: { start: 0, end: 0 } };
    expect(outer.slice(span.start, span.end)).toBe('ExecStart=/bin/true ${x}');
  });

  it('takes a file for a unit by its content where the directory says nothing', () => {
    const factsAt = (place: string, text: string) => loader.facts({ path: place, kind: 'unit', text });
    expect(factsAt('build/Dockerfile.path', 'FROM scratch')).toEqual([]);
    expect(factsAt('build/x.path', '# x\n[Path]')).toHaveLength(1);
    expect(factsAt('README.service.md', '[Service]')).toEqual([]);
  });

  it.each([
    ['binary', '\0\u0001\uFFFD'.repeat(10_000)],
    ['brackets', '['.repeat(10_000)],
    ['one long line', `[Service]\nExecStart=${'x '.repeat(1 << 20)}`],
    ['many holes', '[Service]\n' + `A=${HOLE}\n`.repeat(20_000)],
    ['placeholders that do not end', '[Service]\n' + '{{ @a <% '.repeat(50_000)],
    ['__proto__', '[__proto__]\n__proto__=1\n[Service]\n__proto__=1\nconstructor=2'],
  ])('survives %s', (_name, text) => {
    expect(read(text)[0]).toMatchObject({ kind: 'unit.file' });
    expect(loader.ast({ path, kind: 'unit', text })).toHaveProperty('problems');
  });
});

describe('D-Bus activation files', () => {
  it('are told by their content', () => {
    const text = '[D-BUS Service]\nName=org.example.A\nExec=/bin/false --x\nUser=root\nSystemdService=a.service\n';
    const [fact] = loader.facts({ path: 'org.example.A.service', kind: 'dbus-service', text });
    expect(fact).toMatchObject({
      kind: 'dbus.service',
      name: 'org.example.A',
      systemdService: 'a.service',
      exec: { text: '/bin/false --x' },
      user: 'root',
    });
  });

  it('may lack everything', () => {
    expect(loader.facts({ path: 'a.service', kind: 'dbus-service', text: 'Name=x\n' })).toMatchObject([
      { name: undefined },
    ]);
  });
});

describe('places', () => {
  it.each([
    ['etc/systemd/system/a.service', 'a.service', 'etc', '', 'unit'],
    ['x/y/usr/lib/systemd/system/a@.service', 'a@.service', 'usr', 'x/y/', 'unit'],
    ['x/lib/systemd/user/a.timer', 'a.timer', 'lib', 'x/', 'unit'],
    ['x/run/systemd/system/a.socket.d/b.conf', 'a.socket', 'run', 'x/', 'drop-in'],
    ['usr/local/lib/systemd/system/service.d/b.conf', 'service', 'usr-local', '', 'drop-in'],
    ['roles/a/files/a-.service.d/b.conf', 'a-.service', 'other', 'roles/a/files/', 'drop-in'],
    ['a.service', 'a.service', 'other', '', 'unit'],
  ])('%s', (place, unit, layer, root, role) => {
    expect(unitLocation(place)).toMatchObject({ unit, layer, root, role });
  });

  it.each(['a.conf', 'a.d/b.conf', 'a.service.d/b.txt', '.service', 'service', ''])('%j is none', (place) => {
    expect(unitLocation(place)).toBeUndefined();
  });

  it('of users are their own', () => {
    expect(unitLocation('etc/systemd/user/a.service')).toMatchObject({ manager: 'user' });
  });

  it('are the same for links', () => {
    expect(unitLink('etc/systemd/system/a.service', '/dev/null')).toMatchObject({
      unit: 'a.service',
      target: '/dev/null',
    });
    expect(unitLink('etc/motd', '/dev/null')).toBeUndefined();
  });
});
