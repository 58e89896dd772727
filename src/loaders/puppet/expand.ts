/** From all manifests of a repository to what they say of the nodes. */
import type { Fact } from '../../core/fact.ts';
import { commonConditions, type Condition } from '../../core/facts/condition.ts';
import { compareSpans } from '../../core/span.ts';
import type { PuppetManifestFact } from '../../core/facts/puppet.ts';
import { loadShellParser } from '../shell/commands.ts';
import { agentDataFacts, agentKeys } from './agent-runs.ts';
import { walkManifest, type Walker } from './catalogue.ts';
import { createScopes } from './class-scopes.ts';
import { concatFacts, concatPiece, concatTypes, type ConcatPiece } from './concat.ts';
import type { EvaluatedResource } from './evaluated.ts';
import { loadDocumentParsers } from './documents.ts';
import { createEvaluator, maximumSteps } from './evaluator.ts';
import { loadHiera } from './hiera.ts';
import { resourceFacts, tellingTypes } from './resource-facts.ts';
import type { Manifest } from './scope.ts';
import { releaseTrees } from './syntax-trees.ts';
import {
  createIndex,
  recordingTree,
  type IndexedManifest,
  type Question,
  type Tree,
  type TreeFiles,
  type TreeIndex,
} from './tree.ts';

/** What one manifest says, as long as what it asked of the others stays the same. */
interface Expansion {
  readonly asked: readonly Question[];
  /** How many facts were made for it, equal ones too. */
  readonly stated: number;
  readonly facts: readonly Fact[];
  /** Of files that fragments of several manifests make. */
  readonly pieces: readonly ConcatPiece[];
  /** Templates and other files that were read for it. */
  readonly reads: readonly string[];
  /** Files that some facts stand in, if they are not all in the manifest itself: those of defines, too. */
  readonly files: ReadonlySet<string>;
}

/** What is kept of a repository from run to run. */
interface Kept {
  readonly index: TreeIndex;
  readonly expansions: Map<IndexedManifest, Expansion>;
  /** What the fragments say together. */
  joined: Expansion;
  /** What the data of the environments says of modules that are not in the tree. */
  agentData: Expansion | undefined;
  /** By the file they stand in. */
  byFile: ReadonlyMap<string, FileFacts>;
}

interface FileFacts {
  /** As the manifests state them, which may be several times. */
  readonly stated: readonly Fact[];
  readonly facts: readonly Fact[];
}

/**
 * Many resources that copy one large text make more facts than memory holds. The most that a manifest of 84 public repositories
 * states is 1,485 (wikimedia/operations-puppet, modules/wikistats/manifests/updates.pp), and all of them together 74,320.
 */
const mostFacts = 20_000;
const mostFactsOfAll = 250_000;

const repositories = new WeakMap<object, Kept>();

/**
 * The facts of the resources of all manifests, evaluated together, by the file they stand in. A manifest is evaluated again only
 * if it or something that it asked of the others has changed, and a file with the same facts has the same list.
 *
 * @param changed paths of the files that are others than the last time; `undefined` if that is not known
 */
export async function expandManifests(
  facts: readonly Fact[],
  files: TreeFiles,
  changed?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Fact[]>> {
  const manifests = facts.filter((fact) => fact.kind === 'puppet.manifest');
  if (manifests.length === 0) {
    repositories.delete(files.repository);
    return new Map();
  }
  await loadLibraries(manifests, files);
  const isKnown = repositories.has(files.repository);
  const kept = keptOf(files.repository);
  const { index, expansions } = kept;
  const { questions, gone } = index.update(manifests, files, isKnown ? changed : undefined);
  for (const question of questions) {
    for (const manifest of [...question.askers]) forget(manifest, kept);
    if (kept.agentData?.asked.includes(question) === true) kept.agentData = undefined;
  }
  for (const manifest of gone) forget(manifest, kept);
  const expanded: Expansion[] = [];
  let stated = 0;
  for (const [at, manifest] of index.manifests.entries()) {
    if (stated >= mostFactsOfAll) {
      const left = index.manifests.length - at;
      const message = `Not evaluated, nor what comes after it (${left} of ${index.manifests.length} manifests): what is before it copies too much.`;
      expanded.push(expansionOf([limitFact(manifest.manifest.path, message)]));
      break;
    }
    const expansion = expansions.get(manifest) ?? expandManifest(manifest, kept);
    stated += expansion.stated;
    expanded.push(expansion);
  }
  const pieces = expanded.flatMap((each) => each.pieces);
  if (!isSame(pieces, kept.joined.pieces)) kept.joined = { ...expansionOf(concatFacts(pieces)), pieces };
  kept.agentData ??= agentData(index);
  kept.byFile = withoutRepeats([...expanded, kept.joined, kept.agentData], kept.byFile);
  return new Map([...kept.byFile].map(([file, said]) => [file, said.facts]));
}

function keptOf(repository: object): Kept {
  let kept = repositories.get(repository);
  if (kept === undefined) {
    kept = {
      index: createIndex((type) => tellingTypes.has(type)),
      expansions: new Map(),
      joined: expansionOf([]),
      agentData: undefined,
      byFile: new Map(),
    };
    repositories.set(repository, kept);
  }
  return kept;
}

function forget(manifest: IndexedManifest, { expansions }: Kept): void {
  for (const { askers } of expansions.get(manifest)?.asked ?? []) {
    const at = askers.indexOf(manifest);
    if (at >= 0) askers.splice(at, 1);
  }
  expansions.delete(manifest);
}

/** Large libraries, for trees that have something for them to read. */
async function loadLibraries(manifests: readonly PuppetManifestFact[], files: TreeFiles): Promise<void> {
  const hasHiera = files.paths.some((path) => path.endsWith('hiera.yaml'));
  const runs = manifests.some(({ text }) => /exec|cron|content|source|systemd|create_resources|kubelet/i.test(text));
  await Promise.all([hasHiera ? loadHiera() : undefined, runs ? loadDocumentParsers() : undefined]);
}

/** What the data of the environments says of modules that are not in the tree. */
function agentData(index: TreeIndex): Expansion {
  const asked = new Set<Question>();
  const tree = recordingTree(index, asked);
  const facts = agentKeys.flatMap((key) => agentDataFacts(key, tree.environmentData(key)));
  return { ...expansionOf(facts), asked: [...asked] };
}

/** Of what no manifest says alone. */
function expansionOf(facts: readonly Fact[]): Expansion {
  return {
    asked: [],
    stated: facts.length,
    facts,
    pieces: [],
    reads: [],
    files: new Set(facts.map(({ span }) => span.file)),
  };
}

function limitFact(file: string, message: string): Fact {
  return { kind: 'puppet.limit', span: { file, start: 0, end: 0 }, message };
}

/** The resources of one manifest: for measurements. */
export async function evaluateManifests(
  manifests: readonly PuppetManifestFact[],
  files: TreeFiles,
  visit: (resource: EvaluatedResource) => void,
): Promise<void> {
  await Promise.all([loadShellParser(), loadHiera()]);
  const { index } = keptOf({});
  index.update(manifests, files, undefined);
  for (const { manifest } of index.manifests) evaluateManifest(manifest, recordingTree(index, new Set()), visit);
}

function expandManifest(indexed: IndexedManifest, { index, expansions }: Kept): Expansion {
  const asked = new Set<Question>();
  const facts: Fact[] = [];
  const { manifest } = indexed;
  const tree = recordingTree(index, asked);
  const pieces: ConcatPiece[] = [];
  let skipped = 0;
  const isWhole = evaluateManifest(manifest, tree, (resource, place) => {
    const context = {
      manifest: place.scope.manifest.source,
      moduleFile: (...named: Parameters<typeof tree.moduleFile>) => tree.moduleFile(...named),
    };
    if (concatTypes.has(resource.type)) {
      const piece = concatPiece(resource, place, context);
      if (piece !== undefined) pieces.push(piece);
      return;
    }
    if (facts.length >= mostFacts) {
      skipped++;
      return;
    }
    for (const fact of resourceFacts(resource, context)) facts.push(withConditions(fact, resource.conditions));
  });
  releaseTrees();
  const stated = facts.length;
  if (skipped > 0) {
    const message = `Its resources were looked at up to ${mostFacts} facts only: many of them copy large texts.`;
    facts.push(limitFact(manifest.path, message));
  }
  if (!isWhole) {
    const message = `It was evaluated up to ${maximumSteps} expressions only, those in what it calls among them.`;
    facts.push(limitFact(manifest.path, message));
  }
  const unique = withoutEqual(facts).sort((a, b) => compareSpans(a.span, b.span));
  const expansion = {
    asked: [...asked],
    stated,
    facts: unique,
    pieces,
    reads: [...asked].filter(({ kind, answer }) => kind === 'file' && answer !== undefined).map(({ name }) => name),
    files: new Set(unique.some(({ span }) => span.file !== manifest.path) ? unique.map(({ span }) => span.file) : []),
  };
  expansions.set(indexed, expansion);
  for (const { askers } of asked) askers.push(indexed);
  return expansion;
}

/** Returns whether all of it was evaluated. */
function evaluateManifest(manifest: Manifest, tree: Tree, emit: Walker['emit']): boolean {
  const scopes = createScopes();
  const evaluator = createEvaluator(tree, { steps: 0, depth: 0 }, (name, asking) => scopes.ofClass(name, asking));
  walkManifest(manifest, { evaluator, scopes, isTelling: (type) => tellingTypes.has(type), emit });
  return !evaluator.isExhausted();
}

function withConditions(fact: Fact, conditions: readonly Condition[]): Fact {
  return conditions.length === 0 ? fact : { ...fact, conditions };
}

/** A fact that several ways lead to, once, under the conditions that they share. */
function withoutEqual(facts: readonly Fact[]): Fact[] {
  const places = new Map<string, number>();
  const unique: Fact[] = [];
  for (const fact of facts) {
    const key = keyOf(fact);
    const at = places.get(key);
    const known = at === undefined ? undefined : unique[at];
    if (at === undefined || known === undefined) {
      places.set(key, unique.length);
      unique.push(fact);
    } else if (known.conditions !== undefined) {
      const { conditions, ...bare } = known;
      unique[at] = withConditions(bare, commonConditions(conditions, fact.conditions));
    }
  }
  return unique;
}

const keys = new WeakMap<Fact, string>();

/** What is the same for facts that say the same: the place and, of a command, its words. */
function keyOf(fact: Fact): string {
  let key = keys.get(fact);
  if (key === undefined) {
    key =
      fact.kind === 'command'
        ? JSON.stringify([
            fact.span,
            fact.origin.at,
            fact.always,
            'everyRun' in fact.origin ? fact.origin.everyRun : '',
            'schedule' in fact.origin ? fact.origin.schedule : '',
            'directive' in fact.origin ? fact.origin.directive : '',
            'choice' in fact.origin ? fact.origin.choice : '',
            fact.words.map(({ text }) => text),
          ])
        : // Of a unit that two resources write, the lines must not come twice, whatever the resources depend on.
          JSON.stringify(fact.kind.startsWith('unit.') ? { ...fact, conditions: undefined } : fact);
    keys.set(fact, key);
  }
  return key;
}

/** Of a file that was read and says nothing. */
const nothing: FileFacts = { stated: [], facts: [] };

/** By the file they stand in, in the order of their places; those of defines that several manifests use, once. */
function withoutRepeats(
  expanded: readonly Expansion[],
  before: ReadonlyMap<string, FileFacts>,
): ReadonlyMap<string, FileFacts> {
  const shared = new Map<string, Fact[]>();
  for (const { files } of expanded) for (const file of files) shared.set(file, []);
  const byFile = new Map<string, FileFacts>();
  for (const { reads } of expanded) for (const file of reads) byFile.set(file, nothing);
  for (const { facts } of expanded) {
    const [first] = facts;
    if (first === undefined) continue;
    // All stand in the same file, or all are shared.
    const { file } = first.span;
    if (shared.has(file)) for (const fact of facts) shared.get(fact.span.file)?.push(fact);
    else byFile.set(file, { stated: facts, facts });
  }
  for (const [file, stated] of shared) {
    const known = before.get(file);
    if (known !== undefined && isSame(known.stated, stated)) byFile.set(file, known);
    else byFile.set(file, { stated, facts: withoutEqual(stated).sort((a, b) => compareSpans(a.span, b.span)) });
  }
  return byFile;
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
