import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Prints how many tests of a report passed, failed and did not run, as three numbers. `toolArguments`: the report. */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const [file = ''] = toolArguments;
  const { passed, failed, skipped } = countTests(
    JSON.parse(await readFile(path.resolve(root, file), 'utf8')) as Report,
  );
  process.stdout.write(`${passed} ${failed} ${skipped}\n`);
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
