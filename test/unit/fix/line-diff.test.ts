import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffLines, splitLines, unifiedDiff } from '../../../src/core/line-diff.ts';
import { makeTree } from '../cli/support.ts';

const texts = [
  '',
  'a\n',
  'a',
  'a\nb\nc\n',
  'b\nc\na\n',
  'a\nb\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n',
  'a\nx\nb\nc\nd\ne\nf\ng\nh\ni\nj\ny\n',
  'x\na\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk',
  'a\r\nb\r\n',
  'a\r\nc\r\n',
];

describe('unifiedDiff', () => {
  test.each(texts.flatMap((before) => texts.map((after) => [before, after])))(
    '%j to %j is what git applies',
    (before, after) => {
      const diff = unifiedDiff('file.txt', before, after);
      if (before === after) {
        expect(diff).toBe('');
        return;
      }
      const tree = makeTree({ 'file.txt': before, 'change.diff': diff });
      const applied = spawnSync('git', ['apply', '--unidiff-zero', '--recount', 'change.diff'], {
        cwd: tree,
        encoding: 'utf8',
      });
      // git takes an emptied or a new file only with its own headers; patch needs none.
      if (applied.status !== 0) {
        const patched = spawnSync('patch', ['-p1', '--binary', '-s', '-i', 'change.diff'], {
          cwd: tree,
          encoding: 'utf8',
        });
        expect(patched.status, applied.stderr + patched.stdout + diff).toBe(0);
        if (after === '') return;
      }
      expect(readFileSync(join(tree, 'file.txt'), 'utf8')).toBe(after);
    },
  );

  test('a name that would break the head of the diff is quoted', () => {
    expect(unifiedDiff('a"\n.txt', 'a\n', 'b\n')).toContain('--- "a/a\\"\\012.txt"\n');
  });
});

describe('diffLines', () => {
  test('finds the fewest changes', () => {
    const before = splitLines('one\ntwo\nthree\nfour\nfive\n');
    const after = splitLines('one\nthree\nfour\nnew\nfive\n');
    expect(diffLines(before, after)).toEqual([
      { beforeStart: 1, beforeEnd: 2, afterStart: 1, afterEnd: 1 },
      { beforeStart: 4, beforeEnd: 4, afterStart: 3, afterEnd: 4 },
    ]);
  });

  test('ends soon for two large texts that have nothing in common', () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `old ${String(index)}\n`);
    const after = Array.from({ length: 20_000 }, (_, index) => `new ${String(index)}\n`);
    expect(diffLines(before, after)).toEqual([{ beforeStart: 0, beforeEnd: 20_000, afterStart: 0, afterEnd: 20_000 }]);
  });

  test('changes lead from the one text to the other, whatever they are', () => {
    let state = 1;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    for (let round = 0; round < 300; round++) {
      const list = (): string[] => Array.from({ length: random(12) }, () => `${String(random(4))}\n`);
      const [before, after] = [list(), list()];
      const rebuilt: string[] = [];
      let at = 0;
      for (const change of diffLines(before, after)) {
        rebuilt.push(...before.slice(at, change.beforeStart), ...after.slice(change.afterStart, change.afterEnd));
        at = change.beforeEnd;
      }
      expect([...rebuilt, ...before.slice(at)]).toEqual(after);
    }
  });
});
