/** Manifests and EPP templates to syntax trees. */
import type { Template } from '../../core/template.ts';
import type { ParseError, ParseOptions, ParseResult, Program } from '../../core/puppet-ast.ts';
import { lex, type LexerOptions } from './lexer.ts';
import { RecoveringParser } from './recovery.ts';
import { StatementParser } from './statements.ts';
import type { Tokens } from './tokens.ts';
import { findRefusals } from './validate.ts';

/**
 * Reads a manifest, or with `epp` a template. Never throws: what Puppet would refuse is in `errors`, and the program holds
 * what could be read around it. All offsets are those of `source.text`.
 */
export function parsePuppet(source: Template, options: ParseOptions = {}): ParseResult {
  const { program, errors, comments } = read(source, options);
  return { program, errors: errors ?? findRefusals(program, source.text), comments };
}

/** The tree alone, whatever is wrong with the text. */
export function parseProgram(source: Template, options: ParseOptions = {}): Program {
  return read(source, options).program;
}

/** `errors` are `undefined` for a text whose grammar is right. */
type Read = Omit<ParseResult, 'errors'> & { readonly errors: ParseResult['errors'] | undefined };

function read(source: Template, options: ParseOptions): Read {
  const { text } = source;
  const epp = options.epp ?? false;
  const tasks = options.tasks ?? isPlan(source);
  const tokens = lex(text, { epp, tasks });
  const strict = new StatementParser(text, tokens, false);
  const program = tokens.errors.length === 0 ? strict.parseProgram(epp) : undefined;
  if (program === undefined) return recover(text, { epp, tasks, mending: true }, [...tokens.errors, ...strict.errors]);
  if (isTooDeep(program, strict)) return refuseDepth(text, epp, tokens);
  return { program, errors: undefined, comments: tokens.comments };
}

/** Reads a broken text again; `known` is why it was refused. */
function recover(text: string, options: LexerOptions, known: readonly ParseError[]): ParseResult {
  const tokens = lex(text, options);
  const parser = new RecoveringParser(text, tokens, true);
  const program = parser.parseProgram(options.epp) ?? unreadable(text, options.epp);
  if (isTooDeep(program, parser)) return refuseDepth(text, options.epp, tokens);
  const errors = mergeErrors(tokens.errors, parser.errors);
  // What recovery takes no offence at is still refused.
  return { program, errors: errors.length > 0 ? errors : known, comments: tokens.comments };
}

/** Plans stand in `plans/`, or say `plan NAME`. */
function isPlan(source: Template): boolean {
  const inPlans = source.file.startsWith('plans/') || source.file.includes('/plans/');
  return inPlans || /^[ \t]*plan[ \t]+[a-z][\w:]*\s*[({]/m.test(source.text);
}

/** Trees are walked by recursion, so one that could run the stack out is not handed on. */
const MAXIMUM_TREE_DEPTH = 1000;
/** A text within these limits has no such tree. */
const HARMLESS_DEPTH = 25;
const HARMLESS_ROW = 20;

function isTooDeep(program: Program, { deepest, longestRow }: StatementParser): boolean {
  if (deepest <= HARMLESS_DEPTH && longestRow <= HARMLESS_ROW) return false;
  const pending: unknown[] = [program];
  const depths = [0];
  for (;;) {
    const node = pending.pop();
    const depth = depths.pop();
    if (depth === undefined) return false;
    if (depth > MAXIMUM_TREE_DEPTH) return true;
    if (typeof node !== 'object' || node === null) continue;
    for (const child of Object.values(node)) {
      if (typeof child !== 'object' || child === null) continue;
      pending.push(child);
      depths.push(Array.isArray(child) ? depth : depth + 1);
    }
  }
}

function refuseDepth(text: string, epp: boolean, { comments }: Tokens): ParseResult {
  const message = `Expressions are nested more than ${MAXIMUM_TREE_DEPTH} deep.`;
  return { program: unreadable(text, epp), errors: [{ message, start: 0, end: Math.min(1, text.length) }], comments };
}

/** By place; of two at the same place the lexer's, which knows more. */
function mergeErrors(lexical: readonly ParseError[], syntactic: readonly ParseError[]): readonly ParseError[] {
  if (lexical.length === 0) return syntactic;
  const others = syntactic.filter(
    (error) => !lexical.some((known) => known.start <= error.start && error.start <= known.end),
  );
  return [...lexical, ...others].sort((a, b) => a.start - b.start);
}

function unreadable(text: string, epp: boolean): Program {
  const range = { start: 0, end: text.length };
  return { type: 'Program', ...range, body: [{ type: 'ErrorNode', ...range }], parameters: null, epp };
}
