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
  test('shows a chain over several files, follows changes in the others, and applies a fix', () => {
    const files = {
      'report.pp': "exec { 'the name of the host':\n  command => '/usr/bin/hostnamectl --static',\n}\n",
      'puppet-run.timer': '[Timer]\nOnCalendar=*:0/10\n',
      'puppet-run.service':
        '[Unit]\nAfter=network-online.target\n[Service]\nType=oneshot\nExecStart=/opt/puppetlabs/bin/puppet agent --onetime --no-daemonize\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const result = path.join(folder, 'result.json');
    const job = { command: [process.execPath, path.join(repository, 'bin/fleetlint.js'), 'lsp'], root: folder, result };
    const { status, stderr } = spawnSync(
      'nvim',
      ['--headless', '--clean', '-n', '-S', path.join(import.meta.dirname, 'neovim.lua')],
      { cwd: folder, env: { ...process.env, FLEETLINT_JOB: JSON.stringify(job) }, encoding: 'utf8', timeout: 100_000 },
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const found = {
      line: 2,
      severity: 2,
      code: 'dbus/periodic-activation',
      related: expect.arrayContaining(['puppet-run.timer']) as string[],
    };
    const online = 'systemd/network-online-without-wants';
    const [head, after, ...rest] = files['puppet-run.service'].trimEnd().split('\n');
    expect(JSON.parse(readFileSync(result, 'utf8'))).toEqual({
      opened: [found],
      timerChanged: [],
      timerClosed: [found],
      unit: [{ line: 2, severity: 2, code: online, related: [] }],
      titles: [
        "Add 'Wants=network-online.target'",
        `Ignore ${online} here, for a reason that you write`,
        `Explain ${online}`,
        'Make all safe fixes of fleetlint',
      ],
      fixed: [head, 'Wants=network-online.target', after, ...rest],
      unitFixed: [],
    });
  }, 120_000);
});
