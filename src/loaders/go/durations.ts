/** Durations of net/http that are written as a bare number: nanoseconds. */
import type { GoDurationFact } from '../../core/facts/go.ts';
import { evaluate } from './constants.ts';
import { secondsEdit } from './edits.ts';
import { bareType, nodeSpan, packageMember, textOf } from './source.ts';
import { assignedValue, bare, child, walk, type GoNode } from './syntax.ts';
import { argumentsOf, calledName, maximumDeclarations, type GoUnit } from './unit.ts';
import { addTo } from '../../core/lists.ts';

const types = new Set(['net/http.Transport', 'net/http.Client', 'net/http.Server', 'net.Dialer']);
const durationField = /Timeout$|^KeepAlive$/;

/** From here on a number of nanoseconds may well be meant: one millisecond. */
const meantFrom = 1_000_000;

/** The bare numbers that a unit puts into duration fields. */
export function durationsOf(unit: GoUnit): readonly GoDurationFact[] {
  return unit.nodes.flatMap((node) => {
    if (node.type === 'composite_literal') return literalDurations(unit, node);
    return node.type === 'selector_expression' ? assignedDuration(unit, node) : [];
  });
}

function literalDurations(unit: GoUnit, literal: GoNode): readonly GoDurationFact[] {
  const type = packageMember(unit.source, child(literal, 'type'));
  if (type === undefined || !types.has(type)) return [];
  return (child(literal, 'body')?.children ?? []).flatMap((element) => {
    const key = child(element, 'key')?.children[0];
    const value = child(element, 'value')?.children[0];
    return key === undefined || value === undefined ? [] : duration(unit, type, textOf(unit.source, key), value);
  });
}

/** `client.Timeout = 15` */
function assignedDuration(unit: GoUnit, selector: GoNode): readonly GoDurationFact[] {
  if (selector.parent?.field !== 'left' || selector.parent.parent?.type !== 'assignment_statement') return [];
  const operand = child(selector, 'operand');
  const value = assignedValue(selector);
  const field = calledName(unit, selector);
  if (!durationField.test(field) || operand === undefined || value === undefined) return [];
  const type = variableType(unit, bare(operand));
  return type === undefined ? [] : duration(unit, type, field, value);
}

/** The type of a local variable or parameter, when it is one of those with such fields. */
function variableType(unit: GoUnit, operand: GoNode): string | undefined {
  if (packageMember(unit.source, operand) === 'net/http.DefaultClient') return 'net/http.Client';
  if (operand.type !== 'identifier') return undefined;
  const name = textOf(unit.source, operand);
  const made = [...(unit.locals.get(name) ?? []), ...(declaredVariables(unit).get(name) ?? [])];
  const [type, ...others] = (made.length > maximumDeclarations ? [] : made).map((from) => {
    const value = bare(from);
    const written = child(value, 'type') ?? (value.type === 'call_expression' ? argumentsOf(value)[0] : undefined);
    return packageMember(unit.source, bareType(written));
  });
  return type !== undefined && types.has(type) && others.every((other) => other === type) ? type : undefined;
}

const variablesOf = new WeakMap<GoUnit, ReadonlyMap<string, readonly GoNode[]>>();

/** `var tr http.Transport`: the declarations without a value, by name. */
function declaredVariables(unit: GoUnit): ReadonlyMap<string, readonly GoNode[]> {
  const known = variablesOf.get(unit);
  if (known !== undefined) return known;
  const found = new Map<string, GoNode[]>();
  for (const node of unit.nodes) {
    if (node.type !== 'var_spec' || child(node, 'value') !== undefined) continue;
    for (const name of node.children) {
      if (name.field !== 'name') continue;
      const text = textOf(unit.source, name);
      addTo(found, text, node);
    }
  }
  variablesOf.set(unit, found);
  return found;
}

/** Whether a name in an expression is that of a local variable: no constant, whatever else is called so. */
function isShadowed(unit: GoUnit, value: GoNode): boolean {
  return [...walk(value)].some((node) => node.type === 'identifier' && unit.locals.has(textOf(unit.source, node)));
}

function duration(unit: GoUnit, type: string, field: string, value: GoNode): readonly GoDurationFact[] {
  if (!durationField.test(field)) return [];
  const constant = isShadowed(unit, value) ? undefined : evaluate(unit.source, value);
  if (constant === undefined || constant.duration || typeof constant.value !== 'number') return [];
  const nanoseconds = constant.value;
  if (!(nanoseconds > 0 && nanoseconds < meantFrom)) return [];
  return [
    {
      kind: 'go.duration',
      span: nodeSpan(unit.source, value),
      type: type.slice(type.lastIndexOf('/') + 1),
      field,
      text: textOf(unit.source, value),
      nanoseconds,
      seconds: secondsEdit(unit.source, value),
    },
  ];
}
