/** What a request says of the connection it is sent on. */
import type { GoRequest } from '../../core/facts/go.ts';
import { packageMember, textOf, type GoSource } from './source.ts';
import { assignedValue, bare, chainBase, child, walk, type GoNode } from './syntax.ts';
import { argumentsOf, isImported, type GoUnit } from './unit.ts';

/** Whether the connection is closed after a request that `call` sends with `Do`, `RoundTrip` or `ServeHTTP`. */
export function requestCloses(unit: GoUnit, call: GoNode, method: string): GoRequest['closes'] {
  const argument = argumentsOf(call)[method === 'ServeHTTP' ? 1 : 0];
  if (argument === undefined || !['Do', 'RoundTrip', 'ServeHTTP'].includes(method)) return undefined;
  const request = chainBase(callBase(argument));
  if (request.type === 'composite_literal') return literalCloses(unit, request);
  if (request.type !== 'identifier') return undefined;
  const name = textOf(unit.source, request);
  for (const from of unit.locals.get(name) ?? []) {
    const closes = bare(from).type === 'composite_literal' ? literalCloses(unit, bare(from)) : undefined;
    if (closes !== undefined) return closes;
  }
  for (const mention of unit.mentions.get(name) ?? []) {
    // What is set after the request was sent comes too late.
    if (mention.start >= call.start) break;
    const closes = mentionCloses(unit, mention);
    if (closes !== undefined) return closes;
  }
  return isMadeHere(unit, name) ? undefined : helperCloses(unit.source);
}

/** Whether a function makes the request that it sends: all that is said of the connection stands in it then. */
function isMadeHere(unit: GoUnit, name: string): boolean {
  const made = unit.locals.get(name) ?? [];
  return made.some((from) => {
    const value = bare(from);
    if (value.type === 'composite_literal') return true;
    const maker = value.type === 'call_expression' ? child(value, 'function') : undefined;
    return maker !== undefined && isImported(unit, maker);
  });
}

const closing = new WeakMap<GoSource, GoRequest['closes']>();

/** What a function of the file says of the connections of requests; which ones those are is not known. */
function helperCloses(source: GoSource): GoRequest['closes'] {
  if (!closing.has(source)) {
    const { text } = source;
    const sets = /\bClose:[ \t]*true\b|\.Close[ \t]*=[ \t]*true\b/.test(text);
    closing.set(source, sets ? 'flag' : /"[Cc]onnection",[ \t]*"[Cc]lose"/.test(text) ? 'header' : undefined);
  }
  return closing.get(source);
}

/** `req` for `req.WithContext(ctx)`. */
function callBase(node: GoNode): GoNode {
  let base = bare(node);
  while (base.type === 'call_expression') {
    const called = child(base, 'function');
    const operand = called?.type === 'selector_expression' ? child(called, 'operand') : undefined;
    if (operand === undefined) break;
    base = bare(operand);
  }
  return base;
}

/** `req.Close = true`, `req.Header.Set("Connection", "close")`, `req.Header["Connection"] = []string{"close"}`. */
function mentionCloses(unit: GoUnit, mention: GoNode): GoRequest['closes'] {
  const selector = mention.parent;
  if (selector?.type !== 'selector_expression' || mention.field !== 'operand') return undefined;
  const field = child(selector, 'field');
  const name = field === undefined ? '' : textOf(unit.source, field);
  if (name === 'Close' && selector.parent?.field === 'left') {
    const value = assignedValue(selector);
    return value === undefined || textOf(unit.source, value) === 'false' ? undefined : 'flag';
  }
  if (name !== 'Header') return undefined;
  const around = selector.parent;
  if (around?.type === 'index_expression' || around?.field === 'left') {
    const statement = around.type === 'index_expression' ? around.parent?.parent : around.parent;
    return statement !== undefined && saysClose(unit, statement) ? 'header' : undefined;
  }
  const call = around?.type === 'selector_expression' ? around.parent : undefined;
  return call?.type === 'call_expression' && saysClose(unit, call) ? 'header' : undefined;
}

/** Whether both the name and the value of the header stand in the text of a node. */
function saysClose(unit: GoUnit, node: GoNode): boolean {
  const strings = new Set<string>();
  for (const inner of walk(node)) {
    if (inner.type.endsWith('string_literal')) strings.add(textOf(unit.source, inner).slice(1, -1).toLowerCase());
  }
  return strings.has('connection') && strings.has('close');
}

/** `&http.Request{Close: true}` */
function literalCloses(unit: GoUnit, literal: GoNode): GoRequest['closes'] {
  if (packageMember(unit.source, child(literal, 'type')) !== 'net/http.Request') return undefined;
  for (const element of child(literal, 'body')?.children ?? []) {
    const key = child(element, 'key');
    const value = child(element, 'value');
    if (key === undefined || value === undefined) continue;
    const name = textOf(unit.source, key);
    if (name === 'Close' && textOf(unit.source, value) !== 'false') return 'flag';
    if (name === 'Header' && saysClose(unit, value)) return 'header';
  }
  return undefined;
}
