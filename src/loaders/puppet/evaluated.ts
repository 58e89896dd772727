/** What the evaluation of manifests yields: resources whose attributes are values with holes and alternatives. */
import type { Condition } from '../../core/facts/condition.ts';
import type { Span } from '../../core/span.ts';
import {
  displayText,
  HOLE,
  literalText,
  spanOf,
  TemplateBuilder,
  type Template,
  type Value,
} from '../../core/template.ts';
import type { Expression, ResourceForm } from '../../core/puppet-ast.ts';

/** The alternatives of a value, at most `maximumAlternatives`. Never empty: what is wholly unknown is one `unknown`. */
export type PuppetValue = readonly Alternative[];

export const maximumAlternatives = 32;

export type Alternative =
  | StringAlternative
  | NumberAlternative
  | BooleanAlternative
  | { readonly type: 'undef' }
  | { readonly type: 'default' }
  | ArrayAlternative
  | HashAlternative
  | { readonly type: 'reference'; readonly typeName: string; readonly titles: readonly PuppetValue[] }
  | { readonly type: 'sensitive'; readonly value: PuppetValue }
  | { readonly type: 'regex'; readonly pattern: string }
  | UnknownAlternative;

export interface StringAlternative {
  readonly type: 'string';
  /** May have holes. Points to where the text stands, which may be another file than that of the resource. */
  readonly text: Template;
}

export interface NumberAlternative {
  readonly type: 'number';
  readonly value: number;
  /** As written: `0755`. */
  readonly text: Template;
}

export interface BooleanAlternative {
  readonly type: 'boolean';
  readonly value: boolean;
  readonly text: Template;
}

export interface ArrayAlternative {
  readonly type: 'array';
  readonly elements: readonly PuppetValue[];
  /** It may have further elements that are not known. */
  readonly open: boolean;
}

export interface HashAlternative {
  readonly type: 'hash';
  /** By key, in the order of the text. */
  readonly entries: ReadonlyMap<string, HashItem>;
  /** It may have further entries that are not known. */
  readonly open: boolean;
}

export interface HashItem {
  readonly value: PuppetValue;
  /** The key's text, where it stands. */
  readonly key: Template;
}

export interface UnknownAlternative {
  readonly type: 'unknown';
  /** One hole, labelled with the source. */
  readonly text: Template;
  /** The path of the fact that this is (`os.family`); empty for the whole of `$facts`. */
  readonly fact?: string;
}

export interface EvaluatedAttribute {
  readonly name: string;
  readonly value: PuppetValue;
  /** The value's expression in the manifest: where a finding points. */
  readonly span: Span;
  /** The expression of the manifest; absent for an attribute that came from a hash. */
  readonly expression?: Expression;
}

/** The attributes of a resource by name, undefined ones left out. Each is worked out when it is first asked for. */
export interface Attributes extends Iterable<readonly [string, EvaluatedAttribute]> {
  get(name: string): EvaluatedAttribute | undefined;
  has(name: string): boolean;
  /** The expression of an attribute that is written once, without working it out. */
  written?(name: string): Expression | undefined;
  /** All of them, worked out. */
  values(): Iterable<EvaluatedAttribute>;
}

/** A resource of a catalogue, one for each title. */
export interface EvaluatedResource {
  /** In lower case, without a leading `::`. */
  readonly type: string;
  /** Alternatives of one title. */
  readonly title: Value;
  readonly titleSpan: Span;
  readonly form: ResourceForm;
  /** Those of `default:` bodies, resource defaults, overrides and known splats merged. */
  readonly attributes: Attributes;
  /** There may be further attributes that are not known (`* => $hash`). */
  readonly splat: boolean;
  /** In a Bolt plan: it is applied when somebody runs the plan. */
  readonly inPlan: boolean;
  /** What the facts of the node have to be for it to be in the catalogue. */
  readonly conditions: readonly Condition[];
  /** Source of a condition around it that asks for something the node itself may change (its name, its time zone). */
  readonly changeable: string | undefined;
  /** The body in the manifest, or the call that makes it. */
  readonly span: Span;
}

/** What the code that turns resources into facts can ask besides the resource itself. */
export interface ExpansionContext {
  /** The manifest that the resource stands in. */
  readonly manifest: Template;
  /** A file of a module of the same tree: `templates/name` or `files/name` below the module's directory. */
  moduleFile(
    module: string,
    kind: 'templates' | 'files',
    name: string,
  ): { readonly path: string; readonly text: string } | undefined;
}

/** A call of `template()`, `epp()`, `inline_template()`, `inline_epp()` or `file()`. */
export interface TemplateCall extends ExpansionContext {
  readonly name: string;
  readonly arguments: readonly PuppetValue[];
  /** The call in the manifest. */
  readonly span: Span;
  /** A variable of the scope around the call, without `$` or `@`. */
  variable(name: string): PuppetValue;
  /** An expression of an EPP template in the scope of the call; `locals` come first. */
  evaluate(expression: Expression, source: Template, locals: ReadonlyMap<string, PuppetValue>): PuppetValue;
}

/** The alternatives as texts: what is no text, or is not known, is one hole. Undefined values are left out. */
export function texts(value: PuppetValue | undefined): Value {
  const found: Template[] = [];
  for (const one of value ?? []) {
    const text = textOfAlternative(one);
    if (text !== undefined) found.push(text);
  }
  return found;
}

/** The text of one alternative; `undefined` for `undef`. */
export function textOfAlternative(one: Alternative): Template | undefined {
  switch (one.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'unknown':
      return one.text;
    case 'undef':
      return undefined;
    case 'default':
      return plainText('default');
    default:
      return new TemplateBuilder('', 0).hole(`(${one.type})`, 0, 0).build();
  }
}

/** The one text that a value is; `undefined` if it is unknown, none, or one of several. */
export function literalOf(value: PuppetValue | undefined): string | undefined {
  const all = texts(value);
  const [first] = all;
  if (value === undefined || first === undefined || all.length < value.length) return undefined;
  const text = literalText(first);
  return text !== undefined && all.every((other) => literalText(other) === text) ? text : undefined;
}

/** The elements of arrays, or the value itself: what an attribute that takes one or several has. */
export function elementsOf(value: PuppetValue): readonly PuppetValue[] {
  const [first] = value;
  return value.length === 1 && first?.type === 'array' ? first.elements : [value];
}

/** A value that nothing is known of. */
export function unknown(source: Template, start: number, end: number, fact?: string): PuppetValue {
  const span = spanOf(source, start, end);
  const text = {
    file: source.file,
    text: HOLE,
    holes: [{ at: 0, label: source.text.slice(start, end) }],
    segments: [{ at: 0, length: 1, source: span.start, sourceLength: span.end - span.start }],
    source: span.start,
  };
  return [fact === undefined ? { type: 'unknown', text } : { type: 'unknown', text, fact }];
}

/** A text of no file: made by a function. */
export function plainText(text: string): Template {
  return new TemplateBuilder('', 0).text(text, 0, text.length).build();
}

/** A text that stands for one place, such as what `${name}` turned out to be; its holes stay holes. */
export function placeText(text: Template, span: Span): Template {
  const length = span.end - span.start;
  if (text.holes.length === 0 && text.text !== '') {
    const segments = [{ at: 0, length: text.text.length, source: span.start, sourceLength: length }];
    return { file: span.file, text: text.text, holes: [], segments, source: span.start };
  }
  const builder = new TemplateBuilder(span.file, span.start);
  let done = 0;
  for (const hole of text.holes) {
    builder.text(text.text.slice(done, hole.at), span.start, length).hole(hole.label, span.start, length);
    done = hole.at + 1;
  }
  return builder.text(text.text.slice(done), span.start, length).build();
}

/** For people: alternatives apart from each other. */
export function displayValue(value: PuppetValue): string {
  return texts(value).map(displayText).join(' | ');
}
