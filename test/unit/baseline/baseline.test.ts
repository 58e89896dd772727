import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatBaseline, parseBaseline } from '../../../src/core/baseline.ts';
import { makeTree, run } from '../cli/support.ts';

const exec = "exec { 'name':\n  command => 'hostnamectl set-hostname node-1',\n}\n";

function baseline(tree: string): string {
  return readFileSync(join(tree, 'fleetlint-baseline.json'), 'utf8');
}

describe('--write-baseline', () => {
  test('holds the old tree back, and what is counted', async () => {
    const tree = makeTree({ '.git/HEAD': '', 'a.pp': exec, 'b.pp': exec });
    expect((await run(tree, [])).status).toBe(1);
    const written = await run(tree, ['--write-baseline']);
    expect(written.status).toBe(0);
    expect(written.stderr).toContain('2 findings written to');
    const { status, stdout } = await run(tree, ['-f', 'json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [], summary: { suppressed: 2, files: 2 } });
    expect((await run(tree, ['--no-baseline'])).status).toBe(1);
  });

  test('one line an entry, sorted, the same each time', async () => {
    const tree = makeTree({ '.git/HEAD': '', 'b.pp': exec + exec, 'a.pp': exec });
    await run(tree, ['--write-baseline']);
    const first = baseline(tree);
    const lines = first.split('\n').filter((line) => line.includes('fingerprint'));
    expect(lines.map((line) => (JSON.parse(line.replace(/,$/, '')) as { file: string }).file)).toEqual([
      'a.pp',
      'b.pp',
      'b.pp',
    ]);
    await run(tree, ['--write-baseline']);
    expect(baseline(tree)).toBe(first);
    expect(formatBaseline(parseBaseline(first))).toBe(first);
    expect(parseBaseline(formatBaseline([]))).toEqual([]);
  });

  test('moved code is not revived; a second same finding elsewhere is new', async () => {
    const tree = makeTree({ '.git/HEAD': '', 'a.pp': exec });
    await run(tree, ['--write-baseline']);
    writeFileSync(join(tree, 'a.pp'), `# Moved.\n\nclass a {\n${exec}}\n`);
    expect((await run(tree, [])).status).toBe(0);
    writeFileSync(join(tree, 'a.pp'), `${exec}# Again.\n${exec}`);
    const { findings } = JSON.parse((await run(tree, ['-f', 'json'])).stdout) as { findings: unknown[] };
    expect(findings).toHaveLength(1);
    writeFileSync(join(tree, 'b.pp'), exec);
    expect((await run(tree, ['b.pp'])).status).toBe(1);
  });

  test('an entry whose finding is gone is told, and pruned by the next write', async () => {
    const tree = makeTree({ '.git/HEAD': '', 'a.pp': exec, 'b.pp': exec });
    await run(tree, ['--write-baseline']);
    writeFileSync(join(tree, 'a.pp'), "notice('a')\n");
    const told = await run(tree, []);
    expect(told).toMatchObject({ status: 0 });
    expect(told.stdout).toContain("a finding of dbus/periodic-activation in 'a.pp' that is gone");
    expect(told.stdout).not.toContain("in 'b.pp'");
    rmSync(join(tree, 'b.pp'));
    await run(tree, ['--write-baseline']);
    expect(parseBaseline(baseline(tree))).toEqual([]);
  });

  test('what a run cannot judge stays: other files, other rules', async () => {
    const tree = makeTree({ '.git/HEAD': '', 'a.pp': exec, 'b.pp': exec });
    await run(tree, ['--write-baseline']);
    const whole = baseline(tree);
    expect((await run(tree, ['a.pp'])).stdout).not.toContain('that is gone');
    expect((await run(tree, ['--only', 'puppet/syntax-error'])).stdout).not.toContain('that is gone');
    await run(tree, ['a.pp', '--write-baseline']);
    await run(tree, ['--only', 'puppet/syntax-error', '--write-baseline']);
    expect(baseline(tree)).toBe(whole);
  });

  test('holds from any directory of the repository, and from another file', async () => {
    const tree = makeTree({ '.git/HEAD': '', 'sub/a.pp': exec });
    await run(join(tree, 'sub'), ['--write-baseline']);
    expect(baseline(tree)).toContain('"file":"sub/a.pp"');
    expect((await run(join(tree, 'sub'), [])).status).toBe(0);
    await run(tree, ['--write-baseline', '--baseline', 'old.json']);
    rmSync(join(tree, 'fleetlint-baseline.json'));
    expect((await run(tree, [])).status).toBe(1);
    expect((await run(tree, ['--baseline', 'old.json'])).status).toBe(0);
  });

  test('--fix leaves alone what the baseline holds back', async () => {
    const comment = '# fleetlint-ignore[dbus/periodic-activation] Old.\nnotice(1)\n';
    const tree = makeTree({ '.git/HEAD': '', 'a.pp': comment });
    await run(tree, ['--write-baseline']);
    await run(tree, ['--fix']);
    expect(readFileSync(join(tree, 'a.pp'), 'utf8')).toBe(comment);
    await run(tree, ['--fix', '--no-baseline']);
    expect(readFileSync(join(tree, 'a.pp'), 'utf8')).toBe('notice(1)\n');
  });
});

test.each([
  ['not JSON', '{'],
  ['no object', '[]'],
  ['another version', '{"version":2,"findings":[]}'],
  ['no list', '{"version":1,"findings":{}}'],
  ['an entry without fingerprint', '{"version":1,"findings":[{}]}'],
  ['an entry that is null', '{"version":1,"findings":[null]}'],
])('a baseline that cannot be read ends the run: %s', async (_title, text) => {
  const tree = makeTree({ 'a.pp': exec, 'bad.json': text });
  const { status, stderr } = await run(tree, ['a.pp', '--baseline', 'bad.json']);
  expect(status).toBe(2);
  expect(stderr).toMatch(/bad\.json' cannot be read\. .*\.\n/);
});

test.each([
  [['--baseline', 'missing.json']],
  [['--write-baseline', '--staged']],
  [['--write-baseline', '--no-baseline']],
])('%j makes no sense', async (args) => {
  expect((await run(makeTree({ 'a.pp': exec }), args)).status).toBe(2);
});
