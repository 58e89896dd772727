/** Under which facts of a node something is configured: what that says of its kernel, and how a finding says it. */
import type { Condition, Conditional } from '../core/facts/condition.ts';
import type { Evidence } from '../core/finding.ts';
import { compareVersions, parseVersion } from '../core/version.ts';

/** Whether something is configured on nodes with a kernel below `major.minor`: not if a guard asks for that one at least. */
export function allowsKernelBelow({ conditions }: Conditional, major: number, minor: number): boolean {
  return conditions?.some((condition) => asksKernelFrom(condition, major, minor)) !== true;
}

function asksKernelFrom({ fact, operator, values }: Condition, major: number, minor: number): boolean {
  if (!/^kernel(?:maj)?(?:version|release)$/.test(fact) || operator !== 'at-least') return false;
  const version = parseVersion(values[0] ?? '');
  return version !== undefined && compareVersions(version, [major, minor]) >= 0;
}

/** One step for each guard: `It stands where '$facts['os']['family']' is 'RedHat'.` */
export function conditionEvidence({ conditions }: Conditional): readonly Evidence[] {
  return (conditions ?? []).map((condition) => ({
    span: condition.span,
    note: `This holds only where ${conditionText(condition)}.`,
  }));
}

/** `$facts['os']['family'] is 'RedHat'` */
export function conditionText({ text, operator, values }: Condition): string {
  const quoted = values.map((value) => `'${value}'`);
  switch (operator) {
    case 'is':
      return `${text} is ${quoted.join(' or ')}`;
    case 'is-not':
      return `${text} is not ${quoted.join(' or ')}`;
    case 'below':
      return `${text} is below ${quoted.join('')}`;
    case 'at-least':
      return `${text} is at least ${quoted.join('')}`;
  }
}
