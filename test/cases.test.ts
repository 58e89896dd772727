import glob from 'fast-glob';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCases, runCase } from '../src/testing/cases.ts';

const root = new URL('..', import.meta.url).pathname;

for (const folder of ['test/cases', 'docs/rules']) {
  for (const file of glob.sync('*/*.md', { cwd: root + folder }).sort()) {
    describe(`${folder}/${file}`, () => {
      const cases = parseCases(readFileSync(`${root}${folder}/${file}`, 'utf8'));
      test('has cases', () => {
        expect(cases.length).toBeGreaterThan(0);
      });
      test.each(cases.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
        expect(await runCase(each, file.replace(/\.md$/, ''))).toEqual([]);
      });
    });
  }
}
