import type { RuleEntry } from '../rules/entry.ts';
import { rules } from '../rules/index.ts';
import { UsageError } from './options.ts';

/** @throws UsageError that names the nearest rule */
export function knownRule(id: string): RuleEntry {
  const rule = rules.find((each) => each.id === id);
  if (rule !== undefined) return rule;
  const near = rules.map((each) => each.id).sort((a, b) => distance(a, id) - distance(b, id))[0];
  const hint = near !== undefined && distance(near, id) <= id.length / 2 ? ` Did you mean '${near}'?` : '';
  throw new UsageError(`There is no rule '${id}'.${hint} 'fleetlint rules' lists them.`);
}

/** @throws UsageError */
export function checkRules(ids: readonly string[]): void {
  for (const id of ids) knownRule(id);
}

/** Levenshtein's: how many characters must be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
