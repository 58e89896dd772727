/** What a manifest puts into catalogues: a walk through its statements that gives each resource with its values. */
import type { Condition } from '../../core/facts/condition.ts';
import { spanOf, type Value } from '../../core/template.ts';
import type {
  Call,
  Expression,
  Lambda,
  MethodCall,
  Node,
  ResourceExpression,
  ResourceForm,
} from '../../core/puppet-ast.ts';
import { collectionSteps, invocationOf, stepsOf } from './calls.ts';
import { defineScope, type DefineUse, type Scopes } from './class-scopes.ts';
import { concatTypes } from './concat.ts';
import { changeableQuestion, waysOf } from './conditions.ts';
import {
  elementsOf,
  literalOf,
  texts,
  unknown,
  type Attributes,
  type EvaluatedAttribute,
  type EvaluatedResource,
  type PuppetValue,
} from './evaluated.ts';
import type { Evaluator, Place } from './evaluator.ts';
import { evaluateAttributes, mergeAttributes, titlesOf, writtenValue } from './resources.ts';
import { createScope, type Branch, type Manifest, type Scope } from './scope.ts';
import { typeName } from './tree.ts';
import { forEachChild } from './children.ts';

/** Defines that use defines are followed this deep. */
const maximumNesting = 8;

/** Where the walk is. */
interface Way {
  readonly scope: Scope;
  readonly branch: Branch | undefined;
  readonly conditions: readonly Condition[];
  readonly changeable: string | undefined;
  readonly inPlan: boolean;
  /** How many defines lead here. */
  readonly nesting: number;
  /** What the classes and defines around say of all that they make. */
  readonly handedDown: ReadonlyMap<string, EvaluatedAttribute>;
}

/** Metaparameters that Puppet hands down from classes and defines to what they make, of those that matter here. */
const metaparameters: ReadonlySet<string> = new Set(['schedule', 'noop']);

export interface Walker {
  readonly evaluator: Evaluator;
  readonly scopes: Scopes;
  /** Whether resources of a type are wanted. */
  readonly isTelling: (type: string) => boolean;
  /** @param place where the resource stands: of a define, not of its use */
  emit(resource: EvaluatedResource, place: Pick<Place, 'scope' | 'branch'>): void;
}

/** A statement with the types of the resources that it may make, itself or in a body within. */
interface Making {
  readonly node: Node;
  readonly types: ReadonlySet<string>;
}

/** Stands for a type that is worked out. */
const anyType = '*';

const makings = new WeakMap<readonly Node[], readonly Making[]>();

/** The statements of a body that make resources: nothing else of it puts anything into a catalogue. */
function makingsOf(body: readonly Node[]): readonly Making[] {
  let found = makings.get(body);
  if (found === undefined) {
    found = body
      .map((node) => {
        const types = new Set<string>();
        addTypes(node, types);
        return { node, types };
      })
      .filter(({ types }) => types.size > 0);
    makings.set(body, found);
  }
  return found;
}

function addTypes(node: Node, types: Set<string>): void {
  const addBody = (body: readonly Node[]) => {
    for (const making of makingsOf(body)) for (const type of making.types) types.add(type);
  };
  switch (node.type) {
    case 'If':
    case 'Unless':
      addBody(node.then);
      if (node.else !== null) addBody(node.else);
      return;
    case 'Case':
      for (const { body } of node.options) addBody(body);
      return;
    case 'ClassDefinition':
    case 'DefinedType':
    case 'NodeDefinition':
    case 'Plan':
    case 'ApplyBlock':
    case 'Lambda':
      addBody(node.body);
      return;
    case 'ResourceExpression':
      if (node.typeName.type === 'Name') types.add(typeName(node.typeName.name));
      return;
    case 'Call':
    case 'MethodCall':
      addCall(node, types);
      return;
    case 'FunctionDefinition':
    case 'TypeAlias':
      return;
    default:
      forEachChild(node, (child) => {
        addTypes(child, types);
      });
  }
}

function addCall(call: Call | MethodCall, types: Set<string>): void {
  const invocation = invocationOf(call);
  const name = makingFunction(invocation?.name);
  if (name === 'ensure_packages') types.add('package');
  else if (name !== undefined) {
    const [first] = invocation?.arguments ?? [];
    types.add(first?.type === 'StringLiteral' ? typeName(first.value.replace(/^@+/, '')) : anyType);
  }
  for (const argument of invocation?.arguments ?? []) addTypes(argument, types);
  if (call.lambda !== null) addTypes(call.lambda, types);
}

/** The name of a function that makes resources, without `stdlib::`. */
function makingFunction(
  name: string | undefined,
): 'create_resources' | 'ensure_resource' | 'ensure_resources' | 'ensure_packages' | undefined {
  const bare = name?.replace(/^stdlib::/, '');
  switch (bare) {
    case 'create_resources':
    case 'ensure_resource':
    case 'ensure_resources':
    case 'ensure_packages':
      return bare;
    default:
      return undefined;
  }
}

/** Walks through all that a manifest defines. */
export function walkManifest(manifest: Manifest, walker: Walker): void {
  const scope = walker.scopes.top(manifest);
  const way = {
    scope,
    branch: undefined,
    conditions: [],
    changeable: undefined,
    inPlan: false,
    nesting: 0,
    handedDown: new Map(),
  };
  walkBody(manifest.program.body, way, walker);
}

function walkBody(body: readonly Node[], way: Way, walker: Walker): void {
  for (const { node, types } of makingsOf(body)) if (someWanted(types, walker)) walkNode(node, way, walker);
}

function someWanted(types: ReadonlySet<string>, walker: Walker): boolean {
  for (const type of types) if (type === anyType || isWanted(type, walker)) return true;
  return false;
}

function walkNode(node: Node, way: Way, walker: Walker): void {
  const { evaluator, scopes } = walker;
  const { manifest } = way.scope;
  switch (node.type) {
    case 'If':
    case 'Unless':
    case 'Case': {
      const place = placeOf(way);
      const changeable = changeableQuestion(node, place, evaluator) ?? way.changeable;
      for (const { index, body, answer, conditions } of waysOf(node, place, evaluator)) {
        if (answer === 'no') continue;
        const branch = { node, index, outer: way.branch };
        walkBody(body, { ...way, branch, changeable, conditions: [...way.conditions, ...conditions] }, walker);
      }
      return;
    }
    case 'ClassDefinition': {
      const named = evaluator.tree.definition('class', node.qualifiedName);
      const own = named?.manifest === manifest && named.start === node.start;
      const scope = own ? scopes.ofClass(node.qualifiedName, evaluator) : undefined;
      const inner = scope ?? createScope({ kind: 'class', manifest, outer: way.scope, body: node.body });
      const passed = passedOn(way, declaredAttributes(node.qualifiedName, walker));
      walkBody(node.body, { ...way, scope: inner, branch: undefined, handedDown: passed }, walker);
      return;
    }
    case 'DefinedType': {
      const name = typeName(node.qualifiedName);
      if (!evaluator.tree.isTelling(name) || evaluator.tree.isUsed(name)) return;
      const scope = defineScope({ node, start: node.start, manifest }, undefined, scopes.top(manifest), evaluator);
      walkBody(node.body, { ...way, scope, branch: undefined, nesting: way.nesting + 1 }, walker);
      return;
    }
    case 'FunctionDefinition':
    case 'TypeAlias':
    case 'Lambda':
      return;
    case 'NodeDefinition':
    case 'Plan': {
      const isPlan = node.type === 'Plan';
      const scope = createScope({ kind: isPlan ? 'plan' : 'node', manifest, outer: way.scope, body: node.body });
      walkBody(node.body, { ...way, scope, inPlan: way.inPlan || isPlan, branch: undefined }, walker);
      return;
    }
    case 'ApplyBlock':
      walkBody(node.body, { ...way, inPlan: true }, walker);
      return;
    case 'ResourceExpression':
      walkResources(node, way, walker);
      return;
    case 'Call':
    case 'MethodCall':
      walkCall(node, way, walker);
      return;
    default:
      forEachChild(node, (child) => {
        walkNode(child, way, walker);
      });
  }
}

function placeOf({ scope, branch }: Way): Place {
  return { scope, branch, certain: false };
}

/** One resource to be, with its attributes by name. */
interface Made {
  readonly type: string;
  readonly title: Value;
  readonly titleSpan: EvaluatedResource['titleSpan'];
  readonly form: ResourceForm;
  readonly span: EvaluatedResource['span'];
  readonly attributes: Attributes;
  readonly splat: boolean;
  /** An attribute as conditions see it. */
  readonly certain: (name: string) => PuppetValue | undefined;
}

function walkResources(node: ResourceExpression, way: Way, walker: Walker): void {
  if (node.typeName.type !== 'Name') return;
  const type = typeName(node.typeName.name);
  if (!isWanted(type, walker)) return;
  const { evaluator } = walker;
  const place = placeOf(way);
  const { source } = way.scope.manifest;
  const shared = node.bodies.find((body) => body.title.type === 'Default')?.operations ?? [];
  for (const body of node.bodies) {
    if (body.title.type === 'Default') continue;
    const titleSpans = body.title.type === 'ArrayLiteral' ? body.title.elements : [];
    titlesOf(evaluator.evaluate(body.title, place)).forEach((title, index) => {
      const merged = mergeAttributes(type, title, shared, body.operations, place, evaluator);
      const at = titleSpans[index] ?? body.title;
      const { attributes, splat } = evaluateAttributes(merged, evaluator);
      addResource(
        {
          type,
          title,
          titleSpan: spanOf(source, at.start, at.end),
          form: node.form,
          span: spanOf(source, body.start, body.end),
          attributes,
          splat,
          certain: (name) => {
            const written = merged.written.get(name);
            return written && writtenValue(written, true, evaluator);
          },
        },
        way,
        walker,
      );
    });
  }
}

function isWanted(type: string, { evaluator, isTelling }: Walker): boolean {
  if (isTelling(type)) return true;
  return evaluator.tree.definition('define', type) !== undefined && evaluator.tree.isTelling(type);
}

/** Of a type that says something, what its define does besides: old versions of concat have execs. */
function isWalkedToo(type: string): boolean {
  return concatTypes.has(type);
}

function addResource(made: Made, way: Way, walker: Walker): void {
  const { scope, conditions, changeable, inPlan } = way;
  if (walker.isTelling(made.type)) {
    const { type, title, titleSpan, form, span, splat } = made;
    const attributes = way.handedDown.size === 0 ? made.attributes : new Map([...way.handedDown, ...made.attributes]);
    walker.emit({ type, title, titleSpan, form, attributes, splat, inPlan, conditions, changeable, span }, way);
    if (!isWalkedToo(made.type)) return;
  }
  const { evaluator, scopes } = walker;
  const definition = evaluator.tree.definition('define', made.type);
  // Defines that use each other many times over would go on for ever.
  if (definition === undefined || way.nesting >= maximumNesting || evaluator.isExhausted()) return;
  const use: DefineUse = {
    title: made.title.length === 0 ? undefined : made.title.map((text) => ({ type: 'string', text })),
    scope,
    attribute: (name, asCertain) => {
      if (!asCertain) return made.attributes.get(name)?.value;
      // What a hash gives may be other data on another node, but it is given.
      const given = () => unknown(scope.manifest.source, made.span.start, made.span.end);
      return made.certain(name) ?? (made.attributes.has(name) ? given() : undefined);
    },
    complete: !made.splat,
  };
  const inner = defineScope(definition, use, scopes.top(definition.manifest), evaluator);
  // A virtual define makes virtual resources.
  const guarded = made.form === 'regular' ? walker : virtualized(walker, made.form);
  const passed = passedOn(way, attributesOf(made.attributes, metaparameters));
  walkBody(
    definition.node.body,
    { ...way, scope: inner, branch: undefined, nesting: way.nesting + 1, handedDown: passed },
    guarded,
  );
}

function attributesOf(attributes: Attributes, names: ReadonlySet<string>): readonly EvaluatedAttribute[] {
  return [...names].flatMap((name) => attributes.get(name) ?? []);
}

/** What a container and those around it hand down to what stands in it. */
function passedOn({ handedDown }: Way, given: readonly EvaluatedAttribute[]): Way['handedDown'] {
  const passed = given.filter(({ name }) => metaparameters.has(name));
  return passed.length === 0
    ? handedDown
    : new Map([...handedDown, ...passed.map((attribute) => [attribute.name, attribute] as const)]);
}

/** What the tree declares a class with, of that what a class hands down. */
function declaredAttributes(name: string, { evaluator, scopes }: Walker): readonly EvaluatedAttribute[] {
  return evaluator.tree.declarations(typeName(name)).flatMap((declaration) => {
    if (!declaration.attributes.some((attribute) => metaparameters.has(attribute))) return [];
    const { manifest, body } = declaration;
    return body.operations.flatMap(({ name: attribute, value }) => {
      if (!metaparameters.has(attribute)) return [];
      const place = { scope: scopes.top(manifest), branch: undefined, certain: false };
      const span = spanOf(manifest.source, value.start, value.end);
      return [{ name: attribute, value: evaluator.evaluate(value, place), span, expression: value }];
    });
  });
}

function virtualized(walker: Walker, form: ResourceForm): Walker {
  return {
    ...walker,
    emit: (resource, place) => {
      walker.emit({ ...resource, form }, place);
    },
  };
}

function walkCall(call: Call | MethodCall, way: Way, walker: Walker): void {
  const invocation = invocationOf(call);
  const { evaluator } = walker;
  const place = placeOf(way);
  const making = makingFunction(invocation?.name);
  if (making !== undefined) {
    makeResources(making, call, invocation?.arguments ?? [], way, walker);
    return;
  }
  const name = invocation?.name.replace(/^stdlib::/, '');
  for (const argument of invocation?.arguments ?? []) walkNode(argument, way, walker);
  if (call.lambda === null) return;
  const { lambda } = call;
  const [first] = invocation?.arguments ?? [];
  if (name !== 'each' && name !== 'map' && name !== 'filter' && name !== 'reduce') {
    const values =
      name === 'with' || name === 'then'
        ? (invocation?.arguments ?? []).map((each) => evaluator.evaluate(each, place))
        : [];
    walkLambda(lambda, values, undefined, way, walker);
    return;
  }
  if (!hasStatements(lambda) || first === undefined) return;
  const steps = collectionSteps(call, evaluator.evaluate(first, place), place);
  const sure = stepsOf(evaluator.evaluate(first, { ...place, certain: true }), lambda.parameters.length);
  steps.forEach((step, index) => {
    walkLambda(lambda, step, sure?.length === steps.length ? sure[index] : undefined, way, walker);
  });
}

/** A lambda that only works out a value need not be walked through. */
function hasStatements(lambda: Lambda): boolean {
  return lambda.body.some(
    (node) => !['StringLiteral', 'InterpolatedString', 'Variable', 'Access', 'Binary'].includes(node.type),
  );
}

function walkLambda(
  lambda: Lambda,
  values: readonly PuppetValue[],
  certain: readonly PuppetValue[] | undefined,
  way: Way,
  walker: Walker,
): void {
  const scope = walker.evaluator.lambdaScope(lambda, values, placeOf(way), certain);
  walkBody(lambda.body, { ...way, scope }, walker);
}

/** `create_resources('type', $hash, $defaults)`, `ensure_resource('type', 'title', $parameters)`, `ensure_packages([...])`. */
function makeResources(
  name: string,
  call: Call | MethodCall,
  parameters: readonly Expression[],
  way: Way,
  walker: Walker,
): void {
  const { source } = way.scope.manifest;
  const place = placeOf(way);
  const values = parameters.map((parameter) => walker.evaluator.evaluate(parameter, place));
  if (name === 'ensure_packages') values.unshift([]);
  const written = name === 'ensure_packages' ? 'package' : literalOf(values[0]);
  if (written === undefined) return;
  const form: ResourceForm = written.startsWith('@@') ? 'exported' : written.startsWith('@') ? 'virtual' : 'regular';
  const type = typeName(written.replace(/^@+/, ''));
  if (!isWanted(type, walker)) return;
  const span = spanOf(source, call.start, call.end);
  const where = parameters[name === 'ensure_packages' ? 0 : 1] ?? call;
  const titleSpan = spanOf(source, where.start, where.end);
  const shared = hashAttributes(values[2], titleSpan);
  const add = (title: Value, own: ReturnType<typeof hashAttributes>) => {
    addResource(
      {
        type,
        title,
        titleSpan,
        form,
        span,
        attributes: new Map([...shared.attributes, ...own.attributes]),
        splat: shared.splat || own.splat,
        certain: () => undefined,
      },
      way,
      walker,
    );
  };
  for (const one of values[1] ?? []) {
    if (one.type === 'hash') {
      for (const { key, value } of one.entries.values()) add([key], hashAttributes(value, titleSpan));
      if (one.open) add(texts(unknown(source, where.start, where.end)), { attributes: new Map(), splat: true });
    } else if (one.type === 'unknown') {
      add([one.text], { attributes: new Map(), splat: true });
    } else {
      for (const element of elementsOf([one]))
        for (const title of titlesOf(element)) add(title, { attributes: new Map(), splat: false });
    }
  }
}

function hashAttributes(
  value: PuppetValue | undefined,
  span: EvaluatedAttribute['span'],
): { readonly attributes: ReadonlyMap<string, EvaluatedAttribute>; readonly splat: boolean } {
  if (value === undefined || value.every(({ type }) => type === 'undef'))
    return { attributes: new Map(), splat: false };
  const [only] = value;
  if (value.length !== 1 || only?.type !== 'hash') return { attributes: new Map(), splat: true };
  const attributes = new Map<string, EvaluatedAttribute>();
  for (const [name, item] of only.entries) {
    if (!item.value.every(({ type }) => type === 'undef')) attributes.set(name, { name, value: item.value, span });
  }
  return { attributes, splat: only.open };
}
