import type { Finding } from '../core/finding.ts';
import { groupBy } from '../core/lists.ts';

/** Findings by the file they point at, in their order. */
export function byFile(findings: readonly Finding[]): readonly (readonly [string, readonly Finding[]])[] {
  return [...groupBy(findings, ({ span }) => span.file)];
}
