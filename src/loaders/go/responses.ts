/** Responses whose body a function neither closes nor hands on. */
import type { GoResponseFact } from '../../core/facts/go.ts';
import { firstAtLeast } from '../../core/lists.ts';
import type { TextEdit } from '../../core/finding.ts';
import { boundOf } from './bounds.ts';
import { insertBelow, statementOf } from './edits.ts';
import { isAssigned, placeOf, waitsForSuccess } from './place.ts';
import { mayLeaveBodyOpen } from './prefilter.ts';
import { bareType, nodeSpan, packageMember, textOf } from './source.ts';
import { bare, child, childOfType, enclosing, isWithin, walk, type GoNode } from './syntax.ts';
import {
  argumentsOf,
  calledName,
  callOf,
  importedName,
  maximumDeclarations,
  readParameters,
  type GoUnit,
} from './unit.ts';

/** Functions of net/http that return a response; `Head`, whose response has no body, is none. */
const requestFunctions = /^net\/http\.(?:Get|Post|PostForm)$/;
const clientMethods = new Set(['Do', 'Get', 'Post', 'PostForm']);

/** Functions that read what they are given to its end, and do not close it. */
const readers = /^(?:io|io\/ioutil)\.(?:ReadAll|Copy|CopyBuffer)$/;
/** Functions that read what they are given, perhaps in part, and do not close it. */
const wrappers =
  /^(?:io\.(?:LimitReader|TeeReader|ReadFull|ReadAtLeast|CopyN)|bufio\.New(?:Reader|ReaderSize|Scanner)|encoding\/(?:json|xml|csv|gob)\.New(?:Decoder|Reader)|compress\/(?:gzip|zlib)\.NewReader)$/;

/** Of those, the ones whose `Decode` comes to the end of most bodies, but not always of those that come in chunks (test/oracle/go-http-scenarios.ts, g14 to g19). */
const decoders = /^encoding\/(?:json|xml)\.NewDecoder$/;

/** Fields of a response other than its body. */
const otherFields =
  /^(?:Status|StatusCode|Proto|ProtoMajor|ProtoMinor|Header|ContentLength|TransferEncoding|Uncompressed|Trailer|Request|TLS|Cookies|Location)$/;

/** The responses of a unit that stay open. */
export function responsesOf(unit: GoUnit): readonly GoResponseFact[] {
  // The same look at the text that decides whether the file is parsed: what is found does not depend on why it was.
  if (!mayLeaveBodyOpen(textOf(unit.source, unit.node))) return [];
  // What imports the test framework is there for tests, whatever the file is called.
  if ([...unit.source.imports.values()].includes('testing')) return [];
  return unit.nodes.flatMap((node) => (node.type === 'call_expression' ? openResponse(unit, node) : []));
}

function openResponse(unit: GoUnit, call: GoNode): readonly GoResponseFact[] {
  const sender = senderOf(unit, call);
  const target = sender === undefined ? undefined : targetOf(unit, call);
  if (sender === undefined || target === undefined) return [];
  if (target.name === undefined && !sender.certain) return [];
  const use = target.name === undefined ? { read: undefined, seen: true } : useOf(unit, target.name, call);
  if (use === undefined || (!use.seen && !sender.certain)) return [];
  const { source } = unit;
  return [
    {
      kind: 'go.response',
      span: nodeSpan(source, call),
      packageName: source.packageName,
      method: calledName(unit, child(call, 'function') ?? call),
      variable: target.name,
      place: placeOf(unit, call),
      read: use.read === undefined ? undefined : { how: use.read.how, span: nodeSpan(source, use.read.by) },
      noContent: noContentSpan(unit, target.name, call),
      waits: waitsForSuccess(unit, call),
      bound: boundOf(unit, call),
      close: target.name === undefined ? undefined : closeEdit(unit, call, target.name),
    },
  ];
}

/**
 * Whether the response of a request goes into a variable, its body is closed, and nothing can have read that of a good
 * answer. What sends it is any method with the name of one of net/http's.
 */
export function isClosedUnread(unit: GoUnit, call: GoNode, method: string): boolean {
  // Documentation leaves out what becomes of the body.
  if (unit.source.fragment || method === 'Head' || method === 'ServeHTTP') return false;
  const name = targetOf(unit, call)?.name;
  const [request] = argumentsOf(call);
  if (name === undefined || (request !== undefined && methodOf(unit, request, oftenEmpty) !== undefined)) return false;
  let isClosed = false;
  for (const mention of mentionsBelow(unit, name, call)) {
    const { parent } = mention;
    if (parent?.type === 'binary_expression' || isLogged(unit, mention)) continue;
    if (parent?.type !== 'selector_expression' || mention.field !== 'operand') return false;
    const field = textOf(unit.source, child(parent, 'field') ?? parent);
    if (otherFields.test(field)) continue;
    const around = parent.parent;
    if (field !== 'Body' || around === undefined) return false;
    if (around.type === 'binary_expression') continue;
    if (around.type === 'selector_expression' && calledName(unit, around) === 'Close') {
      // After `resp.Body.Close()` below the request, the body gives nothing more.
      const statement = around.parent?.parent;
      if (statement?.type === 'expression_statement' && statement.parent === call.parent?.parent?.parent) return true;
      isClosed = true;
    } else if (isOnlyClosed(unit, around)) {
      isClosed = true;
    } else if (!isInErrorBranch(unit, mention)) return false;
  }
  return isClosed;
}

/** `defer func(body io.ReadCloser) { _ = body.Close() }(resp.Body)` */
function isOnlyClosed(unit: GoUnit, list: GoNode): boolean {
  const literal =
    list.type === 'argument_list' && list.parent !== undefined ? child(list.parent, 'function') : undefined;
  if (literal?.type !== 'func_literal') return false;
  const [body] = readParameters(unit.source, child(literal, 'parameters'));
  const block = child(literal, 'body');
  if (body === undefined || block === undefined) return false;
  const uses = [...walk(block)].filter((node) => node.type === 'identifier' && textOf(unit.source, node) === body.name);
  return uses.length > 0 && uses.every(({ parent }) => parent !== undefined && calledName(unit, parent) === 'Close');
}

/** `log.Println(resp)` */
function isLogged(unit: GoUnit, mention: GoNode): boolean {
  const call = mention.parent?.type === 'argument_list' ? mention.parent.parent : undefined;
  const called = call === undefined ? undefined : importedName(unit, child(call, 'function'));
  return called !== undefined && /^(?:fmt|log)\.(?!F)|klog|logrus|zap/.test(called);
}

/** Whether a node stands in `if resp.StatusCode != http.StatusOK { ... return ... }`. */
function isInErrorBranch(unit: GoUnit, node: GoNode): boolean {
  let below = node;
  for (let up = node.parent; up !== undefined && up !== unit.node; below = up, up = up.parent) {
    if (up.type !== 'if_statement' || below.field !== 'consequence') continue;
    const condition = child(up, 'condition');
    const text = condition === undefined ? '' : textOf(unit.source, condition);
    if (/\.StatusCode\b[^=]*(?:!=|>=?|<)/.test(text) && !text.includes('==') && leavesFunction(up)) return true;
  }
  return false;
}

/** Methods whose answer has no body, or often none. */
const oftenEmpty = /^(?:"(?:HEAD|PUT|PATCH|DELETE)"|http\.Method(?:Head|Put|Patch|Delete))$/;
/** Of an answer that nobody looks into: all methods but `GET`. */
const oftenEmptyUnread = new RegExp(`${oftenEmpty.source}|^(?:"POST"|http\\.MethodPost)$`);

/** Where a request gets one of some methods; also where a function other than net/http's makes it. */
function methodOf(unit: GoUnit, request: GoNode, methods: RegExp): GoNode | undefined {
  const made = request.type === 'identifier' ? (unit.locals.get(textOf(unit.source, request)) ?? []) : [];
  for (const value of made.slice(0, maximumDeclarations)) {
    const found = argumentsOf(value).find((argument) => methods.test(textOf(unit.source, argument)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What says that a request is sent by another method than `GET`: `client.Post(url, ...)`, or where the request is made. */
function writingMethod(unit: GoUnit, call: GoNode): GoNode | undefined {
  const called = child(call, 'function');
  if (called !== undefined && /^Post/.test(calledName(unit, called))) return called;
  const [request] = argumentsOf(call);
  return request === undefined ? undefined : methodOf(unit, request, oftenEmptyUnread);
}

/**
 * Where the code shows that it expects no body: a method whose answer often has none, or status 204 taken for success,
 * `if resp.StatusCode != http.StatusNoContent { return ... }`, `if resp.StatusCode == 204 { return ... }`, also through a variable.
 */
function noContentSpan(unit: GoUnit, name: string | undefined, call: GoNode): GoResponseFact['noContent'] {
  const { source } = unit;
  const method = writingMethod(unit, call);
  if (method !== undefined) return { how: 'method', span: nodeSpan(source, method) };
  for (const mention of name === undefined ? [] : mentionsBelow(unit, name, call)) {
    const status = mention.parent;
    if (status?.type !== 'selector_expression' || textOf(source, status) !== `${name}.StatusCode`) continue;
    const statement = status.parent?.field === 'right' ? status.parent.parent : undefined;
    const target = statement === undefined ? undefined : child(statement, 'left')?.children[0];
    const asked = target?.type === 'identifier' ? (unit.mentions.get(textOf(source, target)) ?? []) : [status];
    for (const one of asked) {
      const comparison = one.parent;
      const guard = comparison?.field === 'condition' ? comparison.parent : undefined;
      if (comparison?.type !== 'binary_expression' || guard?.type !== 'if_statement') continue;
      const asks = /[!=]=\s*(?:204|http\.StatusNoContent)$/.test(textOf(source, comparison));
      if (asks && leavesFunction(guard)) return { how: 'status', span: nodeSpan(source, comparison) };
    }
  }
  return undefined;
}

/** What sends a request that has a response with a body; `certain`: it is net/http's own. */
function senderOf(unit: GoUnit, call: GoNode): { readonly certain: boolean } | undefined {
  const called = child(call, 'function');
  if (called?.type !== 'selector_expression') return undefined;
  const imported = importedName(unit, called);
  if (imported !== undefined) return requestFunctions.test(imported) ? { certain: true } : undefined;
  const name = calledName(unit, called);
  const operand = child(called, 'operand');
  if (operand === undefined || !clientMethods.has(name)) return undefined;
  const sent = argumentsOf(call);
  if (name === 'Do' && (sent.length !== 1 || sent[0] === undefined || hasNoBody(unit, sent[0]))) return undefined;
  if (isClient(unit, operand)) return { certain: true };
  // `x.Do(req)` of some other client, such as an interface: most likely the same.
  return name === 'Do' && sent[0] !== undefined && requestMaker(unit, sent[0]) !== undefined
    ? { certain: false }
    : undefined;
}

/** The call of `http.NewRequest` that makes a request. */
function requestMaker(unit: GoUnit, request: GoNode): GoNode | undefined {
  return requestCalls(unit, request).find((call) =>
    /^net\/http\.NewRequest/.test(importedName(unit, child(call, 'function')) ?? ''),
  );
}

/** The calls whose result a request is. */
function requestCalls(unit: GoUnit, request: GoNode): readonly GoNode[] {
  const made = request.type === 'identifier' ? (unit.locals.get(textOf(unit.source, request)) ?? []) : [];
  return made.length > maximumDeclarations ? [] : made.filter(({ type }) => type === 'call_expression');
}

/** A `HEAD` request, made by whatever function. */
function hasNoBody(unit: GoUnit, request: GoNode): boolean {
  return requestCalls(unit, request).some((call) =>
    argumentsOf(call).some((argument) => /^(?:"HEAD"|http\.MethodHead)$/.test(textOf(unit.source, argument))),
  );
}

interface FileClients {
  /** Of structs. */
  readonly fields: ReadonlySet<string>;
  /** Of the package. */
  readonly variables: ReadonlySet<string>;
}

const fileClients = new WeakMap<GoUnit['source'], FileClients>();

/** The names that a file gives to clients. */
function clientsOf({ source }: GoUnit): FileClients {
  let known = fileClients.get(source);
  if (known === undefined) {
    const named = (pattern: RegExp): ReadonlySet<string> =>
      new Set(Array.from(source.template.text.matchAll(pattern), ([, name = '']) => name));
    known = {
      fields: named(/^[ \t]+(\w+)[ \t]+\*?http\.Client\b/gm),
      variables: named(/^(?:var\b|\t)[ \t]*(\w+)[ \t]*(?:\*?http\.Client\b|=[ \t]*&?http\.Client\{)/gm),
    };
    fileClients.set(source, known);
  }
  return known;
}

/** Whether an expression is an `http.Client`, as far as this file says. */
function isClient(unit: GoUnit, operand: GoNode): boolean {
  const { source } = unit;
  const expression = bare(operand);
  if (packageMember(source, expression) === 'net/http.DefaultClient') return true;
  if (expression.type === 'composite_literal') return isClientType(unit, child(expression, 'type'));
  if (expression.type === 'selector_expression') {
    return clientsOf(unit).fields.has(calledName(unit, expression));
  }
  if (expression.type !== 'identifier') return false;
  const name = textOf(source, expression);
  const parameter = unit.parameters.find((one) => one.name === name);
  if (parameter !== undefined) return isClientType(unit, bareType(parameter.type));
  const made = unit.locals.get(name);
  if (made === undefined) return clientsOf(unit).variables.has(name);
  return (
    made.length > 0 &&
    made.every(
      (value) =>
        isClientType(unit, child(bare(value), 'type')) ||
        packageMember(source, bare(value)) === 'net/http.DefaultClient',
    )
  );
}

function isClientType(unit: GoUnit, type: GoNode | undefined): boolean {
  return packageMember(unit.source, type) === 'net/http.Client';
}

/** Where the response goes: a local variable, or nowhere; `undefined` when it is handed on. */
function targetOf(unit: GoUnit, call: GoNode): { readonly name: string | undefined } | undefined {
  const list = call.parent;
  if (list?.type === 'expression_statement') return { name: undefined };
  const statement = list?.type === 'expression_list' ? list.parent : undefined;
  if (list?.field !== 'right' || statement === undefined || list.children.length !== 1) return undefined;
  const targets = child(statement, 'left')?.children ?? [];
  const [target] = targets;
  if (targets.length !== 2 || target?.type !== 'identifier') return undefined;
  const name = textOf(unit.source, target);
  if (name === '_') return { name: undefined };
  const isOwn = unit.locals.has(name) && !unit.results.has(name) && !unit.parameters.some((one) => one.name === name);
  // A variable that is declared further out, as in front of a loop or of a literal, lives on.
  return isOwn &&
    (statement.type === 'short_var_declaration' || enclosing(call, ['func_literal'], unit.node) === undefined)
    ? { name }
    : undefined;
}

/** What takes a body in, and whether it surely comes to its end. */
interface Reading {
  readonly how: 'end' | 'decoder';
  readonly by: GoNode;
}

interface Use {
  /** What reads the body to its end, or decodes it. */
  readonly read: Reading | undefined;
  /** A field of a response is used: it is one. */
  readonly seen: boolean;
}

/** The mentions of a variable that can be the response of a call. */
function* mentionsOf(unit: GoUnit, name: string, call: GoNode): Generator<GoNode> {
  const statement = call.parent?.parent;
  const scope =
    statement?.type === 'short_var_declaration'
      ? enclosing(statement, ['block', 'if_statement', 'for_statement', 'statement_list', 'source_file'])
      : unit.node;
  const mentions = unit.mentions.get(name) ?? [];
  const first = scope === unit.node ? 0 : firstAtLeast(mentions, call.start, ({ start }) => start);
  for (let index = first; index < mentions.length; index++) {
    const mention = mentions[index];
    if (mention !== undefined && scope !== undefined && isWithin(mention, scope)) yield mention;
  }
}

/** The mentions of a variable with the response of a call, from there to the next assignment. */
function* mentionsBelow(unit: GoUnit, name: string, call: GoNode): Generator<GoNode> {
  for (const mention of mentionsOf(unit, name, call)) {
    if (mention.start < call.end) continue;
    if (isAssigned(mention)) return;
    yield mention;
  }
}

/** What is done with a response; `undefined` when its body is closed, or it or its body is handed on. */
function useOf(unit: GoUnit, name: string, call: GoNode): Use | undefined {
  const { source } = unit;
  let found: Reading | undefined;
  let seen = false;
  for (const mention of mentionsOf(unit, name, call)) {
    const { parent } = mention;
    if (parent?.type === 'binary_expression' || isAssigned(mention)) continue;
    if (parent?.type !== 'selector_expression' || mention.field !== 'operand') return undefined;
    const field = textOf(source, child(parent, 'field') ?? parent);
    if (field !== 'Body') {
      if (!otherFields.test(field)) return undefined;
      seen = true;
      continue;
    }
    seen = true;
    const read = readOf(unit, parent);
    if (read === undefined) return undefined;
    if (read !== 'part') found ??= read;
  }
  return { read: found, seen };
}

/** How a body is read; `undefined` when it is closed or handed on. */
function readOf(unit: GoUnit, body: GoNode): Reading | 'part' | undefined {
  const { parent } = body;
  if (parent?.type === 'binary_expression') return 'part';
  if (parent?.type === 'selector_expression') {
    const read = calledName(unit, parent) === 'Read' ? callOf(parent) : undefined;
    // `for { n, err := resp.Body.Read(buffer) ... }`
    if (read === undefined) return undefined;
    return enclosing(read, ['for_statement'], unit.node) === undefined ? 'part' : { how: 'end', by: read };
  }
  const call = parent?.type === 'argument_list' ? parent.parent : undefined;
  const called = importedName(unit, call === undefined ? undefined : child(call, 'function')) ?? '';
  if (call === undefined) return undefined;
  if (readers.test(called)) return { how: 'end', by: call };
  // `json.NewDecoder(resp.Body).Decode(&v)`: used up where it is made
  const method = call.parent?.type === 'selector_expression' ? callOf(call.parent) : undefined;
  if (!wrappers.test(called) || method === undefined) return undefined;
  const decodes = decoders.test(called) && calledName(unit, child(method, 'function') ?? method) === 'Decode';
  return decodes ? { how: 'decoder', by: method } : 'part';
}

/** `defer resp.Body.Close()` below the check of the error, where that leaves the function. */
function closeEdit(unit: GoUnit, call: GoNode, name: string): TextEdit | undefined {
  const { source } = unit;
  const statement = statementOf(source, call);
  if (statement?.type !== 'short_var_declaration' && statement?.type !== 'assignment_statement') return undefined;
  const around = enclosing(statement, ['for_statement', 'func_literal'], unit.node);
  if (around?.type === 'for_statement') return undefined;
  const list = statement.parent?.children ?? [];
  const check = list[list.indexOf(statement) + 1];
  if (check?.type !== 'if_statement' || child(check, 'alternative') !== undefined) return undefined;
  const error = textOf(source, child(statement, 'left')?.children[1] ?? statement);
  const condition = child(check, 'condition');
  if (condition === undefined || textOf(source, condition) !== `${error} != nil`) return undefined;
  return leavesFunction(check) ? insertBelow(source, check, `defer ${name}.Body.Close()`) : undefined;
}

/** Whether the consequence of an `if` ends with `return`. */
function leavesFunction(check: GoNode): boolean {
  const consequence = child(check, 'consequence');
  const statements =
    consequence === undefined ? undefined : (childOfType(consequence, 'statement_list') ?? consequence);
  return statements?.children.at(-1)?.type === 'return_statement';
}
