import type { Fact, FactKind } from '../core/fact.ts';
import type { CommandFact } from '../core/facts/command.ts';
import { createActivations, type Activations } from './activations.ts';
import { createBus, type Bus } from './bus.ts';
import { loadCron, needsCron } from './cron-schedule.ts';
import type { FactsOf } from './facts-of.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { createGoPackages, type GoPackages } from './go-packages.ts';
import { programOf } from '../core/program-of.ts';
import { JoinedFacts } from './joined-facts.ts';
import { createKubelets, type Kubelets } from './kubelets.ts';
import { onlySystemdVersion } from './systemd-target.ts';
import { scriptCommands, scriptPrograms } from './scripts.ts';
import { createUnits, type Units } from './units.ts';

/** The node as configured: all facts of one control repository, joined. Each part is worked out when a rule first asks. */
export interface Model extends FactsOf<FactKind> {
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

/** A model that goes on from run to run: what is asked again is worked out anew only if something that it was made from has changed. */
export interface LivingModel extends Model {
  /** The same model for somebody who wants to know later whether all that was read of it is still the same. */
  watched(): Watched;
}

export interface Watched {
  readonly model: Model;
  /** Whether all that was read of it so far is the same now. */
  readonly isSame: () => boolean;
}

/** Loads the libraries that a model of these facts needs; awaited before it is asked. */
export async function prepareModel(facts: JoinedFacts): Promise<void> {
  if (facts.schedules.some(needsCron)) await loadCron();
}

/** `facts`: in the order of their files and places. */
export function createModel(facts: readonly Fact[]): Model {
  const joined = new JoinedFacts();
  joined.set('', facts);
  return livingModel(joined);
}

/** Something that can be asked of a model: one of `parts`, or facts. `of`: their kind, or the programs of commands. */
interface Question {
  readonly part: keyof typeof parts | 'own facts' | 'own commands';
  readonly of: string;
}

type Ask = (part: Question['part'], of?: string) => unknown;

/** What was asked, with the answers. */
type Reads = Map<string, Question & { readonly value: unknown }>;

interface Answer {
  readonly value: unknown;
  readonly reads: Reads;
  /** Version of the facts up to which it is known to hold. */
  holds: number;
}

const parts = {
  facts: (_model: Model, ask: Ask, kind: string) => {
    const own = ask('own facts', kind) as readonly Fact[];
    const scripted = kind === 'command' ? (ask('scripted') as readonly CommandFact[]) : [];
    return scripted.length === 0 ? own : [...own, ...scripted];
  },
  commands: (_model: Model, ask: Ask, programs: string) => {
    const own = ask('own commands', programs) as readonly CommandFact[];
    const names = programs.split(separator);
    const scripted = (ask('scripted') as readonly CommandFact[]).filter(({ words }) =>
      names.includes(programOf(words)),
    );
    return scripted.length === 0 ? own : [...own, ...scripted];
  },
  /** Commands of scripts that commands run. */
  scripted: (model: Model, ask: Ask) => {
    const scripts = model.facts('script');
    const programs = scriptPrograms(scripts).join(separator);
    return scripts.length === 0 ? [] : scriptCommands(ask('own commands', programs) as readonly CommandFact[], scripts);
  },
  fleet: createFleet,
  kubelets: createKubelets,
  systemdVersion: ({ fleet }: Model) => onlySystemdVersion(fleet),
  units: (model: Model, ask: Ask) =>
    createUnits(
      [
        ...model.facts('unit.file'),
        ...model.facts('unit.assignment'),
        ...model.facts('unit.problem'),
        ...model.facts('unit.link'),
      ],
      // Whatever else is known of the nodes, the units are the same.
      ask('systemdVersion') as number | undefined,
    ),
  activations: (model: Model) => createActivations(model, () => model.units),
  bus: (model: Model) =>
    createBus(
      () => model.units,
      () => model.fleet,
    ),
  go: (model: Model) =>
    createGoPackages(
      model.facts('go.file'),
      model.facts('go.function'),
      model.facts('go.module'),
      model.facts('go.usage'),
    ),
};

const separator = '\0';

/** The model of facts that change. */
export function livingModel(joined: JoinedFacts): LivingModel {
  const answers = new Map<string, Answer>();

  const answer = ({ part, of }: Question): unknown => {
    if (part === 'own facts') return joined.facts(of as FactKind);
    if (part === 'own commands') return joined.commands(of.split(separator));
    const key = part + separator + of;
    const known = answers.get(key);
    if (known !== undefined && (known.holds === joined.version || isSame(known.reads))) {
      known.holds = joined.version;
      return known.value;
    }
    const reads: Reads = new Map();
    const ask = noting(reads);
    const value = parts[part](modelOf(ask), ask, of);
    answers.set(key, { value, reads, holds: joined.version });
    return value;
  };

  const isSame = (reads: Reads): boolean => {
    for (const read of reads.values()) if (answer(read) !== read.value) return false;
    return true;
  };

  /** Also what is read later, when a part that is kept is asked something for the first time. */
  const noting =
    (reads: Reads): Ask =>
    (part, of = '') => {
      const question = { part, of };
      const value = answer(question);
      reads.set(part + separator + of, { ...question, value });
      return value;
    };

  return Object.assign(
    modelOf((part, of = '') => answer({ part, of })),
    {
      watched: () => {
        const reads: Reads = new Map();
        return { model: modelOf(noting(reads)), isSame: () => isSame(reads) };
      },
    },
  );
}

function modelOf(ask: Ask): Model {
  return {
    facts: (kind) => ask('facts', kind) as never,
    commands: (programs) => ask('commands', programs.join(separator)) as never,
    get fleet() {
      return ask('fleet') as Fleet;
    },
    get kubelets() {
      return ask('kubelets') as Kubelets;
    },
    get units() {
      return ask('units') as Units;
    },
    get activations() {
      return ask('activations') as Activations;
    },
    get bus() {
      return ask('bus') as Bus;
    },
    get go() {
      return ask('go') as GoPackages;
    },
  };
}
