import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../../../src/rules/index.ts';
import { formats } from '../../../src/reporters/index.ts';
import { makeTree, run } from './support.ts';

const exec = "exec { 'name':\n  command => 'true',\n  unless  => 'hostnamectl --static | grep a',\n}\n";
const clean = "file { '/etc/motd': ensure => file }\n";

interface Json {
  readonly version: number;
  readonly findings: readonly {
    readonly rule: string;
    readonly file: string;
    readonly fingerprint: string;
    readonly range: { readonly start: { readonly line: number; readonly column: number; readonly offset: number } };
    readonly evidence: readonly { readonly message: string; readonly file?: string }[];
  }[];
  readonly summary: Readonly<Record<string, number>>;
  readonly notices: readonly { readonly message: string }[];
}

async function lintJson(cwd: string, ...args: readonly string[]): Promise<Json> {
  return JSON.parse((await run(cwd, [...args, '-f', 'json'])).stdout) as Json;
}

describe('exit status', () => {
  test.each([
    [[], 1],
    [['--fail-on', 'error'], 0],
    [['--fail-on=info'], 1],
    [['--fail-on', 'never'], 0],
    [['-f', 'json'], 1],
    [['-f', 'sarif'], 1],
    [['clean.pp'], 0],
    [['missing.pp'], 2],
    [['a.pp', 'missing.pp'], 2],
    [['--no-such-option'], 2],
    [['--fail-on', 'bad'], 2],
    [['-f', 'xml'], 2],
    [['-f', 'json', '-f', 'sarif'], 2],
    [['--only', 'no/rule'], 2],
    [['--only', 'go/http-transport-per-call'], 0],
    [['-'], 2],
    [['explain', 'no/rule'], 2],
    [['explain'], 2],
    [['trace', 'dbus/periodic-activation'], 2],
    [['rules', 'x'], 2],
    [['facts'], 2],
    [['ast'], 2],
    [['--fleet', 'missing.json'], 2],
  ])('%j gives %i', async (args, status) => {
    const tree = makeTree({ 'a.pp': exec, 'clean.pp': clean });
    expect((await run(tree, args)).status).toBe(status);
  });

  test('usage errors go to standard error and name the nearest rule', async () => {
    const { stdout, stderr } = await run(makeTree({}), ['--only', 'dbus/periodic-activations']);
    expect(stdout).toBe('');
    expect(stderr).toContain("Did you mean 'dbus/periodic-activation'?");
  });
});

describe('lint', () => {
  test('JSON has places and evidence, relative to the working directory', async () => {
    const tree = makeTree({ 'modules/a.pp': `\n${exec}` });
    const { version, findings, summary } = await lintJson(tree, '.');
    expect(version).toBe(1);
    expect(findings).toMatchObject([
      {
        rule: 'dbus/periodic-activation',
        file: 'modules/a.pp',
        range: { start: { line: 4, column: 14, offset: 50 } },
      },
    ]);
    expect(findings[0]?.evidence.length).toBeGreaterThanOrEqual(4);
    expect(summary).toMatchObject({ files: 1, error: 0, warning: 1, info: 0, suppressed: 0 });
  });

  test('two runs print the same', async () => {
    const tree = makeTree({ 'a.pp': exec, 'b/c.pp': exec, 'etc/cron.d/x': '* * * * * root hostnamectl\n' });
    expect(await run(tree, ['-f', 'json'])).toEqual(await run(tree, ['-f', 'json', '.']));
  });

  test('a fingerprint survives lines before it and the working directory, and tells two equal faults apart', async () => {
    const before = makeTree({ '.git/HEAD': '', 'sub/a.pp': exec });
    const after = makeTree({ '.git/HEAD': '', 'sub/a.pp': `# moved\n\n${exec}${exec}` });
    const [old] = (await lintJson(before, '.')).findings;
    const [first, second] = (await lintJson(join(after, 'sub'), '.')).findings;
    expect(first?.fingerprint).toBe(old?.fingerprint);
    expect(second?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(second?.fingerprint).not.toBe(first?.fingerprint);
  });

  test('facts join within one repository only', async () => {
    const cron = "cron { 'agent': command => 'puppet agent -t', minute => '*/2' }\n";
    const tree = makeTree({ 'one/.git/HEAD': '', 'one/a.pp': exec, 'two/.git/HEAD': '', 'two/b.pp': cron });
    const apart = await lintJson(tree, '.');
    expect(apart.findings[0]?.evidence[0]?.message).toContain('default of every 30 minutes');
    const together = await lintJson(makeTree({ 'a.pp': exec, 'b.pp': cron }), '.');
    expect(together.findings[0]?.evidence[0]).toMatchObject({ file: 'b.pp' });
  });

  test('standard input takes the place of a file', async () => {
    const tree = makeTree({ 'a.pp': clean });
    const { status, stdout } = await run(tree, ['--stdin-filename', 'a.pp', '-'], { stdin: exec });
    expect(status).toBe(1);
    expect(stdout).toContain('a.pp:3:14');
    expect((await run(tree, ['.', '--stdin-filename', 'b.pp'], { stdin: exec })).status).toBe(1);
  });

  test.each(formats)('%s has the exit status that every format has', async (format) => {
    const cron = '*/2 * * * * root /usr/bin/hostnamectl --static\n';
    const tree = makeTree({ 'etc/cron.d/name': cron });
    const statusWith = async (...args: string[]) => (await run(tree, ['-f', format, ...args])).status;
    expect(await statusWith()).toBe(1);
    expect(await statusWith('--fail-on', 'never')).toBe(0);
    expect(await statusWith('--fail-on', 'error')).toBe(0);
    expect(await statusWith('etc', 'missing.pp')).toBe(2);
    expect(await statusWith('--no-such-option')).toBe(2);
  });

  test('several formats at once', async () => {
    const tree = makeTree({ 'a.pp': exec });
    const { stdout } = await run(tree, ['-f', 'text', '-f', 'sarif=out/report.sarif', '-f', 'json=report.json']);
    expect(stdout).toContain('dbus/periodic-activation');
    expect(JSON.parse(readFileSync(join(tree, 'out/report.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(JSON.parse(readFileSync(join(tree, 'report.json'), 'utf8'))).toMatchObject({ version: 1 });
  });

  test('colour only when asked for', async () => {
    const tree = makeTree({ 'a.pp': exec });
    expect((await run(tree, ['.'])).stdout).not.toContain('\u001b[');
    expect((await run(tree, ['--color', 'always'])).stdout).toContain('\u001b[');
    expect((await run(tree, ['.'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[');
    expect((await run(tree, ['-f', 'json', '--color', 'always'])).stdout).not.toContain('\u001b[');
  });

  test('--fleet decides severity', async () => {
    const node = JSON.stringify({ hostname: 'a', kernelrelease: '3.10.0-1160.el7.x86_64' });
    const tree = makeTree({ 'a.pp': exec, 'puppet.conf': '[agent]\nruninterval = 5m\n', 'node.json': node });
    const text = (await run(tree, ['a.pp', 'puppet.conf', '--fleet', 'node.json'])).stdout;
    expect(text).toContain('error[dbus/periodic-activation]');
    expect((await run(tree, ['a.pp', 'puppet.conf'])).stdout).toContain('warning[dbus/periodic-activation]');
  });

  test('control characters in names and text cannot reach the terminal', async () => {
    const name = 'a\u001b[31m.pp';
    const tree = makeTree({ [name]: exec.replace('name', 'na\u001b[2Jme') });
    const { stdout } = await run(tree, ['.']);
    expect(stdout).toContain('dbus/periodic-activation');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('other commands', () => {
  test('rules, as lines and as JSON', async () => {
    const lines = (await run('/', ['rules'])).stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(rules.map((rule) => rule.id));
    expect(JSON.parse((await run('/', ['rules', '-f', 'json'])).stdout)).toHaveLength(rules.length);
  });

  test('explain prints the page of every rule', async () => {
    for (const { id } of rules) {
      const { status, stdout } = await run('/', ['explain', id]);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^# ${id}\n`));
      expect(stdout).toContain('## What happens');
      expect(stdout).not.toContain('<!--');
    }
  });

  test('facts shows holes as they stand in the source', async () => {
    const tree = makeTree({ 'a.pp': 'exec { "hostnamectl set-hostname ${name}": }\n' });
    const { stdout } = await run(tree, ['facts', 'a.pp']);
    expect(JSON.parse(stdout)).toMatchObject([
      { kind: 'command', span: '1:9-1:41', words: ['hostnamectl', 'set-hostname', '${name}'] },
    ]);
  });

  test('trace says why a rule is silent', async () => {
    const tree = makeTree({ 'a.pp': "exec { 'hostnamectl set-hostname a': refreshonly => true }\n", 'b.pp': clean });
    const { stdout } = await run(tree, ['trace', 'dbus/periodic-activation', 'a.pp']);
    expect(stdout).toContain("a.pp:1:8: silent: How often 'hostnamectl set-hostname a' runs is not known.");
    expect(stdout).toContain("'refreshonly'");
    expect((await run(tree, ['trace', 'dbus/periodic-activation', 'b.pp'])).stdout).toContain('Nothing in this file');
  });

  test('ast prints JSON, and PN for manifests', async () => {
    const tree = makeTree({ 'a.pp': 'notice(1)\n', 'bad.pp': 'class {', 'a.service': '[Service]\nExecStart=/bin/a\n' });
    expect(JSON.parse((await run(tree, ['ast', 'a.service'])).stdout)).toMatchObject({
      file: 'a.service',
      kind: 'unit',
    });
    const { status, stdout } = await run(tree, ['ast', '--pn', 'a.pp', 'bad.pp']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { file: 'a.pp', ok: true, pn: '(invoke {:functor (qn "notice") :args [1]})' },
      { file: 'bad.pp', ok: false, error: expect.stringMatching(/\.$/) as string },
    ]);
    expect(status).toBe(0);
  });

  test('help names every command and option; the version is the package’s', async () => {
    const { stdout } = await run('/', ['--help']);
    for (const word of ['lint', 'explain', 'rules', 'facts', 'trace', 'ast', 'lsp', '--fleet', '--fail-on', '--only']) {
      expect(stdout).toContain(word);
    }
    expect((await run('/', ['--version'])).stdout).toMatch(/^fleetlint \d+\.\d+\.\d+\n$/);
  });
});
