import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRepository } from '../../../src/vcs/repository.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const CONFIG =
  '[core]\n\turl = no\n[remote "upstream"]\n\turl = https://example.org/other\n[remote "origin"]\n\turl = URL\n';

let top = '';

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'fleetlint-'));
});

afterEach(() => {
  rmSync(top, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }
}

function config(url: string): string {
  return CONFIG.replace('URL', url);
}

describe('repository', () => {
  it('reads commit and branch, also from a directory below', () => {
    write({ '.git/HEAD': 'ref: refs/heads/a/b\n', '.git/refs/heads/a/b': `${COMMIT}\n`, 'x/y/z': '' });
    write({ '.git/config': config('https://example.org/fleet.git') });
    const repository = { uri: 'https://example.org/fleet.git', revision: COMMIT, branch: 'a/b' };
    expect(readRepository(top)).toEqual({ ...repository, prefix: '' });
    expect(readRepository(join(top, 'x/y'))).toEqual({ ...repository, prefix: 'x/y' });
  });

  it('reads packed references and a commit without a branch', () => {
    write({ '.git/config': config('https://example.org/a') });
    write({ '.git/HEAD': 'ref: refs/heads/main\n' });
    write({ '.git/packed-refs': `# pack-refs\n${'1'.repeat(40)} refs/heads/xmain\n${COMMIT} refs/heads/main\n` });
    expect(readRepository(top)).toMatchObject({ revision: COMMIT, branch: 'main' });
    write({ '.git/HEAD': `${COMMIT}\n` });
    expect(readRepository(top)).toEqual({ uri: 'https://example.org/a', revision: COMMIT, prefix: '' });
  });

  it('follows a worktree to its repository', () => {
    write({ 'main/.git/config': config('https://example.org/a'), 'main/.git/refs/heads/topic': COMMIT });
    write({ 'main/.git/worktrees/w/HEAD': 'ref: refs/heads/topic\n', 'main/.git/worktrees/w/commondir': '../..\n' });
    write({ 'w/.git': 'gitdir: ../main/.git/worktrees/w\n' });
    expect(readRepository(join(top, 'w'))).toMatchObject({ revision: COMMIT, branch: 'topic', prefix: '' });
  });

  it.each([
    ['https://user:secret@example.org/a.git?token=secret', 'https://example.org/a.git'],
    ['git@example.org:team/a.git', 'ssh://example.org/team/a.git'],
    ['ssh://git@example.org/a', 'ssh://example.org/a'],
    ['/srv/git/a.git', undefined],
    ['file:///srv/git/a.git', undefined],
    ['../a', undefined],
  ])('makes %s public', (url, uri) => {
    write({ '.git/config': config(url), '.git/HEAD': COMMIT });
    expect(readRepository(top)?.uri).toBe(uri);
  });

  it('knows nothing of what is broken or has no commit yet', () => {
    expect(readRepository(join(top, 'not/there'))).toBeUndefined();
    write({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/config': config('https://example.org/a') });
    expect(readRepository(top)).toBeUndefined();
    write({ '.git/packed-refs': '\n' });
    expect(readRepository(top)).toBeUndefined();
    write({ '.git/HEAD': 'garbage\n' });
    expect(readRepository(top)).toBeUndefined();
    write({ '.git/HEAD': COMMIT, '.git/config': '[core]\n' });
    expect(readRepository(top)).toBeUndefined();
  });
});
