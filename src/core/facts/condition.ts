/** Under which facts of a node something is configured: what stands between a statement and the top of its manifest. */
import type { Span } from '../span.ts';

/** A question to a fact that has to be answered so for the configuration to hold. */
export interface Condition {
  /** The fact by its path in Facter: `os.family`, `kernel`, `kernelversion`; as it is written if it is none of these. */
  readonly fact: string;
  /** `is` one of the values, `is-not` any of them, or a version `below` or `at-least` the first of them. */
  readonly operator: 'is' | 'is-not' | 'below' | 'at-least';
  readonly values: readonly string[];
  /** The question in the source, such as `$facts['os']['family'] == 'RedHat'`. */
  readonly text: string;
  readonly span: Span;
}

/** What a fact of any kind may carry: all of these have to hold. */
export interface Conditional {
  readonly conditions?: readonly Condition[];
}

/** The conditions that two ways to one thing share. */
export function commonConditions(one: readonly Condition[], other: readonly Condition[] = []): readonly Condition[] {
  return one.filter(({ text, operator, values }) =>
    other.some(
      (each) => each.text === text && each.operator === operator && each.values.join('\0') === values.join('\0'),
    ),
  );
}
