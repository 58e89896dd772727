import { decodeText, isSelinuxModule } from './core/decode.ts';
import type { Rule } from './core/define-rule.ts';
import { formatMessage } from './core/define-rule.ts';
import type { Fact, FactKind } from './core/fact.ts';
import type { Finding } from './core/finding.ts';
import type { Notice } from './core/notice.ts';
import { ignoreWord, type Ignore } from './core/suppress.ts';
import type { FileKind, SourceFile } from './core/source-file.ts';
import { compareSpans, compareText, type Span } from './core/span.ts';
import { fileKind } from './config/file-kind.ts';
import { unitLink } from './core/unit-place.ts';
import { loaderFor } from './loaders/registry.ts';
import { createModel, prepareModel, type Model } from './model/model.ts';
import type { RuleEntry } from './rules/entry.ts';
import { rules as allRules } from './rules/index.ts';

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
  /** Target, when the file is a symbolic link. */
  readonly link?: string;
  /** Read only where another file makes it matter, and never reported on: a file beside one that is linted by itself. */
  readonly context?: boolean;
  /** The whole content. Throws an error whose message is a sentence without the file's name. */
  read(): Uint8Array | string;
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

/** Where a rule stopped on a candidate. */
export interface TraceStep {
  readonly at: Span;
  readonly note: string;
}

interface Loaded {
  readonly facts: readonly Fact[];
  readonly notices: readonly Notice[];
  readonly read: boolean;
}

interface Entry {
  readonly input: FileInput;
  readonly kind: FileKind | undefined;
  /** Set once the file has been read. */
  loaded?: Loaded;
  /** Read wholly because of what other files say. */
  companion?: boolean;
  /** The word that begins a comment which holds findings back stands somewhere in it. */
  ignores?: boolean;
}

/**
 * Files in, findings out: the only thing in fleetlint that has a state. The facts of a file are kept until it is updated;
 * the model and the rules run anew each time, so that a change in one file shows in the findings of another.
 */
export class Session {
  readonly #entries = new Map<string, Entry>();
  readonly #rules: readonly RuleEntry[];
  readonly #needs: ReadonlySet<FactKind>;

  /** @param options.only ids of the rules to run; all by default */
  constructor(options: { readonly only?: readonly string[] | undefined } = {}) {
    const { only } = options;
    this.#rules = only === undefined ? allRules : allRules.filter((rule) => only.includes(rule.id));
    this.#needs = new Set(this.#rules.flatMap((rule) => rule.needs));
  }

  /** The rules this session runs, without their code. */
  get rules(): readonly RuleEntry[] {
    return this.#rules;
  }

  /** Adds files, or replaces those of the same path. */
  update(files: readonly FileInput[]): void {
    for (const input of files) {
      const kind = input.given === true ? 'fleet' : fileKind(input.path);
      this.#entries.set(input.path, { input, kind });
    }
  }

  remove(paths: readonly string[]): void {
    for (const path of paths) this.#entries.delete(path);
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
      const content = input.read();
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
    const faults = await this.#collect((rule, model) => {
      check(rule, model, (finding) => {
        findings.push(finding);
      });
    });
    const held = await this.#suppress(await this.#finish(findings));
    const { files, notices } = this.#summary();
    return { ...held, files, notices: [...notices, ...faults] };
  }

  /** Runs one rule and says where it stopped, for candidates in one file. */
  async trace(path: string): Promise<{ readonly findings: readonly Finding[]; readonly steps: readonly TraceStep[] }> {
    const findings: Finding[] = [];
    const steps: TraceStep[] = [];
    await this.#collect((rule, model) => {
      check(
        rule,
        model,
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
    return await load(text === undefined ? entry : { input: { ...input, read: () => text }, kind }, undefined);
  }

  /** The models of all repositories, joined from the facts the session's rules need. */
  async models(): Promise<readonly Model[]> {
    await this.#loadFiles();
    return await this.#models();
  }

  /** @returns a notice for each rule that failed; the others run all the same */
  async #collect(visit: (rule: Rule, model: Model) => void): Promise<readonly Notice[]> {
    await this.#loadFiles();
    const present = new Set<FactKind>();
    for (const entry of this.#entries.values()) for (const fact of entry.loaded?.facts ?? []) present.add(fact.kind);
    const able = this.#rules.filter((rule) => (rule.startsFrom ?? rule.needs).some((kind) => present.has(kind)));
    const rules = await Promise.all(able.map(async (rule) => (await rule.load()).default));
    const faults: Notice[] = [];
    for (const model of await this.#models()) {
      for (const rule of rules) {
        try {
          visit(rule, model);
        } catch (error) {
          const message = `Rule '${rule.id}' failed because of a fault of fleetlint; please report it: ${String(error)}`;
          faults.push({ message, incomplete: true });
        }
      }
    }
    return faults;
  }

  async #loadFiles(): Promise<void> {
    for (const entry of this.#entries.values()) {
      entry.loaded ??= entry.input.context === true ? unread : await load(entry, this.#needs);
    }
    await this.#loadCompanions();
  }

  /** Reads the files that only matter together with others, such as those that call a function of the same Go package. */
  async #loadCompanions(): Promise<void> {
    const entries = [...this.#entries.values()];
    for (const loader of new Set(entries.flatMap(({ kind }) => (kind === undefined ? [] : [loaderFor(kind)])))) {
      if (loader.companions === undefined) continue;
      const own = entries.filter(({ kind }) => kind !== undefined && loader.kinds.includes(kind));
      const importers = new Map<string, string[]>();
      for (let added = true; added;) {
        added = false;
        const open = own.filter(({ loaded, companion }) => {
          const isWhole = loaded?.facts.length !== 0 && loader.isPartial?.(loaded?.facts ?? []) !== true;
          return companion !== true && loaded?.read === true && !isWhole;
        });
        const wanted = loader.companions(
          entries.flatMap(({ loaded }) => loaded?.facts ?? []),
          { paths: open.map(({ input }) => input.path), text: (path) => this.text(path) ?? '', importers },
        );
        for (const path of wanted) {
          const entry = this.#entries.get(path);
          if (entry === undefined) continue;
          entry.companion = true;
          entry.loaded = await load(entry, this.#needs, true);
          added ||= entry.loaded.facts.length > 0;
        }
      }
    }
  }

  async #models(): Promise<readonly Model[]> {
    const given: Fact[] = [];
    const scopes = new Map<string, Fact[]>();
    for (const { input, loaded } of [...this.#entries.values()].sort((a, b) =>
      compareText(a.input.path, b.input.path),
    )) {
      if (loaded === undefined || loaded.facts.length === 0) continue;
      if (input.given === true) {
        given.push(...loaded.facts);
        continue;
      }
      const scope = input.scope ?? '';
      const facts = scopes.get(scope);
      if (facts === undefined) scopes.set(scope, [...loaded.facts]);
      else for (const fact of loaded.facts) facts.push(fact);
    }
    const models: Model[] = [];
    for (const facts of scopes.size === 0 && given.length > 0 ? [[]] : scopes.values()) {
      const all = [...given, ...facts];
      await prepareModel(all);
      models.push(createModel(all));
    }
    return models;
  }

  /** Takes out what comments hold back, and runs the rules that are about those comments. */
  async #suppress(findings: readonly Finding[]): Promise<Pick<Result, 'findings' | 'suppressed'>> {
    const entries = [...this.#entries.values()].filter(
      ({ ignores, input }) => ignores === true && input.given !== true,
    );
    if (entries.length === 0) return { findings, suppressed: 0 };
    const { ignoresOf } = await import('./ignores/ignores.ts');
    const { suppress } = await import('./core/suppress.ts');
    const ignores: Ignore[] = [];
    for (const { input, kind } of entries.sort((a, b) => compareText(a.input.path, b.input.path))) {
      if (kind === undefined || input.context === true) continue;
      ignores.push(...(await ignoresOf(input.path, kind, this.text(input.path) ?? '')));
    }
    const ran = (id: string): boolean => this.#rules.some((rule) => rule.id === id && !rule.needs.includes('ignore'));
    const held = suppress(
      findings,
      ignores,
      ran,
      allRules.map((rule) => rule.id),
    );
    const own: Finding[] = [];
    const model = createModel(held.facts);
    for (const entry of this.#rules) {
      if (!entry.needs.includes('ignore')) continue;
      check((await entry.load()).default, model, (finding) => {
        own.push(finding);
      });
    }
    const all = [...held.findings, ...(await this.#finish(own))];
    return { findings: all.sort(compareFindings), suppressed: held.count };
  }

  #summary(): Omit<Result, 'findings' | 'suppressed'> {
    let files = 0;
    const notices: Notice[] = [];
    for (const { input, loaded } of this.#entries.values()) {
      if (loaded?.read === true && input.context !== true) files++;
      notices.push(...(loaded?.notices ?? []));
    }
    notices.sort((a, b) => compareText(a.file ?? '', b.file ?? '') || compareText(a.message, b.message));
    return { files, notices };
  }

  /** Sorts, drops what is reported twice (a file given to several repositories) and names each finding. */
  async #finish(findings: readonly Finding[]): Promise<readonly Finding[]> {
    if (findings.length === 0) return findings;
    const { fingerprint } = await import('./core/fingerprint.ts');
    const sorted = [...findings].sort(compareFindings);
    const occurrences = new Map<string, number>();
    const seen = new Set<string>();
    const finished: Finding[] = [];
    for (const finding of sorted) {
      const { span } = finding;
      const same = JSON.stringify([finding.rule, span.file, span.start, span.end, finding.key, finding.message]);
      if (seen.has(same) || this.#entries.get(span.file)?.input.context === true) continue;
      seen.add(same);
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
  return compareSpans(a.span, b.span) || compareText(a.rule, b.rule) || compareText(a.message, b.message);
}

function check(
  rule: Rule,
  model: Model,
  add: (finding: Finding) => void,
  trace: (at: Span, note: string) => void = () => undefined,
): void {
  rule.check({
    model,
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

/** A file that nothing asked for yet. */
const unread: Loaded = { facts: [], notices: [], read: true };
const nothing: Loaded = { facts: [], notices: [], read: false };

/**
 * @param needs kinds of facts that are wanted; `undefined` for all, without the look for words
 * @param companion whether another file makes this one matter, whatever it says by itself
 */
async function load(entry: Entry, needs: ReadonlySet<FactKind> | undefined, companion = false): Promise<Loaded> {
  const { input } = entry;
  if (input.link !== undefined) return { facts: linkFacts(input.path, input.link), notices: [], read: false };
  let kind = entry.kind;
  if (kind === undefined) return nothing;
  const loader = loaderFor(kind);
  if (needs !== undefined && !loader.facts.some((fact) => needs.has(fact))) return nothing;

  let content: Uint8Array | string;
  try {
    content = input.read();
  } catch (error) {
    return {
      ...nothing,
      notices: [{ file: input.path, message: `This file cannot be read: ${reason(error)}`, incomplete: true }],
    };
  }
  entry.ignores = hasWords(content, [[ignoreWord]]);
  if (kind === 'puppet' && typeof content !== 'string' && isSelinuxModule(content)) return nothing;
  const sniffed = needs !== undefined && !companion;
  if (sniffed && loader.words !== undefined && !hasWords(content, loader.words)) return { ...nothing, read: true };

  const decoded =
    typeof content === 'string' ? { text: content } : decodeText(content, kind === 'unit' || kind === 'drop-in');
  if ('binary' in decoded) {
    return { ...nothing, notices: [{ file: input.path, message: `Skipped. ${decoded.binary}` }] };
  }
  if (sniffed && loader.mayHaveFacts?.(decoded.text) === false) return { ...nothing, read: true };
  if (kind === 'unit' && /^[^\S\n]*\[D-BUS Service\]/m.test(decoded.text)) kind = 'dbus-service';
  const file: SourceFile = { path: input.path, kind, ...decoded, ...(sniffed ? {} : { companion: true }) };
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

function hasWords(content: Uint8Array | string, groups: readonly (readonly string[])[]): boolean {
  const text =
    typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return groups.some((words) => words.every((word) => text.includes(word)));
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
