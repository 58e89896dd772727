/** How often a place inside a function runs. */
import type { GoMemo, GoPlace, GoRepetition } from '../../core/facts/go.ts';
import { pointerEdit } from './edits.ts';
import { closesForGood, comesAfterGuard, standsInGuard } from './once.ts';
import { bareType, nodeSpan, packageMember, textOf } from './source.ts';
import { spanOf } from '../../core/template.ts';
import { child, enclosing, isWithin, walk, type GoNode } from './syntax.ts';
import {
  argumentsOf,
  calledName,
  callOf,
  importedName,
  readParameters,
  type GoParameter,
  type GoUnit,
} from './unit.ts';

/** What becomes of a function literal. */
export interface LiteralUse {
  /** It outlives the statement: returned, stored, handed to something that keeps it. */
  readonly kept: boolean;
  readonly once: boolean;
  /** Something calls it periodically: the call that sees to that. */
  readonly periodic: GoNode | undefined;
  /** Where it is called from through a variable. */
  readonly calls: readonly GoNode[];
}

/** Functions that call what they are given, before they return or in a goroutine, as many times as it takes. */
const runner = /^(?:Do|Go|Run|With|Try|Retry|Each|ForEach|Walk|Wait|Poll|Until|Eventually|Execute|Submit|Invoke)/;

/** Functions that call what they are given again and again. */
const periodicRunner =
  /^(?:Until|UntilWith\w+|JitterUntil\w*|NonSlidingUntil\w*|BackoffUntil\w*|Forever|AddFunc|AddJob|Every|Schedule\w*|Periodic\w*)$/;

/** Types of the parameters by which frameworks hand a request to its handler. */
const requestTypes = [
  /^github\.com\/gin-gonic\/gin\.Context$/,
  /^github\.com\/labstack\/echo(?:\/v\d+)?\.Context$/,
  /^github\.com\/gofiber\/fiber(?:\/v\d+)?\.Ctx$/,
  /^github\.com\/valyala\/fasthttp\.RequestCtx$/,
  /^github\.com\/emicklei\/go-restful(?:\/v\d+)?\.Request$/,
  /^(?:connectrpc\.com\/connect|github\.com\/bufbuild\/connect-go)\.Request$/,
];

/** Types by which frameworks hand a command to a program that is started for it and ends: command lines, CNI plugins. */
const commandTypes = [
  /^github\.com\/spf13\/cobra\.Command$/,
  /^github\.com\/urfave\/cli(?:\/v\d+)?\.(?:Context|Command)$/,
  /^github\.com\/containernetworking\/cni\/pkg\/skel\.CmdArgs$/,
];

/** Methods that a framework calls at every round, by a parameter that only it hands over. */
const callbacks: readonly (readonly [name: RegExp, type: RegExp])[] = [
  [/^RoundTrip$/, /^net\/http\.Request$/],
  [/^Collect$/, /^github\.com\/prometheus\/client_golang\/prometheus\.Metric$/],
  [/^Gather$/, /telegraf\.Accumulator$/],
  [/^Reconcile$/, /\.Request$/],
];

/** The place of a node: loops, handlers and function literals around it. */
export function placeOf(unit: GoUnit, node: GoNode, depth = 0): GoPlace {
  let repeated: GoRepetition | undefined;
  let once = false;
  let memo: GoMemo | undefined;
  let instead = false;
  let below = node;
  let returns = false;
  for (let up = node.parent; up !== undefined && up !== unit.node.parent; below = up, up = up.parent) {
    returns ||= up.type === 'statement_list' && up.children.at(-1)?.type === 'return_statement';
    if (up.type === 'for_statement' && below.field === 'body' && !returns && !endsWithSuccess(unit, up, node)) {
      repeated = within(repeated, () => loopRepetition(unit, up));
    }
    // What a loop inside of the guard repeats is no less repeated.
    if (repeated === undefined && up.type === 'statement_list') once ||= comesAfterGuard(unit, up, below);
    if (up.type === 'if_statement' && below.field === 'consequence') {
      if (repeated === undefined) once ||= standsInGuard(unit, up);
      memo ??= memoOf(unit, up);
      instead ||= asksForNone.test(textOf(unit.source, child(up, 'condition') ?? up));
    }
    if (up.type !== 'func_literal') continue;
    returns = false;
    const parameters = readParameters(unit.source, child(up, 'parameters'));
    const handler = takesRequest(unit, parameters);
    if (handler) repeated = within(repeated, () => ({ how: 'handler', bounded: false, span: headSpan(unit, up) }));
    const use = literalUse(unit, up);
    if (repeated === undefined) once ||= use.once;
    const { periodic } = use;
    if (periodic !== undefined) {
      repeated = within(repeated, () => ({ how: 'ticker', bounded: false, span: nodeSpan(unit.source, periodic) }));
    }
    if (takesCommand(unit, parameters)) return { function: unit.id, repeated, later: 'command', once, instead, memo };
    if (use.kept || handler) return { function: unit.id, repeated, later: 'kept', once, instead, memo };
    for (const call of depth < 4 ? use.calls : []) {
      repeated = within(repeated, () => placeOf(unit, call, depth + 1).repeated);
    }
  }
  if (repeated === undefined) once ||= closesForGood(unit);
  return { function: unit.id, repeated, later: undefined, once, instead, memo };
}

/** Names of flags that say that a call has succeeded; the end of a list of pages is none. */
const success =
  /^(?:is)?(?:ok|ready|success|successful|succeeded|found|healthy|alive|up|available|reachable|connected)$/i;

/** What repeats a place, where something around it is repeated too: the nearest, which ends by itself if both do. */
function within(inner: GoRepetition | undefined, read: () => GoRepetition | undefined): GoRepetition | undefined {
  if (inner?.bounded === false) return inner;
  const outer = read();
  return inner === undefined || outer === undefined ? (inner ?? outer) : { ...inner, bounded: outer.bounded };
}

/**
 * Whether a loop is over as soon as a call in it succeeds: `v, err := f()`, then `if err == nil { break }`;
 * `if ready() { return }`; `ok := ready()`, then `if ok { break }`.
 */
function endsWithSuccess(unit: GoUnit, loop: GoNode, node: GoNode): boolean {
  const body = child(loop, 'body');
  const statements = statementsOf(body);
  const index = statements.findIndex((statement) => isWithin(node, statement));
  const statement = statements[index];
  if (statement === undefined) return false;
  const isCondition = statement.type === 'if_statement' && node.parent === statement && node.field === 'condition';
  if (isCondition) return node.type === 'call_expression' && leaves(child(statement, 'consequence'));
  const initializer = statement.type === 'if_statement' ? child(statement, 'initializer') : undefined;
  const error = child(initializer ?? statement, 'left')?.children.at(-1);
  if (error?.type !== 'identifier' || (initializer !== undefined && !isWithin(node, initializer))) {
    return waitsForAnswer(unit, loop, node);
  }
  const name = textOf(unit.source, error);
  const asks = initializer === undefined ? statements.slice(index + 1) : [statement];
  const isAsked = asks.some((one) => {
    const condition = one.type === 'if_statement' ? child(one, 'condition') : undefined;
    const text = condition === undefined ? '' : textOf(unit.source, condition);
    if (text === `${name} == nil` || text.startsWith(`${name} == nil || `)) return leaves(child(one, 'consequence'));
    if ((text === name && success.test(name)) || text.startsWith(`${name} == nil && `)) {
      return leaves(child(one, 'consequence'));
    }
    if (text !== `${name} != nil`) return false;
    const tries = statementsOf(child(one, 'consequence')).at(-1)?.type === 'continue_statement';
    return leaves(child(one, 'alternative')) || (tries && leaves(body));
  });
  return isAsked || waitsForAnswer(unit, loop, node);
}

/** Whether the nearest loop around a request, in the same function or literal, is over as soon as one succeeds. */
export function waitsForSuccess(unit: GoUnit, request: GoNode): boolean {
  const loop = enclosing(request, ['for_statement', 'func_literal'], unit.node);
  return loop?.type === 'for_statement' && endsWithSuccess(unit, loop, request);
}

/** A status that says that a request has succeeded. */
const goodStatus = /\.StatusCode\s*(?:==\s*(?:200|http\.StatusOK)\b|<=?\s*(?:299|[34]00)\b|\/\s*100\s*==\s*2\b)/;

/** Whether a loop is over when a request in it is answered, however deep the question stands. */
function waitsForAnswer(unit: GoUnit, loop: GoNode, request: GoNode): boolean {
  const statement = enclosing(request, ['assignment_statement', 'short_var_declaration'], loop);
  const error = statement === undefined ? undefined : child(statement, 'left')?.children.at(-1);
  if (error?.type !== 'identifier') return false;
  let known = answers.get(loop);
  if (known === undefined) answers.set(loop, (known = answersOf(unit, loop)));
  return (known.get(textOf(unit.source, error)) ?? 0) > request.start;
}

const answers = new WeakMap<GoNode, ReadonlyMap<string, number>>();

/**
 * Where the last statement of a loop ends that asks whether there was an error and leaves the loop, by the name of the error:
 * `if err == nil && resp.StatusCode == 200 { return }`, `if err == nil { if resp.StatusCode == 200 { break } }`.
 */
function answersOf(unit: GoUnit, loop: GoNode): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const body = child(loop, 'body');
  if (body === undefined) return found;
  for (const one of walk(body, ({ type }) => type !== 'func_literal' && type !== 'for_statement')) {
    const condition = one.type === 'if_statement' ? child(one, 'condition') : undefined;
    const name = condition === undefined ? null : /^(\w+) == nil(?: && |$)/.exec(textOf(unit.source, condition));
    if (name?.[1] === undefined) continue;
    const consequence = child(one, 'consequence');
    const isGood = statementsOf(consequence).some((inner) => {
      const asked = inner.type === 'if_statement' ? child(inner, 'condition') : undefined;
      const asksStatus = asked !== undefined && goodStatus.test(textOf(unit.source, asked));
      return asksStatus && leavesLoop(child(inner, 'consequence'), loop);
    });
    if (isGood || leavesLoop(consequence, loop)) found.set(name[1], one.end);
  }
  return found;
}

/** Whether a block ends a loop around it: `break` in a `select` or `switch` of the loop does not. */
function leavesLoop(block: GoNode | undefined, loop: GoNode): boolean {
  const last = statementsOf(block).at(-1);
  if (last?.type === 'return_statement') return true;
  const breaks = ['for_statement', 'select_statement', 'expression_switch_statement', 'type_switch_statement'];
  return last?.type === 'break_statement' && enclosing(last, breaks) === loop;
}

function statementsOf(block: GoNode | undefined): readonly GoNode[] {
  return block?.children.find(({ type }) => type === 'statement_list')?.children ?? [];
}

/** Whether a block ends its loop. */
function leaves(block: GoNode | undefined): boolean {
  return ['break_statement', 'return_statement'].includes(statementsOf(block).at(-1)?.type ?? '');
}

/** `if client == nil`, `if !ok` */
const asksForNone = /^(?:[\w.]*(?:client|transport|tripper)\s*==\s*nil|!(?:ok|found|exists))$/i;

/** `if c.http == nil { c.http = ... }`, where `c` is a copy of what the method was called on and stays in the method. */
function memoOf(unit: GoUnit, statement: GoNode): GoMemo | undefined {
  const { receiver, source } = unit;
  const condition = child(statement, 'condition');
  if (receiver === undefined || receiver.pointer || receiver.name === '' || condition === undefined) return undefined;
  const guard = /^(?:nil\s*==\s*)?(\w+)\.(\w+)(?:\s*==\s*nil)?$/.exec(textOf(source, condition));
  const field = guard?.[2];
  if (condition.type !== 'binary_expression' || guard?.[1] !== receiver.name || field === undefined) return undefined;
  const mentions = unit.mentions.get(receiver.name) ?? [];
  // A copy that is handed on or returned keeps what was put into it.
  if (mentions.some((mention) => mention.parent?.type !== 'selector_expression')) return undefined;
  const isKept = mentions.some(
    ({ parent }) =>
      parent !== undefined && isWithin(parent, statement) && isAssigned(parent) && calledName(unit, parent) === field,
  );
  const pointer = pointerEdit(unit);
  if (!isKept || pointer === undefined) return undefined;
  return { field, type: receiver.type, guard: nodeSpan(source, condition), pointer };
}

/** A loop; one that waits for a time at each round, and does not count its rounds, is a ticker. */
function loopRepetition(unit: GoUnit, loop: GoNode): GoRepetition {
  const bounded = isCounted(loop) || rangesOverPairs(loop);
  return { how: isPaced(unit, loop) && !isCounted(loop) ? 'ticker' : 'loop', bounded, span: headSpan(unit, loop) };
}

/** `for i, v := range x`: with two variables it is no channel. */
function rangesOverPairs(loop: GoNode): boolean {
  const clause = loop.children.find(({ type }) => type === 'range_clause');
  return clause !== undefined && child(clause, 'left')?.children.length === 2;
}

const waits = new Set(['time.Sleep', 'time.After', 'time.Tick', 'time.NewTimer']);

const pacedLoops = new WeakMap<GoNode, boolean>();

function isPaced(unit: GoUnit, loop: GoNode): boolean {
  let paced = pacedLoops.get(loop);
  if (paced === undefined) {
    paced = findPace(unit, loop);
    pacedLoops.set(loop, paced);
  }
  return paced;
}

function findPace(unit: GoUnit, loop: GoNode): boolean {
  for (const node of walk(loop, ({ type }) => type !== 'func_literal')) {
    if (node.type === 'call_expression' && waits.has(importedName(unit, child(node, 'function')) ?? '')) return true;
    // `<-ticker.C` and `range ticker.C`
    if (node.type === 'selector_expression' && /\.C$/.test(textOf(unit.source, node))) {
      const { parent } = node;
      if (parent?.type === 'range_clause' || (parent?.type === 'unary_expression' && parent.parent?.field !== 'left')) {
        return true;
      }
    }
    // `<-tick`, after `tick := time.Tick(...)`
    const received =
      node.type === 'unary_expression' && child(node, 'operator')?.type === '<-' ? child(node, 'operand') : undefined;
    const values = received?.type === 'identifier' ? unit.locals.get(textOf(unit.source, received)) : undefined;
    if (values?.some((value) => importedName(unit, child(value, 'function')) === 'time.Tick')) return true;
  }
  return false;
}

/** Functions that call what they are given until it says that something has come about. */
const poller = /^(?:Poll|Wait|Until|Eventually)/;

/**
 * Whether a place runs again and again inside one call, until something has come about: in a paced loop without a count,
 * or in a literal that such a loop or a function like `wait.Poll` calls. Looks no further out than `limit`.
 */
export function isPolled(unit: GoUnit, node: GoNode, limit: (around: GoNode) => boolean, depth = 0): boolean {
  for (let up = node.parent; up !== undefined && up !== unit.node.parent && !limit(up); up = up.parent) {
    if (up.type === 'for_statement' && !isCounted(up) && isPaced(unit, up)) return true;
    if (up.type !== 'func_literal' || depth >= 4) continue;
    const call = up.parent?.type === 'argument_list' ? up.parent.parent : undefined;
    const called = call === undefined ? undefined : child(call, 'function');
    if (called !== undefined && poller.test(calledName(unit, called))) return true;
    if (literalUse(unit, up).calls.some((one) => isPolled(unit, one, limit, depth + 1))) return true;
  }
  return false;
}

/** `for i := 0; i < 3; i++` ends by itself. */
export function isCounted(loop: GoNode): boolean {
  const clause = loop.children.find(({ type }) => type === 'for_clause');
  return clause !== undefined && child(clause, 'condition') !== undefined;
}

/** A loop, function or literal without its body. */
function headSpan(unit: GoUnit, node: GoNode): GoRepetition['span'] {
  const end = child(node, 'body')?.start ?? node.end;
  const head = unit.source.text.slice(node.start, end).trimEnd();
  return spanOf(unit.source.template, node.start, node.start + head.length);
}

/** What makes a declared function run again and again, by its signature. */
export function signatureRepetition(unit: GoUnit): GoRepetition | undefined {
  if (unit.name === undefined) return undefined;
  const span = headSpan(unit, unit.node);
  if (takesRequest(unit, unit.parameters)) return { how: 'handler', bounded: false, span };
  const name = textOf(unit.source, unit.name);
  const types = unit.parameters.map(({ type }) => typeName(unit, type) ?? '');
  const isCallback =
    unit.receiver !== undefined &&
    callbacks.some(([method, type]) => method.test(name) && types.some((one) => type.test(one)));
  if (isCallback) return { how: 'callback', bounded: false, span };
  return isRemoteProcedure(unit, types) ? { how: 'handler', bounded: false, span } : undefined;
}

/** `func (s *Server) Get(ctx context.Context, req *pb.GetRequest) (*pb.GetResponse, error)`. */
function isRemoteProcedure(unit: GoUnit, types: readonly string[]): boolean {
  if (unit.receiver === undefined || types.length !== 2 || types[0] !== 'context.Context') return false;
  const results = readParameters(unit.source, child(unit.node, 'result')).map(({ type }) => typeName(unit, type) ?? '');
  return (
    /\.\w+Request$/.test(types[1] ?? '') && results.length === 2 && /\.\w+(?:Response|Reply)$/.test(results[0] ?? '')
  );
}

function takesRequest(unit: GoUnit, parameters: readonly GoParameter[]): boolean {
  const types = parameters.map(({ type }) => typeName(unit, type) ?? '');
  if (types.includes('net/http.ResponseWriter') && types.includes('net/http.Request')) return true;
  return types.some((type) => requestTypes.some((pattern) => pattern.test(type)));
}

export function takesCommand(unit: GoUnit, parameters: readonly GoParameter[]): boolean {
  return parameters.some(({ type }) => commandTypes.some((pattern) => pattern.test(typeName(unit, type) ?? '')));
}

function typeName(unit: GoUnit, type: GoNode): string | undefined {
  return packageMember(unit.source, bareType(type.type === 'channel_type' ? child(type, 'value') : type));
}

const uses = new WeakMap<GoNode, LiteralUse>();

/** What becomes of a function literal. */
export function literalUse(unit: GoUnit, literal: GoNode): LiteralUse {
  const known = uses.get(literal);
  if (known !== undefined) return known;
  // A literal that is reached again while it is looked at is called by itself.
  uses.set(literal, { kept: false, once: false, periodic: undefined, calls: [] });
  const use = findLiteralUse(unit, literal);
  uses.set(literal, use);
  return use;
}

const runHere: LiteralUse = { kept: false, once: false, periodic: undefined, calls: [] };
const keptForLater: LiteralUse = { ...runHere, kept: true };

function findLiteralUse(unit: GoUnit, literal: GoNode): LiteralUse {
  let node = literal;
  while (node.parent?.type === 'parenthesized_expression') node = node.parent;
  if (callOf(node) !== undefined) return runHere;
  if (node.parent?.type === 'argument_list') return argumentUse(unit, node.parent.parent);
  const names = assignedNames(node);
  if (names.length === 0) return keptForLater;
  const calls: GoNode[] = [];
  for (const name of names) {
    if (!unit.locals.has(textOf(unit.source, name))) return keptForLater;
    for (const mention of unit.mentions.get(textOf(unit.source, name)) ?? []) {
      if (mention.start === name.start || isAssigned(mention)) continue;
      const call = callOf(mention);
      if (call !== undefined) calls.push(call);
      else if (mention.parent?.type !== 'argument_list') return keptForLater;
      else {
        const use = argumentUse(unit, mention.parent.parent);
        if (use.kept || use.once || use.periodic !== undefined) return use;
        calls.push(mention);
      }
    }
  }
  return { ...runHere, calls };
}

function argumentUse(unit: GoUnit, call: GoNode | undefined): LiteralUse {
  const called = call === undefined ? undefined : child(call, 'function');
  if (call === undefined || called === undefined) return keptForLater;
  const name = calledName(unit, called);
  if (name === 'Do' && argumentsOf(call).length === 1 && /once/i.test(textOf(unit.source, called))) {
    return { ...runHere, once: true };
  }
  if (name === 'OnceFunc' || name === 'OnceValue' || name === 'OnceValues') return { ...keptForLater, once: true };
  if (periodicRunner.test(name)) return { ...runHere, periodic: called };
  return runner.test(name) ? runHere : keptForLater;
}

/** The plain names that a value is assigned to. */
function assignedNames(value: GoNode): readonly GoNode[] {
  const list = value.parent;
  const statement = list?.type === 'expression_list' ? list.parent : undefined;
  if (list === undefined || statement === undefined) return [];
  const index = list.children.indexOf(value);
  if (statement.type === 'var_spec') {
    const name = statement.children.filter(({ field }) => field === 'name')[index];
    return name === undefined ? [] : [name];
  }
  if (list.field !== 'right') return [];
  const target = child(statement, 'left')?.children[index];
  return target?.type === 'identifier' ? [target] : [];
}

/** Whether a mention of a name is the target of an assignment. */
export function isAssigned(mention: GoNode): boolean {
  return mention.parent?.type === 'expression_list' && mention.parent.field === 'left';
}

const branches = new Set(['if_statement', 'expression_case', 'type_case', 'default_case']);
const bodies = new Set(['for_statement', 'func_literal', 'function_declaration', 'method_declaration']);

/** Whether a node stands under a condition inside its function or loop body. */
export function isConditional(node: GoNode): boolean {
  let below = node;
  for (let up = node.parent; up !== undefined && !bodies.has(up.type); below = up, up = up.parent) {
    // The condition itself, and the statement before it, always run.
    if (branches.has(up.type) && below.field !== 'condition' && below.field !== 'initializer') return true;
  }
  return false;
}
