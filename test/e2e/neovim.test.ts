/** A real editor as the client of the language server. Needs Neovim 0.7 or later. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'neovim-'));
const installed = spawnSync('nvim', ['--version']).status === 0;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!installed && process.env['CI'] === undefined)('Neovim', () => {
  test('shows a chain over two files and follows changes in the other one', () => {
    writeFileSync(
      path.join(folder, 'name.service'),
      '[Service]\nType=oneshot\nExecStart=/usr/bin/hostnamectl --static\n',
    );
    writeFileSync(path.join(folder, 'name.timer'), '[Timer]\nOnCalendar=*:0/5\n');
    const result = path.join(folder, 'result.json');
    const job = { command: [process.execPath, path.join(repository, 'bin/fleetlint.js'), 'lsp'], root: folder, result };
    const { status, stderr } = spawnSync(
      'nvim',
      ['--headless', '--clean', '-n', '-S', path.join(import.meta.dirname, 'neovim.lua')],
      { cwd: folder, env: { ...process.env, FLEETLINT_JOB: JSON.stringify(job) }, encoding: 'utf8', timeout: 100_000 },
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const found = {
      line: 3,
      severity: 2,
      code: 'dbus/periodic-activation',
      related: expect.arrayContaining(['name.timer']) as string[],
    };
    expect(JSON.parse(readFileSync(result, 'utf8'))).toEqual({
      opened: [found],
      timerChanged: [],
      timerClosed: [found],
    });
  }, 120_000);
});
