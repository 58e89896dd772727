/** Programs that a loop runs at a pace: `exec.Command` below a ticker, a sleep or a periodic runner. */
import type { CommandFact, LoopOrigin } from '../../core/facts/command.ts';
import { spanOf, TemplateBuilder, type Answer, type Template } from '../../core/template.ts';
import { unwrapCommand } from '../shell/commands.ts';
import { declaredConstants, durationSeconds, evaluate } from './constants.ts';
import { isConditional, isCounted, literalUse } from './place.ts';
import { nodeSpan, packageMember, textOf, type GoSource } from './source.ts';
import { bare, child, enclosing, walk, type GoNode } from './syntax.ts';
import { argumentsOf, calledName, importedName, type GoUnit } from './unit.ts';
import { addAll } from '../../core/lists.ts';

interface Pace {
  readonly at: GoNode;
  readonly seconds: number | undefined;
  /** Whether the node that was asked for runs at every round. */
  readonly always: Answer;
}

/** The commands that run again and again: in a loop themselves, or in a function of the file that a loop calls. */
export function periodicCommands(source: GoSource, units: readonly GoUnit[]): readonly CommandFact[] {
  const facts: CommandFact[] = [];
  let paced: PacedCalls | undefined;
  for (const unit of units) {
    for (const call of unit.nodes) {
      if (call.type !== 'call_expression') continue;
      const skipped = { 'os/exec.Command': 0, 'os/exec.CommandContext': 1 }[
        importedName(unit, child(call, 'function')) ?? ''
      ];
      if (skipped === undefined) continue;
      const pace = paceOf(unit, call) ?? callerPace((paced ??= pacedCalls(units)), unit, call);
      const words = argumentsOf(call)
        .slice(skipped)
        .map((argument) => wordOf(source, argument));
      if (pace === undefined || words.length === 0) continue;
      addAll(facts, commandFacts(source, call, words, pace));
    }
  }
  return facts;
}

function commandFacts(source: GoSource, call: GoNode, words: readonly Template[], pace: Pace): readonly CommandFact[] {
  const at = nodeSpan(source, call);
  const origin: LoopOrigin = { type: 'go-loop', at, intervalSeconds: pace.seconds, pace: nodeSpan(source, pace.at) };
  return unwrapCommand(words, pace.always, at).map((command) => ({ kind: 'command', ...command, origin }));
}

type PacedCalls = ReadonlyMap<string, Pace>;

/** One level: a loop of the same file that calls the function around `call`. */
function callerPace(paced: PacedCalls, unit: GoUnit, call: GoNode): Pace | undefined {
  if (unit.name === undefined) return undefined;
  const pace = paced.get(callKey(textOf(unit.source, unit.name), unit.receiver !== undefined));
  return pace !== undefined && isConditional(call) ? { ...pace, always: 'unknown' } : pace;
}

/** The functions and methods that a loop with a pace calls, by name. */
function pacedCalls(units: readonly GoUnit[]): PacedCalls {
  const paced = new Map<string, Pace>();
  for (const unit of units) {
    for (const node of unit.nodes) {
      const called = node.type === 'call_expression' ? child(node, 'function') : undefined;
      if (called === undefined) continue;
      const key = callKey(calledName(unit, called), called.type === 'selector_expression');
      const pace = paced.has(key) ? undefined : paceOf(unit, node);
      if (pace !== undefined) paced.set(key, pace);
    }
  }
  return paced;
}

function callKey(name: string, method: boolean): string {
  return method ? `.${name}` : name;
}

/** The pace of the innermost loop around a node, if it has one. */
function paceOf(unit: GoUnit, node: GoNode): Pace | undefined {
  let below = node;
  for (let up = node.parent; up !== undefined && up !== unit.node.parent; below = up, up = up.parent) {
    // A few tries are no period; what is around them may be one.
    if (up.type === 'for_statement' && below.field === 'body' && !isCounted(up)) return loopPace(unit, up, node);
    if (up.type !== 'func_literal') continue;
    const use = literalUse(unit, up);
    const call = use.periodic?.parent;
    if (call !== undefined) {
      const seconds = argumentsOf(call).map((argument) => evaluate(unit.source, argument));
      return {
        at: call,
        seconds: durationSeconds(seconds.find((one) => one?.duration === true)),
        always: answer(node),
      };
    }
    if (use.kept) return undefined;
  }
  return undefined;
}

/** Waits of one loop that are looked at; one is usual. */
const maximumWaits = 20;

const waitsByLoop = new WeakMap<GoNode, readonly GoNode[]>();

function waitsOf(unit: GoUnit, loop: GoNode): readonly GoNode[] {
  const known = waitsByLoop.get(loop);
  if (known !== undefined) return known;
  const waits: GoNode[] = [];
  for (const inner of walk(loop, ({ type }) => type !== 'func_literal')) {
    if (waits.length >= maximumWaits) break;
    if (isWait(unit, inner) && enclosing(inner, ['for_statement']) === loop) waits.push(inner);
  }
  waitsByLoop.set(loop, waits);
  return waits;
}

function loopPace(unit: GoUnit, loop: GoNode, node: GoNode): Pace | undefined {
  const waits = waitsOf(unit, loop);
  const own = enclosing(node, ['communication_case', 'for_statement']);
  // In a `select`, the case that holds the command must be the one that waits for the time.
  const relevant =
    own?.type === 'communication_case'
      ? waits.filter((wait) => enclosing(wait, ['communication_case']) === own)
      : waits.filter((wait) => !isConditional(wait));
  const [first, ...others] = relevant;
  if (first === undefined) return undefined;
  const seconds = waitSeconds(unit, first);
  const same = others.every((other) => waitSeconds(unit, other) === seconds);
  return { at: first, seconds: same ? seconds : undefined, always: answer(node) };
}

function answer(node: GoNode): Answer {
  return isConditional(node) ? 'unknown' : 'yes';
}

/** `time.Sleep(d)`, `<-time.After(d)`, `<-ticker.C`, `range time.Tick(d)`, `range ticker.C`. */
function isWait(unit: GoUnit, node: GoNode): boolean {
  if (node.type === 'call_expression') return importedName(unit, child(node, 'function')) === 'time.Sleep';
  const channel =
    node.type === 'unary_expression' && child(node, 'operator')?.type === '<-'
      ? child(node, 'operand')
      : node.type === 'range_clause'
        ? child(node, 'right')
        : undefined;
  return channel !== undefined && timerCall(unit, channel) !== undefined;
}

function waitSeconds(unit: GoUnit, wait: GoNode): number | undefined {
  const channel = wait.type === 'call_expression' ? wait : (child(wait, 'operand') ?? child(wait, 'right'));
  const call = channel?.type === 'call_expression' ? channel : channel && timerCall(unit, channel);
  const interval = call === undefined ? undefined : argumentsOf(call)[0];
  return interval === undefined ? undefined : durationSeconds(evaluate(unit.source, interval));
}

const timers = new Set(['time.After', 'time.Tick', 'time.NewTicker', 'time.NewTimer']);

/** The call that makes a channel which delivers the time: directly, in a local variable, or in a field of the same name. */
function timerCall(unit: GoUnit, channel: GoNode): GoNode | undefined {
  const written = bare(channel);
  if (isTimer(unit.source, written)) return written;
  const holder = /\.C$/.test(textOf(unit.source, written)) ? child(written, 'operand') : written;
  if (holder?.type === 'identifier') {
    return unit.locals.get(textOf(unit.source, holder))?.find((from) => isTimer(unit.source, from));
  }
  if (holder?.type !== 'selector_expression' || holder === written) return undefined;
  return fieldTimers(unit.source).get(calledName(unit, holder));
}

function isTimer(source: GoSource, node: GoNode): boolean {
  return node.type === 'call_expression' && timers.has(packageMember(source, child(node, 'function')) ?? '');
}

const timersOf = new WeakMap<GoNode, ReadonlyMap<string, GoNode>>();

/** Timers of a file that are put into a field, by its name; the first of each. */
function fieldTimers(source: GoSource): ReadonlyMap<string, GoNode> {
  const known = timersOf.get(source.root);
  if (known !== undefined) return known;
  const found = new Map<string, GoNode>();
  for (const node of walk(source.root)) {
    if (!isTimer(source, node)) continue;
    const around = node.parent?.parent;
    const target =
      around?.type === 'keyed_element' ? child(around, 'key') : around && child(around, 'left')?.children[0];
    const field = target === undefined ? undefined : textOf(source, target).split('.').at(-1);
    if (field !== undefined && !found.has(field)) found.set(field, node);
  }
  timersOf.set(source.root, found);
  return found;
}

/** One argument as a word: a string literal or constant, or a hole. */
function wordOf(source: GoSource, argument: GoNode): Template {
  const value = argument.type === 'identifier' ? declaredConstants(source).get(textOf(source, argument)) : argument;
  const { template } = source;
  if (value?.type.endsWith('string_literal') !== true) {
    const span = spanOf(template, argument.start, argument.end);
    const label = textOf(source, argument).slice(0, 60);
    return new TemplateBuilder(template.file, span.start).hole(label, span.start, span.end - span.start).build();
  }
  const from = spanOf(template, value.start + 1, value.end - 1);
  const text = source.text.slice(value.start + 1, value.end - 1);
  const plain = value.type === 'raw_string_literal' || !text.includes('\\');
  return new TemplateBuilder(template.file, from.start)
    .text(plain ? text : unescape(text), from.start, from.end - from.start)
    .build();
}

const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

/** A string without its escapes; numeric ones, which no command needs, stay as they are. */
function unescape(text: string): string {
  return text.replace(/\\([ntr"\\])/g, (_, letter: string) => escapes.get(letter) ?? letter);
}
