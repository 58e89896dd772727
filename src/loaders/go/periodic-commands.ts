/** Programs that a loop runs at a pace: `exec.Command` below a ticker, a sleep or a periodic runner. */
import type { CommandFact, LoopOrigin } from '../../core/facts/command.ts';
import { spanOf, TemplateBuilder, type Answer, type Template } from '../../core/template.ts';
import { unwrapCommand } from '../shell/commands.ts';
import { declaredConstants, durationSeconds, evaluate } from './constants.ts';
import { isConditional, literalUse } from './place.ts';
import { nodeSpan, textOf, type GoSource } from './source.ts';
import { bare, child, enclosing, walk, type GoNode } from './syntax.ts';
import { argumentsOf, calledName, importedName, type GoUnit } from './unit.ts';

interface Pace {
  readonly at: GoNode;
  readonly seconds: number | undefined;
  /** Whether the node that was asked for runs at every round. */
  readonly always: Answer;
}

/** The commands that run again and again: in a loop themselves, or in a function of the file that a loop calls. */
export function periodicCommands(source: GoSource, units: readonly GoUnit[]): readonly CommandFact[] {
  const facts: CommandFact[] = [];
  for (const unit of units) {
    for (const call of unit.nodes) {
      if (call.type !== 'call_expression') continue;
      const skipped = { 'os/exec.Command': 0, 'os/exec.CommandContext': 1 }[
        importedName(unit, child(call, 'function')) ?? ''
      ];
      if (skipped === undefined) continue;
      const pace = paceOf(unit, call) ?? callerPace(units, unit, call);
      const words = argumentsOf(call)
        .slice(skipped)
        .map((argument) => wordOf(source, argument));
      if (pace === undefined || words.length === 0) continue;
      facts.push(...commandFacts(source, call, words, pace));
    }
  }
  return facts;
}

function commandFacts(source: GoSource, call: GoNode, words: readonly Template[], pace: Pace): readonly CommandFact[] {
  const at = nodeSpan(source, call);
  const origin: LoopOrigin = { type: 'go-loop', at, intervalSeconds: pace.seconds, pace: nodeSpan(source, pace.at) };
  return unwrapCommand(words, pace.always, at).map((command) => ({ kind: 'command', ...command, origin }));
}

/** One level: a loop of the same file that calls the function around `call`. */
function callerPace(units: readonly GoUnit[], unit: GoUnit, call: GoNode): Pace | undefined {
  if (unit.name === undefined) return undefined;
  const name = textOf(unit.source, unit.name);
  for (const caller of units) {
    for (const node of caller.nodes) {
      const called = node.type === 'call_expression' ? child(node, 'function') : undefined;
      if (called === undefined || calledName(caller, called) !== name) continue;
      if ((called.type === 'selector_expression') !== (unit.receiver !== undefined)) continue;
      const pace = paceOf(caller, node);
      if (pace !== undefined) return isConditional(call) ? { ...pace, always: 'unknown' } : pace;
    }
  }
  return undefined;
}

/** The pace of the innermost loop around a node, if it has one. */
function paceOf(unit: GoUnit, node: GoNode): Pace | undefined {
  let below = node;
  for (let up = node.parent; up !== undefined && up !== unit.node.parent; below = up, up = up.parent) {
    if (up.type === 'for_statement' && below.field === 'body') return loopPace(unit, up, node);
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

function loopPace(unit: GoUnit, loop: GoNode, node: GoNode): Pace | undefined {
  const waits: GoNode[] = [];
  for (const inner of walk(loop, ({ type }) => type !== 'func_literal')) {
    if (isWait(unit, inner) && enclosing(inner, ['for_statement']) === loop) waits.push(inner);
  }
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
  const isTimer = (node: GoNode): boolean =>
    node.type === 'call_expression' && timers.has(importedName(unit, child(node, 'function')) ?? '');
  const written = bare(channel);
  if (isTimer(written)) return written;
  const holder = /\.C$/.test(textOf(unit.source, written)) ? child(written, 'operand') : written;
  if (holder?.type === 'identifier') return unit.locals.get(textOf(unit.source, holder))?.find(isTimer);
  if (holder?.type !== 'selector_expression' || holder === written) return undefined;
  const field = calledName(unit, holder);
  for (const node of walk(unit.source.root)) {
    if (!isTimer(node)) continue;
    const around = node.parent?.parent;
    const target =
      around?.type === 'keyed_element' ? child(around, 'key') : around && child(around, 'left')?.children[0];
    if (target !== undefined && textOf(unit.source, target).split('.').at(-1) === field) return node;
  }
  return undefined;
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
