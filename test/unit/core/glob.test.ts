import { expect, test } from 'vitest';
import { isTame, tamePatterns } from '../../../src/config/ignore-patterns.ts';
import { matchesGlob } from '../../../src/core/glob.ts';

test.each([
  ['data/*.yaml', 'data/common.yaml', true],
  ['data/*.yaml', 'data/os/common.yaml', false],
  ['data/**/*.yaml', 'data/common.yaml', true],
  ['data/**/*.yaml', 'data/a/b/common.yaml', true],
  ['data/nodes/*/*.yaml', 'data/nodes/web/1.yaml', true],
  ['data/*ab.yaml', 'data/aab.yaml', true],
  ['data/a*b*c', 'data/aXbXbXc', true],
  ['data/a*b*c', 'data/aXcXb', false],
  ['**/a/**/b', 'x/a/y/a/z/b', true],
  ['**/a/**/b', 'x/a/y/a/z', false],
  ['data/a.yaml', 'data/a.yamll', false],
  ['data', 'data/a', false],
  ['data/🙂*', 'data/🙂x', true],
])('%s and %s: %s', (glob, path, expected) => {
  expect(matchesGlob(glob, path)).toBe(expected);
});

test('a glob of many wildcards comes to an end on a long path', () => {
  expect(matchesGlob(`${'*a'.repeat(1000)}b`, 'a'.repeat(4000))).toBe(false);
  expect(matchesGlob(`${'**/a/'.repeat(200)}b`, 'a/'.repeat(1000))).toBe(false);
});

test('patterns that could be tried for ever are left out of an ignore file', () => {
  expect(isTame('**/build/**/*.pp')).toBe(true);
  expect(isTame('*.p[py]*')).toBe(true);
  expect(tamePatterns(`a\n${'**/a/'.repeat(20)}c\n${'[a-z]*'.repeat(20)}\nb`)).toBe('a\nb');
});
