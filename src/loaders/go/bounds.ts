/** What ends a request by itself, with its connection: a timeout of the client, a context. */
import type { GoResponseFact } from '../../core/facts/go.ts';
import type { Span } from '../../core/span.ts';
import { isAssigned } from './place.ts';
import { settingsOfLiteral } from './settings.ts';
import { nodeSpan, packageMember, textOf, type GoSource } from './source.ts';
import { assignedValue, bare, child, type GoNode } from './syntax.ts';
import { argumentsOf, calledName, importedName, maximumDeclarations, type GoUnit } from './unit.ts';

/** What ends the request that `call` sends, or may do so as far as this file says. */
export function boundOf(unit: GoUnit, call: GoNode): GoResponseFact['bound'] {
  const called = child(call, 'function') ?? call;
  const operand = child(called, 'operand');
  const client = operand === undefined ? undefined : bare(operand);
  const timeout = client?.type === 'identifier' ? timeoutOf(unit, textOf(unit.source, client)) : undefined;
  if (timeout !== undefined) return { how: 'timeout', span: timeout };
  const [request] = calledName(unit, called) === 'Do' ? argumentsOf(call) : [];
  const context = request === undefined ? undefined : contextOf(unit, request);
  if (context?.how === 'context' || client === undefined) return context;
  return isWithoutTimeout(unit, called, client) ? context : { how: 'client', span: nodeSpan(unit.source, client) };
}

/** Where a client in a local variable gets a timeout. */
function timeoutOf(unit: GoUnit, name: string): Span | undefined {
  for (const value of unit.locals.get(name) ?? []) {
    const literal = bare(value);
    const settings = literal.type === 'composite_literal' ? settingsOfLiteral(unit, literal, 'client') : [];
    const timeout = settings.find((setting) => setting.name === 'Timeout' && setting.value !== 0);
    if (timeout !== undefined) return timeout.span;
  }
  for (const { parent } of unit.mentions.get(name) ?? []) {
    const isSet = parent?.type === 'selector_expression' && parent.parent?.field === 'left';
    if (isSet && calledName(unit, parent) === 'Timeout') return nodeSpan(unit.source, parent);
  }
  return undefined;
}

/** Whether a client, or a function of net/http, is known to have no timeout. */
function isWithoutTimeout(unit: GoUnit, called: GoNode, client: GoNode): boolean {
  const { source } = unit;
  const isDefault = (node: GoNode): boolean => packageMember(source, node) === 'net/http.DefaultClient';
  if (importedName(unit, called) !== undefined || isDefault(client))
    return !source.template.text.includes('DefaultClient.Timeout');
  const made = client.type === 'identifier' ? unit.locals.get(textOf(source, client)) : [client];
  const isLiteral = (value: GoNode): boolean => value.type === 'composite_literal' || isDefault(value);
  if (made !== undefined && made.length > 0 && made.map(bare).every(isLiteral)) {
    return made.every(
      (value) => !settingsOfLiteral(unit, bare(value), 'client').some(({ name }) => name === 'Timeout'),
    );
  }
  const isGiven = unit.parameters.some(({ name }) => name === textOf(source, client));
  return !isGiven && makesPlainClients(source);
}

const plain = new WeakMap<GoSource, boolean>();

/** Whether a file makes clients, and none with a timeout: where one comes from is not followed out of its function. */
function makesPlainClients(source: GoSource): boolean {
  let known = plain.get(source);
  if (known === undefined) {
    const { text } = source.template;
    known =
      /\bhttp\.Client\{|\bnew\(http\.Client\)|\bhttp\.DefaultClient\b/.test(text) &&
      !/\bTimeout\s*(?::|=(?!=))|SetTimeout\(/.test(text);
    plain.set(source, known);
  }
  return known;
}

/** What the context of a request does to it; `undefined` where it has none, or one that never ends. */
function contextOf(unit: GoUnit, request: GoNode): GoResponseFact['bound'] {
  for (const value of valuesOf(unit, request)) {
    const given = value.type === 'call_expression' ? givenContext(unit, value) : undefined;
    const end = given === undefined ? undefined : endOf(unit, given, new Set());
    if (end !== undefined) return end;
  }
  const isGiven = unit.parameters.some(({ name }) => name === textOf(unit.source, request));
  return isGiven ? { how: 'request', span: nodeSpan(unit.source, request) } : undefined;
}

/** The context that a call gives to the request that it returns. */
function givenContext(unit: GoUnit, call: GoNode): GoNode | undefined {
  const called = child(call, 'function');
  if (called === undefined) return undefined;
  const sent = argumentsOf(call);
  if (calledName(unit, called) === 'WithContext' || /WithContext$/.test(importedName(unit, called) ?? ''))
    return sent[0];
  // Some function of the program makes it.
  return sent.find((argument) => /^(?:ctx|\w*[cC]tx|[\w.]*[cC]ontext(?:\(\))?)$/.test(textOf(unit.source, argument)));
}

/** What ends a context; `undefined`: nothing. `seen`: variables that were looked at. */
function endOf(unit: GoUnit, written: GoNode, seen: Set<string>): GoResponseFact['bound'] {
  const context = bare(written);
  const span = nodeSpan(unit.source, context);
  if (context.type === 'call_expression') {
    const called = child(context, 'function');
    const imported = importedName(unit, called) ?? '';
    if (/^context\.(?:Background|TODO|WithoutCancel)$/.test(imported)) return undefined;
    const [outer] = argumentsOf(context);
    if (imported === 'context.WithValue' && outer !== undefined) return endOf(unit, outer, seen);
    // `r.Context()` ends when the request that came in is answered.
    const isOfRequest = called !== undefined && imported === '' && calledName(unit, called) === 'Context';
    const ends = isOfRequest || /^context\.With(?:Timeout|Deadline|Cancel)(?:Cause)?$/.test(imported);
    return { how: ends ? 'context' : 'request', span };
  }
  if (context.type !== 'identifier') return { how: 'request', span };
  const name = textOf(unit.source, context);
  if (seen.has(name)) return undefined;
  seen.add(name);
  const ends = valuesOf(unit, context).map((value) => endOf(unit, value, seen));
  return ends.find((end) => end?.how === 'context') ?? ends.find((end) => end !== undefined);
}

/** What a variable of the function is declared with or gets later; of something else, that itself. */
function valuesOf(unit: GoUnit, expression: GoNode): readonly GoNode[] {
  if (expression.type !== 'identifier') return [bare(expression)];
  const name = textOf(unit.source, expression);
  const assigned = (unit.mentions.get(name) ?? []).slice(0, maximumDeclarations).flatMap((mention) => {
    if (!isAssigned(mention)) return [];
    // `ctx, cancel = context.WithTimeout(...)`
    const values = mention.parent?.parent === undefined ? undefined : child(mention.parent.parent, 'right')?.children;
    const value = values?.length === 1 ? values[0] : assignedValue(mention);
    return value === undefined ? [] : [value];
  });
  return [...(unit.locals.get(name) ?? []).slice(0, maximumDeclarations), ...assigned].map(bare);
}
