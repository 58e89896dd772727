import type { Span } from '../span.ts';

/** A text that its own format's program would refuse, or that the loader had to skip a part of. */
export interface SyntaxErrorFact {
  readonly kind: 'syntax.error';
  readonly format: 'puppet' | 'kubelet' | 'go' | 'cron' | 'nodes';
  /** A sentence that ends in a period: what was found and what was expected. */
  readonly message: string;
  readonly span: Span;
}

export interface SyntaxFacts {
  'syntax.error': SyntaxErrorFact;
}
