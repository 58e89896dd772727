/** What a user gets wrong, told by the built program. Needs dist/: `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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

describe('a pipe', () => {
  const big = mkdtempSync(path.join(tmpdir(), 'fleetlint-pipe-'));

  beforeAll(() => {
    writeFileSync(path.join(big, 'puppet.conf'), '[agent]\nruninterval = 2m\n');
    const execs = Array.from(
      { length: 700 },
      (_, index) => `exec { 'name-${index}':\n  command => '/usr/bin/hostnamectl set-hostname node-${index}',\n}\n`,
    );
    writeFileSync(path.join(big, 'site.pp'), execs.join(''));
  });

  afterAll(() => {
    rmSync(big, { recursive: true, force: true });
  });

  function shell(script: string) {
    const env = { ...process.env, FLEETLINT: `${process.execPath} ${program}` };
    return spawnSync('bash', ['-c', script], { cwd: big, encoding: 'utf8', env, maxBuffer: 1 << 26 });
  }

  test('takes more than 1 MB of JSON whole', () => {
    const { stdout, stderr } = shell(
      '$FLEETLINT -f json site.pp puppet.conf | { sleep 1; cat; }; exit ${PIPESTATUS[0]}',
    );
    expect(stdout.length).toBeGreaterThan(1_000_000);
    expect((JSON.parse(stdout) as { findings: unknown[] }).findings).toHaveLength(700);
    expect(stderr).toBe('');
  });

  test.each(['text', 'json'])(
    '%s: a reader that stops after a line is no fault, and the status is that of the findings',
    (format) => {
      const { status, stderr } = shell(
        `$FLEETLINT -f ${format} site.pp puppet.conf | head -1 >/dev/null; exit \${PIPESTATUS[0]}`,
      );
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    },
  );
});
