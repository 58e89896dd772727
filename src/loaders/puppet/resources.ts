/** The attributes of resources: `default:` bodies, resource defaults, overrides, collectors and splats merged. */
import { equalsText, literalText, spanOf, type Answer, type Template, type Value } from '../../core/template.ts';
import type { AttributeOperation, Expression, Program } from '../../core/puppet-ast.ts';
import {
  elementsOf,
  literalOf,
  texts,
  type Alternative,
  type Attributes,
  type EvaluatedAttribute,
  type PuppetValue,
} from './evaluated.ts';
import type { Evaluator, Place } from './evaluator.ts';
import { compatible, createScope, type Change, type Manifest, type Scope } from './scope.ts';
import { typeName } from './tree.ts';
import { addTo } from '../../core/lists.ts';

/** An attribute as it is written, and where. */
export interface WrittenAttribute {
  readonly operation: AttributeOperation;
  readonly place: Place;
}

export interface MergedAttributes {
  /** By name: what is written last, and after it what `+>` adds to it. */
  readonly written: ReadonlyMap<string, readonly WrittenAttribute[]>;
  readonly splats: readonly WrittenAttribute[];
  /** Some collector may change it, too. */
  readonly open: boolean;
}

/**
 * Of more overrides and collectors of one type in a file it is not asked which resources they change: they may change any. And
 * of more resource defaults of one type in a body the last ones count.
 */
const mostChanges = 100;

/** All that is written of one resource. @param shared those of the `default:` body */
export function mergeAttributes(
  type: string,
  title: Value,
  shared: readonly AttributeOperation[],
  own: readonly AttributeOperation[],
  place: Place,
  evaluator: Evaluator,
): MergedAttributes {
  const written = new Map<string, readonly WrittenAttribute[]>();
  const splats: WrittenAttribute[] = [];
  let open = false;
  const add = (operations: readonly AttributeOperation[], at: Place) => {
    for (const operation of operations) {
      if (operation.operator === '* =>') splats.push({ operation, place: at });
      else if (operation.operator === '+>')
        written.set(operation.name, [...(written.get(operation.name) ?? []), { operation, place: at }]);
      else if (operation.value.type === 'Undef') written.delete(operation.name);
      else written.set(operation.name, [{ operation, place: at }]);
    }
  };
  for (const { change, at } of defaultsFor(type, place)) add(change.operations, at);
  add(shared, place);
  add(own, place);
  const later = laterChanges(type, place.scope.manifest, evaluator);
  if (later === undefined) open = true;
  else
    for (const { change, scope } of later) {
      const answer = appliesTo(change, title, { scope, branch: change.branch, certain: false }, evaluator);
      if (answer === 'yes') add(change.operations, { scope, branch: change.branch, certain: false });
      else if (answer === 'unknown') open = true;
    }
  return { written, splats, open };
}

/** `Exec { ... }` in the scopes around a resource, outermost first, and in those that use the define it stands in. */
function defaultsFor(type: string, place: Place): readonly { readonly change: Change; readonly at: Place }[] {
  let found: { change: Change; at: Place }[] = [];
  let depth = 0;
  for (let scope: Scope | undefined = place.scope; scope !== undefined && depth < 50; depth++) {
    const here: Scope = scope;
    for (const each of [here, here.inherited]) {
      if (each === undefined) continue;
      const own = each.names.defaults.get(type)?.slice(-mostChanges) ?? [];
      const changes = own.filter(({ branch }) => compatible(branch, place.branch));
      const outer = changes.map((change) => ({ change, at: { scope: each, branch: change.branch, certain: false } }));
      found = [...outer, ...found];
    }
    scope = here.kind === 'define' ? (here.user ?? here.outer) : here.outer;
  }
  return found;
}

const changesOf = new WeakMap<
  Program,
  ReadonlyMap<string, readonly { readonly change: Change; readonly className: string | undefined }[]>
>();

/** Overrides and collectors of the same file that name a type; `undefined` for too many. */
function laterChanges(
  type: string,
  manifest: Manifest,
  evaluator: Evaluator,
): readonly { readonly change: Change; readonly scope: Scope }[] | undefined {
  const { program } = manifest;
  let found = changesOf.get(program);
  if (found === undefined) {
    const collected = new Map<string, { change: Change; className: string | undefined }[]>();
    const collect = (body: readonly Expression[], className: string | undefined) => {
      for (const change of createScope({ kind: 'top', manifest, body }).names.changes) {
        const changed = changedType(change);
        if (changed === undefined) continue;
        addTo(collected, changed, { change, className });
      }
      for (const node of body) {
        if (node.type === 'ClassDefinition') collect(node.body, node.qualifiedName);
        else if (node.type === 'DefinedType' || node.type === 'NodeDefinition') collect(node.body, undefined);
      }
    };
    collect(program.body, undefined);
    found = collected;
    changesOf.set(program, found);
  }
  const changes = found.get(type) ?? [];
  if (changes.length > mostChanges) return undefined;
  return changes.map(({ change, className }) => ({
    change,
    scope:
      (className === undefined ? undefined : evaluator.classScope(className)) ??
      createScope({ kind: 'top', manifest, body: program.body }),
  }));
}

/** The type of the resources that an override or collector changes. */
function changedType({ node }: Change): string | undefined {
  if (node.type === 'ResourceDefaults') return undefined;
  const named = node.type === 'Collector' ? node.typeReference : node.target.type === 'Access' && node.target.target;
  return named !== false && named.type === 'TypeReference' ? typeName(named.name) : undefined;
}

function appliesTo({ node }: Change, title: Value, place: Place, evaluator: Evaluator): Answer {
  if (node.type === 'ResourceOverride') {
    if (node.target.type !== 'Access') return 'no';
    const answers = node.target.keys.map((key) => sameTitle(title, evaluator.evaluate(key, place)));
    return answers.includes('yes') ? 'yes' : 'no';
  }
  if (node.type !== 'Collector') return 'no';
  const { query } = node;
  if (query === null) return 'yes';
  // Only `title == 'x'` can be answered.
  if (query.type !== 'Binary' || query.operator !== '==') return 'unknown';
  if (query.left.type !== 'Name' || query.left.name !== 'title') return 'unknown';
  return sameTitle(title, evaluator.evaluate(query.right, place));
}

function sameTitle(title: Value, wanted: PuppetValue): Answer {
  const text = literalOf(wanted);
  const [only] = title;
  if (text === undefined) {
    // The same words with the same holes in them name the same resource.
    const [other] = texts(wanted);
    const same = only !== undefined && other !== undefined && only.text === other.text && sameHoles(only, other);
    return same ? 'yes' : 'unknown';
  }
  return only === undefined || title.length > 1 ? 'unknown' : equalsText(only, text);
}

function sameHoles(one: Template, other: Template): boolean {
  return (
    one.holes.length === other.holes.length &&
    one.holes.every(({ label }, index) => label === other.holes[index]?.label)
  );
}

/** The values of what is written, each worked out when it is first asked for. */
export function evaluateAttributes(
  { written, splats, open }: MergedAttributes,
  evaluator: Evaluator,
): { readonly attributes: Attributes; readonly splat: boolean } {
  const given = new Map<string, EvaluatedAttribute>();
  let splat = open;
  for (const { operation, place } of splats) {
    const { source } = place.scope.manifest;
    const span = spanOf(source, operation.value.start, operation.value.end);
    const value = evaluator.evaluate(operation.value, place);
    const [only] = value;
    if (value.length !== 1 || only?.type !== 'hash') {
      splat = true;
      continue;
    }
    splat ||= only.open;
    for (const [name, item] of only.entries) setAttribute(given, { name, value: item.value, span });
  }
  return { attributes: new WrittenAttributes(written, given, evaluator), splat };
}

/** The value of an attribute: what `+>` adds makes an array of it. */
export function writtenValue(parts: readonly WrittenAttribute[], certain: boolean, evaluator: Evaluator): PuppetValue {
  const values = parts.map(({ operation, place }) =>
    evaluator.evaluate(operation.value, certain ? { ...place, certain } : place),
  );
  const [only, ...more] = values;
  if (only !== undefined && more.length === 0) return only;
  const isOpen = values.some(([first, ...others]) => first?.type === 'array' && (first.open || others.length > 0));
  return [{ type: 'array', elements: values.flatMap(elementsOf), open: isOpen }];
}

/** The elements of what is added together, as one array. */
function writtenExpression(parts: readonly WrittenAttribute[]): Expression | undefined {
  const [only, ...more] = parts.map(({ operation }) => operation.value);
  if (only === undefined || more.length === 0) return only;
  const elements = [only, ...more].flatMap((value) => (value.type === 'ArrayLiteral' ? value.elements : [value]));
  const [first, last] = [elements[0] ?? only, elements.at(-1) ?? only];
  return { type: 'ArrayLiteral', start: first.start, end: last.end, elements };
}

/** Attributes as they stand in manifests, over those that splats give. */
class WrittenAttributes implements Attributes {
  readonly #written: MergedAttributes['written'];
  readonly #given: ReadonlyMap<string, EvaluatedAttribute>;
  readonly #evaluator: Evaluator;
  readonly #known = new Map<string, EvaluatedAttribute | undefined>();

  constructor(
    written: MergedAttributes['written'],
    given: ReadonlyMap<string, EvaluatedAttribute>,
    evaluator: Evaluator,
  ) {
    this.#written = written;
    this.#given = given;
    this.#evaluator = evaluator;
  }

  get(name: string): EvaluatedAttribute | undefined {
    const found = this.#written.get(name);
    if (found === undefined) return this.#given.get(name);
    if (this.#known.has(name)) return this.#known.get(name);
    const attribute = attributeOf(name, found, this.#evaluator);
    this.#known.set(name, attribute);
    return attribute;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  written(name: string): Expression | undefined {
    const parts = this.#written.get(name);
    return parts?.length === 1 ? parts[0]?.operation.value : undefined;
  }

  values(): readonly EvaluatedAttribute[] {
    return [...this].map(([, attribute]) => attribute);
  }

  *[Symbol.iterator](): Iterator<readonly [string, EvaluatedAttribute]> {
    for (const name of new Set([...this.#given.keys(), ...this.#written.keys()])) {
      const attribute = this.get(name);
      if (attribute !== undefined) yield [name, attribute];
    }
  }
}

function attributeOf(
  name: string,
  parts: readonly WrittenAttribute[],
  evaluator: Evaluator,
): EvaluatedAttribute | undefined {
  const last = parts.at(-1);
  const value = writtenValue(parts, false, evaluator);
  if (last === undefined || isUndefined(value)) return undefined;
  const { operation, place } = last;
  const span = spanOf(place.scope.manifest.source, operation.value.start, operation.value.end);
  return { name, value, span, expression: writtenExpression(parts) ?? operation.value };
}

function setAttribute(attributes: Map<string, EvaluatedAttribute>, attribute: EvaluatedAttribute): void {
  if (isUndefined(attribute.value)) attributes.delete(attribute.name);
  else attributes.set(attribute.name, attribute);
}

function isUndefined(value: PuppetValue): boolean {
  return value.every(({ type }) => type === 'undef');
}

/** The titles that one title expression stands for: the elements of arrays, each with its alternatives. */
export function titlesOf(value: PuppetValue): readonly Value[] {
  const [only] = value;
  if (value.length === 1 && only?.type === 'array') return only.elements.flatMap(titlesOf);
  const scalars = value.filter((one: Alternative) => one.type !== 'array');
  const lists = value.filter((one) => one.type === 'array');
  // Several lists: each of their elements is the title of a resource in some catalogue.
  const seen = new Set<string>();
  const others = lists
    .flatMap((one) => titlesOf([one]))
    .filter((title) => {
      const key = title.map((text) => literalText(text) ?? `? ${text.text}`).join('\0');
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  return scalars.length === 0 ? others : [texts(scalars), ...others];
}
