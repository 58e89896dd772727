import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Prints how many tests of all reports together passed, failed and did not run, as three numbers. `toolArguments`: the
 * reports; one that is not there counts as a failed test.
 */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of toolArguments) {
    const text = await readFile(path.resolve(root, file), 'utf8').catch(() => undefined);
    const { passed, failed, skipped } =
      text === undefined ? { passed: 0, failed: 1, skipped: 0 } : countTests(JSON.parse(text) as Report);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
  }
  process.stdout.write(`${counts.passed} ${counts.failed} ${counts.skipped}\n`);
  return 0;
}

/** Counts tests by how they ended. A file that failed without a failed test, such as one that cannot be loaded, counts as one. */
export function countTests({ testResults }: Report): { passed: number; failed: number; skipped: number } {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of testResults) {
    const failedBefore = counts.failed;
    for (const test of assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else counts.skipped++;
    }
    if (status === 'failed' && counts.failed === failedBefore) counts.failed++;
  }
  return counts;
}
