/**
 * Units as systemd puts them together: the strongest file of the load path, then its drop-ins in the order of their names.
 *
 * A tree may hold many units of one name (two Ansible roles, three hosts), so files are joined only where they belong together:
 * - Unit files of one root (what stands before `etc/systemd/system/`, or the directory of a file that is in no load path) hide each
 *   other by layer. Two of the same root and layer stay two units, as do those of different roots.
 * - A drop-in belongs to the unit of its own root; without one there, to the unit whose root shares the longest directory with its own,
 *   when there is one such unit. Drop-ins of several other roots never meet: each root makes its own variant of the unit.
 * - A drop-in that finds no unit makes one without a file (`fragment` is undefined): the rest of it is on the node.
 * - Drop-ins for a type (`service.d`) or a prefix (`foo-.service.d`) count within their own root only.
 */
import type {
  UnitAssignmentFact,
  UnitFileFact,
  UnitLayer,
  UnitLinkFact,
  UnitProblemFact,
  UnitType,
} from '../core/facts/systemd.ts';
import type { Fact } from '../core/fact.ts';
import { compareText } from '../core/span.ts';
import { literalText } from '../core/template.ts';
import { parseBoolean } from '../core/time-span.ts';
import { unitTypeOf } from '../core/unit-place.ts';
import { emptyEffect, isDependency, resetsAlso } from '../knowledge/systemd.ts';
import { addTo } from '../core/lists.ts';

/** A `Key=value` with its place. */
export type Assignment = UnitAssignmentFact;

export interface IneffectiveReset {
  /** The empty assignment. */
  readonly assignment: Assignment;
  /** The value that stays. */
  readonly previous: Assignment;
}

/** A switch that is set. */
export interface BooleanSetting {
  /** `undefined`: the value has holes. */
  readonly value: boolean | undefined;
  readonly assignment: Assignment;
}

export interface Unit {
  readonly name: string;
  readonly type: UnitType;
  readonly manager: 'system' | 'user';
  /** Where the load path of its file begins; of a unit without a file, that of its drop-ins. */
  readonly root: string;
  /** In the order in which systemd reads them: the unit's own file first. */
  readonly files: readonly UnitFileFact[];
  /** The unit's own file; `undefined`: only drop-ins are in the tree. */
  readonly fragment: UnitFileFact | undefined;
  /** `foo@.service`: never started itself. */
  readonly isTemplate: boolean;
  /** Other names, from links and `Alias=`. */
  readonly aliases: readonly string[];
  /** By an empty file or a link to /dev/null. */
  readonly masked: boolean;
  /** `false`: the unit's own file is not in the tree, or some line is unknown, so nothing can be said of what is absent. */
  readonly complete: boolean;
  readonly problems: readonly UnitProblemFact[];
  /** All assignments in reading order, in force or not. */
  readonly assignments: readonly Assignment[];
  /** The assignment in force of a setting with one value: the last. `undefined`: default. */
  value(section: string, key: string): Assignment | undefined;
  /** The assignments in force of a setting that is a list: those since the last reset. */
  values(section: string, key: string): readonly Assignment[];
  /** As `value`, its text; `undefined` also when it has holes. */
  text(section: string, key: string): string | undefined;
  /** As `value`; words that systemd refuses for a switch do not count. */
  boolean(section: string, key: string): BooleanSetting | undefined;
  /** Empty assignments that leave an older value in force. */
  ineffectiveResets(): readonly IneffectiveReset[];
}

/**
 * Whether an assignment stands in a file that the distribution ships: one below `/usr/lib/systemd` or `/lib/systemd`. What Puppet or cloud-init
 * puts there is the administrator's own.
 */
export function isVendorAssignment(unit: Unit, { document }: Assignment): boolean {
  const isShipped = ({ layer, span }: UnitFileFact): boolean =>
    (layer === 'usr' || layer === 'lib') && /(?:^|\/)lib\/systemd\//.test(span.file);
  return unit.files.some((file) => file.document === document && isShipped(file));
}

export interface Units {
  readonly all: readonly Unit[];
  /**
   * The unit of a name, an alias, or the template of an instance. Of several, the one in the same root as `near` (another unit), else the one
   * that shares the longest directory with it; `undefined` if there is no such one.
   */
  find(name: string, near?: Pick<Unit, 'root' | 'manager'>): Unit | undefined;
  /** The units that a file is part of, by its `document`: several for a drop-in of a type, none for a file that a stronger one hides. */
  ofFile(document: string): readonly Unit[];
}

/** Puts units together. @param systemdVersion of the nodes; where it matters and is not known, nothing is claimed */
export function createUnits(facts: readonly Fact[], systemdVersion?: number): Units {
  const links = facts.filter((fact) => fact.kind === 'unit.link');
  const documents = [...readDocuments(facts), ...links.filter(isDropInMask).map(emptyDropIn)];
  const bases = findBases(documents, links);
  const all = attachDropIns(bases, documents).map((parts) => createUnit(parts, systemdVersion));
  const byFile = new Map<string, Unit[]>();
  for (const unit of all) {
    for (const document of new Set(unit.files.map((file) => file.document))) addTo(byFile, document, unit);
  }
  return { all, find: createFinder(all), ofFile: (document) => byFile.get(document) ?? [] };
}

/** One text with what stands in it. */
interface UnitDocument {
  readonly file: UnitFileFact;
  readonly assignments: Assignment[];
  readonly problems: UnitProblemFact[];
}

function readDocuments(facts: readonly Fact[]): readonly UnitDocument[] {
  const documents = new Map<string, UnitDocument>();
  for (const fact of facts) {
    if (fact.kind === 'unit.file') documents.set(fact.document, { file: fact, assignments: [], problems: [] });
  }
  for (const fact of facts) {
    if (fact.kind === 'unit.assignment') documents.get(fact.document)?.assignments.push(fact);
    else if (fact.kind === 'unit.problem') documents.get(fact.document)?.problems.push(fact);
  }
  return [...documents.values()];
}

function isDropInMask({ role, target }: UnitLinkFact): boolean {
  return role === 'drop-in' && target === '/dev/null';
}

/** A link to /dev/null in the place of a drop-in hides weaker ones of its name, as an empty file does. */
function emptyDropIn({ span, unit, type, layer, manager, root, fileName }: UnitLinkFact): UnitDocument {
  const place = { unit, type, layer, manager, root };
  const file = {
    kind: 'unit.file',
    span,
    ...place,
    document: span.file,
    role: 'drop-in',
    fileName,
    masks: false,
    complete: true,
  } as const;
  return { file, assignments: [], problems: [] };
}

/** A unit before its drop-ins. */
interface Base {
  readonly name: string;
  readonly type: UnitType;
  readonly manager: 'system' | 'user';
  readonly root: string;
  readonly fragment: UnitDocument | undefined;
  readonly masked: boolean;
  readonly aliases: readonly string[];
}

const layerOrder: readonly UnitLayer[] = ['etc', 'run', 'usr-local', 'usr', 'lib', 'other'];

function findBases(documents: readonly UnitDocument[], links: readonly UnitLinkFact[]): readonly Base[] {
  const masks = links.filter((link) => link.role === 'unit' && link.target === '/dev/null');
  const groups = new Map<string, (UnitDocument | UnitLinkFact)[]>();
  for (const item of [...documents.filter(({ file }) => file.role === 'unit'), ...masks]) {
    const { manager, root, layer, unit } = placeOf(item);
    const key = JSON.stringify([manager, root, layer === 'other', unit]);
    addTo(groups, key, item);
  }
  const aliasesOf = linkAliases(links);
  return [...groups.values()].flatMap((group) => {
    const strongest = Math.min(...group.map((item) => layerOrder.indexOf(placeOf(item).layer)));
    return group
      .filter((item) => layerOrder.indexOf(placeOf(item).layer) === strongest)
      .map((item): Base => {
        const { manager, root, unit, type } = placeOf(item);
        const fragment = 'file' in item ? item : undefined;
        const linked = aliasesOf.get(JSON.stringify([manager, root, unit])) ?? [];
        const aliases = [...new Set([...linked, ...installAliases(fragment)])];
        return { name: unit, type, manager, root, fragment, masked: fragment?.file.masks ?? true, aliases };
      });
  });
}

function placeOf(item: UnitDocument | UnitLinkFact): UnitFileFact | UnitLinkFact {
  return 'file' in item ? item.file : item;
}

/**
 * Other names by the unit that links of the same root lead to, also over other links. A link `foo@a.service -> foo@.service` is an instance, no
 * alias.
 */
function linkAliases(links: readonly UnitLinkFact[]): ReadonlyMap<string, readonly string[]> {
  const keyOf = ({ manager, root }: UnitLinkFact, name: string): string => JSON.stringify([manager, root, name]);
  const next = new Map<string, string>();
  const isAlias = ({ role, unit }: UnitLinkFact, name: string): boolean =>
    role === 'unit' && name !== unit && unitTypeOf(name) !== undefined && templateOf(unit) !== name;
  const named = links.map((link) => ({ link, name: link.target.slice(link.target.lastIndexOf('/') + 1) }));
  for (const { link, name } of named) if (isAlias(link, name)) next.set(keyOf(link, link.unit), name);
  const aliases = new Map<string, string[]>();
  for (const { link, name } of named) {
    if (!isAlias(link, name)) continue;
    let last = name;
    for (let step = 0; step < longestLinkChain; step++) last = next.get(keyOf(link, last)) ?? last;
    if (last !== link.unit) addTo(aliases, keyOf(link, last), link.unit);
  }
  return aliases;
}

/** Links that lead to links: nobody has more of them, and a circle ends. */
const longestLinkChain = 8;

function installAliases(fragment: UnitDocument | undefined): readonly string[] {
  const names = (fragment?.assignments ?? [])
    .filter(({ section, key }) => section === 'Install' && key === 'Alias')
    .flatMap(({ value }) => (literalText(value) ?? '').split(/[ \t]+/));
  return names.filter((name) => unitTypeOf(name) !== undefined);
}

/** `foo@.service` of `foo@bar.service`; `undefined` for what is no instance. */
function templateOf(name: string): string | undefined {
  const at = name.indexOf('@');
  const dot = name.lastIndexOf('.');
  return at < 0 || dot <= at + 1 ? undefined : name.slice(0, at + 1) + name.slice(dot);
}

/**
 * Names of the drop-in directories of a unit without their `.d`, strongest first; measured on 252. `wide`: from which one on they are
 * for many units, and count only within one root.
 */
function directoryNames(name: string): { readonly names: readonly string[]; readonly wide: number } {
  const template = templateOf(name);
  const names = template === undefined ? [name] : [name, template];
  const prefixes = [...names, name.slice(0, endOfPrefix(name)) + name.slice(name.lastIndexOf('.'))].flatMap(
    dashPrefixes,
  );
  return { names: [...new Set([...names, ...prefixes])], wide: names.length };
}

function endOfPrefix(name: string): number {
  const at = name.indexOf('@');
  return at < 0 ? name.lastIndexOf('.') : at;
}

/** `foo-bar-.service` and `foo-.service` of `foo-bar-baz.service`. */
function dashPrefixes(name: string): readonly string[] {
  const end = endOfPrefix(name);
  const prefixes: string[] = [];
  // A name of more dashes than this is no unit's: names have at most 255 characters.
  for (
    let dash = name.lastIndexOf('-', end - 2);
    dash > 0 && prefixes.length < 255;
    dash = name.lastIndexOf('-', dash - 1)
  ) {
    prefixes.push(name.slice(0, dash + 1) + name.slice(end));
  }
  return prefixes;
}

/** A drop-in with how strong its directory is: own names, then aliases, then the type; within them by layer, then by name. */
interface RankedDropIn {
  readonly document: UnitDocument;
  readonly rank: readonly [names: number, layer: number, name: number];
}

interface UnitParts {
  readonly base: Base;
  readonly dropIns: readonly UnitDocument[];
}

function attachDropIns(bases: readonly Base[], documents: readonly UnitDocument[]): readonly UnitParts[] {
  const dropIns = documents.filter(({ file }) => file.role === 'drop-in');
  const withInstances = [...bases, ...instancesOf(bases, dropIns)];
  const interested = new Map<string, { base: Base; names: number; name: number; wide: boolean }[]>();
  for (const base of withInstances) {
    for (const entry of interestsOf(base)) addTo(interested, entry.directory, { base, ...entry });
  }
  const attached = new Map<Base, RankedDropIn[]>();
  const orphans = new Map<string, UnitDocument[]>();
  for (const document of dropIns) {
    const { file } = document;
    const candidates = (interested.get(file.unit) ?? []).filter(({ base }) => base.manager === file.manager);
    const sameRoot = candidates.filter(({ base }) => base.root === file.root);
    const chosen =
      sameRoot.length > 0
        ? sameRoot
        : nearest(
            candidates.filter(({ wide }) => !wide),
            file.root,
          );
    for (const { base, names, name } of chosen) {
      addTo(attached, base, { document, rank: [names, layerOrder.indexOf(file.layer), name] });
    }
    if (chosen.length > 0 || isWide(file.unit)) continue;
    addTo(orphans, JSON.stringify([file.manager, file.root, file.unit]), document);
  }
  const joined = withInstances.flatMap((base) => variantsOf(base, attached.get(base) ?? []));
  return [...joined, ...[...orphans.values()].flatMap(orphanOf)];
}

function interestsOf(base: Base): readonly { directory: string; names: number; name: number; wide: boolean }[] {
  const own = [base.name, ...base.aliases].flatMap((unit, index) => {
    const { names, wide } = directoryNames(unit);
    return names.map((directory, name) => ({ directory, names: index === 0 ? 0 : 1, name, wide: name >= wide }));
  });
  const seen = new Set<string>();
  return [...own, { directory: base.type, names: 2, name: 0, wide: true }].filter(({ directory }) => {
    if (seen.has(directory)) return false;
    seen.add(directory);
    return true;
  });
}

/** `service` and `foo-.service`. */
function isWide(name: string): boolean {
  return !name.includes('.') || name[endOfPrefix(name) - 1] === '-';
}

/** Instances that have drop-ins of their own, from templates of the same root. */
function instancesOf(bases: readonly Base[], dropIns: readonly UnitDocument[]): readonly Base[] {
  const placeKey = (manager: string, root: string, name: string): string => JSON.stringify([manager, root, name]);
  const known = new Map(bases.map((base) => [placeKey(base.manager, base.root, base.name), base]));
  const instances = new Map<string, Base>();
  for (const { file } of dropIns) {
    const template = templateOf(file.unit);
    const base = template === undefined ? undefined : known.get(placeKey(file.manager, file.root, template));
    const key = placeKey(file.manager, file.root, file.unit);
    if (base !== undefined && !known.has(key)) instances.set(key, { ...base, name: file.unit, aliases: [] });
  }
  return [...instances.values()];
}

/** Those whose root shares the longest directory with `root`, if all of them have the same root. */
function nearest<Candidate extends { readonly base: { readonly root: string } }>(
  candidates: readonly Candidate[],
  root: string,
): readonly Candidate[] {
  const depths = candidates.map(({ base }) => sharedDirectory(base.root, root));
  const deepest = depths.reduce((a, b) => Math.max(a, b), -1);
  const found = candidates.filter((_candidate, index) => depths[index] === deepest);
  return new Set(found.map(({ base }) => base.root)).size === 1 ? found : [];
}

/** Length of the longest directory, with its `/`, that both paths begin with. */
function sharedDirectory(a: string, b: string): number {
  let shared = 0;
  for (let at = 0; at < a.length && a[at] === b[at]; at++) if (a[at] === '/') shared = at + 1;
  return shared;
}

/** One unit, or one for each of several foreign roots that have drop-ins for it. */
function variantsOf(base: Base, dropIns: readonly RankedDropIn[]): readonly UnitParts[] {
  const foreign = [...new Set(dropIns.map(({ document }) => document.file.root))].filter((root) => root !== base.root);
  if (foreign.length <= 1) return [{ base, dropIns: orderDropIns(dropIns) }];
  return foreign.map((root) => ({
    base,
    dropIns: orderDropIns(dropIns.filter(({ document }) => [base.root, root].includes(document.file.root))),
  }));
}

function orphanOf(documents: readonly UnitDocument[]): readonly UnitParts[] {
  const file = documents[0]?.file;
  if (file === undefined) return [];
  const { unit: name, type, manager, root } = file;
  const ranked = documents.map((document): RankedDropIn => ({
    document,
    rank: [0, layerOrder.indexOf(document.file.layer), 0],
  }));
  return [
    {
      base: { name, type, manager, root, fragment: undefined, masked: false, aliases: [] },
      dropIns: orderDropIns(ranked),
    },
  ];
}

/** By file name across all directories; of equal names only the strongest. */
function orderDropIns(dropIns: readonly RankedDropIn[]): readonly UnitDocument[] {
  const strongest = new Map<string, RankedDropIn>();
  for (const dropIn of dropIns) {
    const { fileName } = dropIn.document.file;
    const other = strongest.get(fileName);
    if (other === undefined || compareRanks(dropIn.rank, other.rank) < 0) strongest.set(fileName, dropIn);
  }
  return [...strongest.values()]
    .map(({ document }) => document)
    .sort((a, b) => compareText(a.file.fileName, b.file.fileName));
}

function compareRanks(a: RankedDropIn['rank'], b: RankedDropIn['rank']): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function createUnit({ base, dropIns }: UnitParts, version: number | undefined): Unit {
  const { name, type, manager, root, fragment, masked, aliases } = base;
  const documents = fragment === undefined ? dropIns : [fragment, ...dropIns];
  const assignments = documents.flatMap((document) => document.assignments);
  const known = new Map<string, readonly Assignment[]>();
  const values = (section: string, key: string): readonly Assignment[] => {
    const name = `${section}\n${key}`;
    let found = known.get(name);
    if (found === undefined) known.set(name, (found = valuesInForce(assignments, section, key, version)));
    return found;
  };
  const value = (section: string, key: string): Assignment | undefined => values(section, key).at(-1);
  return {
    name,
    type,
    manager,
    root,
    files: documents.map(({ file }) => file),
    fragment: fragment?.file,
    isTemplate: name.includes('@.'),
    aliases,
    masked,
    complete: fragment !== undefined && documents.every(({ file }) => file.complete),
    problems: documents.flatMap(({ problems }) => problems),
    assignments,
    value,
    values,
    text(section, key) {
      const assignment = value(section, key);
      return assignment && literalText(assignment.value);
    },
    boolean(section, key) {
      for (const assignment of [...values(section, key)].reverse()) {
        const text = literalText(assignment.value);
        const switched = text === undefined ? undefined : parseBoolean(text);
        if (text === undefined || switched !== undefined) return { value: switched, assignment };
      }
      return undefined;
    },
    ineffectiveResets: () => ineffectiveResets(assignments, version),
  };
}

function valuesInForce(
  assignments: readonly Assignment[],
  section: string,
  key: string,
  version: number | undefined,
): readonly Assignment[] {
  let found: Assignment[] = [];
  for (const assignment of assignments) {
    if (assignment.section !== section) continue;
    if (!assignment.empty) {
      if (assignment.key === key) found.push(assignment);
    } else if (resetsAlso(section, assignment.key, key)) {
      const effect = emptyEffect(section, assignment.key, version);
      if (effect === 'resets' || effect === 'varies') found = [];
    }
  }
  return found;
}

function ineffectiveResets(
  assignments: readonly Assignment[],
  version: number | undefined,
): readonly IneffectiveReset[] {
  const inForce = new Map<string, Assignment>();
  const found: IneffectiveReset[] = [];
  for (const assignment of assignments) {
    const { section, key, empty } = assignment;
    const name = JSON.stringify([section, key]);
    const previous = inForce.get(name);
    if (!empty) {
      inForce.set(name, assignment);
    } else if (isDependency(section, key) || emptyEffect(section, key, version) === 'ignored') {
      if (previous !== undefined) found.push({ assignment, previous });
    } else {
      inForce.delete(name);
    }
  }
  return found;
}

function createFinder(all: readonly Unit[]): Units['find'] {
  const byName = new Map<string, Unit[]>();
  const byPlace = new Map<string, Unit>();
  const placeOfName = (manager: string, root: string, name: string): string => JSON.stringify([manager, root, name]);
  for (const unit of all) {
    for (const name of new Set([unit.name, ...unit.aliases])) {
      addTo(byName, name, unit);
      const place = placeOfName(unit.manager, unit.root, name);
      if (!byPlace.has(place)) byPlace.set(place, unit);
    }
  }
  return (name, near) => {
    const known = byName.has(name) ? name : (templateOf(name) ?? '');
    const found = byName.get(known) ?? [];
    if (near === undefined) return found[0];
    // Thousands of units may have one name, each with neighbours that ask for it.
    const sameRoot = byPlace.get(placeOfName(near.manager, near.root, known));
    if (sameRoot !== undefined) return sameRoot;
    const candidates = found.filter(({ manager }) => manager === near.manager).map((unit) => ({ base: unit, unit }));
    return nearest(candidates, near.root)[0]?.unit;
  };
}
