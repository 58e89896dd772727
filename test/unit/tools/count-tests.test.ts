import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { countTests, main } from '../../../tools/count-tests.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((state) => ({ status: state })),
});

test('tests are counted over all files', () => {
  const report = {
    testResults: [file('passed', 'passed', 'passed'), file('failed', 'failed', 'passed', 'pending', 'todo')],
  };
  expect(countTests(report)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test('a file that cannot be loaded is a failure', () => {
  expect(countTests({ testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a file whose set-up fails after its tests passed is a failure', () => {
  expect(countTests({ testResults: [file('failed', 'passed')] })).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('several reports are one sum, in which a report that is not there is a failure', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleetlint-counts-'));
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    for (const name of ['a.json', 'b.json']) {
      writeFileSync(path.join(folder, name), JSON.stringify({ testResults: [file('passed', 'passed', 'pending')] }));
    }
    await main(folder, ['a.json', 'b.json', 'none.json']);
    expect(write.mock.calls).toEqual([['2 1 2\n']]);
  } finally {
    write.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
