/** Under which facts of a node something is configured: what that says of its kernel, and how a finding says it. */
import type { Fact } from '../core/fact.ts';
import { commonConditions, type Condition, type Conditional } from '../core/facts/condition.ts';
import type { Evidence, Finding } from '../core/finding.ts';
import { addTo } from '../core/lists.ts';
import { contains, type Span } from '../core/span.ts';
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

/**
 * A finding that says under which facts of the node it holds, if all that it can be about stands under them.
 *
 * @param facts of the finding's file
 */
export function withGuards(finding: Finding, facts: readonly Fact[]): Finding {
  const { span } = finding;
  const about = factsByPlace(facts).get(placeKey(span)) ?? facts.filter((fact) => contains(fact.span, span));
  const conditions = about.reduce<readonly Condition[] | undefined>(
    (common, fact) => (common === undefined ? (fact.conditions ?? []) : commonConditions(common, fact.conditions)),
    undefined,
  );
  if (conditions === undefined || conditions.length === 0) return finding;
  // Where a fact has one value, it is clear that it has no other.
  const telling = conditions.filter(
    ({ operator, text }) =>
      operator !== 'is-not' || !conditions.some((each) => each.operator === 'is' && each.text === text),
  );
  const said = new Set(finding.evidence.map(({ note }) => note));
  return {
    ...finding,
    message: `${finding.message} This holds where ${telling.map(conditionText).join(' and ')}.`,
    evidence: [...finding.evidence, ...conditionEvidence({ conditions }).filter(({ note }) => !said.has(note))],
  };
}

const byPlace = new WeakMap<readonly Fact[], ReadonlyMap<string, readonly Fact[]>>();

/** Facts by where they stand and, of commands, by where the command does. */
function factsByPlace(facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> {
  const known = byPlace.get(facts);
  if (known !== undefined) return known;
  const places = new Map<string, Fact[]>();
  for (const fact of facts) {
    const own = placeKey(fact.span);
    const at = fact.kind === 'command' ? placeKey(fact.origin.at) : own;
    addTo(places, own, fact);
    if (at !== own) addTo(places, at, fact);
  }
  byPlace.set(facts, places);
  return places;
}

function placeKey({ file, start, end }: Span): string {
  return `${start}-${end}:${file}`;
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
