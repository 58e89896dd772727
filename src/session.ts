import { decodeText, isSelinuxModule } from './core/decode.ts';
import type { OptionValue, Rule } from './core/define-rule.ts';
import { defaultOptions, formatMessage } from './core/define-rule.ts';
import type { Fact, FactKind } from './core/fact.ts';
import { severities, type Finding, type Severity } from './core/finding.ts';
import type { Notice } from './core/notice.ts';
import { ignoreWord, type Ignore } from './core/suppress.ts';
import type { FileKind, SourceFile } from './core/source-file.ts';
import { limitFindings } from './core/finding-limits.ts';
import { compareSpans, compareText, type Span } from './core/span.ts';
import { fileKind, isModuleFile } from './config/file-kind.ts';
import { unitLink } from './core/unit-place.ts';
import { companionLoaders, expandingLoaders, loaderFor, type LoaderEntry, type TreeFiles } from './loaders/registry.ts';
import { withGuards } from './model/guards.ts';
import { JoinedFacts } from './model/joined-facts.ts';
import { createModel, livingModel, prepareModel, type LivingModel, type Model, type Watched } from './model/model.ts';
import type { RuleEntry } from './rules/entry.ts';
import { rules as allRules } from './rules/index.ts';
import { addAll } from './core/lists.ts';

/** A file that a session may read, if a rule needs it. */
export interface FileInput {
  /** Relative to the session's root, with `/`. */
  readonly path: string;
  /** The repository it belongs to, by its path; inferred facts join only within one. */
  readonly scope?: string;
  /** Its path within that repository, which does not depend on the working directory; `path` by default. */
  readonly repositoryPath?: string;
  /** What the user gave as the truth about the nodes (`--fleet`): holds in every repository and beats what is inferred. */
  readonly given?: boolean;
  /** What it is by its path, where that is known already. */
  readonly kind?: FileKind | undefined;
  /** Target, when the file is a symbolic link. */
  readonly link?: string;
  /** Read only where another file makes it matter, and never reported on: a file beside one that is linted by itself. */
  readonly context?: boolean;
  /** Gives the whole content. Throws an error whose message is a sentence without the file's name. */
  read(): Uint8Array | string;
  /** As `read`, where that saves a copy: good until the next look at any file. */
  glance?(): Uint8Array;
  /** As `glance`, with how it looked just before. */
  look?(): Look;
  /**
   * How the file on the disk that is read looks; `undefined` if it cannot be looked at. Other content in a file's place has no state.
   */
  state?(): FileState | undefined;
}

/** What a file holds, and how it looked just before. */
export interface Look {
  /** Good until the next look at any file. */
  readonly bytes: Uint8Array;
  readonly state: FileState;
}

/** What changes when a file does. */
export interface FileState {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970: of the content, and of what is said about it. */
  readonly modified: number;
  readonly changed: number;
  readonly inode: number;
}

/** What a file says, whatever the others say. */
export interface KeptFacts {
  readonly facts: readonly Fact[];
  readonly notices: readonly Notice[];
  readonly read: boolean;
  /** See `Entry.ignores`. */
  readonly ignores: boolean;
  /** See `Entry.head`. */
  readonly head: string;
}

/** What comes of several files together. */
export interface Joint {
  readonly value: unknown;
  /** Paths of the files that were asked for on the way, with their digests and whether `ignoreWord` stands in them. */
  readonly asked: readonly (readonly [path: string, digest: string, ignores: boolean])[];
}

/** A file as it is now; good until the next one is looked at. */
export interface Sight {
  /** Of its content. */
  readonly digest: string;
  read(): Uint8Array | string;
  /** @param leftOut what was left out of a companion of other files; `undefined` for what a file says by itself */
  kept(leftOut: string | undefined): KeptFacts | undefined;
  keep(leftOut: string | undefined, facts: KeptFacts): void;
}

/** Facts of earlier runs. */
export interface FactCache {
  /** Looks at a file; `undefined` for one that nothing is kept of. Throws what reading it throws. */
  look(input: FileInput): Sight | undefined;
  /** What was kept by this name, if it was made from the same. @param inputs everything it is made from */
  joint(name: string, inputs: string): Joint | undefined;
  keepJoint(name: string, inputs: string, joint: Joint): void;
}

export interface Result {
  /** By file, place and rule. */
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  /** How many files were read. */
  readonly files: number;
  /** How many findings a comment held back; they are not in `findings`. */
  readonly suppressed: number;
}

/** What a user wants of the findings in each file. */
export interface Settings {
  /** What the findings of a rule count as in a file; `undefined` leaves it to the rule. */
  severityOf(path: string, rule: string): Severity | 'off' | undefined;
  /** What is set of a rule's options in a file; the others have their defaults. */
  optionsOf(path: string, rule: string): Readonly<Record<string, OptionValue>>;
  /** A finding as the user wants it; `undefined` if not at all. */
  configure(finding: Finding): Finding | undefined;
  /** Rules of the user's own, which run with fleetlint's. */
  readonly plugins?: readonly RuleEntry[];
}

/** Where a rule stopped on a candidate. */
export interface TraceStep {
  readonly at: Span;
  readonly note: string;
}

interface Loaded {
  readonly facts: readonly Fact[];
  readonly notices: readonly Notice[];
  readonly read: boolean;
  /** Of the content that says this, where a cache knows it. */
  readonly digest?: string;
  /** The facts are hollow, as a cache gave them. */
  readonly hollow?: true;
}

interface Entry {
  input: FileInput;
  kind: FileKind | undefined;
  /** What it says by itself, once it has been read for that. */
  own?: Loaded | undefined;
  /** What it says when it is read because of what other files say, by what was left out. */
  wholes?: Map<string, Loaded> | undefined;
  /** What is to be left out, if it is to be read like that: see `SourceFile.leftOut`. */
  companion: string | undefined;
  /** The word that begins a comment which holds findings back stands somewhere in it. */
  ignores?: boolean | undefined;
  /** Those comments, once they have been looked for. */
  comments?: readonly Ignore[] | undefined;
  /** What its loader keeps of the text for later: see `head` in the registry. */
  head?: string | undefined;
  /** What is said here by the files of its repository together. */
  expanded: readonly Fact[];
  /** It is read because of what other files say, such as a template that a manifest names. */
  asked: boolean;
  /** Another file says where on the node it lies, and with that what it says. */
  deployed: boolean;
  /** It is counted as a file that was read. */
  counts: boolean;
  /** The text, once another file has asked for it. */
  tree?: { readonly path: string; readonly text: string } | undefined;
  /** Of its content, where a cache knows it. */
  treeDigest?: string | undefined;
}

/** The files of one control repository, with what is kept of them from run to run. */
interface Repository {
  /** In the order of their paths. */
  entries: Entry[];
  /** Of the loaders, in that order. */
  readonly entriesOf: Map<LoaderEntry, readonly Entry[]>;
  /** The same object until a file comes or goes. */
  files: TreeFiles | undefined;
  readonly facts: JoinedFacts;
  readonly model: LivingModel;
  /** What each rule found. */
  readonly found: Map<RuleEntry, Found>;
  /** Paths of files that came, went or changed since the last run; `undefined` before the first. */
  changed: Set<string> | undefined;
  /** What the files of a loader say together, by the file. */
  readonly said: Map<LoaderEntry, ReadonlyMap<string, readonly Fact[]>>;
  /** Which files others copy to a node, as the files were marked by it. */
  deployed: readonly Fact[];
}

/** The findings of a rule, as long as nothing that it read has changed. */
interface Found {
  readonly findings: readonly Finding[];
  readonly settings: Settings | undefined;
  readonly watched: Watched;
}
/**
 * Files in, findings out: the only thing in fleetlint that has a state. What a file says is kept until it is updated, and what comes of
 * several files until one of them changes, so that a change in one file shows in the findings of another and costs no more than it must.
 */
export class Session {
  readonly #entries = new Map<string, Entry>();
  readonly #only: readonly string[] | undefined;
  #rules: readonly RuleEntry[] = [];
  #needs: ReadonlySet<FactKind> = new Set();

  /** By their paths, in the order of their files. */
  #repositories: ReadonlyMap<string, Repository> = new Map();
  /** No file has come or gone since the repositories were put in order. */
  #isOrdered = false;
  /** Files that are to be read. */
  readonly #unread = new Set<Entry>();
  /** Kinds of the files that have changed since companions were looked for. */
  readonly #changedKinds = new Set<FileKind | undefined>();
  /** Files that say something else than the model has of them. */
  readonly #unjoined = new Set<Entry>();
  /** Files that have been read. */
  #files = 0;
  /** Files of which something is to be said. */
  readonly #noticed = new Set<Entry>();
  #settings: Settings | undefined;
  #cache: FactCache | undefined;
  /** What was made of several files in this session. */
  readonly #made = new Set<string>();
  #onRead: (done: number, all: number) => void = () => undefined;

  /** @param options.only ids of the rules to run; all by default */
  constructor(options: { readonly only?: readonly string[] | undefined } = {}) {
    this.#only = options.only;
    this.#setRules([]);
  }

  #setRules(plugins: readonly RuleEntry[]): void {
    const only = this.#only;
    const all = [...allRules, ...plugins];
    this.#rules = only === undefined ? all : all.filter((rule) => only.includes(rule.id));
    this.#needs = new Set(this.#rules.flatMap((rule) => rule.needs));
  }

  /** The rules this session runs, without their code. */
  get rules(): readonly RuleEntry[] {
    return this.#rules;
  }

  /** Tells how many of the files have been read, each time one has been. */
  onRead(listener: (done: number, all: number) => void): void {
    this.#onRead = listener;
  }

  /** What is configured for each file, from the next run on. */
  configure(settings: Settings): void {
    const old = this.#settings?.plugins ?? [];
    const { plugins = [] } = settings;
    this.#settings = settings;
    if (plugins.length === old.length && plugins.every((rule, index) => rule === old[index])) return;
    this.#setRules(plugins);
    // Other rules may need facts that nobody has asked the files for yet.
    const files = [...this.#entries.values()].map(({ input }) => input);
    this.remove(files.map(({ path }) => path));
    this.#repositories = new Map();
    this.update(files);
  }

  /** Takes facts of earlier runs for files that have not changed, and adds to them. */
  useCache(cache: FactCache | undefined): void {
    this.#cache = cache;
  }

  /** Adds files, or replaces those of the same path. */
  update(files: readonly FileInput[]): void {
    for (const input of files) {
      let entry = this.#entries.get(input.path);
      if (entry !== undefined && (entry.input.scope !== input.scope || entry.input.given !== input.given)) {
        this.remove([input.path]);
        entry = undefined;
      }
      // The repositories go on with the same object.
      if (entry !== undefined)
        Object.assign(entry, entryOf(input), {
          expanded: entry.expanded,
          asked: entry.asked,
          deployed: entry.deployed,
          counts: entry.counts,
        });
      else {
        entry = entryOf(input);
        this.#entries.set(input.path, entry);
        this.#isOrdered = false;
      }
      this.#unread.add(entry);
      this.#noteChange(entry);
    }
  }

  remove(paths: readonly string[]): void {
    for (const path of paths) {
      const entry = this.#entries.get(path);
      if (entry === undefined) continue;
      this.#noteChange(entry);
      this.#entries.delete(path);
      this.#unread.delete(entry);
      this.#isOrdered = false;
    }
  }

  #noteChange(entry: Entry): void {
    this.#changedKinds.add(entry.kind);
    this.#unjoined.add(entry);
    this.#repositories.get(entry.input.scope ?? '')?.changed?.add(entry.input.path);
  }

  /** Paths of the files, in the order they came. */
  paths(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** The text of a file, for code frames and line numbers; `undefined` when it is unknown or cannot be read. */
  text(path: string): string | undefined {
    const input = this.#entries.get(path)?.input;
    if (input === undefined) return undefined;
    try {
      const content = input.glance?.() ?? input.read();
      if (typeof content === 'string') return content;
      const decoded = decodeText(content, true);
      return 'text' in decoded ? decoded.text : undefined;
    } catch {
      return undefined;
    }
  }

  /** Reads what is new, joins all facts and runs the rules. */
  async run(): Promise<Result> {
    const findings: Finding[] = [];
    const faults = await this.#collect(({ model, found }, rule, entry) => {
      const known = found.get(entry);
      if (known !== undefined && known.settings === this.#settings && known.watched.isSame()) {
        addAll(findings, known.findings);
        return;
      }
      found.delete(entry);
      const own: Finding[] = [];
      const watched = model.watched();
      try {
        check(rule, watched.model, this.#settings, (finding) => {
          own.push(finding);
        });
        // What a rule of somebody else looks at besides the model nobody knows.
        if (entry.plugin === undefined) found.set(entry, { findings: own, settings: this.#settings, watched });
      } finally {
        addAll(findings, own);
      }
    });
    const guarded = (await this.#finish(findings)).map((finding) =>
      withGuards(finding, this.#entries.get(finding.span.file)?.expanded ?? []),
    );
    const held = await this.#suppress(this.#configured(guarded));
    const limited = limitFindings(held.findings);
    const { files, notices } = this.#summary();
    return { ...held, findings: limited.findings, files, notices: [...notices, ...faults, ...limited.notices] };
  }

  /** Runs one rule and says where it stopped, for candidates in one file. */
  async trace(path: string): Promise<{ readonly findings: readonly Finding[]; readonly steps: readonly TraceStep[] }> {
    const findings: Finding[] = [];
    const steps: TraceStep[] = [];
    await this.#collect(({ model }, rule) => {
      check(
        rule,
        model,
        this.#settings,
        (finding) => {
          findings.push(finding);
        },
        (at, note) => {
          steps.push({ at, note });
        },
      );
    });
    const touches = (finding: Finding) =>
      finding.span.file === path || finding.evidence.some((step) => step.span?.file === path);
    return {
      findings: (await this.#finish(findings)).filter(touches),
      steps: steps.filter((step) => step.at.file === path),
    };
  }

  /** A file as it came; `undefined` when no such file is known. */
  input(path: string): FileInput | undefined {
    return this.#entries.get(path)?.input;
  }

  /**
   * All facts of one file, whatever rules there are.
   *
   * @param text what to read in its place; the session goes on with the file as it is
   */
  async facts(
    path: string,
    text?: string,
  ): Promise<{ readonly facts: readonly Fact[]; readonly notices: readonly Notice[] }> {
    const entry = this.#entries.get(path);
    if (entry === undefined) return { facts: [], notices: [] };
    const { input, kind } = entry;
    const read = text === undefined ? entry : entryOf({ ...input, read: () => text });
    const loaded = await load(read, undefined);
    const expansions =
      kind === undefined
        ? []
        : expandersOf(path, kind).filter(({ expansion }) => expansion !== undefined && expansion.about !== true);
    if (expansions.length === 0) return loaded;
    this.#order();
    const scope = this.#repositories.get(input.scope ?? '')?.entries ?? [];
    const expanded: Fact[] = [];
    for (const { kinds, expansion } of expansions) {
      const facts: Fact[] = [];
      for (const other of scope) {
        if (other.kind === undefined || !kinds.includes(other.kind)) continue;
        const { facts: found } = other === entry ? loaded : await load(other, undefined);
        addAll(facts, found);
      }
      const found = await expansion?.run(facts, treeFiles(scope, {}), undefined);
      for (const list of found?.values() ?? []) addAll(expanded, list);
    }
    const copied = expanded.filter((fact) => fact.kind === 'puppet.deployed' && fact.path === path);
    const own = copied.length > 0 ? [] : loaded.facts;
    return { ...loaded, facts: [...own, ...expanded.filter(({ span }) => span.file === path), ...copied] };
  }

  /** The models of all repositories, joined from the facts the session's rules need. */
  async models(): Promise<readonly Model[]> {
    await this.#loadFiles();
    return (await this.#joined()).map(({ model }) => model);
  }

  /** @returns a notice for each rule that failed; the others run all the same */
  async #collect(visit: (repository: Repository, rule: Rule, entry: RuleEntry) => void): Promise<readonly Notice[]> {
    const faults: Notice[] = [...(await this.#loadFiles())];
    const repositories = await this.#joined();
    const able = this.#rules.filter(({ needs, startsFrom = needs, startsFromPrograms }) =>
      repositories.some(({ facts, model }) =>
        startsFrom.some((kind) =>
          kind === 'command' && startsFromPrograms !== undefined
            ? model.commands(startsFromPrograms).length > 0
            : facts.has(kind),
        ),
      ),
    );
    const rules = await Promise.all(able.map(async (entry) => ({ entry, rule: (await entry.load()).default })));
    for (const repository of repositories) {
      for (const { entry, rule } of rules) {
        try {
          visit(repository, rule, entry);
        } catch (error) {
          const whose = entry.plugin === undefined ? 'fleetlint; please report it' : `the plugin '${entry.plugin}'`;
          const message = `Rule '${rule.id}' failed because of a fault of ${whose}: ${String(error)}`;
          faults.push({ message, incomplete: true });
        }
      }
    }
    return faults;
  }

  /** @returns what went wrong where files are joined */
  async #loadFiles(): Promise<readonly Notice[]> {
    this.#order();
    let done = this.#entries.size - this.#unread.size;
    for (const entry of this.#unread) {
      // The name of a module says all at once; other context is read where another file makes it matter.
      const waits = entry.input.context === true && entry.kind !== 'go-mod';
      entry.own = waits ? unread : await load(entry, this.#needs, { cache: this.#cache });
      this.#onRead(++done, this.#entries.size);
    }
    this.#unread.clear();
    await this.#loadCompanions();
    const faults = await this.#expand();
    this.#join();
    this.#markDeployed();
    this.#join();
    const limits = [...this.#repositories.values()].flatMap(({ facts }) => facts.facts('puppet.limit'));
    return [...faults, ...limits.map(({ span, message }) => ({ file: span.file, message, incomplete: true }))];
  }

  /** Gives the models what the files say that have changed. */
  #join(): void {
    for (const entry of this.#unjoined) {
      const { path, given = false, scope = '' } = entry.input;
      const isThere = this.#entries.get(path) === entry;
      const loaded = isThere ? loadedOf(entry) : undefined;
      const own = entry.deployed ? [] : (loaded?.facts ?? []);
      const facts = isThere && entry.expanded.length > 0 ? [...own, ...entry.expanded] : isThere ? own : [];
      for (const [name, repository] of this.#repositories)
        if (given || name === scope) repository.facts.set(path, facts, given);
      const counts = loaded?.read === true && entry.input.context !== true;
      if (counts !== entry.counts) this.#files += counts ? 1 : -1;
      entry.counts = counts;
      if (loaded === undefined || loaded.notices.length === 0) this.#noticed.delete(entry);
      else this.#noticed.add(entry);
    }
    this.#unjoined.clear();
  }

  /** What is copied to a node by another file says there what it says, and nothing where it lies in the tree. */
  #markDeployed(): void {
    for (const repository of this.#repositories.values()) {
      const facts = repository.facts.facts('puppet.deployed');
      if (facts === repository.deployed) continue;
      repository.deployed = facts;
      const paths = new Set(facts.map(({ path }) => path));
      for (const entry of repository.entries) {
        if (entry.deployed === paths.has(entry.input.path)) continue;
        entry.deployed = !entry.deployed;
        this.#unjoined.add(entry);
      }
    }
  }

  /** Works out what the files of each repository say only together, such as manifests that use each other's defines. */
  async #expand(): Promise<readonly Notice[]> {
    const faults: Notice[] = [];
    for (const [name, repository] of this.#repositories) {
      const { said, changed } = repository;
      const touched = new Set(changed);
      for (const loader of expandingLoaders) {
        const { kinds, expansion } = loader;
        if (expansion?.facts.some((kind) => this.#needs.has(kind)) !== true) continue;
        const before = said.get(loader);
        const isConcerned = (path: string): boolean => expansion.concerns?.(path) !== false;
        if (before !== undefined && changed !== undefined && ![...changed].some(isConcerned)) continue;
        const own = entriesOf(repository, loader);
        let found: ReadonlyMap<string, readonly Fact[]> = new Map();
        try {
          if (own.length === 0) said.delete(loader);
          else
            found = await this.#joint(`${kinds.join()}:${name}`, own, repository, async (files) => {
              for (const entry of own) await this.#fill(entry);
              const facts = own.flatMap((entry) => loadedOf(entry)?.facts ?? []);
              return expansion.run(facts, files, before === undefined ? undefined : changed);
            });
          if (own.length > 0) said.set(loader, found);
        } catch (error) {
          said.delete(loader);
          const message = `The files could not be joined because of a fault of fleetlint; please report it: ${String(error)}`;
          faults.push({ message, incomplete: true });
        }
        for (const [path, facts] of found) if (before?.get(path) !== facts) touched.add(path);
        for (const path of before?.keys() ?? []) if (!found.has(path)) touched.add(path);
      }
      for (const path of touched) {
        const entry = this.#entries.get(path);
        if (entry === undefined) continue;
        const lists = expandingLoaders
          .map((loader) => said.get(loader)?.get(path))
          .filter((list) => list !== undefined);
        entry.asked = lists.length > 0;
        entry.expanded = lists.flat();
        this.#unjoined.add(entry);
      }
      repository.changed = new Set();
    }
    return faults;
  }

  /** Reads a file of which the cache has not all that is needed. */
  async #fill(entry: Entry): Promise<void> {
    if (loadedOf(entry)?.hollow !== true) return;
    const { companion } = entry;
    const loaded = await load(entry, this.#needs, { cache: this.#cache, companion, anew: true });
    if (companion === undefined) entry.own = loaded;
    else keepWhole(entry, companion, loaded);
    this.#unjoined.add(entry);
  }

  /** Puts the files into their repositories, in the order of their paths. */
  #order(): void {
    if (this.#isOrdered) return;
    this.#isOrdered = true;
    const before = this.#repositories;
    const repositories = new Map<string, Repository>();
    const entries = [...this.#entries.values()].sort((a, b) => compareText(a.input.path, b.input.path));
    const given = entries.filter(({ input }) => input.given === true);
    for (const entry of entries) {
      if (entry.input.given === true) continue;
      const name = entry.input.scope ?? '';
      let repository = repositories.get(name);
      if (repository === undefined) {
        repository = before.get(name) ?? createRepository();
        repository.entries = [];
        repository.entriesOf.clear();
        repository.files = undefined;
        repositories.set(name, repository);
      }
      repository.entries.push(entry);
    }
    // Nodes may be known of no files.
    if (repositories.size === 0) repositories.set('', createRepository());
    this.#repositories = repositories;
    for (const entry of given) this.#unjoined.add(entry);
  }

  /** The repositories that say something, or the first if only the user does. */
  async #joined(): Promise<readonly Repository[]> {
    const all = [...this.#repositories.values()];
    const telling = all.filter(({ facts }) => facts.hasOwn);
    const chosen = telling.length > 0 ? telling : all.slice(0, 1);
    for (const { facts } of chosen) await prepareModel(facts);
    return chosen;
  }

  /**
   * What comes of some files together: as it was, if they and all that was asked for on the way are the same; made anew otherwise.
   *
   * @param own those it is made from
   * @param repository all that can be asked for
   * @param make gives plain data
   */
  async #joint<Value>(
    name: string,
    own: readonly Entry[],
    repository: Repository,
    make: (files: TreeFiles) => Promise<Value>,
  ): Promise<Value> {
    const cache = this.#cache;
    const { entries } = repository;
    if (cache === undefined || own.some((entry) => loadedOf(entry)?.digest === undefined)) {
      this.#made.add(name);
      return make((repository.files ??= treeFiles(entries, repository)));
    }
    // No path and no link has a NUL in it, or is empty.
    const others = entries
      .map(({ input: { path, link } }) => (link === undefined ? path : `${path}\0\0${link}`))
      .join('\0');
    const inputs = (): string => {
      // How files are read as companions is what the search for them is about, and of an expansion it decides the facts.
      const files = own.map((entry) => {
        const { input, companion } = entry;
        const how = entries.length === 0 || companion === undefined ? '' : `whole but ${companion}`;
        return `${input.path}\0${loadedOf(entry)?.digest ?? ''}${how}`;
      });
      return `${files.join('\0')}\0\0\0${others}`;
    };
    const isAsItWas = ([path, digest]: Joint['asked'][number]): boolean => {
      const input = this.#entries.get(path)?.input;
      return input !== undefined && tryLook(cache, input)?.digest === digest;
    };
    const kept = cache.joint(name, inputs());
    if (kept?.asked.every(isAsItWas) === true) {
      for (const [path, , ignores] of kept.asked) {
        const entry = this.#entries.get(path);
        if (entry !== undefined) entry.ignores ??= ignores;
      }
      return kept.value as Value;
    }
    const asked = new Map<string, Asked>();
    const value = await make(treeFiles(entries, repository, cache, asked));
    const digests = [...asked].flatMap(([path, { digest, text }]) =>
      digest === undefined ? [] : [[path, digest, text?.includes(ignoreWord) === true] as const],
    );
    // What cannot be read now may be readable next time; and what a loader keeps for a repository is not asked for again.
    const isFirst = !this.#made.has(name);
    this.#made.add(name);
    if (isFirst && digests.length === asked.size) cache.keepJoint(name, inputs(), { value, asked: digests });
    return value;
  }

  /** Chooses the files that only matter together with others, such as those that call a function of the same Go package. */
  async #loadCompanions(): Promise<void> {
    const repositories = [...this.#repositories.values()];
    for (const loader of companionLoaders) {
      const { kinds, companions } = loader;
      const others = companions?.others ?? [];
      if (![...this.#changedKinds].some((kind) => kind !== undefined && [...kinds, ...others].includes(kind))) continue;
      const own = repositories.flatMap((repository) => entriesOf(repository, loader));
      const tellers = new Set(others.map(loaderFor));
      const telling = [
        ...own,
        ...repositories.flatMap((each) => [...tellers].flatMap((other) => entriesOf(each, other))),
      ];
      for (const entry of own) if (entry.companion !== undefined) this.#makeCompanion(entry, undefined);
      const found = await this.#joint(`companions ${kinds.join()}:`, telling, createRepository(), () =>
        this.#findCompanions(loader, own, telling),
      );
      for (const [path, leftOut] of found) await this.#loadCompanion(path, leftOut);
    }
    this.#changedKinds.clear();
  }

  /** Reads them, too, since what they say decides which others matter. */
  async #findCompanions(
    { companions, isPartial }: LoaderEntry,
    own: readonly Entry[],
    telling: readonly Entry[],
  ): Promise<readonly (readonly [path: string, leftOut: string])[]> {
    const open = own.filter((entry) => {
      const loaded = loadedOf(entry);
      return loaded?.read === true && (loaded.facts.length === 0 || isPartial?.(loaded.facts) === true);
    });
    if (companions === undefined || open.length === 0) return [];
    const texts = new Map<string, string>();
    const search = companions.search({
      paths: open.map(({ input }) => input.path),
      /** The same files are looked through again and again. */
      text: (path) => {
        let known = texts.get(path);
        if (known === undefined) {
          known = this.text(path) ?? '';
          if (texts.size >= mostTexts) texts.clear();
          texts.set(path, known);
        }
        return known;
      },
      head: (path) => this.#entries.get(path)?.head ?? '',
    });
    const found = new Map<string, string>();
    for (let added = true; added;) {
      added = false;
      for (const [path, leftOut] of search.find(telling.flatMap((entry) => loadedOf(entry)?.facts ?? []))) {
        found.set(path, leftOut);
        if (await this.#loadCompanion(path, leftOut)) added = true;
      }
    }
    return [...found];
  }

  /** Whether it says anything that it did not say before. */
  async #loadCompanion(path: string, leftOut: string): Promise<boolean> {
    const entry = this.#entries.get(path);
    if (entry === undefined || entry.companion === leftOut) return false;
    let loaded = entry.wholes?.get(leftOut);
    if (loaded === undefined) {
      loaded = await load(entry, this.#needs, { cache: this.#cache, companion: leftOut });
      keepWhole(entry, leftOut, loaded);
    }
    this.#makeCompanion(entry, leftOut);
    return loaded.facts.length > 0;
  }

  #makeCompanion(entry: Entry, leftOut: string | undefined): void {
    entry.companion = leftOut;
    this.#unjoined.add(entry);
    this.#repositories.get(entry.input.scope ?? '')?.changed?.add(entry.input.path);
  }

  #configured(findings: readonly Finding[]): readonly Finding[] {
    const settings = this.#settings;
    return settings === undefined ? findings : findings.flatMap((finding) => settings.configure(finding) ?? []);
  }

  /** Takes out what comments hold back, and runs the rules that are about those comments. */
  async #suppress(findings: readonly Finding[]): Promise<Pick<Result, 'findings' | 'suppressed'>> {
    const entries = [...this.#entries.values()].filter(
      (entry) =>
        entry.ignores === true && (entry.asked || loadedOf(entry)?.read === true) && entry.input.given !== true,
    );
    if (entries.length === 0) return { findings, suppressed: 0 };
    const { ignoresOf } = await import('./ignores/ignores.ts');
    const { suppress } = await import('./core/suppress.ts');
    const ignores: Ignore[] = [];
    for (const entry of entries.sort((a, b) => compareText(a.input.path, b.input.path))) {
      const { input, kind } = entry;
      if (kind === undefined || input.context === true) continue;
      entry.comments ??= await ignoresOf(input.path, kind, this.text(input.path) ?? '');
      addAll(ignores, entry.comments);
    }
    const own = new Set(this.#rules.filter((rule) => rule.needs.includes('ignore')).map((rule) => rule.id));
    const ran = (id: string, file: string): boolean =>
      !own.has(id) &&
      this.#settings?.severityOf(file, id) !== 'off' &&
      this.#rules.some((rule) => rule.id === id) &&
      loadedOf(this.#entries.get(file))?.notices.some((notice) => notice.incomplete === true) !== true;
    const held = suppress(
      findings,
      ignores,
      ran,
      [...allRules, ...(this.#settings?.plugins ?? [])].map((rule) => rule.id),
    );
    const about: Finding[] = [];
    const model = createModel(held.facts);
    for (const entry of this.#rules) {
      if (!own.has(entry.id)) continue;
      check((await entry.load()).default, model, this.#settings, (finding) => {
        about.push(finding);
      });
    }
    const all = [...held.findings, ...this.#configured(await this.#finish(about))];
    return { findings: all.sort(compareFindings), suppressed: held.count };
  }

  #summary(): Omit<Result, 'findings' | 'suppressed'> {
    const notices = [...this.#noticed].flatMap((entry) => loadedOf(entry)?.notices ?? []);
    notices.sort((a, b) => compareText(a.file ?? '', b.file ?? '') || compareText(a.message, b.message));
    return { files: this.#files, notices };
  }

  /**
   * Sorts and names the findings. One place is one thing to mend, so of several that a rule has for it, such as one for each
   * unit that a template makes, the gravest stays.
   */
  async #finish(findings: readonly Finding[]): Promise<readonly Finding[]> {
    if (findings.length === 0) return findings;
    const { fingerprint } = await import('./core/fingerprint.ts');
    const sorted = [...findings].sort(compareFindings);
    const occurrences = new Map<string, number>();
    const seen = new Set<string>();
    const finished: Finding[] = [];
    for (const finding of sorted) {
      const { span } = finding;
      const place = JSON.stringify([finding.rule, span.file, span.start, span.end]);
      if (seen.has(place) || this.#entries.get(span.file)?.input.context === true) continue;
      seen.add(place);
      const file = this.#entries.get(span.file)?.input.repositoryPath ?? span.file;
      const name = JSON.stringify([finding.rule, file, finding.key]);
      const occurrence = occurrences.get(name) ?? 0;
      occurrences.set(name, occurrence + 1);
      finished.push({ ...finding, fingerprint: fingerprint(finding.rule, file, finding.key, occurrence) });
    }
    return finished;
  }
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    compareSpans(a.span, b.span) ||
    compareText(a.rule, b.rule) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compareText(a.message, b.message)
  );
}

function check(
  rule: Rule,
  model: Model,
  settings: Settings | undefined,
  add: (finding: Finding) => void,
  trace: (at: Span, note: string) => void = () => undefined,
): void {
  const defaults = defaultOptions(rule);
  rule.check({
    model,
    options: (at) => ({ ...defaults, ...settings?.optionsOf(at.file, rule.id) }),
    trace,
    report(report) {
      add({
        rule: rule.id,
        severity: report.severity ?? rule.severity,
        confidence: report.confidence ?? rule.confidence,
        message: formatMessage(rule.messages[report.message] ?? report.message, report.data),
        help: report.help ?? '',
        span: report.at,
        evidence: report.evidence ?? [],
        fixes: report.fixes ?? [],
        key: report.key,
        fingerprint: '',
      });
    },
  });
}

/** The loaders whose files may say together what one file says: of what modules copy to the node, manifests and units. */
function expandersOf(path: string, kind: FileKind): readonly LoaderEntry[] {
  if (kind === 'module-file') return [loaderFor('puppet'), loaderFor('unit')];
  return isModuleFile(path) ? [loaderFor(kind), loaderFor('puppet')] : [loaderFor(kind)];
}

function entryOf(input: FileInput): Entry {
  return {
    input,
    kind: input.given === true ? 'fleet' : (input.kind ?? fileKind(input.path)),
    own: undefined,
    wholes: undefined,
    companion: undefined,
    ignores: undefined,
    comments: undefined,
    head: undefined,
    expanded: [],
    asked: false,
    deployed: false,
    counts: false,
    tree: undefined,
    treeDigest: undefined,
  };
}

function entriesOf({ entries, entriesOf: known }: Repository, loader: LoaderEntry): readonly Entry[] {
  let found = known.get(loader);
  if (found === undefined) {
    found = entries.filter(({ kind }) => kind !== undefined && loader.kinds.includes(kind));
    known.set(loader, found);
  }
  return found;
}

/** What a file says by itself, in the way in which it is to be read. */
function loadedOf(entry: Entry | undefined): Loaded | undefined {
  return entry?.companion === undefined ? entry?.own : entry.wholes?.get(entry.companion);
}

function keepWhole(entry: Entry, leftOut: string, loaded: Loaded): void {
  entry.wholes ??= new Map();
  entry.wholes.set(leftOut, loaded);
}

function createRepository(): Repository {
  const facts = new JoinedFacts();
  return {
    entries: [],
    entriesOf: new Map(),
    files: undefined,
    facts,
    model: livingModel(facts),
    found: new Map(),
    changed: undefined,
    said: new Map(),
    deployed: [],
  };
}

/**
 * The files of a repository by their paths, each the same object as long as the file is not updated.
 *
 * @param asked gets the digest of each file that was asked for, if the cache can tell it
 */
function treeFiles(
  entries: readonly Entry[],
  repository: object,
  cache?: FactCache,
  asked?: Map<string, Asked>,
): TreeFiles {
  const byPath = new Map(entries.map((entry) => [entry.input.path, entry]));
  return {
    paths: [...byPath.keys()],
    repository,
    file(path) {
      const entry = byPath.get(path);
      if (entry === undefined || entry.input.link !== undefined) return undefined;
      if (entry.tree === undefined) {
        const { text, digest } = textOf(entry, cache);
        entry.treeDigest = digest;
        if (text !== undefined) entry.tree = { path, text };
        entry.ignores ??= text?.includes(ignoreWord);
      }
      asked?.set(path, { digest: entry.treeDigest, text: entry.tree?.text });
      return entry.tree;
    },
    text(path) {
      const entry = byPath.get(path);
      if (entry === undefined || entry.input.link !== undefined) return undefined;
      const { text, digest } = textOf(entry, cache);
      asked?.set(path, { digest, text: undefined });
      return text;
    },
    head: (path) => byPath.get(path)?.head ?? '',
  };
}

/** The text of a file, if it is one, and the digest of its content, if a cache can tell it. */
function textOf({ input }: Entry, cache: FactCache | undefined): { readonly text?: string; readonly digest?: string } {
  try {
    const sight = cache?.look(input);
    const content = sight?.read() ?? input.glance?.() ?? input.read();
    const decoded = typeof content === 'string' ? { text: content } : decodeText(content, true);
    return {
      ...('binary' in decoded ? {} : { text: decoded.text }),
      ...(sight === undefined ? {} : { digest: sight.digest }),
    };
  } catch {
    return {};
  }
}

/** A file that was asked for on the way. */
interface Asked {
  readonly digest: string | undefined;
  /** Where it is kept, and ignore comments in it count. */
  readonly text: string | undefined;
}

/** Texts that are kept while companions are looked for: some megabytes. */
const mostTexts = 500;

/** A file that nothing asked for yet, or that says nothing. */
const unread: Loaded = { facts: [], notices: [], read: true };
const nothing: Loaded = { facts: [], notices: [], read: false };

/** As `look`, for a file that perhaps cannot be read. */
function tryLook(cache: FactCache, input: FileInput): Sight | undefined {
  try {
    return cache.look(input);
  } catch {
    return undefined;
  }
}

/**
 * @param needs kinds of facts that are wanted; `undefined` for all, without the look for words
 * @param options.companion what to leave out, if another file makes this one matter, whatever it says by itself
 * @param options.anew whether what the cache has of it is not enough
 */
async function load(
  entry: Entry,
  needs: ReadonlySet<FactKind> | undefined,
  options: {
    readonly cache?: FactCache | undefined;
    readonly companion?: string | undefined;
    readonly anew?: boolean;
  } = {},
): Promise<Loaded> {
  const { input, kind } = entry;
  const { cache, companion, anew = false } = options;
  if (input.link !== undefined) return { facts: linkFacts(input.path, input.link), notices: [], read: false };
  if (kind === undefined) return nothing;
  const loader = loaderFor(kind);
  const yields = [...loader.facts, ...(loader.expansion?.facts ?? [])];
  if (needs !== undefined && !yields.some((fact) => needs.has(fact))) return nothing;

  let sight: Sight | undefined;
  let content: Uint8Array | string;
  try {
    sight = cache?.look(input);
    const kept = anew ? undefined : sight?.kept(companion);
    if (sight !== undefined && kept !== undefined) {
      entry.ignores = kept.ignores;
      const { facts, notices, read, head } = kept;
      entry.head ??= head;
      return { facts, notices, read, digest: sight.digest, ...(loader.hollow === undefined ? {} : { hollow: true }) };
    }
    content = sight?.read() ?? input.glance?.() ?? input.read();
  } catch (error) {
    return {
      ...nothing,
      notices: [{ file: input.path, message: `This file cannot be read: ${reason(error)}`, incomplete: true }],
    };
  }
  const isSniffed = needs !== undefined && companion === undefined;
  const isOther = isSniffed && loader.isOther?.(content) === true;
  const raw = isOther ? '' : typeof content === 'string' ? content : latin1(content);
  const isWorthALook = loader.words?.isWorthALook(raw) !== false;
  entry.ignores = isWorthALook && raw.includes(ignoreWord);
  if (loader.head !== undefined) entry.head = loader.head(raw);
  const isSilent = isSniffed && loader.words !== undefined && !(isWorthALook && loader.words.isIn(raw));
  const loaded = isSilent ? unread : await loadContent(input, kind, content, isSniffed, companion);
  if (sight === undefined || loaded.notices.some(({ incomplete }) => incomplete === true)) return loaded;
  if (loader.isQuick === true) return { ...loaded, digest: sight.digest };
  const facts = loader.hollow === undefined ? loaded.facts : loaded.facts.map(loader.hollow);
  sight.keep(companion, { ...loaded, facts, ignores: entry.ignores, head: entry.head ?? '' });
  return { ...loaded, digest: sight.digest };
}

/** @param sniffed whether a closer look at the text comes first */
async function loadContent(
  input: FileInput,
  fileKind: FileKind,
  content: Uint8Array | string,
  sniffed: boolean,
  leftOut = '',
): Promise<Loaded> {
  const loader = loaderFor(fileKind);
  let kind = fileKind;
  if (kind === 'puppet' && typeof content !== 'string' && isSelinuxModule(content)) return nothing;

  const decoded =
    typeof content === 'string' ? { text: content } : decodeText(content, kind === 'unit' || kind === 'drop-in');
  if ('binary' in decoded) {
    return { ...nothing, notices: [{ file: input.path, message: `Skipped. ${decoded.binary}` }] };
  }
  if (sniffed && loader.mayHaveFacts?.(decoded.text, input.path) === false) return unread;
  if (kind === 'unit' && /^[^\S\r\n\u2028\u2029]*\[D-BUS Service\]/m.test(decoded.text)) kind = 'dbus-service';
  const file: SourceFile = { path: input.path, kind, ...decoded, ...(sniffed ? {} : { companion: true, leftOut }) };
  let found: readonly Fact[];
  try {
    const loaded = await loader.load();
    await loaded.prepare?.(file);
    found = loaded.facts(file);
  } catch (error) {
    const message = `This file could not be read because of a fault of fleetlint; please report it: ${String(error)}`;
    return { ...nothing, notices: [{ file: input.path, message, incomplete: true }], read: true };
  }
  return {
    facts: input.given === true ? found.map((fact) => ({ ...fact, given: true })) : found,
    notices: input.given === true ? fleetNotices(decoded.text, found) : [],
    read: true,
  };
}

/** What a file of `--fleet` says that is not understood: no rule reports it, for the file is none of the tree's. */
function fleetNotices(text: string, facts: readonly Fact[]): readonly Notice[] {
  return facts.flatMap((fact) => {
    if (fact.kind !== 'syntax.error') return [];
    const line = text.slice(0, fact.span.start).split('\n').length;
    return [{ file: fact.span.file, message: `Line ${line}: ${fact.message}`, incomplete: true }];
  });
}

function linkFacts(path: string, target: string): readonly Fact[] {
  const fact = unitLink(path, target);
  return fact === undefined ? [] : [fact];
}

/** One character for each byte: for what is ASCII, as good as the text, and made in no time. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ('code' in error ? error.code : undefined) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied.';
    case 'ENOENT':
      return 'it is not there any more.';
    case 'ELOOP':
      return 'its symbolic links go round in a circle.';
    default:
      return error.message;
  }
}
