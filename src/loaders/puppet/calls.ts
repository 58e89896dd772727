/** Calls: functions with lambdas, of the tree, of Hiera and of templates; the rest is in `functions.ts`. */
import { spanOf } from '../../core/template.ts';
import type { Call, Expression, FunctionDefinition, MethodCall } from '../../core/puppet-ast.ts';
import { elementsOf, unknown, type HashAlternative, type PuppetValue, type TemplateCall } from './evaluated.ts';
import { dig, evaluateWith, type Evaluator, type Place } from './evaluator.ts';
import { factPath } from './fact-paths.ts';
import { pureFunction } from './functions.ts';
import { dataFunctions, dataText } from './data-text.ts';
import { firstFound, mergeOf, type Merge } from './hiera-merge.ts';
import { createScope, type Scope } from './scope.ts';
import { templateText } from './templates.ts';
import { combine, knownText, stringOf, truthOf, unite } from './values.ts';
import { walk } from './walk.ts';
import { addAll } from '../../core/lists.ts';

/** Calls in calls of functions of the tree are followed this deep. */
const maximumCalls = 4;

/** Steps over a collection, and alternatives of the sum of a `reduce`, that are followed. */
const maximumIterations = 200;
const maximumSums = 4;

/** A call with its target as the first argument. */
export interface Invocation {
  readonly name: string;
  readonly arguments: readonly Expression[];
}

/** The name of a called function and its arguments; `undefined` for `Type(...)` and the like. */
export function invocationOf(call: Call | MethodCall): Invocation | undefined {
  const { callee } = call;
  if (callee.type !== 'Name' && callee.type !== 'TypeReference') return undefined;
  const name = callee.name.replace(/^::/, '');
  return { name, arguments: call.type === 'Call' ? call.arguments : [call.target, ...call.arguments] };
}

/** The value of a call; `undefined` if it is not known. What was made by a function has no place of its own yet. */
export function callFunction(call: Call | MethodCall, place: Place, evaluator: Evaluator): PuppetValue | undefined {
  const invocation = invocationOf(call);
  if (invocation === undefined) return undefined;
  const { name } = invocation;
  const { source } = place.scope.manifest;
  const values = invocation.arguments.map((argument) => evaluator.evaluate(argument, place));
  if (call.lambda !== null) return callLambda(name, call, values, place, evaluator);
  switch (name) {
    case 'fact':
    case 'facts': {
      const path = values[0] === undefined ? undefined : knownText(values[0][0]);
      return path === undefined ? undefined : unknown(source, call.start, call.end, factPath(path));
    }
    case 'dig':
    case 'get':
    case 'getvar':
      return path(name, values, call, place, evaluator);
    case 'lookup':
    case 'hiera':
    case 'hiera_array':
    case 'hiera_hash':
      return lookup(name, values, place, evaluator);
    case 'template':
    case 'epp':
    case 'inline_template':
    case 'inline_epp':
    case 'file':
      return templateText(templateCall(name, values, call, place, evaluator));
    case 'Integer':
    case 'String':
    case 'Numeric':
    case 'Float':
    case 'downcase':
    case 'scanf':
      // A fact stays one when it is only converted.
      if (values[0]?.length === 1 && values[0][0]?.type === 'unknown' && values[0][0].fact !== undefined)
        return values[0];
      break;
    default:
  }
  const [data] = values;
  const [first] = invocation.arguments;
  if (data !== undefined && first !== undefined && dataFunctions.has(name.replace(/^stdlib::/, ''))) {
    // What a parameter adds is known only by its default.
    const [sure] = place.certain ? data : evaluator.evaluate(first, { ...place, certain: true });
    const isWhole = sure?.type === 'hash' && !sure.open;
    return [{ type: 'string', text: dataText(data, spanOf(source, call.start, call.end), isWhole) }];
  }
  return pureFunction(name, values) ?? ownFunction(name, values, place, evaluator);
}

/** `$hash.dig('a', 'b')`, `$facts.get('os.name')`. */
function path(
  name: string,
  values: readonly PuppetValue[],
  call: Call | MethodCall,
  place: Place,
  evaluator: Evaluator,
): PuppetValue | undefined {
  const [target, ...keys] = values;
  if (target === undefined) return undefined;
  const { source } = place.scope.manifest;
  const factValue = (fact: string) => unknown(source, call.start, call.end, fact);
  if (name === 'dig') {
    return keys.reduce<PuppetValue | undefined>(
      (found, key) => (found === undefined ? undefined : dig(found, key, factValue)),
      target,
    );
  }
  const start = name === 'getvar' ? target : keys[0];
  const steps = knownText(start?.[0])?.split('.');
  if (steps === undefined || start?.length !== 1) return undefined;
  let found: PuppetValue | undefined = target;
  if (name === 'getvar') {
    const variable = steps.shift() ?? '';
    found = variable === 'facts' ? factValue('') : evaluator.variable(variable, place);
  }
  for (const step of steps) {
    if (found === undefined) return undefined;
    found = dig(
      found,
      [{ type: 'string', text: { file: '', text: step, holes: [], segments: [], source: 0 } }],
      factValue,
    );
  }
  return found;
}

/** `lookup('key')`, `lookup('key', Type, 'merge', default)`, `lookup({ name => ..., default_value => ... })`, `hiera('key', default)`. */
function lookup(
  name: string,
  values: readonly PuppetValue[],
  place: Place,
  evaluator: Evaluator,
): PuppetValue | undefined {
  // A node's own data can say something else.
  if (place.certain) return undefined;
  const isLookup = name === 'lookup';
  const options = isLookup ? [values[0], values.length === 2 ? values[1] : undefined].map(onlyHash) : [];
  const option = (key: string) =>
    options.map((hash) => hash?.entries.get(key)?.value).find((value) => value !== undefined);
  const keys = option('name') ?? values[0];
  const wanted = option('merge') ?? (isLookup && values.length > 2 ? values[2] : undefined);
  const merge =
    legacyMerges.get(name) ?? (wanted?.every(({ type }) => type === 'undef') === false ? mergeOf(wanted) : undefined);
  const fallback = option('default_value') ?? (isLookup ? values[3] : values[1]);
  const found: PuppetValue[] = [];
  for (const each of keys === undefined ? [] : elementsOf(keys)) {
    const key = each.length === 1 ? knownText(each[0]) : undefined;
    if (key === undefined) return undefined;
    addAll(found, lookupKey(key, merge, place, evaluator));
  }
  return unite([...found, ...(fallback === undefined ? [] : [fallback])]);
}

/** A key with dots goes into the value of its first part. */
function lookupKey(key: string, merge: Merge | undefined, place: Place, evaluator: Evaluator): readonly PuppetValue[] {
  const [root = '', ...steps] = key.split('.');
  let found = evaluator.tree.hiera(root, place.scope.manifest, merge);
  for (const step of steps) {
    found = found.flatMap((part) => {
      const inner = dig(part, [stringOf(step)], () => part);
      if (inner === undefined) return part.every(({ type }) => type === 'unknown') ? [part] : [];
      return inner.every(({ type }) => type === 'undef') ? [] : [inner];
    });
  }
  return found;
}

function onlyHash(value: PuppetValue | undefined): HashAlternative | undefined {
  const [only] = value ?? [];
  return value?.length === 1 && only?.type === 'hash' ? only : undefined;
}

/** Hiera 3 had a function for each merge. */
const legacyMerges: ReadonlyMap<string, Merge> = new Map<string, Merge>([
  ['hiera', firstFound],
  ['hiera_array', { ...firstFound, strategy: 'unique' }],
  ['hiera_hash', { ...firstFound, strategy: 'hash' }],
]);

function templateCall(
  name: string,
  values: readonly PuppetValue[],
  call: Call | MethodCall,
  place: Place,
  evaluator: Evaluator,
): TemplateCall {
  const { source } = place.scope.manifest;
  return {
    name,
    arguments: values,
    span: spanOf(source, call.start, call.end),
    manifest: source,
    moduleFile: (module, kind, file) => evaluator.tree.moduleFile(module, kind, file),
    variable: (variable) => evaluator.variable(variable, place) ?? unknown(source, call.start, call.end),
    evaluate: (expression, text, locals) => evaluateWith(expression, text, locals, place, evaluator),
  };
}

/** Functions that take a lambda. */
function callLambda(
  name: string,
  call: Call | MethodCall,
  values: readonly PuppetValue[],
  place: Place,
  evaluator: Evaluator,
): PuppetValue | undefined {
  const { lambda } = call;
  const [target] = values;
  if (lambda === null) return undefined;
  const run = (...given: readonly PuppetValue[]) => {
    const scope = evaluator.lambdaScope(lambda, given, place, place.certain ? given : undefined);
    return evaluator.evaluateBody(lambda.body, { scope, branch: place.branch, certain: place.certain });
  };
  switch (name) {
    case 'with':
      return run(...values);
    case 'then': {
      if (target === undefined) return undefined;
      const truth = target.every(({ type }) => type === 'undef');
      return truth ? target : run(target.filter(({ type }) => type !== 'undef'));
    }
    case 'lest':
      if (target === undefined) return undefined;
      if (!target.some(({ type }) => type === 'undef')) return target;
      return unite([...(target.length > 1 ? [target.filter(({ type }) => type !== 'undef')] : []), run()]);
    case 'each':
    case 'tap':
      return target;
    case 'lookup':
      return unite([...(lookup(name, values, place, evaluator) ?? []).map((one) => [one]), run()]);
    case 'map':
    case 'filter':
    case 'reduce':
      return target === undefined ? undefined : iterate(name, target, values[1], lambda.parameters.length, run);
    default:
      return undefined;
  }
}

/** What a lambda gets at each step over an array or hash, by how many parameters it has; `undefined` if not known. */
export function stepsOf(target: PuppetValue, parameters: number): readonly (readonly PuppetValue[])[] | undefined {
  const [only] = target;
  if (target.length !== 1 || only === undefined) return undefined;
  if (only.type === 'array' && !only.open) {
    return only.elements.map((element, index) =>
      parameters >= 2 ? [[{ type: 'number', value: index, text: numberText(index) }], element] : [element],
    );
  }
  if (only.type === 'hash' && !only.open) {
    return [...only.entries.values()].map(({ key, value }): readonly PuppetValue[] => {
      const name: PuppetValue = [{ type: 'string', text: key }];
      return parameters >= 2 ? [name, value] : [[{ type: 'array', elements: [name, value], open: false }]];
    });
  }
  return undefined;
}

function numberText(value: number) {
  const text = String(value);
  return {
    file: '',
    text,
    holes: [],
    segments: [{ at: 0, length: text.length, source: 0, sourceLength: 0 }],
    source: 0,
  };
}

function iterate(
  name: string,
  target: PuppetValue,
  start: PuppetValue | undefined,
  parameters: number,
  run: (...given: readonly PuppetValue[]) => PuppetValue,
): PuppetValue | undefined {
  const steps = stepsOf(target, name === 'reduce' ? 1 : parameters);
  if (steps === undefined || steps.length > maximumIterations) return undefined;
  if (name === 'map') return [{ type: 'array', elements: steps.map((step) => run(...step)), open: false }];
  if (name === 'reduce') {
    const items = steps.map(([item]) => item).filter((item) => item !== undefined);
    const first = start ?? items.shift();
    if (first === undefined) return undefined;
    let sum = first;
    for (const item of items) {
      sum = run(sum, item);
      if (sum.length > maximumSums) return undefined;
    }
    return sum;
  }
  const [only] = target;
  const truths = steps.map((step) => truthOf(run(...step)));
  if (truths.includes('unknown')) {
    // Which ones pass is not known: any of them may.
    return only?.type === 'array' ? [{ ...only, open: true }] : undefined;
  }
  if (only?.type === 'array')
    return [{ ...only, elements: only.elements.filter((_, index) => truths[index] === 'yes') }];
  if (only?.type !== 'hash') return undefined;
  return [{ ...only, entries: new Map([...only.entries].filter((_, index) => truths[index] === 'yes')) }];
}

const straight = new WeakMap<FunctionDefinition, boolean>();

/** Whether the last statement is the value: no `return` before, and no call of itself that goes on without end. */
function endsAtItsEnd(node: FunctionDefinition): boolean {
  let answer = straight.get(node);
  if (answer === undefined) {
    answer = true;
    walk(node, (each) => {
      if (each.type !== 'Call' || each.callee.type !== 'Name') return undefined;
      if (each.callee.name === 'return' || each.callee.name === node.qualifiedName) answer = false;
      return answer;
    });
    straight.set(node, answer);
  }
  return answer;
}

/** A function that the tree defines in Puppet: the value of its last statement. */
function ownFunction(
  name: string,
  values: readonly PuppetValue[],
  place: Place,
  evaluator: Evaluator,
): PuppetValue | undefined {
  const definition = evaluator.tree.definition('function', name);
  if (definition === undefined || callDepth(place.scope) >= maximumCalls) return undefined;
  const { node, manifest } = definition;
  if (!endsAtItsEnd(node)) return undefined;
  const bound = new Map(
    node.parameters.map((parameter, index) => {
      const given = parameter.splat
        ? [{ type: 'array', elements: values.slice(index), open: false } as const]
        : values[index];
      const value = (certain: boolean) => {
        if (given !== undefined) return certain && !place.certain ? undefined : given;
        const { default: fallback } = parameter;
        return fallback === null
          ? unknown(manifest.source, parameter.nameStart, parameter.nameEnd)
          : evaluator.evaluate(fallback, { scope, branch: undefined, certain });
      };
      return [parameter.name, { value }];
    }),
  );
  const scope = createScope({ kind: 'function', manifest, user: place.scope, bound, body: node.body });
  return evaluator.evaluateBody(node.body, { scope, branch: undefined, certain: place.certain });
}

function callDepth(scope: Scope): number {
  let depth = 0;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.user ?? at.outer)
    if (at.kind === 'function') depth++;
  return depth;
}

/** What `each` goes through: the elements; or, when the collection is not known, one unknown element. */
export function collectionSteps(
  call: Call | MethodCall,
  target: PuppetValue,
  place: Place,
): readonly (readonly PuppetValue[])[] {
  const parameters = call.lambda?.parameters ?? [];
  const sure = combine([target])?.flatMap(([one]) =>
    one === undefined ? [] : (stepsOf([one], parameters.length) ?? []),
  );
  const isOpen = target.some((one) => (one.type !== 'array' && one.type !== 'hash') || one.open);
  if (sure !== undefined && sure.length > 0 && !isOpen) return sure;
  const { source } = place.scope.manifest;
  const holes = parameters.map((parameter) => unknown(source, parameter.nameStart, parameter.nameEnd));
  const known = target.flatMap((one) => (one.type === 'array' ? elementsOf([one]).map((element) => [element]) : []));
  return parameters.length === 1 ? [...known, holes] : [holes];
}
