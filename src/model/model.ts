import type { Fact, FactKind, FactTypes } from '../core/fact.ts';
import { createActivations, type Activations } from './activations.ts';
import { createBus, type Bus } from './bus.ts';
import { loadCron, needsCron } from './cron-schedule.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { createGoPackages, type GoPackages } from './go-packages.ts';
import { createKubelets, type Kubelets } from './kubelets.ts';
import { once } from '../core/once.ts';
import { onlySystemdVersion } from './systemd-target.ts';
import { scriptCommands } from './scripts.ts';
import { createUnits, type Units } from './units.ts';

/** The node as configured: all facts of one control repository, joined. Each part is worked out when a rule first asks. */
export interface Model {
  /** All facts of a kind, by file, then by place. */
  facts<Kind extends FactKind>(kind: Kind): readonly FactTypes[Kind][];
  /** What is known of the nodes; a rule that asks needs `fleetFacts`. */
  readonly fleet: Fleet;
  /** How kubelets are configured; a rule that asks needs `kubeletsFacts`. */
  readonly kubelets: Kubelets;
  /** Units as systemd puts them together; a rule that asks needs the facts of kind `unit.*`. */
  readonly units: Units;
  /** How often commands and units run; a rule that asks needs `activationFacts`. */
  readonly activations: Activations;
  /** What the bus services are like; a rule that asks needs `activationFacts` and `fleetFacts`. */
  readonly bus: Bus;
  /** Go packages and who calls what in them; a rule that asks needs the facts of kind `go.*`. */
  readonly go: GoPackages;
}

/** Loads the libraries that a model of these facts needs; awaited before `createModel`. */
export async function prepareModel(facts: readonly Fact[]): Promise<void> {
  const schedules = new Set<string>();
  for (const fact of facts)
    if (fact.kind === 'command' && fact.origin.type === 'cron') schedules.add(fact.origin.schedule ?? '');
  if ([...schedules].some(needsCron)) await loadCron();
}

/** `facts`: in the order of their files and places. */
export function createModel(facts: readonly Fact[]): Model {
  const byKind = new Map<FactKind, Fact[]>();
  for (const fact of facts) {
    const list = byKind.get(fact.kind);
    if (list === undefined) byKind.set(fact.kind, [fact]);
    else list.push(fact);
  }
  const ofKind = <Kind extends FactKind>(kind: Kind) =>
    (byKind.get(kind) ?? []) as unknown as readonly FactTypes[Kind][];
  const scripted = scriptCommands(ofKind('command'), ofKind('script'));
  if (scripted.length > 0) byKind.set('command', [...ofKind('command'), ...scripted]);
  const source = { facts: ofKind };
  const fleet = once(() => createFleet(source));
  const kubelets = once(() => createKubelets(source));
  const units = once(() =>
    createUnits(
      [...ofKind('unit.file'), ...ofKind('unit.assignment'), ...ofKind('unit.problem'), ...ofKind('unit.link')],
      onlySystemdVersion(fleet()),
    ),
  );
  const activations = once(() => createActivations(source, units));
  const bus = once(() => createBus(units, fleet));
  const go = once(() =>
    createGoPackages(ofKind('go.file'), ofKind('go.function'), ofKind('go.module'), ofKind('go.usage')),
  );
  return {
    facts: ofKind,
    get fleet() {
      return fleet();
    },
    get kubelets() {
      return kubelets();
    },
    get units() {
      return units();
    },
    get activations() {
      return activations();
    },
    get bus() {
      return bus();
    },
    get go() {
      return go();
    },
  };
}
