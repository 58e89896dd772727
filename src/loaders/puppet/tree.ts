/** All manifests of a repository: what they define, declare and use, with a record of who asked for what. */
import type { PuppetManifestFact } from '../../core/facts/puppet.ts';
import { fileTemplate } from '../../core/template.ts';
import type {
  ClassDefinition,
  DefinedType,
  FunctionDefinition,
  Node,
  Program,
  ResourceBody,
} from '../../core/puppet-ast.ts';
import { unknown, type PuppetValue } from './evaluated.ts';
import { mergeValues, optionsFor, type Merge } from './hiera-merge.ts';
import { hieraLayer, hieraValue, type HieraEntry, type HieraLayer } from './hiera.ts';
import type { Manifest } from './scope.ts';
import { forEachChild } from './children.ts';

/** A text of the tree; the same object as long as it does not change. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
}

/** The files of a repository that manifests can refer to. */
export interface TreeFiles {
  readonly paths: readonly string[];
  /** The same object whenever the files of this repository are given; what is kept between two times belongs to it. */
  readonly repository: object;
  file(path: string): TreeFile | undefined;
}

interface DefinitionNodes {
  class: ClassDefinition;
  define: DefinedType;
  function: FunctionDefinition;
}

export interface Definition<Kind extends keyof DefinitionNodes> {
  readonly node: DefinitionNodes[Kind];
  /** Of the node. */
  readonly start: number;
  readonly manifest: Manifest;
}

/** `class { 'name': parameter => value }` */
export interface Declaration {
  readonly manifest: Manifest;
  readonly body: ResourceBody;
  /** Names of the attributes of the body, which are known without its syntax tree. */
  readonly attributes: readonly string[];
  /** Name of the class it stands in. */
  readonly within: string | undefined;
}

export interface Tree {
  definition<Kind extends keyof DefinitionNodes>(kind: Kind, name: string): Definition<Kind> | undefined;
  declarations(name: string): readonly Declaration[];
  /** Whether anything but the define itself makes a resource of it. */
  isUsed(define: string): boolean;
  /** Whether a define may make resources that say something of a node. */
  isTelling(define: string): boolean;
  /**
   * All values of a key that the hierarchies in reach of a manifest hold, the highest first; one if they are merged.
   *
   * @param merge how the caller wants them merged; by default what the data says of it (`lookup_options`)
   */
  hiera(key: string, manifest: Manifest, merge?: Merge): readonly PuppetValue[];
  /** All values of a key that the hierarchy of any environment or module holds. */
  environmentData(key: string): readonly PuppetValue[];
  moduleFile(module: string, kind: 'templates' | 'files', name: string): TreeFile | undefined;
}

/** What one manifest says of itself: worked out once. */
export interface IndexedManifest {
  readonly manifest: Manifest;
  readonly definitions: ReadonlyMap<string, Definition<keyof DefinitionNodes>>;
  readonly declarations: readonly { readonly name: string; readonly declaration: Declaration }[];
  /** Types of resources by the define or class they stand in (empty for none). */
  readonly uses: readonly { readonly type: string; readonly within: string }[];
  /** What it adds to the answers of: `class:name`, `declared:name`, `used:type`, `inside:define`, `directories:module`. */
  readonly keys: ReadonlySet<string>;
}

/** What stands in a syntax tree that other manifests may ask for. */
interface Contents {
  readonly definitions: ReadonlyMap<string, DefinitionNodes[keyof DefinitionNodes]>;
  readonly declarations: readonly {
    readonly name: string;
    readonly body: ResourceBody;
    readonly within: string | undefined;
  }[];
  readonly uses: IndexedManifest['uses'];
}

const contents = new WeakMap<Program, Contents>();

function contentsOf(program: Program): Contents {
  const known = contents.get(program);
  if (known !== undefined) return known;
  const definitions = new Map<string, DefinitionNodes[keyof DefinitionNodes]>();
  const declarations: Contents['declarations'][number][] = [];
  const uses: { type: string; within: string }[] = [];
  const visit = (node: Node, within: string, withinClass: string | undefined): void => {
    let inside = within;
    let insideClass = withinClass;
    switch (node.type) {
      case 'ClassDefinition':
      case 'DefinedType':
      case 'FunctionDefinition': {
        const kind = node.type === 'ClassDefinition' ? 'class' : node.type === 'DefinedType' ? 'define' : 'function';
        inside = node.qualifiedName.toLowerCase();
        insideClass = node.type === 'ClassDefinition' ? inside : undefined;
        definitions.set(`${kind}:${inside}`, node);
        break;
      }
      case 'ResourceExpression':
        if (node.typeName.type !== 'Name') break;
        uses.push({ type: typeName(node.typeName.name), within });
        if (typeName(node.typeName.name) !== 'class') break;
        for (const body of node.bodies) {
          if (body.title.type === 'StringLiteral' && body.operations.length > 0)
            declarations.push({ name: typeName(body.title.value), body, within: withinClass });
        }
        break;
      case 'Call': {
        const [first] = node.arguments;
        if (node.callee.type !== 'Name') break;
        if (/^(?:create_resources|ensure_resources?)$/.test(node.callee.name)) {
          if (first?.type === 'StringLiteral' || first?.type === 'Name')
            uses.push({ type: typeName(first.type === 'Name' ? first.name : first.value), within });
        } else if (/^(?:stdlib::)?ensure_packages$/.test(node.callee.name)) uses.push({ type: 'package', within });
        break;
      }
      default:
    }
    forEachChild(node, (child) => {
      visit(child, inside, insideClass);
    });
  };
  visit(program, '', undefined);
  const found = { definitions, declarations, uses };
  contents.set(program, found);
  return found;
}

const indexed = new WeakMap<PuppetManifestFact, IndexedManifest>();

/** What a manifest adds to the index. Its tree need not stay in memory: nodes are looked up in it when they are asked for. */
export function indexManifest(fact: PuppetManifestFact): IndexedManifest {
  const known = indexed.get(fact);
  if (known !== undefined) return known;
  const directory = /^(?:.*\/)?(?=(?:manifests|functions|types|plans)\/)/.exec(fact.path)?.[0];
  const manifest: Manifest = {
    path: fact.path,
    source: fileTemplate(fact.path, fact.text),
    get program() {
      return fact.program;
    },
    moduleDirectory: directory,
    moduleName: moduleName(fact, directory),
  };
  const found = contentsOf(fact.program);
  const definitions = new Map<string, Definition<keyof DefinitionNodes>>();
  for (const [key, { start }] of found.definitions) {
    definitions.set(key, {
      manifest,
      start,
      get node() {
        return present(contentsOf(fact.program).definitions.get(key));
      },
    });
  }
  const declarations = found.declarations.map(({ name, body, within }, index) => ({
    name,
    declaration: {
      manifest,
      within,
      attributes: body.operations.map((operation) => operation.name),
      get body() {
        return present(contentsOf(fact.program).declarations[index]).body;
      },
    },
  }));
  const { uses } = found;
  const keys = new Set(definitions.keys());
  for (const { name } of declarations) keys.add(`declared:${name}`);
  for (const { type, within } of uses) keys.add(`used:${type}`).add(`inside:${within}`);
  if (directory !== undefined) keys.add(`directories:${manifest.moduleName}`);
  const made = { manifest, definitions, declarations, uses, keys };
  indexed.set(fact, made);
  return made;
}

/** The same text has the same tree each time. */
function present<Found>(found: Found | undefined): Found {
  if (found === undefined) throw new Error('A node is not in the tree of its text any more.');
  return found;
}

/** By its directory; a repository that is itself a module is named by what it defines. */
function moduleName({ path, program }: PuppetManifestFact, directory: string | undefined): string {
  const named = directory?.split('/').at(-2);
  const first = program.body.find((node) => node.type === 'ClassDefinition' || node.type === 'DefinedType');
  const own = first?.qualifiedName.split('::')[0]?.toLowerCase();
  return own ?? named ?? path;
}

/** In lower case, without a leading `::`. */
export function typeName(name: string): string {
  return name.replace(/^::/, '').toLowerCase();
}

/** What the manifests and files of a repository answer to what is asked of them by one name. Goes on from run to run. */
export interface TreeIndex {
  /** In the order they were given. */
  readonly manifests: readonly IndexedManifest[];
  /** The same object for the same question. */
  ask(kind: QuestionKind, name: string): Question;
  /**
   * Takes the place of what there was.
   *
   * @param changed paths of the files that are others than before; `undefined` if that is not known
   * @returns what was asked before and is answered otherwise now, and the manifests that are gone
   */
  update(
    facts: readonly PuppetManifestFact[],
    files: TreeFiles,
    changed: ReadonlySet<string> | undefined,
  ): { readonly questions: readonly Question[]; readonly gone: readonly IndexedManifest[] };
}

type QuestionKind =
  keyof DefinitionNodes | 'declared' | 'used' | 'telling' | 'all-layers' | 'layers' | 'directories' | 'hiera' | 'file';

type Writable = Question & { answer: unknown };

/** What was asked of the others, with the answer of now. */
export interface Question {
  readonly kind: QuestionKind;
  readonly name: string;
  readonly answer: unknown;
  /** The manifests that asked it, for the caller to keep. */
  readonly askers: IndexedManifest[];
}

/** @param isTellingType whether a type that the tree does not define says something of a node */
export function createIndex(isTellingType: (type: string) => boolean): TreeIndex {
  let manifests: readonly IndexedManifest[] = [];
  let files: TreeFiles = { paths: [], repository: {}, file: () => undefined };
  let hieraFiles: readonly string[] = [];
  /** Places of the manifests in their order. */
  const places = new Map<IndexedManifest, number>();
  const sources = new Map<string, Set<IndexedManifest>>();
  const layers = new Map<string, HieraLayer>();
  const telling = new Map<string, boolean>();
  const questions = new Map<QuestionKind, Map<string, Writable>>();

  const sourcesOf = (key: string): readonly IndexedManifest[] => {
    const found = sources.get(key);
    return found === undefined ? [] : [...found].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  };

  const isTelling = (define: string): boolean => {
    const known = telling.get(define);
    if (known !== undefined) return known;
    telling.set(define, false);
    const types = sourcesOf(`inside:${define}`).flatMap(({ uses }) =>
      uses.filter(({ within }) => within === define).map(({ type }) => type),
    );
    const answer = types.some((type) => isTellingType(type) || (isDefined(type) && isTelling(type)));
    telling.set(define, answer);
    return answer;
  };
  const isDefined = (define: string): boolean => (sources.get(`define:${define}`)?.size ?? 0) > 0;

  const layerAt = (directory: string): HieraLayer => {
    let layer = layers.get(directory);
    if (layer === undefined) {
      layer = hieraLayer(directory, files);
      layers.set(directory, layer);
    }
    return layer;
  };

  const work = (kind: QuestionKind, asked: string): unknown => {
    const key = `${kind}:${asked}`;
    switch (kind) {
      case 'declared':
        return sourcesOf(key).flatMap(({ declarations }) =>
          declarations.filter(({ name }) => name === asked).map(({ declaration }) => declaration),
        );
      case 'used':
        return sourcesOf(key).some(({ uses }) => uses.some(({ type, within }) => type === asked && within !== asked));
      case 'telling':
        return isTelling(asked);
      case 'all-layers':
        return hieraFiles.map((path) => path.slice(0, -hieraName.length));
      case 'layers':
        return hieraDirectories(asked, hieraFiles);
      case 'directories':
        return [...new Set(sourcesOf(key).map(({ manifest }) => manifest.moduleDirectory))];
      case 'hiera': {
        const [directory = '', name = ''] = asked.split('\0');
        return layerAt(directory).entries(name);
      }
      case 'file':
        return files.file(asked);
      default:
        return sourcesOf(key)[0]?.definitions.get(key);
    }
  };

  /** What of manifests decides which of the defines that were asked for make resources that say something. */
  const tellingPart = (some: readonly IndexedManifest[]): string =>
    JSON.stringify(
      some.map(({ uses, definitions }) => [
        uses.filter(({ within }) => telling.has(within)),
        [...definitions.keys()].filter((key) => key.startsWith('define:')),
      ]),
    );

  /** Keys of what is not the same any more, and whether other defines may say something. */
  const replaceManifests = (facts: readonly PuppetManifestFact[]) => {
    const before = manifests;
    manifests = facts.map(indexManifest);
    // Mostly one of thousands is another one, in the same place.
    let start = 0;
    while (start < before.length && before[start] === manifests[start]) start++;
    let end = 0;
    while (end < before.length - start && before.at(-1 - end) === manifests.at(-1 - end)) end++;
    const removed = before.slice(start, before.length - end);
    const added = manifests.slice(start, manifests.length - end);
    const touched = new Set<string>();
    for (const manifest of removed) {
      for (const key of manifest.keys) {
        touched.add(key);
        sources.get(key)?.delete(manifest);
      }
      places.delete(manifest);
    }
    for (const manifest of added) {
      for (const key of manifest.keys) {
        touched.add(key);
        const found = sources.get(key);
        if (found === undefined) sources.set(key, new Set([manifest]));
        else found.add(manifest);
      }
    }
    const last = removed.length === added.length ? start + added.length : manifests.length;
    for (const [at, manifest] of manifests.slice(start, last).entries()) places.set(manifest, start + at);
    return { touched, gone: removed, tellsOther: tellingPart(removed) !== tellingPart(added) };
  };

  /** Directories of the layers that hold other data. */
  const replaceFiles = (): ReadonlySet<string> => {
    hieraFiles = files.paths.filter((path) => path === hieraName || path.endsWith(`/${hieraName}`));
    const changed = new Set<string>();
    for (const [directory, layer] of layers) {
      const renewed = hieraLayer(directory, files);
      if (sameAnswer(layer.files, renewed.files)) continue;
      layers.set(directory, renewed);
      changed.add(directory);
    }
    return changed;
  };

  return {
    get manifests() {
      return manifests;
    },
    ask: (kind, name) => {
      let named = questions.get(kind);
      if (named === undefined) {
        named = new Map();
        questions.set(kind, named);
      }
      let question = named.get(name);
      if (question === undefined) {
        question = { kind, name, answer: work(kind, name), askers: [] };
        named.set(name, question);
      }
      return question;
    },
    update: (facts, given, changedFiles) => {
      const { touched, gone, tellsOther } = replaceManifests(facts);
      files = given;
      const ofData = changedFiles === undefined || [...changedFiles].some((path) => /\.ya?ml$/.test(path));
      const changedLayers = ofData ? replaceFiles() : new Set<string>();
      if (tellsOther) telling.clear();
      const changed: Question[] = [];
      const check = (question: Writable | undefined): void => {
        if (question === undefined) return;
        const now = work(question.kind, question.name);
        if (sameAnswer(now, question.answer)) return;
        question.answer = now;
        changed.push(question);
      };
      const checkAll = (kind: QuestionKind): void => {
        for (const question of questions.get(kind)?.values() ?? []) check(question);
      };
      if (tellsOther) checkAll('telling');
      if (ofData) for (const kind of ['layers', 'all-layers'] as const) checkAll(kind);
      for (const question of changedLayers.size === 0 ? [] : (questions.get('hiera')?.values() ?? []))
        if (changedLayers.has(question.name.slice(0, question.name.indexOf('\0')))) check(question);
      if (changedFiles === undefined) checkAll('file');
      for (const path of changedFiles ?? []) check(questions.get('file')?.get(path));
      for (const key of touched) {
        const at = key.indexOf(':');
        check(questions.get(key.slice(0, at) as QuestionKind)?.get(key.slice(at + 1)));
      }
      return { questions: changed, gone };
    },
  };
}

const hieraName = 'hiera.yaml';

/** A view of the tree that keeps what was asked. */
export function recordingTree(index: TreeIndex, asked: Set<Question>): Tree {
  const ask = (kind: QuestionKind, name: string): unknown => {
    const question = index.ask(kind, name);
    asked.add(question);
    return question.answer;
  };
  return {
    definition: (kind, name) => ask(kind, typeName(name)) as never,
    declarations: (name) => ask('declared', name) as readonly Declaration[],
    isUsed: (define) => ask('used', define) as boolean,
    isTelling: (define) => ask('telling', define) as boolean,
    hiera: (key, manifest, merge) => {
      const module = key.includes('::') ? key.slice(0, key.indexOf('::')) : undefined;
      const environment = (
        ask('layers', manifest.moduleDirectory ?? directoryOf(manifest.path)) as readonly string[]
      ).filter((directory) => directory !== manifest.moduleDirectory);
      const own = module === undefined ? [] : (ask('directories', module) as readonly string[]);
      const directories = [...new Set([...environment, ...own])];
      const entriesOf = (name: string) =>
        directories.flatMap((directory) => ask('hiera', `${directory}\0${name}`) as readonly HieraEntry[]);
      const entries = entriesOf(key);
      const [first] = entries;
      if (first === undefined) return [];
      const values = entries.map(hieraValue);
      const how = merge ?? optionsFor(key, entriesOf('lookup_options').map(hieraValue));
      return (
        mergeValues(values, how) ?? [unknown(fileTemplate(first.file.path, first.file.text), first.start, first.end)]
      );
    },
    environmentData: (key) =>
      (ask('all-layers', '') as readonly string[]).flatMap((directory) =>
        (ask('hiera', `${directory}\0${key}`) as readonly HieraEntry[]).map(hieraValue),
      ),
    moduleFile: (module, kind, name) => {
      for (const directory of ask('directories', module.toLowerCase()) as readonly string[]) {
        const found = ask('file', `${directory}${kind}/${name}`) as TreeFile | undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** Whether an answer is the same as one of before. */
function sameAnswer(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((each, index) => each === other[index]);
}

/** Directories above one that have a hiera.yaml, that one too. */
function hieraDirectories(directory: string, hieraFiles: readonly string[]): readonly string[] {
  return hieraFiles.map((path) => path.slice(0, -hieraName.length)).filter((each) => directory.startsWith(each));
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
