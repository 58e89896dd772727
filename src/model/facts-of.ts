import type { FactKind, FactTypes } from '../core/fact.ts';
import type { CommandFact } from '../core/facts/command.ts';

/** Where facts of these kinds come from: a model, or what a rule gets that has said it needs them. */
export type FactsOf<Kinds extends FactKind> = {
  facts<Kind extends Kinds>(kind: Kind): readonly FactTypes[Kind][];
} & ('command' extends Kinds ? CommandsOf : unknown);

export interface CommandsOf {
  /** Those of the commands that run a program of one of these names; of tens of thousands, a rule asks for a few. */
  commands(programs: readonly string[]): readonly CommandFact[];
}
