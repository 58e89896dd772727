import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../../src/config/schema.ts';
import { rules } from '../../../src/rules/index.ts';
import { makeTree, run } from '../cli/support.ts';

const exec = "exec { 'name':\n  command => 'hostnamectl set-hostname node-1',\n}\n";
const rule = 'dbus/periodic-activation';

async function severities(tree: string, ...args: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run(tree, ['-f', 'json', ...args]);
  const { findings } = JSON.parse(stdout) as { findings: { file: string; severity: string }[] };
  return Object.fromEntries(findings.map(({ file, severity }) => [file, severity]));
}

describe('fleetlint.yaml', () => {
  test('severity and off, and other settings for some files', async () => {
    const tree = makeTree({
      'fleetlint.yaml': `rules:\n  ${rule}: error\noverrides:\n  - files: [old/, '*.gen.pp']\n    rules:\n      ${rule}: { severity: off }\n  - files: [old/new.pp]\n    rules: { ${rule}: info }\n`,
      'a.pp': exec,
      'old/a.pp': exec,
      'old/new.pp': exec,
      'x/b.gen.pp': exec,
    });
    expect(await severities(tree)).toEqual({ 'a.pp': 'error', 'old/new.pp': 'info' });
    expect(await severities(tree, '--no-config')).toEqual({
      'a.pp': 'warning',
      'old/a.pp': 'warning',
      'old/new.pp': 'warning',
      'x/b.gen.pp': 'warning',
    });
  });

  test('a rule that is off has no unused comments', async () => {
    const text = `# fleetlint-ignore[${rule}] Why.\nnotice(1)\n`;
    const tree = makeTree({ 'a.pp': text, 'fleetlint.yaml': `rules: { ${rule}: off }\n` });
    expect((await run(tree, [])).status).toBe(0);
    expect((await run(tree, ['--no-config'])).status).toBe(1);
  });

  test('the nearest one upwards from each file counts, whatever the working directory', async () => {
    const tree = makeTree({
      '.git/HEAD': '',
      'fleetlint.yaml': `rules: { ${rule}: error }\n`,
      'a.pp': exec,
      'sub/.fleetlint.yaml': `rules: { ${rule}: info }\n`,
      'sub/deep/b.pp': exec,
      'other/c.pp': exec,
    });
    expect(await severities(tree)).toEqual({ 'a.pp': 'error', 'sub/deep/b.pp': 'info', 'other/c.pp': 'error' });
    expect(await severities(join(tree, 'sub/deep'))).toEqual({ 'b.pp': 'info' });
    expect(await severities(join(tree, 'other'))).toEqual({ 'c.pp': 'error' });
  });

  test('none is looked for above the repository', async () => {
    const tree = makeTree({ 'fleetlint.yaml': `rules: { ${rule}: error }\n`, 'repo/.git/HEAD': '', 'repo/a.pp': exec });
    expect(await severities(join(tree, 'repo'))).toEqual({ 'a.pp': 'warning' });
    expect(await severities(tree)).toEqual({ 'repo/a.pp': 'warning' });
  });

  test('--config names one for all', async () => {
    const tree = makeTree({
      'ci/lint.yaml': `rules: { ${rule}: info }\n`,
      'a.pp': exec,
      'fleetlint.yaml': 'rules: {}\n',
    });
    expect(await severities(tree, '--config', 'ci/lint.yaml')).toEqual({ 'a.pp': 'info' });
    expect((await run(tree, ['--config', 'missing.yaml'])).status).toBe(2);
  });

  test('ignored files are not read, unless they are named', async () => {
    const tree = makeTree({
      'fleetlint.yaml': 'ignore: [vendor/, "*.gen.pp", "!keep.gen.pp"]\n',
      'vendor/a.pp': exec,
      'b.gen.pp': exec,
      'keep.gen.pp': exec,
    });
    expect(Object.keys(await severities(tree))).toEqual(['keep.gen.pp']);
    expect(Object.keys(await severities(tree, 'vendor/a.pp'))).toEqual(['vendor/a.pp']);
  });

  test('fail-on, profile and minimum-confidence', async () => {
    const tree = makeTree({ 'a.pp': exec });
    const status = async (config: string, ...args: readonly string[]) => {
      writeFileSync(join(tree, 'fleetlint.yaml'), config);
      return (await run(tree, args)).status;
    };
    expect(await status('fail-on: error\n')).toBe(0);
    expect(await status('fail-on: error\n', '--fail-on', 'warning')).toBe(1);
    expect(await status(`profile: strict\nrules: { ${rule}: info }\n`)).toBe(1);
    expect(await status(`rules: { ${rule}: info }\n`)).toBe(0);
    expect(await status('minimum-confidence: medium\n')).toBe(1);
    expect(await status('minimum-confidence: high\n')).toBe(0);
    expect(await status('fail-on: never\n')).toBe(0);
  });

  test('rules of the strict profile run there, and where they are named', async () => {
    const kubelet = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
    const tree = makeTree({ 'kubelet.yaml': kubelet });
    const found = async (config: string, ...args: readonly string[]) => {
      writeFileSync(join(tree, 'fleetlint.yaml'), config);
      const { stdout } = await run(tree, ['-f', 'json', ...args]);
      return (JSON.parse(stdout) as { findings: { rule: string }[] }).findings.map((each) => each.rule);
    };
    const strict = ['kubelet/no-pod-pid-limit', 'kubelet/no-reservations'];
    expect(await found('')).toEqual([]);
    expect(await found('', '--no-config')).toEqual([]);
    expect((await found('profile: strict\n')).filter((id) => strict.includes(id))).toEqual(strict);
    expect(await found('rules: { kubelet/no-reservations: error }\n')).toEqual(['kubelet/no-reservations']);
    expect(await found('profile: strict\nrules: { kubelet/no-reservations: off }\n')).toEqual([strict[0]]);
    expect(await found('', '--only', 'kubelet/no-pod-pid-limit')).toEqual([strict[0]]);
  });

  test('a fleet, as files or in the file itself, with places in it', async () => {
    const node = JSON.stringify({ hostname: 'a', kernelrelease: '3.10.0-1160.el7.x86_64' });
    const files = { 'a.pp': exec, 'puppet.conf': '[agent]\nruninterval = 5m\n', 'facts/node.json': node };
    expect(
      await severities(makeTree({ ...files, 'fleetlint.yaml': 'fleet: [facts/node.json]\nignore: [facts/]\n' })),
    ).toEqual({ 'a.pp': 'error' });
    expect(
      await severities(makeTree({ ...files, 'fleetlint.yaml': 'fleet: facts/node.json\nignore: [facts/]\n' })),
    ).toEqual({ 'a.pp': 'error' });
    const inline = makeTree({
      'a.pp': exec,
      'puppet.conf': files['puppet.conf'],
      'fleetlint.yaml': 'fail-on: error\nfleet:\n  hostname: a\n  kernelrelease: 3.10.0-1160.el7.x86_64\n',
    });
    expect(await severities(inline)).toEqual({ 'a.pp': 'error' });
    expect((await run(inline, [])).stdout).toContain('fleetlint.yaml:4:18');
    expect(await severities(inline, '--no-config')).toEqual({ 'a.pp': 'warning' });
  });

  test('a baseline, from its own directory', async () => {
    const tree = makeTree({
      '.git/HEAD': '',
      'fleetlint.yaml': 'baseline: ci/old.json\n',
      'a.pp': exec,
      'ci/x.pp': '',
    });
    await run(tree, ['--write-baseline']);
    expect(readFileSync(join(tree, 'ci/old.json'), 'utf8')).toContain(rule);
    expect((await run(join(tree, 'ci'), ['..'])).status).toBe(0);
  });
});

describe('what makes no sense', () => {
  test.each([
    ['rule: {}\n', "1:1: There is no setting 'rule'. Did you mean 'rules'?"],
    [
      'rules:\n  dbus/periodic-activatio: error\n',
      "2:3: There is no rule 'dbus/periodic-activatio'. Did you mean 'dbus/periodic-activation'?",
    ],
    [
      `rules:\n  ${rule}: eror\n`,
      `2:29: '${rule}' is 'eror'; it must be off, info, warning or error. Did you mean 'error'?`,
    ],
    [`rules:\n  ${rule}: { severty: off }\n`, "2:31: There is no setting 'severty'. Did you mean 'severity'?"],
    ['rules: [a]\n', "1:8: 'rules' must be a mapping."],
    ['ignore: a\n', "1:9: 'ignore' must be a list."],
    ['ignore: [[a]]\n', "1:10: An item of 'ignore' must be a text."],
    ['fail-on: [a]\n', "1:10: 'fail-on' must be error, warning, info or never."],
    ['overrides:\n  - files: [a]\n', "2:5: An item of 'overrides' lacks 'rules'."],
    ['profile: strict\nprofile: default\n', "2:1: 'profile' is given twice."],
    ['- a\n', '1:1: The configuration must be a mapping.'],
    ['rules: {\n', 'This is not YAML'],
    ['__proto__: {}\n', "1:1: There is no setting '__proto__'."],
    ['\u0000', 'It is a binary file.'],
  ])('%j', async (config, message) => {
    const tree = makeTree({ 'a.pp': exec, 'fleetlint.yaml': config });
    const { status, stdout, stderr } = await run(tree, []);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('fleetlint.yaml');
  });

  test('all faults are told at once', async () => {
    const tree = makeTree({ 'fleetlint.yaml': 'a: 1\nb: 2\n', 'a.pp': '' });
    expect((await run(tree, [])).stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  test.each(['', '# nothing\n', 'rules:\n', 'ignore: []\noverrides: []\n'])(
    '%j is an empty configuration',
    async (config) => {
      expect((await run(makeTree({ 'fleetlint.yaml': config, 'a.pp': exec }), [])).status).toBe(1);
    },
  );
});

describe('--print-config and init', () => {
  test('says what holds for a file', async () => {
    const tree = makeTree({
      'sub/fleetlint.yaml': `profile: strict\nignore: [b.pp]\nrules: { ${rule}: off }\n`,
      'sub/b.pp': exec,
    });
    const { status, stdout } = await run(tree, ['--print-config', 'sub/b.pp']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      config: join(tree, 'sub/fleetlint.yaml'),
      profile: 'strict',
      'fail-on': 'info',
      ignored: true,
      rules: { [rule]: { severity: 'off', 'least-per-hour': 1 }, 'puppet/syntax-error': 'default' },
    });
  });

  test('init writes a valid file, once; so is each of its settings', async () => {
    const tree = makeTree({ 'a.pp': exec, 'nodes.json': '{}' });
    expect((await run(tree, ['init'])).status).toBe(0);
    const text = readFileSync(join(tree, 'fleetlint.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=https:/);
    expect((await run(tree, [])).status).toBe(1);
    const uncommented = text.replace(/^# ((?: {2,}.*)|(?:[a-z-]+:.*))$/gm, (line, setting: string) =>
      /schema=/.test(line) ? line : setting,
    );
    expect(Object.keys(parse(uncommented) as object).sort()).toEqual(
      Object.keys(configSchema([]).properties ?? {}).sort(),
    );
    writeFileSync(join(tree, 'fleetlint.yaml'), uncommented.replace(/^(?:baseline|plugins):.*$/gm, ''));
    expect((await run(tree, [])).stderr).toBe('');
    expect((await run(tree, ['init'])).status).toBe(2);
  });
});

describe('the schema', () => {
  const check = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(configSchema(rules));

  test.each([
    ['rules: { dbus/periodic-activation: error }', true],
    ['rules: { dbus/periodic-activation: { severity: off } }', true],
    ['rules: { dbus/periodic-activation: bad }', false],
    ['rules: { no/rule: error }', false],
    ['rules: { dbus/periodic-activation: { least-per-hour: 6 } }', true],
    ['rules: { dbus/periodic-activation: { least-per-hour: -1 } }', false],
    ['rules: { dbus/periodic-activation: { least-per-hour: often } }', false],
    ['rules: { dbus/periodic-activation: { least: 6 } }', false],
    ['rules: { puppet/syntax-error: { least-per-hour: 6 } }', false],
    ['fleet: [a, b]', true],
    ['fleet: a', true],
    ['fleet: { nodes: 3 }', true],
    ['ignore: a', false],
    ['overrides: [{ files: [a], rules: {} }]', true],
    ['overrides: [{ files: [a] }]', false],
    ['unknown: 1', false],
  ])('%s: an editor says the same as fleetlint', async (config, isValid) => {
    expect(check(parse(config))).toBe(isValid);
    const tree = makeTree({ 'fleetlint.yaml': `${config}\n`, 'a.pp': '', a: '{}', b: '{}' });
    expect((await run(tree, [])).stderr === '').toBe(isValid);
  });
});
