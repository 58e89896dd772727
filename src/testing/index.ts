/** What the package exports as `fleetlint/testing`: the runner of cases in Markdown, for people who write rules of their own. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test as nodeTest } from 'node:test';
import { knownToPlugins } from '../config/config.ts';
import type { Rule } from '../core/define-rule.ts';
import { checkedRule } from '../plugins/checked-rule.ts';
import { parseCases, runCase as run, type Case } from './cases.ts';

export { parseCases } from './cases.ts';
export type { Case, CaseFile, Expectation } from './cases.ts';

/** Runs a case of a rule. @returns one sentence for each difference; empty when the case holds */
export async function runCase(each: Case, rule: Rule): Promise<readonly string[]> {
  return run(each, checkedRule(rule, knownToPlugins()));
}

/**
 * Declares a test for each case of a rule.
 *
 * @param file the cases: a Markdown file
 * @param test declares a test; that of `node:test` by default
 */
export function testRule(
  rule: Rule,
  file: string | URL,
  test: (name: string, run: () => Promise<void>) => unknown = nodeTest,
): void {
  const cases = parseCases(readFileSync(file, 'utf8'));
  if (cases.length === 0)
    throw new Error(`'${String(file)}' has no case: a '##' title with at least one file below it.`);
  for (const each of cases) {
    test(`${rule.id}: ${each.title}`, async () => {
      assert.deepEqual(await runCase(each, rule), []);
    });
  }
}
