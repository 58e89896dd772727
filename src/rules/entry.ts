import type { Rule } from '../core/define-rule.ts';

/** What is known of a rule without importing it, so that a run imports only the rules it needs. */
export interface RuleEntry extends Pick<
  Rule,
  'id' | 'severity' | 'confidence' | 'summary' | 'profile' | 'needs' | 'startsFrom' | 'startsFromPrograms'
> {
  load(): Promise<{ readonly default: Rule }>;
}
