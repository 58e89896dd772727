import type { Finding, Severity } from '../core/finding.ts';

/** How many findings there are of each severity. */
export function countSeverities(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = { error: 0, warning: 0, info: 0 };
  for (const finding of findings) count[finding.severity]++;
  return count;
}
