import type { FactsOf } from '../model/facts-of.ts';
import type { Model } from '../model/model.ts';
import type { FactKind } from './fact.ts';
import type { Confidence, Evidence, Fix, Severity } from './finding.ts';
import type { Span } from './span.ts';

/** Names in braces in a message: `'{key}' is empty.` has `key`. */
type Placeholder<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;

type Data<Text> = [Placeholder<Text>] extends [never]
  ? { readonly data?: Record<string, never> }
  : { readonly data: Readonly<Record<Placeholder<Text>, string | number>> };

/** What a rule says about one fault. */
export interface ReportBase {
  /** Primary span: where the user looks first. */
  readonly at: Span;
  /** The chain that leads there, in order. */
  readonly evidence?: readonly Evidence[];
  readonly fixes?: readonly Fix[];
  /** Names the fault without line numbers. */
  readonly key: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** What to do, in sentences. */
  readonly help?: string;
}

export type Report<Messages extends Record<string, string>> = {
  [Id in keyof Messages & string]: ReportBase & { readonly message: Id } & Data<Messages[Id]>;
}[keyof Messages & string];

/** The model with the facts that the rule said it needs. */
export type ModelFor<Needs extends FactKind> = Omit<Model, 'facts' | 'commands'> & FactsOf<Needs>;

/** What a configuration file may set of a rule. */
export type RuleOption = {
  /** A sentence. */
  readonly description: string;
} & (
  | { readonly type: 'number'; readonly default: number; readonly minimum?: number }
  | { readonly type: 'boolean'; readonly default: boolean }
  | { readonly type: 'string'; readonly default: string; readonly choices?: readonly string[] }
);

/** The options of a rule by their names, which are words with dashes between them. */
export type RuleOptions = Readonly<Record<string, RuleOption>>;

export type OptionValue = number | boolean | string;

type ValueOf<Type> = Type extends 'number' ? number : Type extends 'boolean' ? boolean : string;

export type OptionValues<Options extends RuleOptions> = {
  readonly [Name in keyof Options]: ValueOf<Options[Name]['type']>;
};

export interface RuleContext<
  Messages extends Record<string, string>,
  Needs extends FactKind,
  Options extends RuleOptions = RuleOptions,
> {
  readonly model: ModelFor<Needs>;
  /** What is configured for the file of a place; ask with the place a finding would be at. */
  readonly options: (at: Span) => OptionValues<Options>;
  readonly report: (report: Report<Messages>) => void;
  /** Says, for `fleetlint trace`, where the rule stopped on a candidate and why. A sentence that ends in a period. */
  readonly trace: (at: Span, note: string) => void;
}

export interface RuleDefinition<
  Messages extends Record<string, string>,
  Needs extends FactKind,
  Options extends RuleOptions = RuleOptions,
> {
  /** `theme/name`; also the path of the rule, its cases and its page. */
  readonly id: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One sentence. */
  readonly summary: string;
  /** Runs only in this profile, or where the configuration or `--only` names the rule: it is right, but on most trees. */
  readonly profile?: 'strict';
  /** The facts it reads, directly or through the model. The scanner loads nothing else. */
  readonly needs: readonly Needs[];
  /** Kinds of which at least one fact must be there for any finding; `needs` by default. A run without them skips the rule. */
  readonly startsFrom?: readonly Needs[];
  /** Programs one of which a command must run for `command` in `startsFrom` to count; all commands count by default. */
  readonly startsFromPrograms?: readonly string[];
  /** What, with quoted values, then the consequence; ends in a period. */
  readonly messages: Messages;
  /** Thresholds and the like that a configuration file may set. */
  readonly options?: Options;
  check(context: RuleContext<Messages, Needs, Options>): void;
}

/** A report whose placeholders the compiler has checked where the rule was written. */
export interface AnyReport extends ReportBase {
  readonly message: string;
  readonly data?: Readonly<Record<string, string | number>>;
}

/** A rule whose types have been checked and put away, as the session runs it. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly summary: string;
  readonly profile?: 'strict';
  readonly needs: readonly FactKind[];
  readonly startsFrom?: readonly FactKind[];
  readonly startsFromPrograms?: readonly string[];
  readonly messages: Readonly<Record<string, string>>;
  readonly options?: RuleOptions;
  check(context: {
    readonly model: Model;
    readonly options: (at: Span) => Readonly<Record<string, OptionValue>>;
    readonly report: (report: AnyReport) => void;
    readonly trace: (at: Span, note: string) => void;
  }): void;
}

/** Declares a rule; the compiler checks its placeholders, fact kinds and their fields. */
export function defineRule<
  const Messages extends Record<string, string>,
  const Needs extends FactKind,
  const Options extends RuleOptions = Readonly<Record<string, never>>,
>(definition: RuleDefinition<Messages, Needs, Options>): Rule {
  return definition as unknown as Rule;
}

/** The options of a rule as they are where nothing is configured. */
export function defaultOptions({ options = {} }: Pick<Rule, 'options'>): Readonly<Record<string, OptionValue>> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
}

/** A message with its placeholders filled in. */
export function formatMessage(message: string, data: Readonly<Record<string, string | number>> = {}): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? String(data[name]) : whole));
}
