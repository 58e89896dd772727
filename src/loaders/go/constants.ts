/** Constant expressions: booleans, numbers and durations. */
import { packageMember, textOf, type GoSource } from './source.ts';
import { child, walk, type GoNode } from './syntax.ts';

export interface Constant {
  readonly value: boolean | number;
  /** The number is seconds. */
  readonly duration: boolean;
}

const unitSeconds = new Map([
  ['time.Nanosecond', 1e-9],
  ['time.Microsecond', 1e-6],
  ['time.Millisecond', 1e-3],
  ['time.Second', 1],
  ['time.Minute', 60],
  ['time.Hour', 3600],
]);

/** Operators nest this deep in what people write. */
const maximumDepth = 20;

/** The value of an expression, through constants and variables of the same file that are declared with a value once. */
export function evaluate(source: GoSource, node: GoNode, depth = 0): Constant | undefined {
  if (depth > maximumDepth) return undefined;
  const inner = (name: string): Constant | undefined => {
    const operand = child(node, name);
    return operand === undefined ? undefined : evaluate(source, operand, depth + 1);
  };
  switch (node.type) {
    case 'true':
    case 'false':
      return { value: node.type === 'true', duration: false };
    case 'int_literal':
    case 'float_literal': {
      const value = Number(textOf(source, node).replaceAll('_', ''));
      return Number.isNaN(value) ? undefined : { value, duration: false };
    }
    case 'parenthesized_expression':
      return node.children[0] === undefined ? undefined : evaluate(source, node.children[0], depth + 1);
    case 'unary_expression': {
      const operand = inner('operand');
      if (typeof operand?.value !== 'number') return undefined;
      const operator = child(node, 'operator')?.type;
      return operator === '-' ? { ...operand, value: -operand.value } : operator === '+' ? operand : undefined;
    }
    case 'selector_expression': {
      const seconds = unitSeconds.get(packageMember(source, node) ?? '');
      return seconds === undefined ? undefined : { value: seconds, duration: true };
    }
    case 'call_expression':
    case 'type_conversion_expression': {
      const target = child(node, 'function') ?? child(node, 'type');
      const operand = child(node, 'arguments')?.children[0] ?? child(node, 'operand');
      if (packageMember(source, target) !== 'time.Duration' || operand === undefined) return undefined;
      return evaluate(source, operand, depth + 1);
    }
    case 'binary_expression':
      return combine(child(node, 'operator')?.type, inner('left'), inner('right'));
    case 'identifier': {
      const value = declaredConstants(source).get(textOf(source, node));
      return value === undefined ? undefined : evaluate(source, value, depth + 1);
    }
    default:
      return undefined;
  }
}

function combine(operator: string | undefined, left?: Constant, right?: Constant): Constant | undefined {
  if (typeof left?.value !== 'number' || typeof right?.value !== 'number') return undefined;
  const duration = left.duration || right.duration;
  switch (operator) {
    case '*':
      return { value: left.value * right.value, duration };
    case '/':
      return right.value === 0 ? undefined : { value: left.value / right.value, duration };
    case '+':
      return left.duration === right.duration ? { value: left.value + right.value, duration } : undefined;
    case '-':
      return left.duration === right.duration ? { value: left.value - right.value, duration } : undefined;
    default:
      return undefined;
  }
}

const constantsOf = new WeakMap<GoNode, ReadonlyMap<string, GoNode>>();

/** Values of the `const` declarations of a file; a name that is declared twice has none. */
export function declaredConstants(source: GoSource): ReadonlyMap<string, GoNode> {
  const known = constantsOf.get(source.root);
  if (known !== undefined) return known;
  const values = new Map<string, GoNode>();
  const twice = new Set<string>();
  for (const node of walk(source.root)) {
    if (node.type !== 'const_spec') continue;
    const names = node.children.filter(({ field, type }) => field === 'name' && type === 'identifier');
    const expressions = child(node, 'value')?.children ?? [];
    names.forEach((name, index) => {
      const value = expressions[index];
      const text = textOf(source, name);
      if (values.has(text)) twice.add(text);
      if (value !== undefined) values.set(text, value);
    });
  }
  for (const name of twice) values.delete(name);
  constantsOf.set(source.root, values);
  return values;
}

/** Seconds of a duration; a bare number counts nanoseconds, as in Go. */
export function durationSeconds(constant: Constant | undefined): number | undefined {
  if (typeof constant?.value !== 'number') return undefined;
  return constant.duration ? constant.value : constant.value * 1e-9;
}
