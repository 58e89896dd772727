import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

/** A line of puppet.conf. */
export interface PuppetSettingFact {
  readonly kind: 'puppet.setting';
  /** The whole line, without the blanks around it. */
  readonly span: Span;
  /** `main` for what stands before the first section. */
  readonly section: string;
  readonly key: string;
  readonly value: Template;
}

export interface PuppetFacts {
  'puppet.setting': PuppetSettingFact;
}
