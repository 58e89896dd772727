/** The manual page, and what a report of a fault should say. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandTable } from '../../../src/cli/command-table.ts';
import { manualPage } from '../../../src/cli/manual.ts';
import { options } from '../../../src/cli/options.ts';
import { makeTree, run } from './support.ts';

describe('the manual page', () => {
  const page = manualPage('1.2.3');

  test('is where the package says', () => {
    const { man, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { man: string; version: string };
    expect(readFileSync(man, 'utf8')).toBe(manualPage(version));
  });

  test('says every command and every option, and no line begins a request by chance', () => {
    for (const { usage } of Object.values(commandTable)) expect(page).toContain(`.B fleetlint ${usage}`);
    for (const name of Object.keys(options)) expect(page).toContain(`\\-\\-${name.replaceAll('-', '\\-')}`);
    const requests = [...page.matchAll(/^[.'](\S*)/gm)].map(([, request]) => request);
    expect(new Set(requests)).toEqual(new Set(['TH', 'SH', 'TP', 'B', 'RI', 'BR', 'PP']));
    expect(page.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  const groff = spawnSync('groff', ['--version']).status === 0;
  const mandoc = spawnSync('mandoc', ['-T', 'lint'], { input: page, encoding: 'utf8' });

  test.runIf(process.env['CI'] !== undefined)('groff and mandoc are there', () => {
    expect({ groff, mandoc: mandoc.error === undefined }).toEqual({ groff: true, mandoc: true });
  });

  test.skipIf(!groff)('groff sets it without a warning', () => {
    const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-P-cbou'], {
      input: page,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('--fix[=safe|all]');
    expect(stdout.replace(/\s+/g, ' ')).toContain("output of 'kubectl get nodes -o json'");
  });

  test.skipIf(mandoc.error !== undefined)('mandoc finds nothing but the missing date', () => {
    expect(mandoc.stdout.replace(/^.*missing date.*\n/m, '')).toBe('');
  });
});

test('--env-info says the versions and which configuration there is', async () => {
  const tree = makeTree({ 'fleetlint.yaml': 'profile: strict\n' });
  const { status, stdout, stderr } = await run(tree, ['--env-info']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`configuration: ${tree}/fleetlint.yaml\n`);
  expect(stdout).toContain(`node: ${process.version}\n`);
  expect(stdout).toMatch(/^fleetlint: \d+\.\d+\.\d+ in \//);
  expect((await run(tree, ['--env-info', '--no-config'])).stdout).toContain('configuration: none\n');
});
