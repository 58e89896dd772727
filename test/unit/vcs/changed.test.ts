/** `--staged` and `--since` on real repositories. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, describe, test } from 'vitest';
import { makeTree, run } from '../cli/support.ts';

const exec = (name: string) => `exec { '${name}':\n  command => 'hostnamectl set-hostname node-1',\n}\n`;
const clean = "notice('a')\n";

function git(tree: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main', ...args],
    { cwd: tree, encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  return stdout;
}

function repository(files: Readonly<Record<string, string>>): string {
  const tree = makeTree(files);
  git(tree, 'init', '-q');
  git(tree, 'add', '.');
  git(tree, 'commit', '-q', '-m', 'First');
  return tree;
}

async function found(tree: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { status, stdout, stderr } = await run(tree, ['-f', 'json', ...args]);
  expect(status, stderr).toBeLessThan(2);
  const { findings } = JSON.parse(stdout) as { findings: { file: string; range: { start: { line: number } } }[] };
  return findings.map(({ file, range }) => `${file}:${String(range.start.line)}`);
}

describe('--staged', () => {
  test('reads the index, not the work tree', async () => {
    const tree = repository({ 'a.pp': clean });
    writeFileSync(join(tree, 'a.pp'), exec('a'));
    expect(await found(tree, '--staged')).toEqual([]);
    git(tree, 'add', 'a.pp');
    writeFileSync(join(tree, 'a.pp'), clean);
    expect(await found(tree, '--staged')).toEqual(['a.pp:2']);
    rmSync(join(tree, 'a.pp'));
    expect(await found(tree, '--staged')).toEqual(['a.pp:2']);
  });

  test('does not blame for what is not touched, even in the same file', async () => {
    const tree = repository({ 'a.pp': exec('a') + '# one\n# two\n# three\n', 'b.pp': exec('b') });
    writeFileSync(join(tree, 'a.pp'), exec('a') + '# one\n# two\n# four\n');
    writeFileSync(join(tree, 'c.pp'), exec('c'));
    git(tree, 'add', '.');
    expect(await found(tree, '--staged')).toEqual(['c.pp:2']);
    expect(await found(tree)).toEqual(['a.pp:2', 'b.pp:2', 'c.pp:2']);
  });

  test('a change at the evidence counts, in another file', async () => {
    const tree = repository({ 'a.pp': exec('a'), 'puppet.conf': '[agent]\nruninterval = 20m\n' });
    writeFileSync(join(tree, 'puppet.conf'), '[agent]\nruninterval = 2m\n');
    git(tree, 'add', '.');
    expect(await found(tree, '--staged')).toEqual(['a.pp:2']);
  });

  test('what went away beside a statement counts', async () => {
    const old = exec('a').replace('}', '  refreshonly => true,\n}');
    const tree = repository({ 'a.pp': old });
    writeFileSync(join(tree, 'a.pp'), exec('a'));
    git(tree, 'add', '.');
    expect(await found(tree, '--staged')).toEqual(['a.pp:2']);
  });

  test('before the first commit all is new; from a directory below, paths are its own', async () => {
    const tree = makeTree({ 'sub/a.pp': exec('a'), 'b.pp': exec('b') });
    git(tree, 'init', '-q');
    git(tree, 'add', '.');
    expect(await found(tree, '--staged')).toEqual(['b.pp:2', 'sub/a.pp:2']);
    expect(await found(join(tree, 'sub'), '--staged')).toEqual(['a.pp:2']);
    expect(await found(tree, '--staged', 'sub')).toEqual(['sub/a.pp:2']);
  });

  test('a file that was only moved has not changed; a copy has', async () => {
    const tree = repository({ 'a.pp': exec('a') });
    renameSync(join(tree, 'a.pp'), join(tree, 'b.pp'));
    git(tree, 'add', '-A');
    expect(await found(tree, '--staged')).toEqual([]);
    writeFileSync(join(tree, 'a.pp'), exec('a'));
    git(tree, 'add', '-A');
    expect(await found(tree, '--staged')).toEqual(['b.pp:2']);
  });

  test('names with blanks, quotes and line feeds', async () => {
    const tree = repository({ 'a.pp': clean });
    const name = 'x "y\n\u00e9.pp';
    writeFileSync(join(tree, name), exec('a'));
    git(tree, 'add', '.');
    expect(await found(tree, '--staged')).toEqual([`${name}:2`]);
  });

  test('what `go mod vendor` copies is left out, unless it is named', async () => {
    const tree = repository({ 'a.pp': clean, 'vendor/modules.txt': '', 'b/vendor/x.pp': exec('b') });
    writeFileSync(join(tree, 'vendor', 'x.pp'), exec('x'));
    writeFileSync(join(tree, 'b/vendor/y.pp'), exec('y'));
    git(tree, 'add', '.');
    expect(await found(tree, '--staged')).toEqual(['b/vendor/y.pp:2']);
    expect(await found(tree, '--staged', 'vendor')).toEqual(['vendor/x.pp:2']);
  });

  test('takes the configuration of the index', async () => {
    const tree = repository({ 'a.pp': clean, 'fleetlint.yaml': 'rules: {}\n' });
    writeFileSync(join(tree, 'a.pp'), exec('a'));
    git(tree, 'add', '.');
    writeFileSync(join(tree, 'fleetlint.yaml'), 'rules: { dbus/periodic-activation: off }\n');
    expect(await found(tree, '--staged')).toEqual(['a.pp:2']);
    git(tree, 'add', '.');
    expect(await found(tree, '--staged')).toEqual([]);
  });

  test('runs nothing that the repository names, and leaves the index alone', async () => {
    const tree = repository({ 'a.pp': clean, '.gitattributes': '*.pp filter=evil diff=evil\n' });
    const trap = join(tree, 'trap.sh');
    const sprung = join(tree, 'sprung');
    writeFileSync(trap, `#!/bin/sh\ntouch '${sprung}'\ncat\n`);
    chmodSync(trap, 0o755);
    writeFileSync(join(tree, 'a.pp'), exec('a'));
    git(tree, 'add', 'a.pp');
    mkdirSync(join(tree, 'hooks'));
    for (const hook of ['post-index-change', 'fsmonitor-watchman']) {
      writeFileSync(join(tree, 'hooks', hook), `#!/bin/sh\ntouch '${sprung}'\n`);
      chmodSync(join(tree, 'hooks', hook), 0o755);
    }
    for (const key of [
      'filter.evil.clean',
      'filter.evil.smudge',
      'diff.evil.textconv',
      'diff.external',
      'core.fsmonitor',
      'core.pager',
    ]) {
      git(tree, 'config', key, trap);
    }
    git(tree, 'config', 'core.hooksPath', join(tree, 'hooks'));
    expect(await found(tree, '--staged', 'a.pp')).toEqual(['a.pp:2']);
    expect(await found(tree, '--since', 'HEAD', 'a.pp')).toEqual(['a.pp:2']);
    expect(existsSync(sprung)).toBe(false);
  });

  test.each([[['--staged', '--fix']], [['--staged', '--since', 'HEAD']]])('%j is a contradiction', async (args) => {
    expect((await run(repository({ 'a.pp': clean }), args)).status).toBe(2);
  });

  test('outside of a repository it says so', async () => {
    expect((await run(makeTree({ 'a.pp': clean }), ['--staged'])).stderr).toContain('needs a git repository');
  });
});

describe('--since', () => {
  test('reports what the work tree has changed, tracked or not', async () => {
    const tree = repository({ 'a.pp': exec('a'), 'b.pp': clean });
    writeFileSync(join(tree, 'b.pp'), exec('b'));
    writeFileSync(join(tree, 'c.pp'), exec('c'));
    expect(await found(tree, '--since', 'HEAD')).toEqual(['b.pp:2', 'c.pp:2']);
    git(tree, 'add', '.');
    git(tree, 'commit', '-q', '-m', 'Second');
    expect(await found(tree, '--since', 'HEAD')).toEqual([]);
    expect(await found(tree, '--since', 'HEAD~1')).toEqual(['b.pp:2', 'c.pp:2']);
  });

  test('what has happened on the other branch meanwhile is not ours', async () => {
    const tree = repository({ 'a.pp': exec('a') + '# one\n' });
    git(tree, 'checkout', '-q', '-b', 'ours');
    writeFileSync(join(tree, 'b.pp'), exec('b'));
    git(tree, 'add', '.');
    git(tree, 'commit', '-q', '-m', 'Ours');
    git(tree, 'checkout', '-q', 'main');
    writeFileSync(join(tree, 'a.pp'), clean);
    git(tree, 'commit', '-q', '-a', '-m', 'Theirs');
    git(tree, 'checkout', '-q', 'ours');
    expect(await found(tree, '--since', 'main')).toEqual(['b.pp:2']);
  });

  test('line ends that git changed are no change', async () => {
    const tree = repository({ 'a.pp': exec('a') });
    writeFileSync(join(tree, 'a.pp'), exec('a').replaceAll('\n', '\r\n'));
    expect(await found(tree, '--since', 'HEAD')).toEqual([]);
  });

  test.each(['no-such-branch', '--output=x', ''])('%j is no commit', async (name) => {
    const tree = repository({ 'a.pp': clean });
    const { status, stderr } = await run(tree, [`--since=${name}`]);
    expect(status).toBe(2);
    expect(stderr).toContain(`git knows no commit '${name}'.`);
    expect(existsSync(join(tree, 'x'))).toBe(false);
  });
});
