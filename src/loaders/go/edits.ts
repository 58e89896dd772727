/** Changes of Go text that leave it as gofmt would: what a fix is made of. */
import type { TextEdit } from '../../core/finding.ts';
import { spanOf } from '../../core/template.ts';
import { nodeSpan, packageMember, textOf, type GoSource } from './source.ts';
import { bare, child, enclosing, type GoNode } from './syntax.ts';
import { argumentsOf, importedName, type GoUnit } from './unit.ts';

/** Replaces `[start, end)`. */
function edit(source: GoSource, start: number, end: number, text: string): TextEdit {
  return { span: spanOf(source.template, start, end), text };
}

/** The statement of a block that a node stands in, when it has its lines to itself. */
export function statementOf(source: GoSource, node: GoNode): GoNode | undefined {
  let statement = node;
  while (statement.parent !== undefined && statement.parent.type !== 'statement_list') {
    if (statement.parent.type === 'source_file' && source.fragment) break;
    statement = statement.parent;
  }
  if (statement.parent === undefined) return undefined;
  const before = source.text.slice(lineStart(source, statement.start), statement.start);
  const after = source.text.slice(statement.end, lineEnd(source, statement.end));
  return before.trim() === '' && /^\s*(?:\/\/|$)/.test(after) ? statement : undefined;
}

/** A new statement on the line below one. */
export function insertBelow(source: GoSource, statement: GoNode, text: string): TextEdit {
  const end = lineEnd(source, statement.end);
  return edit(source, end, end, `${lineBreak(source, end)}${indentationOf(source, statement.start)}${text}`);
}

/** A new statement on the line above one. */
function insertAbove(source: GoSource, statement: GoNode, text: string): TextEdit {
  const end = lineEnd(source, statement.start);
  const { start } = statement;
  return edit(source, start, start, `${text}${lineBreak(source, end)}${indentationOf(source, start)}`);
}

/** Sets `Close` on the request that a call of `Do` is given: a local variable made by `http.NewRequest`. */
export function closeRequestEdit(unit: GoUnit, call: GoNode, method: string): TextEdit | undefined {
  const request = argumentsOf(call)[0];
  if (method !== 'Do' || request?.type !== 'identifier') return undefined;
  const name = textOf(unit.source, request);
  const made = unit.locals.get(name) ?? [];
  const isRequest = (value: GoNode): boolean =>
    value.type === 'call_expression' &&
    /^net\/http\.NewRequest/.test(importedName(unit, child(value, 'function')) ?? '');
  if (made.length === 0 || !made.every(isRequest)) return undefined;
  const statement = statementOf(unit.source, call);
  return statement === undefined ? undefined : insertAbove(unit.source, statement, `${name}.Close = true`);
}

/** `defer tr.CloseIdleConnections()` below the statement that puts a new Transport into a local variable. */
export function closeIdleEdit(unit: GoUnit, creation: GoNode): TextEdit | undefined {
  const { source } = unit;
  const name = localName(unit, creation);
  const statement = name === undefined ? undefined : statementOf(source, creation);
  if (name === undefined || statement === undefined || source.fragment || !isDeclaration(statement)) return undefined;
  // A deferred call waits for the end of the function, not of the round.
  const around = enclosing(statement, ['for_statement', 'func_literal'], unit.node);
  return around?.type === 'for_statement'
    ? undefined
    : insertBelow(source, statement, `defer ${name}.CloseIdleConnections()`);
}

/** Not the header of an `if` or `for`: what that declares ends with it. */
function isDeclaration(statement: GoNode): boolean {
  return statement.type === 'short_var_declaration' || statement.type === 'var_declaration';
}

/** The variable that is declared with a value and nothing else. */
function localName(unit: GoUnit, creation: GoNode): string | undefined {
  const { source } = unit;
  if (creation.type === 'var_spec') {
    const name = child(creation, 'name');
    return name === undefined ? undefined : textOf(source, name);
  }
  let value = creation;
  while (value.parent !== undefined && value.parent.type !== 'expression_list') {
    if (bare(value.parent) !== bare(value)) return undefined;
    value = value.parent;
  }
  const declaration = value.parent?.parent;
  if (declaration?.type !== 'short_var_declaration' || value.parent?.children.length !== 1) return undefined;
  const names = child(declaration, 'left')?.children ?? [];
  const [name] = names;
  return names.length === 1 && name?.type === 'identifier' && textOf(source, name) !== '_'
    ? textOf(source, name)
    : undefined;
}

const setting = 'DisableKeepAlives';

/** What sets `DisableKeepAlives` on a Transport; empty where that cannot be written. */
export function disableKeepAlivesEdits(unit: GoUnit, creation: GoNode): readonly TextEdit[] {
  const { source } = unit;
  if (creation.type !== 'composite_literal') {
    const name = localName(unit, creation);
    const statement = name === undefined ? undefined : statementOf(source, creation);
    return name === undefined || statement === undefined || source.fragment || !isDeclaration(statement)
      ? []
      : [insertBelow(source, statement, `${name}.${setting} = true`)];
  }
  const body = child(creation, 'body');
  if (body === undefined) return [];
  const elements = body.children;
  const present = elements.find((element) => keyText(source, element) === setting);
  if (present !== undefined) {
    const value = child(present, 'value');
    return value === undefined ? [] : [{ span: nodeSpan(source, value), text: 'true' }];
  }
  const last = elements.at(-1);
  if (last === undefined) {
    const inner = source.text.slice(body.start + 1, body.end - 1);
    return inner.trim() === '' ? [edit(source, body.start + 1, body.end - 1, `${setting}: true`)] : [];
  }
  if (elements.some((element) => element.type !== 'keyed_element')) return [];
  const tail = source.text.slice(last.end, body.end - 1);
  // A comment after the last element would swallow what is put there.
  if (!/^,?$/.test(tail.trim())) return /\n/.test(tail) ? belowComment(source, last, body) : [];
  if (!tail.includes('\n')) {
    return [edit(source, last.end, last.end, `, ${setting}: true`)];
  }
  return newLine(source, elements, last, body);
}

/** After a comment: a line of its own, set off so that no column moves. */
function belowComment(source: GoSource, last: GoNode, body: GoNode): readonly TextEdit[] {
  const closing = lineStart(source, body.end - 1);
  if (source.text.slice(closing, body.end - 1).trim() !== '') return [];
  const line = lineBreak(source, lineEnd(source, last.end));
  return [edit(source, closing, closing, `${line}${indentationOf(source, last.start)}${setting}: true,${line}`)];
}

/** A new last line; the lines right above it, which share its column of values, move with it. */
function newLine(source: GoSource, elements: readonly GoNode[], last: GoNode, body: GoNode): readonly TextEdit[] {
  const closing = lineStart(source, body.end - 1);
  if (source.text.slice(closing, body.end - 1).trim() !== '') return [];
  const section = lastSection(source, elements);
  if (section === undefined) return belowComment(source, last, body);
  const keys = section.map((element) => child(element, 'key')).filter((key) => key !== undefined);
  const width = Math.max(setting.length, ...keys.map((key) => key.end - key.start));
  const realigned = section.flatMap((element) => {
    const key = child(element, 'key');
    const value = child(element, 'value');
    if (key === undefined || value === undefined) return [];
    const gap = `:${' '.repeat(width - (key.end - key.start) + 1)}`;
    return source.text.slice(key.end, value.start) === gap ? [] : [edit(source, key.end, value.start, gap)];
  });
  const line = lineBreak(source, lineEnd(source, last.end));
  const written = `${indentationOf(source, last.start)}${setting}:${' '.repeat(width - setting.length + 1)}true,${line}`;
  return [...realigned, edit(source, closing, closing, written)];
}

/** The elements at the end whose values gofmt puts in one column: a line each, one below the other; `undefined` with comments. */
function lastSection(source: GoSource, elements: readonly GoNode[]): readonly GoNode[] | undefined {
  const section: GoNode[] = [];
  let below: GoNode | undefined;
  for (const element of elements.toReversed()) {
    const before = source.text.slice(lineStart(source, element.start), element.start);
    if (before.includes('/*')) return undefined;
    if (before.trim() !== '' || textOf(source, element).includes('\n')) break;
    if (below !== undefined) {
      const between = source.text.slice(element.end, below.start);
      if (!/^,[ \t\r]*\n[ \t]*$/.test(between)) {
        if (/\/[/*]/.test(between)) return undefined;
        break;
      }
    }
    section.unshift(element);
    below = element;
  }
  return section;
}

function keyText(source: GoSource, element: GoNode): string {
  const key = child(element, 'key');
  return key === undefined ? '' : textOf(source, key);
}

/** `15` to `15 * time.Second`. */
export function secondsEdit(source: GoSource, value: GoNode): TextEdit | undefined {
  const name = [...source.imports].find(([, path]) => path === 'time')?.[0];
  if (name === undefined || value.type !== 'int_literal') return undefined;
  return { span: nodeSpan(source, value), text: `${textOf(source, value)} * ${name}.Second` };
}

/** Makes the receiver of a method a pointer. */
export function pointerEdit(unit: GoUnit): TextEdit | undefined {
  const type = child(child(unit.node, 'receiver')?.children[0] ?? unit.node, 'type');
  return type === undefined ? undefined : edit(unit.source, type.start, type.start, '*');
}

function lineStart(source: GoSource, offset: number): number {
  return source.text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the line's end mark. */
function lineEnd(source: GoSource, offset: number): number {
  const newline = source.text.indexOf('\n', offset);
  const end = newline < 0 ? source.text.length : newline;
  return source.text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

function lineBreak(source: GoSource, end: number): string {
  return source.text.startsWith('\r\n', end) ? '\r\n' : '\n';
}

function indentationOf(source: GoSource, offset: number): string {
  return /^[ \t]*/.exec(source.text.slice(lineStart(source, offset), offset))?.[0] ?? '';
}

/** Whether a type is `http.Transport` or `http.Client`, with or without a pointer. */
export function isHttpClientType(source: GoSource, type: GoNode | undefined): boolean {
  return /^net\/http\.(?:Transport|Client)$/.test(packageMember(source, type) ?? '');
}
