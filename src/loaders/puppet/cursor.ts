/** A place in the tokens of one text, and what has gone wrong so far. */
import type { ParseError, Range } from '../../core/puppet-ast.ts';
import { quoteForMessage } from './lexer.ts';
import { isAttributeName, Token, type HeredocLayout, type Tokens } from './tokens.ts';

/** Blocks and brackets in one another; a text that goes deeper is hostile, and would run the stack out. */
const MAXIMUM_DEPTH = 250;
const MAXIMUM_ERRORS = 100;

/** Thrown where the tokens do not fit; one for all, because making an error is slow. */
const syntaxFailure = new Error('syntax failure');

/** Names that call a function without parentheses when they begin a statement. */
export const statementFunctions: ReadonlySet<string> = new Set([
  'require',
  'realize',
  'include',
  'contain',
  'tag',
  'debug',
  'info',
  'notice',
  'warning',
  'err',
  'fail',
  'import',
  'break',
  'next',
  'return',
]);

/**
 * The text is read strictly first. Only if that fails is it read again in recovery, where guesses by line and indentation
 * mend what is broken; so a guess can never harm a correct text.
 */
export class Cursor {
  readonly text: string;
  readonly recovering: boolean;
  readonly errors: ParseError[] = [];
  readonly kinds: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly heredocs: ReadonlyMap<number, HeredocLayout>;
  index = 0;
  /** Of the current token. */
  kind: number;
  start: number;
  /** Of the last token read. */
  previousEnd = 0;
  depth = 0;
  /** The deepest nesting, and the longest row of operators, so far. */
  deepest = 0;
  longestRow = 0;
  /** The column at which the attributes of the resource around here begin their lines; -1 if unknown. In recovery only. */
  attributeColumn = -1;
  /** Reading was given up: the rest of the text is not looked at. */
  exhausted = false;

  constructor(text: string, tokens: Tokens, recovering: boolean) {
    this.text = text;
    this.recovering = recovering;
    this.kinds = tokens.kinds;
    this.starts = tokens.starts;
    this.ends = tokens.ends;
    this.heredocs = tokens.heredocs;
    this.kind = this.kinds[0] ?? Token.END;
    this.start = this.starts[0] ?? 0;
  }

  advance(): void {
    this.previousEnd = this.ends[this.index] ?? 0;
    if (this.kind !== Token.END) this.moveTo(this.index + 1);
  }

  moveTo(index: number): void {
    this.index = index;
    this.kind = this.kinds[index] ?? Token.END;
    this.start = this.starts[index] ?? this.text.length;
  }

  kindAt(index: number): number {
    return this.kinds[index] ?? Token.END;
  }

  end(): number {
    return this.ends[this.index] ?? this.text.length;
  }

  tokenText(index: number): string {
    return this.text.slice(this.starts[index], this.ends[index]);
  }

  /** Reads the token, or fails. `expected` continues "expected ...". */
  expect(kind: number, expected: string): void {
    if (this.kind !== kind) this.fail(expected);
    this.advance();
  }

  /** Like `expect`, but in recovery goes on as if the token stood there. */
  expectOrMend(kind: number, expected: string): void {
    if (this.kind === kind) this.advance();
    else this.mend(expected);
  }

  /** The current token fits nowhere here. */
  fail(expected: string): never {
    this.report(expected);
    throw syntaxFailure;
  }

  /** Reports the current token, and goes on without it if in recovery. */
  mend(expected: string): void {
    this.report(expected);
    if (!this.recovering) throw syntaxFailure;
  }

  report(expected: string): void {
    this.reportAt(`Found ${this.found()}; expected ${expected}.`, this.start, Math.max(this.end(), this.start));
  }

  reportAt(message: string, start: number, end: number): void {
    if (this.exhausted) return;
    const last = this.errors.at(-1);
    if (last === undefined || last.start !== start) this.errors.push({ message, start, end });
    if (this.errors.length >= MAXIMUM_ERRORS) this.giveUp();
  }

  giveUp(): void {
    this.exhausted = true;
    this.moveTo(this.kinds.length - 1);
  }

  enter(): void {
    if (++this.depth <= this.deepest) return;
    this.deepest = this.depth;
    if (this.depth > MAXIMUM_DEPTH) {
      this.reportAt(`Blocks and brackets are nested more than ${MAXIMUM_DEPTH} deep.`, this.start, this.end());
      this.giveUp();
      throw syntaxFailure;
    }
  }

  found(): string {
    switch (this.kind) {
      case Token.END:
        return 'the end of the file';
      case Token.EPP_TEXT:
        return 'template text';
      case Token.EPP_RENDER_END:
        return "the end of the tag '%>'";
      case Token.INTERPOLATION_END:
        return "the end of the interpolation '}'";
      case Token.STRING_START:
        return `the string ${quoteForMessage(this.text.slice(this.start, this.endOfString()))}`;
      case Token.STRING:
      case Token.ESCAPED_STRING:
        return `the string ${quoteForMessage(this.tokenText(this.index))}`;
      case Token.HEREDOC_START:
        return `the heredoc ${quoteForMessage(this.tokenText(this.index))}`;
      default:
        return quoteForMessage(this.tokenText(this.index));
    }
  }

  private endOfString(): number {
    let depth = 0;
    for (let index = this.index; index < this.kinds.length; index++) {
      const kind = this.kinds[index];
      if (kind === Token.STRING_START) depth++;
      else if (kind === Token.STRING_END && --depth === 0) return this.ends[index] ?? 0;
    }
    return this.text.length;
  }

  // Looking around, for recovery

  isFirstOnLine(index: number): boolean {
    return this.columnOf(index) >= 0;
  }

  /** The column of a token that is the first on its line, else -1. */
  columnOf(index: number): number {
    const start = this.starts[index] ?? 0;
    let at = start;
    while (at > 0) {
      const code = this.text.charCodeAt(at - 1);
      if (code === 10) break;
      if (code !== 32 && code !== 9) return -1;
      at--;
    }
    return start - at;
  }

  /** `name =>`, `name +>` or `* =>`. */
  isAttributeStart(index: number): boolean {
    const kind = this.kindAt(index);
    const next = this.kindAt(index + 1);
    if (kind === Token.STAR) return next === Token.ARROW;
    return isAttributeName(kind) && (next === Token.ARROW || next === Token.PLUS_ARROW);
  }

  /** What nearly always begins a statement when it is the first on its line. */
  isStatementStart(index: number): boolean {
    return this.isStatementLike(index) && this.isFirstOnLine(index);
  }

  isStatementLike(index: number): boolean {
    const kind = this.kindAt(index);
    const next = this.kindAt(index + 1);
    if (next === Token.ARROW || next === Token.PLUS_ARROW) return false;
    switch (kind) {
      case Token.IF:
      case Token.UNLESS:
      case Token.CASE:
      case Token.CLASS:
      case Token.DEFINE:
      case Token.NODE:
      case Token.FUNCTION:
      case Token.PLAN:
      case Token.AT:
      case Token.DOUBLE_AT:
        return true;
      case Token.VARIABLE:
        return next === Token.ASSIGN;
      case Token.NAME:
        if (next === Token.BRACE_OPEN || next === Token.PARENTHESIS_OPEN) return true;
        return next !== Token.COLON && next !== Token.COMMA && statementFunctions.has(this.tokenText(index));
      case Token.TYPE:
        return next === Token.BRACE_OPEN || next === Token.COLLECT_OPEN || next === Token.EXPORT_COLLECT_OPEN;
      default:
        return false;
    }
  }

  /** Where a broken list, hash or argument list surely ends: an attribute of the resource around it, or a statement. */
  isListBoundary(index: number): boolean {
    const kind = this.kindAt(index);
    if (kind === Token.END || kind === Token.SEMICOLON) return true;
    if (this.isAttributeStart(index)) return this.attributeColumn >= 0 && this.columnOf(index) === this.attributeColumn;
    // Calls and conditionals stand in lists as well.
    if (kind === Token.IF || kind === Token.UNLESS || kind === Token.CASE) return false;
    if (kind === Token.NAME && this.kindAt(index + 1) === Token.PARENTHESIS_OPEN) return false;
    return this.isStatementStart(index);
  }

  jumpTo(index: number): void {
    if (index > this.index) this.previousEnd = this.ends[index - 1] ?? this.previousEnd;
    this.moveTo(index);
  }

  /** Goes to the comma or bracket that ends the element that began at a token and failed at the current one. */
  skipElement(from: number, close: number): void {
    const failed = this.index;
    let depth = 0;
    for (let index = from; ; index++) {
      const kind = this.kindAt(index);
      depth += bracketChange(kind);
      if (
        kind === Token.END ||
        (index >= failed && (depth < 0 || (depth === 0 && (kind === Token.COMMA || kind === close))))
      ) {
        this.jumpTo(index);
        return;
      }
      if (index >= failed && index > from && this.isListBoundary(index)) {
        this.jumpTo(index);
        return;
      }
    }
  }

  isFailure(error: unknown): boolean {
    return error === syntaxFailure;
  }

  /** In recovery: takes a syntax failure as dealt with; anything else goes on. */
  recoverFrom(error: unknown, depth: number): void {
    if (error !== syntaxFailure || this.exhausted) throw error;
    this.depth = depth;
  }

  /** Goes behind the bracket that closes the list we are in; stops before a boundary or a bracket of something else. */
  skipToClose(close: number): void {
    let depth = 0;
    for (let index = this.index; ; index++) {
      const kind = this.kindAt(index);
      depth += bracketChange(kind);
      if (depth < 0 || this.isListBoundary(index)) {
        this.jumpTo(index);
        if (depth < 0 && kind === close) this.advance();
        return;
      }
    }
  }

  errorNode(start: number, end: number): Range & { readonly type: 'ErrorNode' } {
    return { type: 'ErrorNode', start, end: Math.max(start, end) };
  }
}

/** 1 for an opening bracket, -1 for a closing one; strings and interpolations count as brackets. */
export function bracketChange(kind: number): number {
  return bracketChanges[kind] ?? 0;
}

const bracketChanges = new Int8Array(128);
for (const kind of [
  Token.BRACE_OPEN,
  Token.PARENTHESIS_OPEN,
  Token.PARENTHESIS_OPEN_LINE,
  Token.BRACKET_OPEN,
  Token.BRACKET_OPEN_LIST,
  Token.INTERPOLATION_START,
  Token.STRING_START,
  Token.HEREDOC_START,
]) {
  bracketChanges[kind] = 1;
}
for (const kind of [
  Token.BRACE_CLOSE,
  Token.PARENTHESIS_CLOSE,
  Token.BRACKET_CLOSE,
  Token.INTERPOLATION_END,
  Token.STRING_END,
  Token.HEREDOC_END,
]) {
  bracketChanges[kind] = -1;
}

/** Whether a token can begin a value in a list. */
export function startsValue(kind: number): boolean {
  return valueStarts[kind] === 1;
}

const valueStarts = new Uint8Array(128);
for (const kind of [
  Token.NAME,
  Token.WORD,
  Token.TYPE,
  Token.VARIABLE,
  Token.NUMBER,
  Token.STRING,
  Token.ESCAPED_STRING,
  Token.STRING_START,
  Token.HEREDOC_START,
  Token.REGEX,
  Token.BRACKET_OPEN,
  Token.BRACKET_OPEN_LIST,
  Token.TRUE,
  Token.FALSE,
  Token.UNDEF,
  Token.DEFAULT,
]) {
  valueStarts[kind] = 1;
}
