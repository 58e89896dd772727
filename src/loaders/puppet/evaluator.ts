/** The values of expressions: sets of alternatives with holes. */
import { spanOf, type Template } from '../../core/template.ts';
import type {
  Access,
  Binary,
  Expression,
  HashLiteral,
  InterpolatedString,
  Heredoc,
  Lambda,
  Parameter,
  Variable,
} from '../../core/puppet-ast.ts';
import { callFunction } from './calls.ts';
import { ask, waysOf } from './conditions.ts';
import {
  maximumAlternatives,
  placeText,
  unknown,
  type Alternative,
  type HashItem,
  type PuppetValue,
} from './evaluated.ts';
import { factPath, isFact } from './fact-paths.ts';
import { compatible, createScope, type Assigned, type Bound, type Branch, type Scope } from './scope.ts';
import { stringTemplate } from './strings.ts';
import type { Tree } from './tree.ts';
import {
  answerValue,
  combine,
  interpolated,
  knownText,
  numberOf,
  placed,
  unite,
  weightOf,
  writtenText,
} from './values.ts';
import { addAll } from '../../core/lists.ts';

/** Where an expression is evaluated. */
export interface Place {
  readonly scope: Scope;
  readonly branch: Branch | undefined;
  /** Only what no node can set otherwise counts: parameters of classes and Hiera do not. */
  readonly certain: boolean;
}

export interface Evaluator {
  readonly tree: Tree;
  evaluate(expression: Expression, place: Place): PuppetValue;
  /** Whether so much has been evaluated that nothing more will be. */
  isExhausted(): boolean;
  /** The value of the last statement. */
  evaluateBody(body: readonly Expression[], place: Place): PuppetValue;
  variable(name: string, place: Place): PuppetValue | undefined;
  /** The scope of a class of the tree. */
  classScope(name: string): Scope | undefined;
  /** The scope of a lambda with values for its parameters; what is missing is unknown. `certain`: as conditions see them. */
  lambdaScope(lambda: Lambda, values: readonly PuppetValue[], place: Place, certain?: readonly PuppetValue[]): Scope;
}

/** Expressions in expressions are followed this deep. */
const maximumDepth = 150;
/** Expressions that are evaluated for one manifest; further ones are unknown. */
export const maximumSteps = 50_000;

/** A name with more assignments in one body is unknown: Puppet allows one on each way through the conditions. */
const maximumAssignments = 100;

/** A value that holds more, written out, is unknown: one that is put together from itself doubles with each line. */
const maximumWeight = 100_000;
/** To make what weighs as much is as much work as one more expression. */
const weightOfStep = 1000;

export interface Budget {
  steps: number;
  depth: number;
}

/** @param classScope finds or makes the scope of a class */
export function createEvaluator(
  tree: Tree,
  budget: Budget,
  classScope: (name: string, evaluator: Evaluator) => Scope | undefined,
): Evaluator {
  const evaluate = (expression: Expression, place: Place): PuppetValue => {
    if (++budget.steps > maximumSteps || budget.depth > maximumDepth) return hole(expression, place);
    budget.depth++;
    try {
      const value = valueOf(expression, place, evaluator) ?? hole(expression, place);
      const weight = weightOf(value);
      budget.steps += Math.floor(weight / weightOfStep);
      return weight > maximumWeight ? hole(expression, place) : value;
    } finally {
      budget.depth--;
    }
  };
  const evaluator: Evaluator = {
    tree,
    evaluate,
    isExhausted: () => budget.steps > maximumSteps,
    evaluateBody: (body, place) => {
      const last = body.at(-1);
      return last === undefined ? [{ type: 'undef' }] : evaluate(last, place);
    },
    variable: (name, place) => variableValue(name, place, evaluator) ?? undefined,
    classScope: (name) => classScope(name, evaluator),
    lambdaScope: (lambda, values, { scope }, certain) =>
      createScope({
        kind: 'lambda',
        manifest: scope.manifest,
        outer: scope,
        bound: bindLambda(lambda.parameters, values, certain, scope),
        body: lambda.body,
      }),
  };
  return evaluator;
}

export function hole(expression: Expression, { scope: { manifest } }: Place): PuppetValue {
  return unknown(manifest.source, expression.start, expression.end);
}

/** `undefined` for what is not known. */
function valueOf(expression: Expression, place: Place, evaluator: Evaluator): PuppetValue | undefined {
  const { source } = place.scope.manifest;
  switch (expression.type) {
    case 'StringLiteral':
    case 'Name':
      return [{ type: 'string', text: stringTemplate(expression, source) }];
    case 'InterpolatedString':
      return interpolate(expression, place, evaluator);
    case 'Heredoc':
      return expression.text.type === 'InterpolatedString'
        ? interpolate(expression, place, evaluator)
        : [{ type: 'string', text: stringTemplate(expression, source) }];
    case 'NumberLiteral': {
      const text = writtenText(source, expression.start, expression.end, expression.raw);
      return [{ type: 'number', value: expression.value, text }];
    }
    case 'BooleanLiteral': {
      const text = writtenText(source, expression.start, expression.end, String(expression.value));
      return [{ type: 'boolean', value: expression.value, text }];
    }
    case 'Undef':
      return [{ type: 'undef' }];
    case 'Default':
      return [{ type: 'default' }];
    case 'RegexLiteral':
      return [{ type: 'regex', pattern: expression.pattern }];
    case 'Variable': {
      const value = variableValue(expression.name, place, evaluator);
      return value === undefined ? factVariable(expression, place) : (value ?? undefined);
    }
    case 'ArrayLiteral':
      return arrayValue(expression.elements, place, evaluator);
    case 'HashLiteral':
      return hashValue(expression, place, evaluator);
    case 'Parenthesized':
      return evaluator.evaluate(expression.expression, place);
    case 'Assignment':
      return evaluator.evaluate(expression.value, place);
    case 'Unary': {
      const operand = evaluator.evaluate(expression.operand, place);
      if (expression.operator === '!') return answerValue(ask(expression, place, evaluator).answer);
      if (expression.operator === '*') return operand;
      const [only] = operand;
      return operand.length === 1 && only?.type === 'number'
        ? placed([numberOf(-only.value)], spanOf(source, expression.start, expression.end))
        : undefined;
    }
    case 'Binary':
      return binaryValue(expression, place, evaluator);
    case 'If':
    case 'Unless':
    case 'Case':
    case 'Selector':
      return unite(
        waysOf(expression, place, evaluator)
          .filter(({ answer }) => answer !== 'no')
          .map(({ body, index }) =>
            evaluator.evaluateBody(
              body,
              expression.type === 'Selector'
                ? place
                : { ...place, branch: { node: expression, index, outer: place.branch } },
            ),
          ),
      );
    case 'Access':
      return accessValue(expression, place, evaluator);
    case 'Call':
    case 'MethodCall': {
      const made = callFunction(expression, place, evaluator);
      return made === undefined ? undefined : placed(made, spanOf(source, expression.start, expression.end));
    }
    default:
      return undefined;
  }
}

function interpolate(node: InterpolatedString | Heredoc, place: Place, evaluator: Evaluator): PuppetValue | undefined {
  const { source } = place.scope.manifest;
  const content = node.type === 'Heredoc' ? node.text : node;
  if (content.type !== 'InterpolatedString') return undefined;
  const parts = content.parts.filter((part) => part.type === 'Interpolation');
  const values: PuppetValue[] = [];
  let count = 1;
  for (const part of parts) {
    const value = evaluator.evaluate(part.expression, place);
    // More combinations than can be followed: what is behind becomes a hole.
    const follow = count * value.length <= maximumAlternatives;
    values.push(follow ? value : unknown(source, part.start, part.end));
    if (follow) count *= value.length;
  }
  return combine(values)?.map((chosen) => ({
    type: 'string',
    text: stringTemplate(node, source, (part) => {
      const one = chosen[parts.indexOf(part)];
      if (one === undefined || one.type === 'unknown') return undefined;
      const text = interpolated(one);
      return text === undefined ? undefined : placeText(text, spanOf(source, part.start, part.end));
    }),
  }));
}

/** @param name without `$`; `undefined` if there is no such variable in reach, `null` if its value is not known */
function variableValue(name: string, place: Place, evaluator: Evaluator): PuppetValue | null | undefined {
  const bare = name.startsWith('::') ? name.slice(2) : name;
  const at = bare.lastIndexOf('::');
  if (at >= 0) {
    const scope = evaluator.classScope(bare.slice(0, at));
    return scope === undefined ? undefined : inScope(bare.slice(at + 2), scope, undefined, place.certain, evaluator);
  }
  if (name !== bare) {
    let top: Scope = place.scope;
    while (top.outer !== undefined) top = top.outer;
    return top.kind === 'top' ? inScope(bare, top, undefined, place.certain, evaluator) : undefined;
  }
  for (let scope: Scope | undefined = place.scope; scope !== undefined; scope = scope.outer) {
    const found = inScope(name, scope, place.branch, place.certain, evaluator);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inScope(
  name: string,
  scope: Scope,
  branch: Branch | undefined,
  certain: boolean,
  evaluator: Evaluator,
): PuppetValue | null | undefined {
  const bound = scope.bound.get(name);
  const known = certain ? scope.certainValues : scope.values;
  if (bound !== undefined) return evaluateOnce(bound, known, () => bound.value(certain)) ?? null;
  const all = scope.names.assignments.get(name);
  if (all !== undefined && all.length > maximumAssignments) return null;
  const assigned = all?.filter((each) => compatible(each.branch, branch));
  if (assigned !== undefined && assigned.length > 0) {
    const reachable = assigned.filter((each) => isReachable(each.branch, scope, evaluator));
    const values = (reachable.length > 0 ? reachable : assigned).map((each) =>
      evaluateOnce(each, known, () => assignedValue(each, scope, certain, evaluator)),
    );
    return (values.includes(undefined) ? undefined : unite(values.filter((value) => value !== undefined))) ?? null;
  }
  return scope.inherited === undefined ? undefined : inScope(name, scope.inherited, undefined, certain, evaluator);
}

/** `undefined` while it is being worked out: a value that depends on itself. */
function evaluateOnce(
  key: Assigned | Bound,
  values: Map<object, PuppetValue | undefined>,
  work: () => PuppetValue | undefined,
): PuppetValue | undefined {
  if (values.has(key)) return values.get(key);
  values.set(key, undefined);
  const value = work();
  values.set(key, value);
  return value;
}

function isReachable(branch: Branch | undefined, scope: Scope, evaluator: Evaluator): boolean {
  for (let at = branch; at !== undefined; at = at.outer) {
    const { node, index } = at;
    if (node.type !== 'If' && node.type !== 'Unless' && node.type !== 'Case') continue;
    const ways = waysOf(node, { scope, branch: at.outer, certain: true }, evaluator);
    if (ways.find((way) => way.index === index)?.answer === 'no') return false;
  }
  return true;
}

function assignedValue(
  { value, element, branch }: Assigned,
  scope: Scope,
  certain: boolean,
  evaluator: Evaluator,
): PuppetValue | undefined {
  const whole = evaluator.evaluate(value, { scope, branch, certain });
  if (element === undefined) return whole;
  const [only] = whole;
  return whole.length === 1 && only?.type === 'array' && typeof element === 'number'
    ? only.elements[element]
    : undefined;
}

/** `$facts`, and facts of old as top-scope variables. */
function factVariable(expression: Variable, { scope: { manifest } }: Place): PuppetValue | undefined {
  const name = expression.name.startsWith('::') ? expression.name.slice(2) : expression.name;
  const { start, end } = expression;
  if (name === 'facts') return unknown(manifest.source, start, end, '');
  return isFact(name) ? unknown(manifest.source, start, end, factPath(name)) : undefined;
}

function arrayValue(elements: readonly Expression[], place: Place, evaluator: Evaluator): PuppetValue {
  const values: PuppetValue[] = [];
  let open = false;
  for (const element of elements) {
    const value = evaluator.evaluate(element, place);
    if (element.type !== 'Unary' || element.operator !== '*') values.push(value);
    else if (value.length === 1 && value[0]?.type === 'array') {
      addAll(values, value[0].elements);
      open ||= value[0].open;
    } else open = true;
  }
  return [{ type: 'array', elements: values, open }];
}

function hashValue(hash: HashLiteral, place: Place, evaluator: Evaluator): PuppetValue {
  const entries = new Map<string, HashItem>();
  let open = false;
  for (const entry of hash.entries) {
    const key = evaluator.evaluate(entry.key, place);
    const text = key.length === 1 ? knownText(key[0]) : undefined;
    const [only] = key;
    if (text === undefined || only === undefined || !('text' in only)) open = true;
    else entries.set(text, { key: only.text, value: evaluator.evaluate(entry.value, place) });
  }
  return [{ type: 'hash', entries, open }];
}

function binaryValue(expression: Binary, place: Place, evaluator: Evaluator): PuppetValue | undefined {
  const { operator } = expression;
  if (!['+', '-', '*', '/', '%', '<<'].includes(operator)) return answerValue(ask(expression, place, evaluator).answer);
  const left = evaluator.evaluate(expression.left, place);
  const right = evaluator.evaluate(expression.right, place);
  const combinations = combine([left, right]);
  const made = combinations?.map(([one, other]) => calculate(operator, one, other, right));
  if (made === undefined || made.includes(undefined)) return undefined;
  const { source } = place.scope.manifest;
  return placed(
    made.filter((one) => one !== undefined),
    spanOf(source, expression.start, expression.end),
  );
}

function calculate(
  operator: Binary['operator'],
  one: Alternative | undefined,
  other: Alternative | undefined,
  right: PuppetValue,
): Alternative | undefined {
  if (one?.type === 'array' && operator === '<<') return { ...one, elements: [...one.elements, right] };
  if (one?.type === 'array' && operator === '+') {
    if (other?.type === 'array')
      return { ...one, elements: [...one.elements, ...other.elements], open: one.open || other.open };
    return other === undefined || other.type === 'unknown' || other.type === 'hash'
      ? { ...one, open: true }
      : { ...one, elements: [...one.elements, [other]] };
  }
  if (one?.type === 'hash' && operator === '+') {
    if (other?.type !== 'hash') return { ...one, open: true };
    return { type: 'hash', entries: new Map([...one.entries, ...other.entries]), open: one.open || other.open };
  }
  if (one?.type !== 'number' || other?.type !== 'number') return undefined;
  const [a, b] = [one.value, other.value];
  const whole = Number.isInteger(a) && Number.isInteger(b);
  switch (operator) {
    case '+':
      return numberOf(a + b);
    case '-':
      return numberOf(a - b);
    case '*':
      return numberOf(a * b);
    case '/':
      return b === 0 ? undefined : numberOf(whole ? Math.floor(a / b) : a / b);
    case '%':
      return b === 0 ? undefined : numberOf(((a % b) + b) % b);
    default:
      return undefined;
  }
}

function accessValue(access: Access, place: Place, evaluator: Evaluator): PuppetValue | undefined {
  const { source } = place.scope.manifest;
  if (access.target.type === 'TypeReference') {
    const titles = access.keys.map((key) => evaluator.evaluate(key, place));
    return [{ type: 'reference', typeName: access.target.name.replace(/^::/, '').toLowerCase(), titles }];
  }
  const target = evaluator.evaluate(access.target, place);
  const [key, length] = access.keys;
  if (key === undefined || length !== undefined) return undefined;
  const keys = evaluator.evaluate(key, place);
  return dig(target, keys, (fact) => unknown(source, access.start, access.end, fact));
}

/** An element of an array, hash or fact by its key. */
export function dig(
  target: PuppetValue,
  key: PuppetValue,
  factValue: (path: string) => PuppetValue,
): PuppetValue | undefined {
  const [only] = key;
  const text = key.length === 1 ? knownText(only) : undefined;
  if (text === undefined) return undefined;
  const found = target.map((one): PuppetValue | undefined => {
    switch (one.type) {
      case 'hash':
        return one.entries.get(text)?.value ?? (one.open ? undefined : [{ type: 'undef' }]);
      case 'array': {
        const index = Number(text);
        if (!Number.isInteger(index) || (one.open && index < 0)) return undefined;
        return one.elements.at(index) ?? (one.open ? undefined : [{ type: 'undef' }]);
      }
      case 'unknown':
        if (one.fact === undefined) return undefined;
        return factValue(one.fact === '' ? factPath(text) : `${one.fact}.${text}`);
      case 'undef':
        return [one];
      default:
        return undefined;
    }
  });
  return found.includes(undefined) ? undefined : unite(found.filter((value) => value !== undefined));
}

function bindLambda(
  parameters: readonly Parameter[],
  values: readonly PuppetValue[],
  certainValues: readonly PuppetValue[] | undefined,
  { manifest }: Scope,
): ReadonlyMap<string, Bound> {
  return new Map(
    parameters.map((parameter, index) => {
      const given = parameter.splat ? undefined : values[index];
      const value = given ?? unknown(manifest.source, parameter.nameStart, parameter.nameEnd);
      const sure = parameter.splat ? undefined : certainValues?.[index];
      return [parameter.name, { value: (certain) => (certain ? sure : value) }];
    }),
  );
}

/** For templates: an expression with variables of its own around it. */
export function evaluateWith(
  expression: Expression,
  source: Template,
  locals: ReadonlyMap<string, PuppetValue>,
  { scope, branch, certain }: Place,
  evaluator: Evaluator,
): PuppetValue {
  const bound = new Map([...locals].map(([name, value]) => [name, { value: () => value }]));
  const { path, program, moduleDirectory, moduleName } = scope.manifest;
  const manifest = { path, source, program, moduleDirectory, moduleName };
  const inner = createScope({ kind: 'lambda', manifest, outer: scope, bound, body: [] });
  return evaluator.evaluate(expression, { scope: inner, branch, certain });
}
