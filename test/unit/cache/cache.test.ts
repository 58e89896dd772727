import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCache } from '../../../src/cache/fact-cache.ts';
import { cacheFolder } from '../../../src/cache/folder.ts';
import { readKey } from '../../../src/cache/sign.ts';
import { discover } from '../../../src/config/discovery.ts';
import { Session, type FileInput, type FileState } from '../../../src/session.ts';
import { parseCases } from '../../../src/testing/cases.ts';
import { seededRandom } from '../../ecosystem/random.ts';
import { filesBelow } from '../../ecosystem/files-below.ts';

const key = Buffer.alloc(32, 7);
const facts = () => join(root, cacheFolder, 'facts');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fleetlint-cache-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The file counts as one that was there for long. */
function age(path: string): void {
  const past = new Date(Date.now() - 3_600_000);
  utimesSync(join(root, path), past, past);
}

/**
 * Lints the tree. `changed` is left out of how a file looks, as no test can wait until the time of its making is long ago.
 */
async function lint(options: { readonly cached?: boolean; readonly build?: string; readonly key?: Buffer } = {}) {
  const { cached = true, build = 'test' } = options;
  const read: string[] = [];
  const { files } = await discover(root, ['.']);
  const session = new Session();
  const inputs = files.map((file): FileInput => {
    const watched = () => {
      read.push(file.path);
      return file.read();
    };
    return { ...file, read: watched, state: () => withoutChange(file.state?.()) };
  });
  session.update(inputs);
  const cache = cached ? openCache(root, build, options.key ?? key) : undefined;
  session.useCache(cache);
  const result = await session.run();
  cache?.save();
  return { result: JSON.stringify(result, undefined, 2), read };
}

function withoutChange(state: FileState | undefined): FileState | undefined {
  return state === undefined ? undefined : { ...state, changed: 0 };
}

const unit = '[Service]\nExecStart=/bin/true\nRestrt=always\n';
/** Facts of units are not kept. */
const config = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPodz: 5\n';

/** The files of the cases of some rules, each case in a directory of its own. */
function writeCases(): readonly string[] {
  const written: string[] = [];
  for (const [index, file] of filesBelow('test/cases', ['.md']).entries()) {
    if (index % 4 !== 0) continue;
    for (const [number, each] of parseCases(readFileSync(file, 'utf8')).entries()) {
      for (const { path, text, given } of each.files) {
        if (given) continue;
        const place = `case-${index}-${number}/${path}`;
        write(place, text);
        written.push(place);
      }
    }
  }
  return written;
}

describe('the cache', () => {
  test('gives what a run without it gives, byte by byte, after any edits', { timeout: 300_000 }, async () => {
    const random = seededRandom(9);
    const paths = [...writeCases()];
    const pick = (): string => paths[Math.floor(random() * paths.length)] ?? '';
    expect((await lint()).result).toBe((await lint({ cached: false })).result);
    for (let round = 0; round < 6; round++) {
      for (let edit = 0; edit < 25; edit++) {
        const path = pick();
        const text = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
        const at = Math.floor(random() * text.length);
        switch (Math.floor(random() * 5)) {
          case 0:
            rmSync(join(root, path), { force: true });
            break;
          case 1:
            // Another file's content: what is kept of it belongs to another path.
            write(path, readFileSync(join(root, paths.find((each) => existsSync(join(root, each))) ?? ''), 'utf8'));
            break;
          case 2:
            write(path, text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 40)));
            break;
          case 3: {
            const lines = text.split('\n');
            const line = Math.floor(random() * lines.length);
            write(
              path,
              [...lines.slice(0, line), lines[Math.floor(random() * lines.length)], ...lines.slice(line)].join('\n'),
            );
            break;
          }
          default:
            // As long as before, a moment after it was read.
            write(path, text.slice(0, at) + text.slice(at, at + 1).replace(/\w/, 'x') + text.slice(at + 1));
        }
        if (random() < 0.3 && existsSync(join(root, path))) age(path);
      }
      const plain = await lint({ cached: false });
      expect((await lint()).result).toBe(plain.result);
      expect((await lint()).result).toBe(plain.result);
    }
  });

  test('a file that looks as it did is not read again', async () => {
    write('a.yaml', config);
    write('b.go', 'package b\n');
    write('modules/m/manifests/init.pp', 'class m { package { "a": ensure => installed } }\n');
    for (const path of ['a.yaml', 'b.go', 'modules/m/manifests/init.pp']) age(path);
    expect((await lint()).read).toHaveLength(3);
    const before = statSync(facts()).mtimeMs;
    expect((await lint()).read).toEqual([]);
    expect(statSync(facts()).mtimeMs).toBe(before);
  });

  test('a file that changed just now is read again, since it may have changed since without looking different', async () => {
    write('a.yaml', config);
    expect((await lint()).result).toContain('maxPodz');
    const { mtime } = statSync(join(root, 'a.yaml'));
    write('a.yaml', config.replace('maxPodz', 'maxPods'));
    utimesSync(join(root, 'a.yaml'), mtime, mtime);
    expect((await lint()).result).not.toContain('maxPodz');
  });

  test('a file that only looks different is read, and its facts are as they were', async () => {
    write('a.yaml', config);
    age('a.yaml');
    const first = await lint();
    utimesSync(join(root, 'a.yaml'), 1000, 1000);
    const second = await lint();
    expect(second).toEqual(first);
    expect((await lint()).read).toEqual([]);
  });

  test('a change in a template or in the data reaches the manifests that ask for it', async () => {
    const manifest = "class m { file { '/etc/systemd/system/a.service': content => template('m/a.erb') } }\n";
    write('modules/m/manifests/init.pp', manifest);
    write('modules/m/templates/a.erb', unit);
    age('modules/m/manifests/init.pp');
    age('modules/m/templates/a.erb');
    const first = await lint();
    expect(first.result).toContain('Restrt');
    expect((await lint()).read).toEqual([]);
    write('modules/m/templates/a.erb', '[Service]\nExecStart=/bin/true\n');
    const second = await lint();
    expect(second.result).not.toContain('Restrt');
    expect(second.result).toBe((await lint({ cached: false })).result);
  });

  test('a comment in a template holds findings back without the template being read for it', async () => {
    write(
      'modules/m/manifests/init.pp',
      "class m { file { '/etc/systemd/system/a.service': content => template('m/a.erb') } }\n",
    );
    write(
      'modules/m/templates/a.erb',
      unit.replace('Restrt', '# fleetlint-ignore[systemd/unknown-directive] A test.\nRestrt'),
    );
    age('modules/m/manifests/init.pp');
    age('modules/m/templates/a.erb');
    const plain = await lint({ cached: false });
    expect(JSON.parse(plain.result)).toMatchObject({ findings: [], suppressed: 1 });
    for (let run = 0; run < 3; run++) expect((await lint()).result).toBe(plain.result);
  });

  test('a file that comes or goes reaches those that ask for it', async () => {
    write(
      'modules/m/manifests/init.pp',
      "class m { file { '/etc/systemd/system/a.service': content => template('m/a.erb') } }\n",
    );
    age('modules/m/manifests/init.pp');
    expect((await lint()).result).not.toContain('Restrt');
    write('modules/m/templates/a.erb', unit);
    expect((await lint()).result).toContain('Restrt');
    rmSync(join(root, 'modules/m/templates/a.erb'));
    expect((await lint()).result).not.toContain('Restrt');
  });

  test('other content in the place of a file, as fixes and editors have it, is not taken for the file', async () => {
    write('a.yaml', config);
    age('a.yaml');
    await lint();
    const session = new Session();
    const { files } = await discover(root, ['.']);
    session.update(files);
    session.useCache(openCache(root, 'test', key));
    expect((await session.run()).findings).not.toEqual([]);
    session.update(files.map((file) => ({ ...file, read: () => '[Service]\nExecStart=/bin/true\n' })));
    expect((await session.run()).findings).toEqual([]);
  });

  test('what is kept of a file may have any length and any characters', async () => {
    write('a.go', 'package a\n');
    write('b.go', 'package b\n');
    const heads = ['\nimport "é\0\u{1f600}"'.repeat(30_000), ''];
    const { files } = await discover(root, ['.']);
    const first = openCache(root, 'test', key);
    for (const [index, file] of files.entries())
      first.look(file)?.keep(index === 1 ? '7 9' : undefined, {
        facts: [],
        notices: [],
        read: true,
        ignores: index === 0,
        head: heads[index] ?? '',
      });
    first.save();
    const second = openCache(root, 'test', key);
    const kept = files.map((file, index) => second.look(file)?.kept(index === 1 ? '7 9' : undefined));
    expect(kept).toEqual(
      heads.map((head, index) => ({ facts: [], notices: [], read: true, ignores: index === 0, head })),
    );
    expect(files.map((file, index) => second.look(file)?.kept(index === 0 ? '' : undefined))).toEqual([
      undefined,
      undefined,
    ]);
    expect(files.map((file) => second.look(file)?.kept('7 8'))).toEqual([undefined, undefined]);
  });

  test('another build keeps its own', async () => {
    write('a.yaml', config);
    age('a.yaml');
    await lint();
    expect((await lint({ build: 'other' })).read).toEqual(['a.yaml']);
    expect((await lint({ build: 'other' })).read).toEqual([]);
  });

  test('damage of any kind costs only time', async () => {
    write('a.yaml', config);
    age('a.yaml');
    const { result } = await lint();
    const whole = readFileSync(facts());
    const random = seededRandom(3);
    for (let round = 0; round < 60; round++) {
      const damaged = Buffer.from(whole);
      const at = Math.floor(random() * damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      writeFileSync(facts(), damaged);
      if (round % 3 === 0) truncateSync(facts(), Math.floor(random() * damaged.length));
      const again = await lint();
      expect(again).toEqual({ result, read: ['a.yaml'] });
    }
    expect((await lint()).read).toEqual([]);
  });

  test('what another key has signed is not believed', async () => {
    write('a.yaml', config);
    // A repository that brings a cache, which says that a harmful file has nothing to say.
    const forger = Buffer.alloc(32, 8);
    const forged = openCache(root, 'test', forger);
    for (const file of (await discover(root, ['.'])).files) {
      forged.look(file)?.keep(undefined, { facts: [], notices: [], read: true, ignores: false, head: '' });
    }
    forged.save();
    expect((await lint({ key: forger })).result).not.toContain('maxPodz');
    forged.save();
    expect((await lint()).result).toContain('maxPodz');
  });

  test('nothing is read or written through a symbolic link', async () => {
    write('a.yaml', config);
    age('a.yaml');
    await lint();
    const outside = mkdtempSync(join(tmpdir(), 'fleetlint-outside-'));
    try {
      cpSync(join(root, cacheFolder), outside, { recursive: true });
      rmSync(join(root, cacheFolder), { recursive: true });
      const before = readdirSync(outside);
      symlinkSync(outside, join(root, cacheFolder));
      write('b.yaml', config);
      expect((await lint()).read).toEqual(['a.yaml', 'b.yaml']);
      expect(readdirSync(outside)).toEqual(before);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('where nothing can be written, nothing is kept', async () => {
    write('a.yaml', config);
    // A file in its place stops root too.
    write(cacheFolder, '');
    expect((await lint()).result).toBe((await lint({ cached: false })).result);
    expect(readFileSync(join(root, cacheFolder), 'utf8')).toBe('');
  });

  test('what a stopped run has left is taken away, but not what another one writes', async () => {
    write('a.yaml', config);
    write(`${cacheFolder}/facts.old`, '');
    write(`${cacheFolder}/facts.new`, '');
    utimesSync(join(root, cacheFolder, 'facts.old'), 1000, 1000);
    await lint();
    expect(readdirSync(join(root, cacheFolder)).sort()).toEqual(['.gitignore', 'facts', 'facts.new']);
  });

  test('git does not see it', async () => {
    write('a.yaml', config);
    await lint();
    expect(readFileSync(join(root, cacheFolder, '.gitignore'), 'utf8')).toMatch(/^\*$/m);
  });

  test('files that are gone are forgotten', async () => {
    write('a.yaml', config);
    write('b.yaml', config);
    await lint();
    rmSync(join(root, 'b.yaml'));
    write('c.yaml', config);
    await lint();
    expect(readFileSync(facts(), 'latin1')).not.toContain('b.yaml');
  });
});

describe('the key', () => {
  test('is made once, for its user alone', () => {
    const environment = { XDG_CACHE_HOME: join(root, 'home') };
    const tree = join(root, 'tree');
    mkdirSync(tree);
    const made = readKey(tree, environment);
    expect(made).toHaveLength(32);
    expect(readKey(tree, environment)).toEqual(made);
    expect(statSync(join(root, 'home/fleetlint/key')).mode & 0o077).toBe(0);
  });

  test('is none in the tree itself, which could bring it', () => {
    expect(readKey(root, { XDG_CACHE_HOME: join(root, '.cache') })).toBeUndefined();
    expect(readKey(root, { XDG_CACHE_HOME: root })).toBeUndefined();
    mkdirSync(join(root, 'tree'));
    symlinkSync(join(root, 'tree'), join(root, 'link'));
    expect(readKey(join(root, 'tree'), { XDG_CACHE_HOME: join(root, 'link') })).toBeUndefined();
    expect(readKey(join(root, 'tree'), { XDG_CACHE_HOME: join(root, '..tree') })).toHaveLength(32);
  });

  test('is none where it cannot be kept', () => {
    write('file', '');
    expect(readKey(join(root, 'tree'), { XDG_CACHE_HOME: join(root, 'file') })).toBeUndefined();
  });
});
