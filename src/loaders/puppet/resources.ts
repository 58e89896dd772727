/** The attributes of resources: `default:` bodies, resource defaults, overrides, collectors and splats merged. */
import { once } from '../../core/once.ts';
import { equalsText, literalText, spanOf, type Answer, type Template, type Value } from '../../core/template.ts';
import type { AttributeOperation, Expression, Program } from '../../core/puppet-ast.ts';
import {
  elementsOf,
  literalOf,
  texts,
  type Alternative,
  type EvaluatedAttribute,
  type PuppetValue,
} from './evaluated.ts';
import type { Evaluator, Place } from './evaluator.ts';
import { compatible, createScope, type Change, type Manifest, type Scope } from './scope.ts';
import { typeName } from './tree.ts';

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
  for (const { change, scope } of laterChanges(place.scope.manifest, evaluator)) {
    const answer = appliesTo(change, type, title, { scope, branch: change.branch, certain: false }, evaluator);
    if (answer === 'yes') add(change.operations, { scope, branch: change.branch, certain: false });
    else if (answer === 'unknown') open = true;
  }
  return { written, splats, open };
}

/** `Exec { ... }` in the scopes around a resource, outermost first, and in those that use the define it stands in. */
function defaultsFor(type: string, place: Place): readonly { readonly change: Change; readonly at: Place }[] {
  const found: { change: Change; at: Place }[] = [];
  let depth = 0;
  for (let scope: Scope | undefined = place.scope; scope !== undefined && depth < 50; depth++) {
    const here: Scope = scope;
    for (const each of [here, here.inherited]) {
      if (each === undefined) continue;
      const changes = each.names.changes.filter(
        ({ node, branch }) =>
          node.type === 'ResourceDefaults' &&
          node.typeReference.type === 'TypeReference' &&
          typeName(node.typeReference.name) === type &&
          compatible(branch, place.branch),
      );
      found.unshift(
        ...changes.map((change) => ({ change, at: { scope: each, branch: change.branch, certain: false } })),
      );
    }
    scope = here.kind === 'define' ? (here.user ?? here.outer) : here.outer;
  }
  return found;
}

const changesOf = new WeakMap<
  Program,
  readonly { readonly change: Change; readonly className: string | undefined }[]
>();

/** Overrides and collectors of the same file. */
function laterChanges(
  manifest: Manifest,
  evaluator: Evaluator,
): readonly { readonly change: Change; readonly scope: Scope }[] {
  const { program } = manifest;
  let found = changesOf.get(program);
  if (found === undefined) {
    const collected: { change: Change; className: string | undefined }[] = [];
    const collect = (body: readonly Expression[], className: string | undefined) => {
      for (const change of createScope({ kind: 'top', manifest, body }).names.changes) {
        if (change.node.type !== 'ResourceDefaults') collected.push({ change, className });
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
  return found.map(({ change, className }) => ({
    change,
    scope:
      (className === undefined ? undefined : evaluator.classScope(className)) ??
      createScope({ kind: 'top', manifest, body: program.body }),
  }));
}

function appliesTo({ node }: Change, type: string, title: Value, place: Place, evaluator: Evaluator): Answer {
  if (node.type === 'ResourceOverride') {
    if (node.target.type !== 'Access' || node.target.target.type !== 'TypeReference') return 'no';
    if (typeName(node.target.target.name) !== type) return 'no';
    const answers = node.target.keys.map((key) => sameTitle(title, evaluator.evaluate(key, place)));
    return answers.includes('yes') ? 'yes' : 'no';
  }
  if (node.type !== 'Collector' || node.typeReference.type !== 'TypeReference') return 'no';
  if (typeName(node.typeReference.name) !== type) return 'no';
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

/** Attributes that say nothing of what a resource of our types does to the node, so their values need not be worked out. */
const unread: ReadonlySet<string> = new Set([
  ...['require', 'before', 'notify', 'subscribe', 'tag', 'loglevel', 'audit', 'logoutput', 'timeout'],
  ...['owner', 'group', 'mode', 'recurse', 'purge', 'force', 'replace', 'backup', 'hasstatus', 'hasrestart'],
]);

/** The values of what is written. @param all also of what only a define can make something of */
export function evaluateAttributes(
  { written, splats, open }: MergedAttributes,
  evaluator: Evaluator,
  all: boolean,
): { readonly attributes: ReadonlyMap<string, EvaluatedAttribute>; readonly splat: boolean } {
  const attributes = new Map<string, EvaluatedAttribute>();
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
    for (const [name, item] of only.entries) setAttribute(attributes, { name, value: item.value, span });
  }
  for (const [name, parts] of written) {
    const last = parts.at(-1);
    if (last === undefined || (!all && unread.has(name))) continue;
    const { source } = last.place.scope.manifest;
    const expression = writtenExpression(parts) ?? last.operation.value;
    const span = spanOf(source, last.operation.value.start, last.operation.value.end);
    const value = () => writtenValue(parts, false, evaluator);
    const attribute = { name, span, expression };
    // The text of a file is worked out only where the file's place makes it matter.
    if (!all && name === 'content') attributes.set(name, lazyAttribute(attribute, value));
    else setAttribute(attributes, { ...attribute, value: value() });
  }
  return { attributes, splat };
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

function lazyAttribute(attribute: Omit<EvaluatedAttribute, 'value'>, work: () => PuppetValue): EvaluatedAttribute {
  const value = once(work);
  return {
    ...attribute,
    get value() {
      return value();
    },
  };
}

function setAttribute(attributes: Map<string, EvaluatedAttribute>, attribute: EvaluatedAttribute): void {
  if (attribute.value.every(({ type }) => type === 'undef')) attributes.delete(attribute.name);
  else attributes.set(attribute.name, attribute);
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
