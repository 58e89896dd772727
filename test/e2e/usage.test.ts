/** What a user gets wrong, told by the built program. Needs dist/: `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const program = path.resolve(import.meta.dirname, '../../bin/fleetlint.js');
const folder = mkdtempSync(path.join(tmpdir(), 'fleetlint-usage-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  [['--only', 'no/rule'], "There is no rule 'no/rule'."],
  [['--no-such-option'], 'no-such-option'],
  [['--baseline', 'missing.json'], "There is no baseline '"],
  [['--config', 'missing.yaml'], "There is no configuration file 'missing.yaml'."],
  [['--config', 'bad.yaml'], "bad.yaml:1:1: There is no setting 'rule'."],
  [['--staged'], "'--staged' needs a git repository"],
])('%j is told in one sentence, not as a fault of the program', (commandArguments, message) => {
  writeFileSync(path.join(folder, 'bad.yaml'), 'rule: {}\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...commandArguments], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`fleetlint: `);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('fault of fleetlint');
  expect(stderr).not.toMatch(/^\s+at /m);
});
