import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { discover } from '../../../src/config/discovery.ts';
import { fileKind } from '../../../src/config/file-kind.ts';
import { maximumFileSize } from '../../../src/config/read-file.ts';
import { Session } from '../../../src/session.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'discovery-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
}

async function found(...paths: readonly string[]): Promise<readonly string[]> {
  return (await discover(root, paths)).files.map((file) => file.path);
}

describe('fileKind', () => {
  test.each([
    ['a.pp', 'puppet'],
    ['x/foo.service', 'unit'],
    ['foo@bar.timer', 'unit'],
    ['foo.service.d/a.conf', 'drop-in'],
    ['x/foo-.service.d/a.conf', 'drop-in'],
    ['x/service.d/a.conf', 'drop-in'],
    ['etc/cron.d/job', 'system-crontab'],
    ['etc/cron.d/job.bak', undefined],
    ['etc/crontab', 'system-crontab'],
    ['files/crontab', 'crontab'],
    ['var/spool/cron/root', 'crontab'],
    ['etc/modules-load.d/a.conf', 'modules-load'],
    ['etc/default/grub', 'grub-default'],
    ['etc/sysconfig/kubelet', 'environment-file'],
    ['nodes.json', 'yaml'],
    ['a.yml', 'yaml'],
    ['README.md', 'markdown'],
    ['main.go', 'go'],
    ['etc/foo.conf', undefined],
    ['service', undefined],
    ['__proto__', undefined],
    ['a.__proto__', undefined],
    ['a.constructor', undefined],
  ])('%s', (path, kind) => {
    expect(fileKind(path)).toBe(kind);
  });
});

describe('discover', () => {
  test('a directory, also dot directories, in the order of the paths', async () => {
    write('b.pp', 'a/c.service', '.github/x.yaml', 'a/none.txt', 'node_modules/x.pp', '.git/hooks/a.pp', 'a.pp');
    expect(await found('.')).toEqual(['.github/x.yaml', 'a.pp', 'a/c.service', 'b.pp']);
  });

  test('every kind that has a path of its own is searched for', async () => {
    const paths = [
      'crontab',
      'etc/cron.d/job',
      'etc/crontab',
      'etc/default/grub',
      'etc/default/kubelet',
      'etc/modules',
      'etc/modules-load.d/a.conf',
      'etc/puppet.conf',
      'etc/sysconfig/kubelet',
      'etc/systemd/system/a.service.d/b.conf',
      'etc/systemd/system/service.d/b.conf',
      'kubeadm-flags.env',
      'var/spool/cron/crontabs/root',
      'var/spool/cron/root',
    ];
    write(...paths);
    expect(await found('.')).toEqual(paths);
  });

  test('what git ignores is left out, unless it is named', async () => {
    write('a.pp', 'build/b.pp', 'sub/c.pp', 'sub/keep.pp', 'sub/deep/d.pp', 'excluded.pp');
    mkdirSync(join(root, '.git/info'), { recursive: true });
    writeFileSync(join(root, '.git/info/exclude'), 'excluded.pp\n');
    writeFileSync(join(root, '.gitignore'), '# comment\nbuild/\n*.pp\n!a.pp\n');
    writeFileSync(join(root, 'sub/.gitignore'), '!keep.pp\n');
    expect(await found('.')).toEqual(['a.pp', 'sub/keep.pp']);
    expect(await found('build/b.pp')).toEqual(['build/b.pp']);
    expect(await found('sub')).toEqual(['sub/keep.pp']);
  });

  test('a repository of its own in an ignored directory is searched, by its own ignore files', async () => {
    write('.git/HEAD', 'modules/a/.git/HEAD', 'modules/a/b.pp', 'modules/a/old/c.pp', 'modules/d.pp', 'modules/e/f.pp');
    writeFileSync(join(root, '.gitignore'), 'modules/\n*.pp\n');
    writeFileSync(join(root, 'modules/a/.gitignore'), 'old/\n');
    expect(await found('.')).toEqual(['modules/a/b.pp']);
  });

  test('agrees with git on what is ignored', async () => {
    write('a.pp', 'x/a.pp', 'x/y/a.pp', 'x/y/b.pp', 'logs/z/c.pp', 'keep/logs/d.pp', 'dir.pp/e.pp', 'f g.pp');
    writeFileSync(join(root, '.gitignore'), '/logs\nx/*/b.pp\n**/dir.pp/\nf\\ g.pp\n');
    writeFileSync(join(root, 'x/.gitignore'), '/a.pp\n');
    execFileSync('git', ['init', '-q'], { cwd: root });
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
    const expected = listed.split('\n').filter((path) => path.endsWith('.pp'));
    expect(await found('.')).toEqual(expected.sort());
    expect(expected).toContain('keep/logs/d.pp');
  });

  test('a glob, and a glob that matches nothing', async () => {
    write('a/x.pp', 'b/y.pp', 'b/z.service');
    expect(await found('*/*.pp')).toEqual(['a/x.pp', 'b/y.pp']);
    const { notices } = await discover(root, ['*.nothing']);
    expect(notices).toEqual([{ file: '*.nothing', message: 'No file matches this pattern.', incomplete: true }]);
  });

  test('a file given twice is one file', async () => {
    write('a.pp');
    expect(await found('a.pp', './a.pp', '.')).toEqual(['a.pp']);
  });

  test('paths that lead nowhere', async () => {
    write('notes.txt');
    symlinkSync('loop', join(root, 'loop'));
    const { files, notices } = await discover(root, ['missing.pp', 'loop', 'notes.txt', '/dev/null']);
    expect(files).toEqual([]);
    expect(notices.map(({ file, incomplete }) => [file, incomplete])).toEqual([
      ['missing.pp', true],
      ['loop', true],
      ['notes.txt', undefined],
      ['/dev/null', true],
    ]);
  });

  test('a symbolic link of a unit is an alias, links to directories are not followed', async () => {
    write('a.service', 'tree/b.pp');
    symlinkSync('a.service', join(root, 'b.service'));
    symlinkSync('/dev/null', join(root, 'c.service'));
    symlinkSync('..', join(root, 'tree/up'));
    const { files } = await discover(root, ['.']);
    expect(files.map((file) => [file.path, file.link])).toEqual([
      ['a.service', undefined],
      ['b.service', 'a.service'],
      ['c.service', '/dev/null'],
      ['tree/b.pp', undefined],
    ]);
  });

  test('each file knows its repository', async () => {
    write('one/.git/HEAD', 'one/a.pp', 'one/sub/b.pp', 'two/.git', 'two/c.pp', 'd.pp');
    const { files } = await discover(root, ['.']);
    expect(files.map((file) => [file.path, file.scope])).toEqual([
      ['d.pp', ''],
      ['one/a.pp', 'one'],
      ['one/sub/b.pp', 'one'],
      ['two/c.pp', 'two'],
    ]);
  });

  test('Go packages of others are left out, and tests', async () => {
    write('vendor/x/a.go', 'b.go', 'b_test.go', 'vendor/x/c.service');
    expect(await found('.')).toEqual(['b.go', 'vendor/x/c.service']);
    expect(await found('*.go')).toEqual(['b.go']);
    expect(await found('*_test.go')).toEqual(['b_test.go']);
    expect(await found('b_test.go')).toEqual(['b_test.go']);
  });

  test('what `go mod vendor` copies is left out, unless it is named', async () => {
    write('a/vendor/modules.txt', 'a/vendor/x/c.service', 'a/b.go', 'modules.txt', 'a/vendor/x/d.md');
    expect(await found('.')).toEqual(['a/b.go']);
    expect(await found('a/vendor')).toEqual(['a/vendor/x/c.service', 'a/vendor/x/d.md']);
    expect(await found('a/vendor/x')).toEqual(['a/vendor/x/c.service', 'a/vendor/x/d.md']);
    expect(await found('a/**/*.service')).toEqual([]);
    expect(await found('a/vendor/**/*.service')).toEqual(['a/vendor/x/c.service']);
    expect(await found('a/vendor/x/c.service')).toEqual(['a/vendor/x/c.service']);
  });

  test('what a search of all leaves out stays out of one of a part, if asked for', async () => {
    write(
      'vendor/modules.txt',
      'vendor/x/a.service',
      'node_modules/y/b.service',
      'c/vendor/d.service',
      'c/vendor/e.go',
    );
    const again = async (...paths: readonly string[]) =>
      (await discover(root, paths, { again: true })).files.map(({ path }) => path);
    expect(await again('vendor/x', 'node_modules/y', 'c/vendor')).toEqual(['c/vendor/d.service']);
    expect(await again('vendor/x/a.service')).toEqual(['vendor/x/a.service']);
  });

  test('a file that is too large says so when it is read', async () => {
    write('a.pp');
    truncateSync(join(root, 'a.pp'), maximumFileSize + 1);
    const [file] = (await discover(root, ['.'])).files;
    expect(() => file?.read()).toThrow(/are not read/);
  });

  test('a file of any size is read and looked at alike', async () => {
    const large = Buffer.alloc(maximumFileSize - 1, 'notice(1)\n');
    writeFileSync(join(root, 'a.pp'), large);
    writeFileSync(join(root, 'b.pp'), '');
    write('c.pp');
    const { files } = await discover(root, ['.']);
    for (const file of files) {
      const kept = file.read();
      const seen = file.look?.();
      expect(Buffer.compare(Buffer.from(seen?.bytes ?? []), readFileSync(join(root, file.path)))).toBe(0);
      expect(seen?.state).toEqual(file.state?.());
      files[0]?.look?.();
      expect(Buffer.compare(Buffer.from(kept), readFileSync(join(root, file.path)))).toBe(0);
    }
  });

  test('a pipe that took the place of a file is neither waited for nor read', async () => {
    write('a.pp');
    const [file] = (await discover(root, ['.'])).files;
    rmSync(join(root, 'a.pp'));
    execFileSync('mkfifo', [join(root, 'a.pp')]);
    expect(() => file?.read()).toThrow('It is not a regular file.');
    expect(() => file?.look?.()).toThrow('It is not a regular file.');
    expect(file?.state?.()).toBeUndefined();
  });

  test('what cannot be read is not passed over in silence', async () => {
    write('secret/a.pp', 'b.pp', 'c.pp');
    chmodSync(root, 0o755);
    chmodSync(join(root, 'secret'), 0);
    chmodSync(join(root, 'c.pp'), 0);
    const { files, notices } = await asOrdinaryUser(() => discover(root, ['.', 'secret/a.pp']));
    expect(files.map((file) => file.path)).toEqual(['b.pp', 'c.pp']);
    expect(notices).toMatchObject([
      { file: 'secret', incomplete: true },
      { file: 'secret/a.pp', message: 'This cannot be read: EACCES.', incomplete: true },
    ]);
    const session = new Session();
    session.update(files);
    const result = await asOrdinaryUser(() => session.run());
    chmodSync(join(root, 'secret'), 0o755);
    expect(result.notices).toEqual([
      { file: 'c.pp', message: 'This file cannot be read: permission denied.', incomplete: true },
    ]);
  });
});

/** Root may read everything, so the test gives that up for a while. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
