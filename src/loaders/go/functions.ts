/** The functions of a file and what they call: the raw material of the package's call graph. */
import type { GoCall, GoFileFact, GoFlow, GoFunctionFact } from '../../core/facts/go.ts';
import { isHttpClientType } from './edits.ts';
import { flowOf, isIdle } from './flow.ts';
import { isAssigned, placeOf, signatureRepetition, takesCommand } from './place.ts';
import { bareType, nodeSpan, packageMember, textOf, type GoSource } from './source.ts';
import { bare, chainBase, child, childOfType, enclosing, type GoNode } from './syntax.ts';
import { setsDeadline } from './transports.ts';
import { argumentsOf, calledName, importedName, isImported, maximumDeclarations, type GoUnit } from './unit.ts';

const builtins = new Set(
  'append cap clear close complex copy delete imag len make max min new panic print println real recover string int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 bool byte rune any error'.split(
    ' ',
  ),
);

/** Calls that show a program which stays. */
const stays =
  /^(?:net\/http\.(?:ListenAndServe|ListenAndServeTLS|Serve)|os\/signal\.Notify|os\/signal\.NotifyContext|time\.(?:Tick|NewTicker))$/;
const staysMethod = /^(?:ListenAndServe|ListenAndServeTLS|Serve)$/;

/** Registrations of request handlers and of periodic work: a function named as an argument is called by them. */
const handlerRegistration =
  /^(?:Handle|HandleFunc|HandlerFunc|GET|POST|PUT|DELETE|PATCH|HEAD|Any|Get|Post|Put|Delete|Patch)$/;
const periodicRegistration = /^(?:Until|UntilWith\w+|JitterUntil\w*|NonSlidingUntil\w*|Forever|AddFunc|Every)$/;

export function fileFact(source: GoSource, units: readonly GoUnit[]): GoFileFact {
  return {
    kind: 'go.file',
    span: nodeSpan(source, source.root),
    package: source.package,
    packageName: source.packageName,
    // What imports the test framework is there for tests, whatever the file is called.
    test: source.template.file.endsWith('_test.go') || [...source.imports.values()].includes('testing'),
    staysRunning: isOfProgram(source, units) ? firstStay(units) : undefined,
    embedding: embeddingTypes(source),
  };
}

function isOfProgram({ packageName, fragment }: GoSource, units: readonly GoUnit[]): boolean {
  return fragment || packageName === 'main' || units.some(({ id }) => id === 'main');
}

function firstStay(units: readonly GoUnit[]): GoFileFact['staysRunning'] {
  return units.map(staysRunning).find((span) => span !== undefined);
}

/** Struct types of the file with an embedded Transport or client. */
function embeddingTypes(source: GoSource): readonly string[] {
  const types: string[] = [];
  for (const node of source.root.children) {
    if (node.type !== 'type_declaration') continue;
    for (const spec of node.children) {
      const name = child(spec, 'name');
      const fields = child(spec, 'type')?.children[0]?.children ?? [];
      const embeds = fields.some(
        (field) => child(field, 'name') === undefined && isHttpClientType(source, bareType(child(field, 'type'))),
      );
      if (name !== undefined && embeds) types.push(textOf(source, name));
    }
  }
  return types;
}

function staysRunning(unit: GoUnit): GoFileFact['staysRunning'] {
  const shows = unit.nodes.find((node) => {
    // `if err == io.EOF { break }`: something is read to its end.
    if (node.type === 'for_statement')
      return node.children.length === 1 && !/\bio\.EOF\b/.test(textOf(unit.source, node));
    if (node.type === 'select_statement') return node.children.length === 0;
    const called = node.type === 'call_expression' ? child(node, 'function') : undefined;
    if (called === undefined) return false;
    return stays.test(importedName(unit, called) ?? '') || staysMethod.test(calledName(unit, called));
  });
  return shows === undefined
    ? undefined
    : nodeSpan(unit.source, shows.type === 'for_statement' ? firstWord(shows) : shows);
}

function firstWord(loop: GoNode): GoNode {
  return { ...loop, end: loop.start + 'for'.length };
}

export function functionFact(unit: GoUnit): GoFunctionFact {
  const { source } = unit;
  const name = unit.name === undefined ? '' : textOf(source, unit.name);
  const text = textOf(source, unit.node);
  const has = (word: string, is: (unit: GoUnit, node: GoNode) => boolean): boolean =>
    text.includes(word) && unit.nodes.some((node) => is(unit, node));
  return {
    kind: 'go.function',
    span: nodeSpan(source, unit.name ?? unit.node),
    package: source.package,
    id: unit.id ?? '',
    name,
    receiver: unit.receiver === undefined ? undefined : { type: unit.receiver.type, pointer: unit.receiver.pointer },
    repeated: signatureRepetition(unit),
    entry: entryOf(unit, name),
    setsDeadline: has('Deadline', setsDeadline),
    serves: has('Serve', serves),
    calls: callsOf(unit),
    parameters: parameterFlows(unit),
  };
}

/** Whether a call of a function itself, not of a literal or goroutine in it, serves. */
function serves(unit: GoUnit, node: GoNode): boolean {
  const called = node.type === 'call_expression' ? child(node, 'function') : undefined;
  const name = called === undefined ? '' : calledName(unit, called);
  return staysMethod.test(name) && enclosing(node, ['func_literal', 'go_statement'], unit.node) === undefined;
}

function entryOf(unit: GoUnit, name: string): GoFunctionFact['entry'] {
  if (unit.receiver === undefined && (name === 'main' || name === 'init')) return name;
  return takesCommand(unit, unit.parameters) ? 'command' : undefined;
}

function parameterFlows(unit: GoUnit): { index: number; flow: GoFlow }[] {
  const flows: { index: number; flow: GoFlow }[] = [];
  for (const { name, index, type } of unit.parameters) {
    const role = roles.get(packageMember(unit.source, bareType(type)) ?? '');
    if (role === undefined || name === '' || name === '_') continue;
    const flow = flowOf(unit, unit.mentions.get(name)?.filter((mention) => !isAssigned(mention)) ?? [], role);
    flows.push({ index, flow });
  }
  return flows;
}

const roles = new Map<string, 'transport' | 'client'>([
  ['net/http.Transport', 'transport'],
  ['net/http.RoundTripper', 'transport'],
  ['net/http.Client', 'client'],
]);

function callsOf(unit: GoUnit): readonly GoCall[] {
  const calls: GoCall[] = [];
  for (const node of unit.nodes) {
    const call = isCall(node) ? directCall(unit, node) : mentionedFunction(unit, node);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

/** Also `fetch[Answer](url)`: with one argument it looks like a conversion to a generic type. */
function isCall(node: GoNode): boolean {
  return (
    node.type === 'call_expression' ||
    (node.type === 'type_conversion_expression' && child(node, 'type')?.type === 'generic_type')
  );
}

/** `fetch[Answer]`, `fetch[Answer, Error]`: a function with type arguments. */
function isInstance({ type }: GoNode): boolean {
  return type === 'index_expression' || type === 'type_instantiation_expression';
}

function directCall(unit: GoUnit, node: GoNode): GoCall | undefined {
  const written = child(node, 'function') ?? child(child(node, 'type') ?? node, 'type');
  if (written === undefined) return undefined;
  const called = isInstance(written)
    ? bare(child(written, 'operand') ?? written.children[0] ?? written)
    : bare(written);
  const name = calledName(unit, called);
  if (unit.source.asked?.has(name) === false) return undefined;
  const imported = importedPath(unit, called);
  if (imported === undefined ? isImported(unit, called) : isStandard(imported)) return undefined;
  if (name === '' || (imported === undefined && !isPackageFunction(unit, called, name))) return undefined;
  const method = called.type === 'selector_expression' && imported === undefined;
  const receiver = imported === undefined ? operandType(unit, called) : undefined;
  if (method && receiver === undefined && !mayMatter(unit, name)) return undefined;
  const dropped = ['expression_statement', 'go_statement', 'defer_statement'].includes(node.parent?.type ?? '');
  const flow = dropped ? undefined : flowOf(unit, [node], 'unknown');
  return {
    name,
    imported,
    method,
    receiver,
    value: false,
    span: nodeSpan(unit.source, node),
    place: placeOf(unit, node),
    flow: flow === undefined || isIdle(flow) ? undefined : flow,
  };
}

/**
 * Whether a method matters of an object whose type the function does not say: only if no other package can have a method of that
 * name, or if it may fill a field that is lost.
 */
function mayMatter({ receiver }: GoUnit, name: string): boolean {
  return /^[a-z_]/.test(name) || receiver?.pointer === false;
}

/** `http.HandleFunc("/", s.serve)`, `Command{RunE: run}`: the function will be called, by something else. */
function mentionedFunction(unit: GoUnit, node: GoNode): GoCall | undefined {
  if (node.type !== 'identifier' && node.type !== 'selector_expression') return undefined;
  const { parent } = node;
  if (parent?.type !== 'argument_list' && parent?.type !== 'literal_element' && parent?.type !== 'expression_list') {
    return undefined;
  }
  if (parent.field === 'key' || isAssigned(node)) return undefined;
  const name = calledName(unit, node);
  if (unit.source.asked?.has(name) === false) return undefined;
  if (name === '' || isImported(unit, node) || !isPackageFunction(unit, node, name)) return undefined;
  if (node.type === 'selector_expression' && operandType(unit, node) === undefined) return undefined;
  const call = parent.type === 'argument_list' ? parent.parent : undefined;
  const called = call === undefined ? undefined : child(call, 'function');
  const place = placeOf(unit, node);
  const how =
    called === undefined || call === undefined ? undefined : registration(unit, call, calledName(unit, called));
  return {
    name,
    imported: undefined,
    method: node.type === 'selector_expression',
    receiver: operandType(unit, node),
    value: true,
    span: nodeSpan(unit.source, node),
    place: {
      ...place,
      repeated: how === undefined ? undefined : { how, bounded: false, span: nodeSpan(unit.source, call ?? node) },
      later: 'kept',
      // It is handed on once; that says nothing of how often it is called then.
      once: false,
    },
    flow: undefined,
  };
}

/** Import path of the package whose member a called expression is. */
function importedPath(unit: GoUnit, called: GoNode): string | undefined {
  const member = importedName(unit, called);
  return member?.slice(0, member.lastIndexOf('.'));
}

const standard = new Set(
  'archive arena bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing text time unicode unique unsafe weak'.split(
    ' ',
  ),
);

/** Whether a package is one of Go itself: it never makes a Transport for the caller's own package. */
export function isStandard(path: string): boolean {
  const first = path.split('/', 1)[0] ?? path;
  return standard.has(first) || path.startsWith('golang.org/x/');
}

function registration(unit: GoUnit, call: GoNode, name: string): 'handler' | 'ticker' | undefined {
  if (periodicRegistration.test(name)) return 'ticker';
  const route = argumentsOf(call)[0];
  return handlerRegistration.test(name) && route?.type.endsWith('string_literal') === true ? 'handler' : undefined;
}

/** Not a builtin, a conversion to one, or a local variable. */
function isPackageFunction(unit: GoUnit, called: GoNode, name: string): boolean {
  if (called.type === 'selector_expression') {
    // `exec.Command(...).Run()`: the object comes from another package.
    const base = chainBase(called);
    const maker = base.type === 'call_expression' ? child(base, 'function') : base;
    return maker === undefined || !isImported(unit, maker);
  }
  return /^(?:type_)?identifier$/.test(called.type) && !builtins.has(name) && !unit.locals.has(name);
}

/** The type of the operand of a selector, where the function says it. */
function operandType(unit: GoUnit, called: GoNode): string | undefined {
  const operand = called.type === 'selector_expression' ? child(called, 'operand') : undefined;
  if (operand === undefined) return undefined;
  const base = bare(operand);
  if (base.type === 'composite_literal') return localType(unit, child(base, 'type'));
  if (base.type !== 'identifier') return undefined;
  const name = textOf(unit.source, base);
  if (name === unit.receiver?.name) return unit.receiver.type;
  const parameter = unit.parameters.find((one) => one.name === name);
  if (parameter !== undefined) return localType(unit, parameter.type);
  const declared = unit.locals.get(name) ?? [];
  const types = (declared.length > maximumDeclarations ? [] : declared).map((from) => {
    const value = bare(from);
    if (value.type === 'composite_literal') return localType(unit, child(value, 'type'));
    return value.type.endsWith('parameter_declaration')
      ? localType(unit, child(value, 'type'))
      : constructedType(unit, value);
  });
  return types.length === 1 ? types[0] : undefined;
}

function localType(unit: GoUnit, type: GoNode | undefined): string | undefined {
  const named = bareType(type);
  return named?.type === 'type_identifier' ? textOf(unit.source, named) : undefined;
}

/** `NewServer(...)` makes a `Server`, by the custom of the language. */
function constructedType(unit: GoUnit, value: GoNode): string | undefined {
  const called = value.type === 'call_expression' ? child(value, 'function') : undefined;
  if (called?.type !== 'identifier') return undefined;
  const name = textOf(unit.source, called);
  if (name === 'new') return localType(unit, childOfType(value, 'argument_list')?.children[0]);
  return /^[Nn]ew[A-Z]/.test(name) ? name.slice('new'.length) : undefined;
}
