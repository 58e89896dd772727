import type { Span } from '../span.ts';

/** A rule that a comment names to hold its findings back. */
export interface IgnoredRule {
  readonly id: string;
  readonly span: Span;
  /**
   * `used`: it held a finding back. `unused`: the rule ran and had nothing to say here. `unknown`: no rule has this name.
   * `not run`: the rule is off here, or this run leaves it out, so nothing can be said.
   */
  readonly state: 'used' | 'unused' | 'unknown' | 'not run';
  /** Of an unknown one: the rule whose name is nearest. */
  readonly nearest?: string;
}

/** A `fleetlint-ignore[theme/name] reason` in a comment, after the rules have run. The session makes it, not a loader. */
export interface IgnoreFact {
  readonly kind: 'ignore';
  /** From the word to the end of the list of rules, or of the comment if there is none. */
  readonly span: Span;
  /** Empty where no list of rules could be read. */
  readonly rules: readonly IgnoredRule[];
  /** The list between the brackets; empty where there is none. */
  readonly list: Span;
  /** Empty if there is none. */
  readonly reason: string;
  /** What goes when the whole comment goes. */
  readonly removal: Span;
}

export interface IgnoreFacts {
  ignore: IgnoreFact;
}
