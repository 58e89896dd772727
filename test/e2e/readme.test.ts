/** What README.md shows is what the program prints. Needs dist/: `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(repository, 'README.md'), 'utf8');

function fleetlint(...commandArguments: string[]) {
  const options = { cwd: repository, encoding: 'utf8' } as const;
  return spawnSync(process.execPath, ['bin/fleetlint.js', '--color', 'never', ...commandArguments], options);
}

test('the finding it shows is one of the example', () => {
  const shown = /^```text\n(error\[.*?)^```$/ms.exec(readme)?.[1] ?? '';
  expect(shown).toMatch(/^error\[dbus\/periodic-activation\]/);
  const { status, stdout } = fleetlint('examples/control-repo');
  expect(status).toBe(1);
  expect(stdout).toContain(shown);
});

test('it names every command of the help, and no other', () => {
  const named = [...readme.matchAll(/^\| `(fleetlint .*?)` +\|/gm)].map((row) => row[1]);
  const helped = [...fleetlint('--help').stdout.matchAll(/^ {2}(fleetlint .*?) {2,}/gm)].map((line) => line[1]);
  expect(named.sort()).toEqual(helped.sort());
});
