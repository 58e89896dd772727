import type { Fact, FactKind, FactTypes } from '../core/fact.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { createKubelets, type Kubelets } from './kubelets.ts';

/** The node as configured: all facts of one control repository, joined. Each part is worked out when a rule first asks. */
export interface Model {
  /** All facts of a kind, by file, then by place. */
  facts<Kind extends FactKind>(kind: Kind): readonly FactTypes[Kind][];
  /** What is known of the nodes; a rule that asks needs `fleetFacts`. */
  readonly fleet: Fleet;
  /** How kubelets are configured; a rule that asks needs `kubeletsFacts`. */
  readonly kubelets: Kubelets;
}

/** `facts`: in the order of their files and places. */
export function createModel(facts: readonly Fact[]): Model {
  const byKind = new Map<FactKind, Fact[]>();
  for (const fact of facts) {
    const list = byKind.get(fact.kind);
    if (list === undefined) byKind.set(fact.kind, [fact]);
    else list.push(fact);
  }
  let fleet: Fleet | undefined;
  let kubelets: Kubelets | undefined;
  const model: Model = {
    facts: <Kind extends FactKind>(kind: Kind) => (byKind.get(kind) ?? []) as unknown as readonly FactTypes[Kind][],
    get fleet() {
      return (fleet ??= createFleet(model));
    },
    get kubelets() {
      return (kubelets ??= createKubelets(model));
    },
  };
  return model;
}
