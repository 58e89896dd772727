/** A tree made by somebody who means harm. Needs dist/; as root, everything runs again as an ordinary user. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { formats } from '../../src/reporters/index.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'fleetlint-hostile-'));
const program = path.join(folder, 'program');

/** The program where an ordinary user can read it, wherever the checkout is. */
chmodSync(folder, 0o755);
for (const part of ['bin', 'dist', 'docs/rules', 'package.json', 'test/e2e/watch-files.cjs']) {
  cpSync(path.join(repository, part), path.join(program, part), { recursive: true });
}
execFileSync('chmod', ['-R', 'a+rX', program]);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const nobody = 65534;
const self = process.getuid?.();
const users = self === 0 ? [0, nobody] : [self];

/** What stands in the files that must not be read. */
const secret = 'SECRET-7f3a';
/** A manifest with a fault, so that a finding shows that it was read. */
const broken = `file { '${secret}': ensure => \n`;
const fixable = `# ${secret}\n[Unit]\nDescription=A\n[Service]\nExecStart=/bin/a\nKillMode=none\n`;

describe.each(users)('as user %s', (user) => {
  let place: string;
  let tree: string;
  let outside: string;
  let log: string;
  let allowed: string[];

  beforeEach(() => {
    place = mkdtempSync(path.join(folder, 'place-'));
    tree = path.join(place, 'tree');
    outside = path.join(place, 'outside');
    log = path.join(place, 'log');
    allowed = [];
    chmodSync(place, 0o777);
    for (const directory of [tree, outside]) mkdirSync(directory);
    writeOutside('secret.pp', broken);
    writeOutside(
      'secret.yaml',
      `kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n${secret}: 1\n`,
    );
    writeOutside('secret.go', `package a\n\nimport "net/http"\n\n// ${secret}\nvar t = http.Transport{}\n`);
    writeOutside('secret.service', fixable);
    writeOutside('gitconfig', '[core]\n\tpager = ./evil.sh\n');
    writeOutside('nodes.yaml', `nodes: [{ name: ${secret} }]\n`);
    writeOutside('baseline.json', '{"version":1,"findings":[]}\n');
  });

  function writeOutside(name: string, text: string): void {
    writeFileSync(path.join(outside, name), text);
  }

  /** What a link leads to that the user names is read. */
  function mayRead(name: string): void {
    allowed.push(name);
  }

  function write(name: string | Buffer, text: string): void {
    if (typeof name === 'string') mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
    writeFileSync(
      typeof name === 'string' ? path.join(tree, name) : Buffer.concat([Buffer.from(`${tree}/`), name]),
      text,
    );
  }

  function link(name: string, target: string): void {
    mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
    symlinkSync(target, path.join(tree, name));
  }

  /** Runs the program in the tree and looks at what it did besides. */
  function fleetlint(...commandArguments: string[]) {
    const before = contentOf(outside);
    execFileSync('chown', ['-R', '-h', String(user), place]);
    const { status, stdout, stderr, error } = spawnSync(
      process.execPath,
      ['--max-old-space-size=512', path.join(program, 'bin/fleetlint.js'), ...commandArguments],
      {
        cwd: tree,
        encoding: 'utf8',
        timeout: 60_000,
        killSignal: 'SIGKILL',
        ...(user === undefined || user === self ? {} : { uid: user, gid: user }),
        env: {
          PATH: process.env['PATH'],
          HOME: place,
          NODE_OPTIONS: `--require ${path.join(program, 'test/e2e/watch-files.cjs')}`,
          FLEETLINT_WATCH_LOG: log,
        },
      },
    );
    expect(error).toBeUndefined();
    expect(status, stderr).not.toBeNull();
    expect(stderr).not.toContain('fault of fleetlint');
    expect(stdout).not.toContain('fault of fleetlint');
    expect(contentOf(outside)).toEqual(before);
    const watched = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as [string, string]);
    expect(watched.filter(([kind]) => kind === 'read').length).toBeGreaterThan(0);
    const readable = allowed.map((name) => path.join(outside, name));
    const wrong = watched.filter(
      ([kind, subject]) => subject.startsWith(outside) && !(kind === 'read' && readable.includes(subject)),
    );
    expect(wrong).toEqual([]);
    expect(watched.filter(([kind]) => kind === 'connect')).toEqual([]);
    expect(watched.filter(([kind, subject]) => kind === 'start' && subject !== 'git')).toEqual([]);
    const unexpected = watched.filter(([kind, subject]) => kind === 'write' && !`${subject}/`.startsWith(`${tree}/`));
    expect(unexpected).toEqual([]);
    return { status, stdout, stderr };
  }

  /** What no run may do, whatever it is asked for. */
  const everyRun: readonly (readonly string[])[] = [
    [],
    ['--fix=all'],
    ['--diff'],
    ['--write-baseline'],
    ['-f', 'sarif=report.sarif', '-f', 'html=reports/report.html'],
  ];

  test.each(everyRun.map((run) => [run]))(
    'links that lead out of the tree are not followed: %j',
    (commandArguments) => {
      write('ok.service', '[Service]\nExecStart=/bin/a\n');
      write('a.go', 'package a\n\nimport "net/http"\n\nfunc f() { _ = &http.Transport{} }\n');
      link('modules', outside);
      link('secret.pp', '../outside/secret.pp');
      link('secret.yaml', '../outside/secret.yaml');
      link('secret.go', '../outside/secret.go');
      link('secret.service', '../outside/secret.service');
      link('.gitignore', '../outside/secret.pp');
      link('loop', '.');
      link('one.pp', 'two.pp');
      link('two.pp', 'one.pp');
      const { stdout, stderr } = fleetlint(...commandArguments);
      expect(stdout + stderr).not.toContain(secret);
    },
  );

  test('nor by what stands in files', () => {
    write(
      'modules/m/manifests/init.pp',
      [
        "class m {\n  file { '/a': source => 'puppet:///modules/m/../../../../outside/secret.pp' }",
        "  file { '/b': content => template('../../../outside/secret.pp') }",
        "  file { '/c': content => file('m/../../../../outside/secret.pp', '/etc/passwd') }",
        `  file { '/d': content => epp('${outside}/secret.service') }\n}\n`,
      ].join('\n'),
    );
    write('hiera.yaml', `version: 5\nhierarchy:\n  - name: a\n    datadir: ../outside\n    glob: "**"\n`);
    write('go.mod', 'module a\n\nreplace example.org/b => ../outside\n');
    write(
      'a.go',
      'package a\n\nimport (\n\t"net/http"\n\t"example.org/b"\n)\n\nfunc f() { _ = &http.Transport{}; b.F() }\n',
    );
    link('b.go', '../outside/secret.go');
    write('a.service', `[Service]\nExecStart=${outside}/secret.pp\nEnvironmentFile=../../outside/nodes.yaml\n`);
    const all = fleetlint('-f', 'json');
    const one = fleetlint('-f', 'json', 'a.go');
    expect(all.stdout + one.stdout).not.toContain(secret);
  });

  test.each([
    ['fleet: ../outside/nodes.yaml\n'],
    ['fleet: linked.yaml\n'],
    ['baseline: ../outside/baseline.json\n'],
    ['baseline: linked.json\n'],
  ])('nor by a configuration: %j', (config) => {
    write('fleetlint.yaml', config);
    write('a.pp', "notice('a')\n");
    link('linked.yaml', '../outside/nodes.yaml');
    link('linked.json', '../outside/new.json');
    for (const more of [[], ['--write-baseline']]) {
      const { status, stderr } = fleetlint(...more);
      expect(status).toBe(2);
      expect(stderr).toContain('only the command line may name such a file');
    }
  });

  test('nor a configuration or a baseline that is itself a link', () => {
    link('fleetlint.yaml', '../outside/secret.pp');
    write('a.pp', "notice('a')\n");
    expect(fleetlint()).toMatchObject({ status: 2, stdout: '' });
    rmSync(path.join(tree, 'fleetlint.yaml'));
    link('fleetlint-baseline.json', '../outside/baseline.json');
    for (const more of [[], ['--write-baseline']]) expect(fleetlint(...more)).toMatchObject({ status: 2, stdout: '' });
  });

  test.each(['report.sarif', 'new.sarif', 'reports/report.sarif'])(
    'a report is not written through a link: %s',
    (name) => {
      write('a.pp', broken);
      link('report.sarif', '../outside/baseline.json');
      link('new.sarif', '../outside/new.sarif');
      link('reports', '../outside');
      const { status, stderr } = fleetlint('-f', `sarif=${name}`);
      expect(status).toBe(2);
      expect(stderr).toContain('A symbolic link leads out of');
    },
  );

  test('what is not a file is not waited for', async () => {
    for (const name of ['a.pp', 'b.service', 'b.go', '.gitignore', 'sub/fleetlint.yaml', 'fleetlint-baseline.json']) {
      mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
      execFileSync('mkfifo', [path.join(tree, name)]);
    }
    write('a.go', 'package a\n\nimport "net/http"\n\nfunc f() { _ = &http.Transport{} }\n');
    link('zero.yaml', '/dev/zero');
    link('c.pp', '/dev/zero');
    const server = createServer().listen(path.join(tree, 'socket.pp'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      fleetlint('--no-baseline');
      fleetlint('--no-baseline', 'a.go');
      expect(fleetlint('--no-baseline', 'a.pp').stdout).toContain('neither a file nor a directory');
      expect(fleetlint('--no-baseline', 'c.pp').stdout).toContain('neither a file nor a directory');
      expect(fleetlint().status).toBe(2);
      write('sub/b.pp', "notice('a')\n");
      expect(fleetlint('--no-baseline').stderr).toContain('not a regular file');
    } finally {
      server.close();
    }
  });

  test.each(formats)('names and text are shown harmlessly: %s', (format) => {
    const names = [
      'a\n::error::b',
      '\x1b[31mred',
      '\u202egpj',
      '%0A::warning::c',
      '<script>alert(1)<',
      '"\'&\u0085',
      '$(id)`id`',
    ];
    for (const name of names)
      write(`${name}.pp`, `file { '\x1b]0;x\x07\u202e<script>alert(1)</script>%0A::error::': x => }\n`);
    write(Buffer.from([0x61, 0xff, 0xfe, 0x2e, 0x70, 0x70]), broken);
    const { status, stdout, stderr } = fleetlint('-f', format, '--color', 'never');
    expect(status).not.toBe(0);
    const unsafe = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
    expect(stdout).not.toMatch(unsafe);
    expect(stderr).not.toMatch(unsafe);
    if (['html', 'junit', 'checkstyle'].includes(format)) expect(stdout).not.toContain('<script>alert');
    if (format === 'github')
      for (const line of stdout.trim().split('\n')) expect(line).toMatch(/^::(?:error|warning|notice) /);
    if (['json', 'sarif', 'gitlab'].includes(format)) JSON.parse(stdout);
  });

  test('errors are shown harmlessly too', () => {
    write('fleetlint.yaml', '"\\e[31m\\u202e": 1\n"\\e]0;x\\a": 2\n');
    write('a.pp', broken);
    const { status, stderr } = fleetlint();
    expect(status).toBe(2);
    expect(stderr).toContain('\\x1b[31m\\u202e');
    expect(fleetlint('--\x1b[31m').stderr).not.toContain('\x1b');
  });

  test('no code of the tree runs', () => {
    const evil = `require('node:fs').writeFileSync(${JSON.stringify(path.join(tree, 'RAN'))}, '')\n`;
    for (const name of ['evil.cjs', 'fleetlint.config.js', '.fleetlintrc.js', 'node_modules/yaml/index.js'])
      write(name, evil);
    write('node_modules/yaml/package.json', '{"name":"yaml","main":"index.js"}\n');
    write('package.json', '{"name":"a","fleetlint":"./evil.cjs"}\n');
    write(
      'a.pp',
      "$x = generate('/bin/sh', '-c', 'touch RAN')\nexec { 'touch RAN': path => '/bin', provider => shell }\n",
    );
    write('b.yaml', '#cloud-config\nruncmd: [touch RAN]\nx: !!js/function "function () { touch() }"\n');
    write('c.service', '[Service]\nExecStart=/bin/touch RAN\n');
    for (const config of [
      'plugins: [./evil.cjs]\n',
      'extends: ./evil.cjs\n',
      'rules: !!js/function "() => 1"\n',
      '__proto__: { plugins: [./evil.cjs] }\n',
      '',
    ]) {
      write('fleetlint.yaml', config);
      for (const run of [...everyRun, ['facts', 'a.pp'], ['rules']]) fleetlint(...run);
    }
    expect(existsSync(path.join(tree, 'RAN'))).toBe(false);
  });

  test('nor does git run any for us', () => {
    const git = (...given: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...given], {
        cwd: tree,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'main');
    write('a.pp', "notice('a')\n");
    git('add', '.');
    git('commit', '-qm', 'a');
    write('a.pp', broken.replace(secret, 'a'));
    git('add', '.');
    const staged = git('rev-parse', ':a.pp').toString().trim();
    const evil = path.join(tree, 'evil.sh');
    write('evil.sh', `#!/bin/sh\ntouch '${path.join(tree, 'RAN')}'\n`);
    chmodSync(evil, 0o755);
    const hooks = [
      'post-index-change',
      'pre-commit',
      'post-checkout',
      'fsmonitor-watchman',
      'reference-transaction',
      'query-watchman',
    ];
    for (const hook of hooks) cpSync(evil, path.join(tree, '.git/hooks', hook));
    write('.gitattributes', '* filter=evil diff=evil merge=evil\n');
    const settings = [
      ...['core.fsmonitor', 'core.sshCommand', 'core.pager', 'core.editor', 'core.askPass', 'core.gitProxy'],
      ...['core.alternateRefsCommand', 'diff.external', 'diff.evil.textconv', 'diff.evil.command', 'filter.evil.clean'],
      ...[
        'filter.evil.smudge',
        'filter.evil.process',
        'gpg.program',
        'credential.helper',
        'pager.ls-files',
        'pager.cat-file',
      ],
      ...['uploadpack.packObjectsHook', 'remote.origin.uploadpack', 'interactive.diffFilter', 'sequence.editor'],
    ];
    for (const setting of settings) git('config', setting, evil);
    for (const command of ['ls-files', 'ls-tree', 'cat-file', 'rev-parse', 'merge-base'])
      git('config', `alias.${command}`, `!${evil}`);
    for (const [key, value] of [
      ['core.hooksPath', path.join(tree, '.git/hooks')],
      ['include.path', path.join(outside, 'gitconfig')],
      ['core.untrackedCache', 'true'],
      ['extensions.partialClone', 'origin'],
      ['core.repositoryFormatVersion', '1'],
      ['remote.origin.url', `ext::${evil}`],
      ['remote.origin.promisor', 'true'],
      ['protocol.ext.allow', 'always'],
    ] as const)
      git('config', key, value);
    rmSync(path.join(tree, 'RAN'), { force: true });
    for (const run of [
      ['--staged'],
      ['--since', 'HEAD'],
      ['--since', '--upload-pack=./evil.sh'],
      ['--staged', 'a.pp'],
      ...everyRun,
    ]) {
      fleetlint(...run, '-f', 'json');
    }
    // An object that is not there is not fetched.
    rmSync(path.join(tree, '.git/objects', staged.slice(0, 2), staged.slice(2)));
    fleetlint('--staged');
    expect(existsSync(path.join(tree, 'RAN'))).toBe(false);
  });

  const kubelet = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
  const many = 50_000;
  test.each<readonly [string, string, string]>([
    [
      'aliases',
      'a.yaml',
      `${kubelet}a0: &a0 [x,x,x,x,x,x,x,x,x]\n${laughs((at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`, 30)}`,
    ],
    [
      'merged keys',
      'a.yaml',
      `${kubelet}a0: &a0 {x: 1}\n${laughs((at) => `a${at + 1}: &a${at + 1}\n  <<: [*a${at}, *a${at}]\n  k${at}: *a${at}`, 60)}`,
    ],
    [
      'aliases in a configuration',
      'fleetlint.yaml',
      `ignore: &a0 [x]\n${laughs((at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`, 30)}`,
    ],
    [
      'aliases in Hiera',
      'hiera.yaml',
      `version: 5\na0: &a0 [x]\n${laughs((at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`, 30)}`,
    ],
    [
      'interpolation',
      'a.pp',
      `$a0 = 'xxxxxxxx'\n${laughs((at) => `$a${at + 1} = "\${a${at}}\${a${at}}\${a${at}}"`, 60)}exec { $a60: }\n`,
    ],
    [
      'arrays',
      'a.pp',
      `$a0 = ['xxxxxxxx']\n${laughs((at) => `$a${at + 1} = $a${at} + $a${at}`, 60)}notify { $a60: }\n`,
    ],
    [
      'nested arrays',
      'a.pp',
      `$a0 = ['x']\n${laughs((at) => `$a${at + 1} = [$a${at}, $a${at}]`, 60)}notify { flatten($a60): }\nnotify { "\${a60}": }\n$a60.each |$x| { notify { $x: } }\n`,
    ],
    [
      'hashes',
      'a.pp',
      `$a0 = { 'x' => 'y' }\n${laughs((at) => `$a${at + 1} = { 'a' => $a${at}, 'b' => $a${at} }`, 60)}create_resources('file', $a60)\n`,
    ],
    ['long values', 'a.pp', `$a = '${'x'.repeat(200_000)}'\n${'exec { "$\{a}$\{a}$\{a}": }\n'.repeat(5000)}`],
    [
      'alternatives',
      'a.pp',
      `$a0 = 'x'\n${laughs((at) => `$a${at + 1} = $b${at} ? { 1 => "\${a${at}}1", default => "\${a${at}}2" }`, 60)}exec { $a60: }\n`,
    ],
    [
      'nested loops',
      'a.pp',
      `${laughs((at) => `Integer[0, 999999999].each |$x${at}| {`, 40)}exec { "a \${x1}": }\n${'}'.repeat(40)}\n`,
    ],
    [
      'defines',
      'a.pp',
      laughs((at) => `define d${at}() { d${at + 1} { ['a', 'b', 'c', 'd']: } }`, 40) + "d0 { 'a': }\n",
    ],
    [
      'resources from hashes',
      'a.pp',
      `define d($h) { create_resources('d', { 'a' => { h => $h }, 'b' => { h => [$h, $h] } }) }\nd { 'x': h => {} }\n`,
    ],
    [
      'functions',
      'a.pp',
      `$x = 1.${'map |$a| { $a }.'.repeat(2000)}\n$y = regsubst('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '(a+)+$', 'b')\n`,
    ],
    [
      'a template',
      'a.service.j2',
      `${'{% for x in y %}'.repeat(many)}[Service]\nExecStart={{ x${' * 99'.repeat(many)} }}\n`,
    ],
    ['units', 'a.service', `[Service]\n${'ExecStart=/bin/sh -c "sh -c \\"sh -c \'a\'\\""\n'.repeat(2000)}`],
    ['shell', 'a.service', `[Service]\nExecStart=/bin/sh -c '${'$('.repeat(many)}'\n`],
    ['deep JSON', 'a.json', `{"kind":"KubeletConfiguration","a":${'['.repeat(many)}${']'.repeat(many)}}\n`],
    ['deep YAML', 'a.yaml', `${kubelet}${Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at)}a:\n`).join('')}`],
    ['deep flow YAML', 'a.yaml', `${kubelet}a: ${'{a: '.repeat(many)}\n`],
    ['deep TOML', 'config.toml', `SystemdCgroup = ${'['.repeat(many)}\n[${'a.'.repeat(many)}a]\n`],
    ['deep Puppet', 'a.pp', `$x = ${'['.repeat(many)}\n`],
    ['deep Go', 'a.go', `package a\n\nimport "net/http"\n\nvar t = http.Transport{}\nvar x = ${'('.repeat(many)}\n`],
    ['a deep configuration', 'fleetlint.yaml', `rules: ${'{a: '.repeat(many)}\n`],
    ['a deep baseline', 'fleetlint-baseline.json', `${'['.repeat(many)}\n`],
    [
      'wildcards of Hiera',
      'hiera.yaml',
      `version: 5\nhierarchy:\n  - name: a\n    datadir: data\n    path: "${'*a'.repeat(40)}b"\n`,
    ],
    ['wildcards of git', '.gitignore', `${'**/a/'.repeat(40)}b\n${'[a-z]*'.repeat(40)}b\n`],
    ['wildcards of a configuration', 'fleetlint.yaml', `ignore: ["${'**/a/'.repeat(40)}b"]\n`],
  ])('what grows without end comes to an end: %s', (_what, name, text) => {
    write('data/placeholder.yaml', 'a: 1\n');
    write(`data/${'a'.repeat(200)}.yaml`, 'a: 1\n');
    write(`${'a/'.repeat(60)}a.pp`, "notice('a')\n");
    write('b.pp', "class b { notify { lookup('a'): } }\n");
    write(name, text);
    fleetlint('-f', 'json');
  });

  test('a file that is too large is told', () => {
    write('large.pp', '');
    truncateSync(path.join(tree, 'large.pp'), 17 * 1024 * 1024);
    const { status, stdout } = fleetlint();
    expect(status).toBe(2);
    expect(stdout).toContain('are not read');
  });

  test('a fix writes only the file itself, with its owner', () => {
    write('a.service', fixable.replace(secret, 'a'));
    write('c.service', fixable.replace(secret, 'c'));
    link('b.service', 'c.service');
    fleetlint('--fix=all', 'a.service');
    fleetlint('--fix=all', 'b.service');
    for (const name of ['a.service', 'c.service'])
      expect(readFileSync(path.join(tree, name), 'utf8')).not.toContain('none');
    rmSync(path.join(tree, 'b.service'));
    link('b.service', '../outside/secret.service');
    mayRead('secret.service');
    expect(fleetlint('--fix=all', 'b.service').stdout).toContain('leads out of');
    if (user !== undefined) expect(lstatSync(path.join(tree, 'a.service')).uid).toBe(user);
    expect(lstatSync(path.join(tree, 'b.service')).isSymbolicLink()).toBe(true);
  });
});

/** Names, kinds and contents of all that lies in a folder. */
function contentOf(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]),
  );
}

function laughs(line: (at: number) => string, times: number): string {
  return Array.from({ length: times }, (_, at) => `${line(at)}\n`).join('');
}
