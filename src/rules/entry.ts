import type { Rule } from '../core/define-rule.ts';

/** What is known of a rule without importing it, so that a run imports only the rules it needs. */
export interface RuleEntry extends Pick<
  Rule,
  'id' | 'severity' | 'confidence' | 'summary' | 'profile' | 'needs' | 'startsFrom' | 'startsFromPrograms' | 'options'
> {
  /** The file of a rule that is not fleetlint's own, as messages name it. */
  readonly plugin?: string;
  /** Its page, Markdown, where it is not fleetlint's own. */
  page?(): string;
  load(): Promise<{ readonly default: Rule }>;
}
