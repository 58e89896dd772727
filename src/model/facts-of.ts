import type { FactKind, FactTypes } from '../core/fact.ts';

/** Where facts of these kinds come from: a model, or what a rule gets that has said it needs them. */
export interface FactsOf<Kinds extends FactKind> {
  facts<Kind extends Kinds>(kind: Kind): readonly FactTypes[Kind][];
}
