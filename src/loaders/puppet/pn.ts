/** The syntax tree in PN, the notation of `puppet parser dump --format pn`; the tests compare the two. */
import type {
  AttributeOperation,
  ClassDefinition,
  Collector,
  DefinedType,
  Expression,
  FunctionDefinition,
  Heredoc,
  If,
  Interpolation,
  Lambda,
  NumberLiteral,
  Parameter,
  Plan,
  Program,
  StringPart,
  TypeAlias,
  Unless,
} from '../../core/puppet-ast.ts';
import { addAll } from '../../core/lists.ts';

/** One line. A tree with errors in it has `(error)` where something could not be read. */
export function toPn(program: Program): string {
  if (!program.epp) return program.body.length > 1 ? call('block', program.body.map(expression)) : nopOr(program.body);
  const entries = parameterEntries(program.parameters ?? []);
  return call('lambda', [map([...entries, ['body', `[${call('epp', program.body.map(expression))}]`]])]);
}

type Entry = readonly [name: string, value: string];

function call(name: string, elements: readonly string[]): string {
  return elements.length === 0 ? `(${name})` : `(${name} ${elements.join(' ')})`;
}

function list(elements: readonly string[]): string {
  return `[${elements.join(' ')}]`;
}

function map(entries: readonly Entry[]): string {
  return `{${entries.map(([name, value]) => `:${name} ${value}`).join(' ')}}`;
}

function nopOr(body: readonly Expression[]): string {
  const [first] = body;
  return first === undefined ? '(nop)' : expression(first);
}

function expressions(nodes: readonly Expression[]): string {
  return list(nodes.map(expression));
}

function expression(node: Expression): string {
  switch (node.type) {
    case 'Undef':
      return 'nil';
    case 'Default':
      return '(default)';
    case 'BooleanLiteral':
      return String(node.value);
    case 'NumberLiteral':
      return number(node);
    case 'StringLiteral':
      return quote(node.value);
    case 'InterpolatedString':
      return call('concat', node.parts.map(stringPart));
    case 'Heredoc':
      return heredoc(node);
    case 'RegexLiteral':
      return call('regexp', [quote(regularExpression(node.pattern))]);
    case 'Name':
      return call('qn', [quote(node.name)]);
    case 'TypeReference':
      return call('qr', [quote(node.name)]);
    case 'ReservedWord':
      return call('reserved', [quote(node.word)]);
    case 'Variable':
      return call('var', [quote(node.name)]);
    case 'ArrayLiteral':
      return call('array', node.elements.map(expression));
    case 'HashLiteral':
      return call(
        'hash',
        node.entries.map(({ key, value }) => call('=>', [expression(key), expression(value)])),
      );
    case 'Parenthesized':
      return call('paren', [expression(node.expression)]);
    case 'Unary':
      if (node.operator === '-' && node.operand.type === 'NumberLiteral') return negative(node.operand);
      return call(node.operator === '*' ? 'unfold' : node.operator, [expression(node.operand)]);
    case 'Binary':
    case 'Relationship':
      return call(node.operator, [expression(node.left), expression(node.right)]);
    case 'Assignment':
      return call(node.operator, [expression(node.target), expression(node.value)]);
    case 'Selector':
      return call('?', [
        expression(node.value),
        list(node.options.map(({ match, result }) => call('=>', [expression(match), expression(result)]))),
      ]);
    case 'Access':
      return call('access', [expression(node.target), ...node.keys.map(expression)]);
    case 'Call':
      return call(node.statement ? 'invoke' : 'call', [
        map([['functor', expression(node.callee)], ['args', expressions(node.arguments)], ...lambdaEntry(node.lambda)]),
      ]);
    case 'MethodCall':
      return call('call-method', [
        map([
          ['functor', call('.', [expression(node.target), expression(node.callee)])],
          ['args', expressions(node.arguments)],
          ...lambdaEntry(node.lambda),
        ]),
      ]);
    case 'ApplyBlock':
      return call('apply', [map([['args', expressions(node.arguments)], ...bodyEntry('body', node.body)])]);
    case 'If':
      return call('if', [conditional(node)]);
    case 'Unless':
      return call('unless', [conditional(node)]);
    case 'Case':
      return call('case', [expression(node.test), list(node.options.map(caseOption))]);
    case 'ResourceExpression':
      return call('resource', [
        map([
          ['type', expression(node.typeName)],
          [
            'bodies',
            list(
              node.bodies.map(({ title, operations: attributes }) =>
                map([
                  ['title', expression(title)],
                  ['ops', operations(attributes)],
                ]),
              ),
            ),
          ],
          ...formEntry(node.form),
        ]),
      ]);
    case 'ResourceDefaults':
      return call('resource-defaults', [
        map([['type', expression(node.typeReference)], ['ops', operations(node.operations)], ...formEntry(node.form)]),
      ]);
    case 'ResourceOverride':
      return call('resource-override', [
        map([['resources', expression(node.target)], ['ops', operations(node.operations)], ...formEntry(node.form)]),
      ]);
    case 'Collector':
      return collector(node);
    case 'ClassDefinition':
      return definition('class', node);
    case 'DefinedType':
      return definition('define', node);
    case 'FunctionDefinition':
      return definition('function', node);
    case 'Plan':
      return definition('plan', node);
    case 'NodeDefinition':
      return call('node', [
        map([
          ['matches', expressions(node.matches)],
          ...(node.parent === null ? [] : [['parent', expression(node.parent)] as const]),
          ...bodyEntry('body', node.body),
        ]),
      ]);
    case 'TypeAlias':
      return call('type-alias', [quote(node.name.name), aliased(node)]);
    case 'TypeMapping':
      return call('type-mapping', [expression(node.target), expression(node.value)]);
    case 'EppText':
      return call('render-s', [quote(node.value)]);
    case 'EppRender':
      return call('render', [expression(node.expression)]);
    case 'ErrorNode':
      return '(error)';
  }
}

/** Puppet writes out the (absent) options of a pattern that is not plain ASCII. */
function regularExpression(pattern: string): string {
  return /^[\x00-\x7f]*$/.test(pattern) ? pattern : `(?-imx:${pattern})`;
}

function heredoc(node: Heredoc): string {
  const entries: Entry[] = node.syntax === '' ? [] : [['syntax', quote(node.syntax)]];
  return call('heredoc', [map([...entries, ['text', expression(node.text)]])]);
}

function stringPart(part: StringPart): string {
  return part.type === 'StringText' ? quote(part.value) : interpolation(part);
}

function interpolation(part: Interpolation): string {
  return call('str', [expression(part.expression)]);
}

function lambdaEntry(lambda: Lambda | null): readonly Entry[] {
  if (lambda === null) return [];
  const returns: readonly Entry[] = lambda.returns === null ? [] : [['returns', expression(lambda.returns)]];
  const entries = [...parameterEntries(lambda.parameters), ...returns, ...bodyEntry('body', lambda.body)];
  return [['block', call('lambda', [map(entries)])]];
}

function parameterEntries(parameters: readonly Parameter[]): readonly Entry[] {
  if (parameters.length === 0) return [];
  return [['params', map(parameters.map((parameter) => [parameter.name, parameterValue(parameter)] as const))]];
}

function parameterValue(parameter: Parameter): string {
  const entries: Entry[] = [];
  if (parameter.valueType !== null) entries.push(['type', expression(parameter.valueType)]);
  if (parameter.splat) entries.push(['splat', 'true']);
  if (parameter.default !== null) entries.push(['value', expression(parameter.default)]);
  return map(entries);
}

function bodyEntry(name: string, body: readonly Expression[]): readonly Entry[] {
  return body.length === 0 ? [] : [[name, expressions(body)]];
}

function conditional(node: If | Unless): string {
  return map([['test', expression(node.test)], ...bodyEntry('then', node.then), ...bodyEntry('else', node.else ?? [])]);
}

function caseOption({
  values,
  body,
}: {
  readonly values: readonly Expression[];
  readonly body: readonly Expression[];
}): string {
  return map([
    ['when', expressions(values)],
    ['then', body.length === 0 ? '[(nop)]' : expressions(body)],
  ]);
}

function operations(attributes: readonly AttributeOperation[]): string {
  return list(
    attributes.map(({ name, operator, value }) =>
      operator === '* =>' ? call('splat-hash', [expression(value)]) : call(operator, [quote(name), expression(value)]),
    ),
  );
}

function formEntry(form: string): readonly Entry[] {
  return form === 'regular' ? [] : [['form', quote(form)]];
}

function collector(node: Collector): string {
  const name = node.exported ? 'exported-query' : 'virtual-query';
  const overrides: readonly Entry[] = node.overrides.length === 0 ? [] : [['ops', operations(node.overrides)]];
  return call('collect', [
    map([
      ['type', expression(node.typeReference)],
      ['query', call(name, node.query === null ? [] : [expression(node.query)])],
      ...overrides,
    ]),
  ]);
}

function definition(keyword: string, node: ClassDefinition | DefinedType | FunctionDefinition | Plan): string {
  const entries: Entry[] = [['name', quote(node.type === 'FunctionDefinition' ? node.name.name : node.qualifiedName)]];
  if (node.type === 'ClassDefinition' && node.parent !== null) entries.push(['parent', quote(node.parent.name)]);
  addAll(entries, parameterEntries(node.parameters));
  addAll(entries, bodyEntry('body', node.body));
  if (node.type === 'FunctionDefinition' && node.returns !== null) entries.push(['returns', expression(node.returns)]);
  return call(keyword, [map(entries)]);
}

/** Object types are written out: `type Name = Parent { ... }` stands for `Object[{ ..., parent => Parent }]`. */
function aliased({ parent, value }: TypeAlias): string {
  if (value.type !== 'HashLiteral') return expression(value);
  const entries = value.entries.map((entry) => call('=>', [expression(entry.key), expression(entry.value)]));
  if (parent !== null) entries.push(call('=>', ['(qn "parent")', expression(parent)]));
  return call('access', ['(qr "Object")', call('hash', entries)]);
}

function number(node: NumberLiteral): string {
  if (node.float) return float(node.value);
  const value = integer(node).toString();
  return node.radix === 10
    ? value
    : call('int', [
        map([
          ['radix', String(node.radix)],
          ['value', value],
        ]),
      ]);
}

function negative(node: NumberLiteral): string {
  return node.float ? float(-node.value) : (-integer(node)).toString();
}

function integer({ raw, radix }: NumberLiteral): bigint {
  const text = radix === 8 ? `0o${raw.slice(1)}` : raw;
  return /^(?:0[xX][0-9a-fA-F]+|0o[0-7]+|[0-9]+)$/.test(text) ? BigInt(text) : 0n;
}

/** As Ruby writes a float: `1.0e-05`, `100000.0`. */
function float(value: number): string {
  const [, sign = '', first = '0', rest = '', exponent = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const power = Number(exponent);
  const digits = first + rest;
  if (power < -4 || power >= 15) {
    const size = Math.abs(power).toString().padStart(2, '0');
    return `${sign}${first}.${rest === '' ? '0' : rest}e${power < 0 ? '-' : '+'}${size}`;
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  return `${sign}${whole}.${digits.slice(power + 1) || '0'}`;
}

const escapes = new Map([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

function quote(text: string): string {
  const inner = text.replace(
    /[\x00-\x1f"\\]/g,
    (character) => escapes.get(character) ?? `\\o${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${inner}"`;
}
