/** The facts of one control repository by their kinds, kept from run to run: a change in a file touches only the lists it is part of. */
import type { Fact, FactKind, FactTypes } from '../core/fact.ts';
import type { CommandFact } from '../core/facts/command.ts';
import { programOf } from '../core/program-of.ts';
import { addAll, groupBy } from '../core/lists.ts';

/** What one file says of one kind. */
interface Part {
  readonly path: string;
  readonly facts: readonly Fact[];
  /** Those of the facts, if they are commands. */
  readonly programs: readonly string[];
}

const none: readonly never[] = [];

/** Lists of commands; rules ask for some ten. */
const mostKept = 100;

export class JoinedFacts {
  /** In the order of the paths. */
  readonly #parts = new Map<FactKind, Part[]>();
  readonly #kindsOf = new Map<string, readonly FactKind[]>();
  /** Made when they are asked for, until a part of them changes. */
  readonly #lists = new Map<FactKind, readonly Fact[]>();
  readonly #ofPrograms = new Map<
    string,
    { readonly programs: ReadonlySet<string>; readonly list: readonly CommandFact[] }
  >();
  /** How many of the files are given. */
  #given = 0;
  #version = 0;
  readonly #schedules = new Set<string>();

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  /** All schedules of cron that a command ever had. */
  get schedules(): readonly string[] {
    return [...this.#schedules];
  }

  /** Whether something is known that was not given. */
  get hasOwn(): boolean {
    return this.#kindsOf.size > this.#given;
  }

  /**
   * What a file says, in place of what it said before: the files in the order of their paths, their facts in the order of the list.
   *
   * @param given whether the user gave it as the truth about the nodes; it comes before all others
   */
  set(name: string, facts: readonly Fact[], given = false): void {
    const path = given ? `\0${name}` : name;
    const before = this.#kindsOf.get(path);
    if (before === undefined && facts.length === 0) return;
    const byKind = groupBy(facts, ({ kind }) => kind);
    for (const kind of before ?? none) if (!byKind.has(kind)) this.#put(kind, path, none);
    for (const [kind, list] of byKind) this.#put(kind, path, list);
    if (given) this.#given += (facts.length > 0 ? 1 : 0) - (before === undefined ? 0 : 1);
    if (facts.length === 0) this.#kindsOf.delete(path);
    else this.#kindsOf.set(path, [...byKind.keys()]);
  }

  #put(kind: FactKind, path: string, facts: readonly Fact[]): void {
    let parts = this.#parts.get(kind);
    if (parts === undefined) this.#parts.set(kind, (parts = []));
    const at = placeOf(parts, path);
    const before = parts[at]?.path === path ? parts[at] : undefined;
    if (before !== undefined && isSame(before.facts, facts)) return;
    const part = { path, facts, programs: kind === 'command' ? this.#programsOf(facts) : none };
    if (facts.length === 0) parts.splice(at, 1);
    else if (before === undefined) parts.splice(at, 0, part);
    else parts[at] = part;
    this.#version++;
    this.#lists.delete(kind);
    if (kind !== 'command') return;
    for (const [key, { programs }] of this.#ofPrograms)
      if (runsOne(part, programs) || (before !== undefined && runsOne(before, programs))) this.#ofPrograms.delete(key);
  }

  #programsOf(facts: readonly Fact[]): readonly string[] {
    return facts.map((fact) => {
      if (fact.kind !== 'command') return '';
      if (fact.origin.type === 'cron') this.#schedules.add(fact.origin.schedule ?? '');
      return programOf(fact.words);
    });
  }

  has(kind: FactKind): boolean {
    return (this.#parts.get(kind)?.length ?? 0) > 0;
  }

  /** All facts of a kind; the same list as long as none of them changes. */
  facts<Kind extends FactKind>(kind: Kind): readonly FactTypes[Kind][] {
    let list = this.#lists.get(kind);
    if (list === undefined) {
      const found: Fact[] = [];
      for (const { facts } of this.#parts.get(kind) ?? none) addAll(found, facts);
      this.#lists.set(kind, (list = found));
    }
    return list as unknown as readonly FactTypes[Kind][];
  }

  /** Those of the commands that run one of these programs; the same list as long as none of them changes. */
  commands(programs: readonly string[]): readonly CommandFact[] {
    const key = programs.join('\0');
    const known = this.#ofPrograms.get(key);
    if (known !== undefined) return known.list;
    const wanted = new Set(programs);
    const list: CommandFact[] = [];
    for (const { facts, programs: own } of this.#parts.get('command') ?? none) {
      for (const [at, program] of own.entries()) {
        const fact = facts[at];
        if (wanted.has(program) && fact?.kind === 'command') list.push(fact);
      }
    }
    // The names of scripts change as they are typed.
    if (this.#ofPrograms.size > mostKept) this.#ofPrograms.clear();
    this.#ofPrograms.set(key, { programs: wanted, list });
    return list;
  }
}

function runsOne({ programs }: Part, wanted: ReadonlySet<string>): boolean {
  return programs.some((program) => wanted.has(program));
}

function isSame(one: readonly Fact[], other: readonly Fact[]): boolean {
  return one.length === other.length && one.every((fact, index) => fact === other[index]);
}

/** Where the part of a path is, or would be. */
function placeOf(parts: readonly Part[], path: string): number {
  let low = 0;
  let high = parts.length;
  // At first the paths come in their order.
  if (high > 0 && (parts[high - 1]?.path ?? '') < path) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.path ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return low;
}
