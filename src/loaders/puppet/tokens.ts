/**
 * Tokens as flat arrays: kind, start and end offset of each. Strings with interpolation are several tokens, and a heredoc's text
 * follows its tag at once, though it stands further below in the file; so offsets do not always grow.
 */
import type { ParseError, Range } from '../../core/puppet-ast.ts';

const tokenKinds = {
  END: 0,
  NAME: 1,
  /** A bare word with a hyphen or a leading underscore: a string. */
  WORD: 2,
  TYPE: 3,
  VARIABLE: 4,
  NUMBER: 5,
  /** A quoted string without escapes or interpolation. */
  STRING: 6,
  /** A quoted string with escapes and without interpolation. */
  ESCAPED_STRING: 7,
  /** The opening quote of a string with interpolation. */
  STRING_START: 8,
  STRING_TEXT: 9,
  /** `$name` in a string. */
  STRING_VARIABLE: 10,
  /** `${` */
  INTERPOLATION_START: 11,
  INTERPOLATION_END: 12,
  STRING_END: 13,
  /** The tag `@(...)`; its text follows up to HEREDOC_END, which stands at the end of the tag. */
  HEREDOC_START: 14,
  HEREDOC_END: 15,
  REGEX: 16,
  BRACE_OPEN: 17,
  BRACE_CLOSE: 18,
  PARENTHESIS_OPEN: 19,
  /** `(` with nothing before it on its line: never the arguments of a call. */
  PARENTHESIS_OPEN_LINE: 20,
  PARENTHESIS_CLOSE: 21,
  /** `[` right behind something: an access. */
  BRACKET_OPEN: 22,
  /** `[` after white space: a list. */
  BRACKET_OPEN_LIST: 23,
  BRACKET_CLOSE: 24,
  COMMA: 25,
  SEMICOLON: 26,
  COLON: 27,
  DOT: 28,
  PIPE: 29,
  QUESTION: 30,
  AT: 31,
  DOUBLE_AT: 32,
  ARROW: 33,
  PLUS_ARROW: 34,
  ASSIGN: 35,
  PLUS_ASSIGN: 36,
  MINUS_ASSIGN: 37,
  BEFORE: 38,
  NOTIFY: 39,
  AFTER: 40,
  SUBSCRIBE: 41,
  COLLECT_OPEN: 42,
  COLLECT_CLOSE: 43,
  EXPORT_COLLECT_OPEN: 44,
  EXPORT_COLLECT_CLOSE: 45,
  PLUS: 46,
  MINUS: 47,
  STAR: 48,
  SLASH: 49,
  PERCENT: 50,
  SHIFT_LEFT: 51,
  SHIFT_RIGHT: 52,
  EQUAL: 53,
  NOT_EQUAL: 54,
  LESS: 55,
  LESS_EQUAL: 56,
  GREATER: 57,
  GREATER_EQUAL: 58,
  MATCH: 59,
  NO_MATCH: 60,
  NOT: 61,
  TRUE: 62,
  FALSE: 63,
  // Keywords other than true and false, from IF on.
  IF: 64,
  ELSE: 65,
  ELSIF: 66,
  UNLESS: 67,
  CASE: 68,
  DEFAULT: 69,
  UNDEF: 70,
  AND: 71,
  OR: 72,
  IN: 73,
  CLASS: 74,
  DEFINE: 75,
  NODE: 76,
  INHERITS: 77,
  FUNCTION: 78,
  TYPE_KEYWORD: 79,
  RESERVED: 80,
  PLAN: 81,
  APPLY: 82,
  // EPP
  EPP_TEXT: 83,
  EPP_RENDER_START: 84,
  EPP_RENDER_END: 85,
  /** The name in `${name}`, `${name.method}` or `${name[key]}`: a variable, whatever the word. */
  INTERPOLATED_NAME: 86,
  /** Template text behind a comment tag: more of the text before it. */
  EPP_MORE_TEXT: 87,
} as const;

/** The kinds, as plain numbers. */
export const Token: Readonly<Record<keyof typeof tokenKinds, number>> = tokenKinds;

/** Words that are never a Name; `plan` and `apply` only where tasks are read. */
export const keywords: ReadonlyMap<string, number> = new Map([
  ['true', Token.TRUE],
  ['false', Token.FALSE],
  ['if', Token.IF],
  ['else', Token.ELSE],
  ['elsif', Token.ELSIF],
  ['unless', Token.UNLESS],
  ['case', Token.CASE],
  ['default', Token.DEFAULT],
  ['undef', Token.UNDEF],
  ['and', Token.AND],
  ['or', Token.OR],
  ['in', Token.IN],
  ['class', Token.CLASS],
  ['define', Token.DEFINE],
  ['node', Token.NODE],
  ['inherits', Token.INHERITS],
  ['function', Token.FUNCTION],
  ['type', Token.TYPE_KEYWORD],
  ['attr', Token.RESERVED],
  ['private', Token.RESERVED],
  ['plan', Token.PLAN],
  ['apply', Token.APPLY],
]);

/** Whether a word of this kind can name an attribute: `unless => ...`. */
export function isAttributeName(kind: number): boolean {
  return kind === Token.NAME || (kind >= Token.IF && kind <= Token.APPLY);
}

/** How a heredoc's text is read. */
export interface HeredocLayout {
  readonly tag: string;
  readonly syntax: string;
  readonly escapes: string;
  readonly interpolates: boolean;
  readonly margin: number;
  readonly trim: boolean;
  /** The text: from the line after the tag to the end tag's line, less the last line end if that is trimmed. */
  readonly textStart: number;
  readonly textEnd: number;
}

export interface Tokens {
  readonly kinds: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** By the index of the HEREDOC_START token. */
  readonly heredocs: ReadonlyMap<number, HeredocLayout>;
  readonly comments: readonly Range[];
  readonly errors: readonly ParseError[];
}
