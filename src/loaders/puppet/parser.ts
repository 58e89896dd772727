/** Manifests and EPP templates to syntax trees. */
import type { Template } from '../../core/template.ts';
import type { ParseError, ParseOptions, ParseResult, Program } from './ast.ts';
import { lex } from './lexer.ts';
import { RecoveringParser } from './recovery.ts';
import { StatementParser } from './statements.ts';
import type { Tokens } from './tokens.ts';

/**
 * Reads a manifest, or with `epp` a template. Never throws: what Puppet would refuse is in `errors`, and the program holds
 * what could be read around it. All offsets are those of `source.text`.
 */
export function parsePuppet(source: Template, options: ParseOptions = {}): ParseResult {
  const { text } = source;
  const epp = options.epp ?? false;
  const tokens = lex(text, { epp, tasks: options.tasks ?? isPlan(source) });
  const { program, errors } = parseTokens(text, tokens, epp);
  return { program, errors: mergeErrors(tokens.errors, errors), comments: tokens.comments };
}

/** Plans stand in `plans/`, or say `plan NAME`. */
function isPlan(source: Template): boolean {
  return /(?:^|\/)plans\/(?:.*\/)?[^/]*$/.test(source.file) || /^\s*plan\s+[a-z][\w:]*\s*[({]/m.test(source.text);
}

function parseTokens(text: string, tokens: Tokens, epp: boolean): { program: Program; errors: readonly ParseError[] } {
  if (tokens.errors.length === 0) {
    const strict = new StatementParser(text, tokens, false);
    const program = strict.parseProgram(epp);
    if (program !== undefined) return { program, errors: strict.errors };
  }
  const recovering = new RecoveringParser(text, tokens, true);
  const program = recovering.parseProgram(epp) ?? unreadable(text, epp);
  return { program, errors: recovering.errors };
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
