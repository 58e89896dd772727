/** The places that make an `http.Transport`. */
import type { GoTransportFact } from '../../core/facts/go.ts';
import { closeIdleEdit, disableKeepAlivesEdits } from './edits.ts';
import { flowOf } from './flow.ts';
import { placeOf } from './place.ts';
import { settingsOfLiteral } from './settings.ts';
import { isTypeOf, nodeSpan, packageMember, textOf } from './source.ts';
import { bare, child, walk, type GoNode } from './syntax.ts';
import { argumentsOf, calledName, callOf, importedName, isImported, type GoUnit } from './unit.ts';

/** Calls that give a request a deadline. */
const deadlines = new Set(['context.WithTimeout', 'context.WithDeadline']);

export function transportsOf(unit: GoUnit): readonly GoTransportFact[] {
  const facts: GoTransportFact[] = [];
  const context = readContext(unit);
  const asks = textOf(unit.source, unit.node).includes('DefaultTransport');
  for (const node of unit.nodes) {
    const form = creationForm(unit, node);
    if (form === undefined || (asks && isFallback(unit, node))) continue;
    facts.push({ ...transportFact(unit, node, form), context });
  }
  return facts;
}

function creationForm(unit: GoUnit, node: GoNode): GoTransportFact['form'] | undefined {
  const { source } = unit;
  switch (node.type) {
    case 'composite_literal':
      return isTypeOf(source, child(node, 'type'), 'net/http', 'Transport') ? 'literal' : undefined;
    case 'var_spec':
      return isTypeOf(source, child(node, 'type'), 'net/http', 'Transport') && child(node, 'value') === undefined
        ? 'literal'
        : undefined;
    case 'call_expression': {
      const called = child(node, 'function');
      if (called === undefined) return undefined;
      if (called.type === 'identifier' && textOf(source, called) === 'new') {
        return isTypeOf(source, argumentsOf(node)[0], 'net/http', 'Transport') ? 'new' : undefined;
      }
      return isTransportCopy(unit, called) ? 'clone' : undefined;
    }
    default:
      return undefined;
  }
}

/** `http.DefaultTransport.(*http.Transport).Clone`, also through a variable. */
function isTransportCopy(unit: GoUnit, called: GoNode): boolean {
  const operand = called.type === 'selector_expression' ? child(called, 'operand') : undefined;
  if (operand === undefined || calledName(unit, called) !== 'Clone') return false;
  const from = bare(operand);
  const values = from.type === 'identifier' ? (unit.locals.get(textOf(unit.source, from)) ?? []) : [operand];
  return values.some((value) => packageMember(unit.source, bare(value)) === 'net/http.DefaultTransport');
}

function transportFact(unit: GoUnit, node: GoNode, form: GoTransportFact['form']): Omit<GoTransportFact, 'context'> {
  const { source } = unit;
  // `var tr http.Transport`: every mention is the Transport.
  const name = node.type === 'var_spec' ? child(node, 'name') : undefined;
  const origins = name === undefined ? [node] : (unit.mentions.get(textOf(source, name)) ?? []);
  const flow = flowOf(unit, origins, 'transport');
  const literal = node.type === 'composite_literal' ? settingsOfLiteral(unit, node, 'transport') : [];
  const { parent } = node;
  const whole = parent?.type === 'unary_expression' && textOf(source, parent).startsWith('&') ? parent : node;
  return {
    kind: 'go.transport',
    span: nodeSpan(source, whole),
    package: source.package,
    form,
    place: placeOf(unit, node),
    flow: { ...flow, settings: [...literal, ...flow.settings] },
    disableKeepAlives: disableKeepAlivesEdits(unit, node),
    closeIdle: closeIdleEdit(unit, node),
    ...readDial(unit, node),
  };
}

/** Made only where http.DefaultTransport is no `*http.Transport`, as nearly nobody has it. */
function isFallback(unit: GoUnit, creation: GoNode): boolean {
  let below = creation;
  for (let up = creation.parent; up !== undefined && up !== unit.node; below = up, up = up.parent) {
    if (up.type === 'if_statement') {
      const found = asksForDefault(unit, up);
      if (found !== undefined && below.field === (found ? 'alternative' : 'consequence')) return true;
    }
    if (up.type === 'func_literal') return false;
    if (up.type !== 'statement_list') continue;
    // `if t, ok := http.DefaultTransport.(*http.Transport); ok { return t.Clone() }`, and what comes below it
    const above = up.children.slice(0, up.children.indexOf(below));
    if (above.some((one) => one.type === 'if_statement' && asksForDefault(unit, one) === true && leaves(one)))
      return true;
  }
  return false;
}

/** Whether the consequence of an `if` has (`true`) or lacks (`false`) what http.DefaultTransport or its copy is asked for. */
function asksForDefault(unit: GoUnit, statement: GoNode): boolean | undefined {
  const condition = child(statement, 'condition');
  const text = condition === undefined ? '' : textOf(unit.source, condition);
  // `ok`, `!ok`, `t == nil`; `ok && t != nil`
  const asked = /^(!?)(\w+)(?:\s*([=!]=)\s*nil)?(?:\s*&&|$)/.exec(text);
  const made = unit.locals.get(asked?.[2] ?? '') ?? [];
  const isDefault = made.some(
    (value) =>
      (value.type === 'type_assertion_expression' &&
        packageMember(unit.source, bare(value)) === 'net/http.DefaultTransport') ||
      isCopy(unit, value),
  );
  return asked === null || !isDefault ? undefined : asked[1] === '' && asked[3] !== '==';
}

function isCopy(unit: GoUnit, value: GoNode): boolean {
  const called = value.type === 'call_expression' ? child(value, 'function') : undefined;
  return called !== undefined && isTransportCopy(unit, called);
}

function leaves(statement: GoNode): boolean {
  const consequence = child(statement, 'consequence');
  return consequence?.children[0]?.children.at(-1)?.type === 'return_statement';
}

const dialKeys = new Set(['Dial', 'DialContext', 'DialTLS', 'DialTLSContext']);

function readDial(unit: GoUnit, creation: GoNode): Pick<GoTransportFact, 'dial' | 'dialFunction'> {
  for (const value of dialValues(unit, creation)) {
    const written = bare(value);
    if (isClosedHere(unit, written)) return { dial: 'given', dialFunction: undefined };
    // `Dial: dialWithTimeout(d)`: what the function returns is part of it.
    const dial = written.type === 'call_expression' ? (child(written, 'function') ?? written) : written;
    const name = calledName(unit, dial);
    const literals =
      dial.type === 'func_literal'
        ? [dial]
        : (unit.locals.get(name) ?? []).filter((from) => from.type === 'func_literal');
    for (const literal of literals) {
      const use = dialUse(unit, literal);
      if (use !== undefined) return { dial: use, dialFunction: undefined };
    }
    if (literals.length === 0 && name !== '' && !isImported(unit, dial)) return { dial: undefined, dialFunction: name };
    // A literal that only calls a function of the package: that one knows.
    const inner = literals[0] === undefined ? undefined : soleCall(unit, literals[0]);
    if (inner !== undefined) return { dial: undefined, dialFunction: inner };
  }
  return { dial: undefined, dialFunction: undefined };
}

/** The dial functions of a literal. */
function dialValues(unit: GoUnit, creation: GoNode): readonly GoNode[] {
  const values: GoNode[] = [];
  for (const element of child(creation, 'body')?.children ?? []) {
    const key = child(element, 'key');
    const value = child(element, 'value')?.children[0];
    if (key !== undefined && value !== undefined && dialKeys.has(textOf(unit.source, key))) values.push(value);
  }
  return values;
}

/** Whether a dial function is taken from something that its function closes: `client{conn}.Dial`, below that `conn.Close()`. */
function isClosedHere(unit: GoUnit, dial: GoNode): boolean {
  if (dial.type !== 'selector_expression') return false;
  for (const node of walk(dial)) {
    const name = node.type === 'identifier' ? textOf(unit.source, node) : '';
    if (!unit.locals.has(name) || unit.parameters.some((parameter) => parameter.name === name)) continue;
    const isClosed = (unit.mentions.get(name) ?? []).some(
      ({ parent }) => parent !== undefined && callOf(parent) !== undefined && calledName(unit, parent) === 'Close',
    );
    if (isClosed) return true;
  }
  return false;
}

function dialUse(unit: GoUnit, literal: GoNode): GoTransportFact['dial'] {
  let called = false;
  let given = false;
  for (const node of walk(literal)) {
    if (node.type === 'call_expression') called ||= !errorMakers.has(importedName(unit, child(node, 'function')) ?? '');
    if (setsDeadline(unit, node)) return 'deadline';
    const value = node.type === 'return_statement' ? node.children[0]?.children[0] : undefined;
    given ||= value?.type === 'identifier';
  }
  return !called && given ? 'given' : undefined;
}

/** What a dial function that has no connection calls. */
const errorMakers = new Set(['errors.New', 'fmt.Errorf']);

/** `conn.SetDeadline(...)`, or that method as a value: it ends the connection even when it is idle. */
export function setsDeadline(unit: GoUnit, node: GoNode): boolean {
  return node.type === 'selector_expression' && /^Set(?:Read)?Deadline$/.test(calledName(unit, node));
}

function soleCall(unit: GoUnit, literal: GoNode): string | undefined {
  const calls = [...walk(literal)].filter((node) => node.type === 'call_expression');
  const called = calls.length === 1 && calls[0] !== undefined ? child(calls[0], 'function') : undefined;
  return called === undefined || isImported(unit, called) ? undefined : calledName(unit, called);
}

/** A deadline on the requests of the function. */
function readContext(unit: GoUnit): GoTransportFact['context'] {
  const call = unit.nodes.find(
    (node) => node.type === 'call_expression' && deadlines.has(importedName(unit, child(node, 'function')) ?? ''),
  );
  return call === undefined ? undefined : nodeSpan(unit.source, call);
}
