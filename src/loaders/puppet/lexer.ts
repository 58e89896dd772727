/** Text of a manifest or EPP template to tokens. */
import type { ParseError, Range } from '../../core/puppet-ast.ts';
import { findHeredoc } from './heredoc.ts';
import { keywords, Token, type HeredocLayout, type Tokens } from './tokens.ts';

export interface LexerOptions {
  readonly epp: boolean;
  /** `plan` and `apply` are keywords. */
  readonly tasks: boolean;
  /**
   * The text is known to be broken: a string over several lines with a word right behind its end is taken for one that lost
   * its closing quote.
   */
  readonly mending?: boolean;
}

/** How deep interpolations may nest: `"${"${"${...}"}"}"`. */
const MAXIMUM_NESTING = 50;
/** Searches that ran to the end of the file in vain; after so many the file is hostile and they are no longer made. */
const MAXIMUM_VAIN_SEARCHES = 20;

const WORD = 1;
const DIGIT = 2;
const LOWER = 4;
const UPPER = 8;
const BLANK = 16;
const NAME_START = 32;
const KEYWORD_START = 64;

const characterClass = classify();

const spaceSeparators = new Set([
  0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x202f, 0x205f,
  0x3000,
]);

function classify(): Uint8Array {
  const classes = new Uint8Array(128);
  for (let code = 48; code <= 57; code++) classes[code] = WORD | DIGIT;
  for (let code = 65; code <= 90; code++) classes[code] = WORD | UPPER;
  for (let code = 97; code <= 122; code++) classes[code] = WORD | LOWER | NAME_START;
  classes[95] = WORD | NAME_START;
  for (const blank of ' \t\r\n') classes[blank.charCodeAt(0)] = BLANK;
  for (const word of keywords.keys()) classes[word.charCodeAt(0)] = WORD | LOWER | NAME_START | KEYWORD_START;
  return classes;
}

/** What must stand before a `/` for it to be a division: after anything else it begins a regular expression. */
const endsValue = new Uint8Array(128);
for (const kind of [
  Token.NAME,
  Token.WORD,
  Token.TYPE,
  Token.VARIABLE,
  Token.NUMBER,
  Token.STRING,
  Token.ESCAPED_STRING,
  Token.STRING_END,
  Token.HEREDOC_END,
  Token.REGEX,
  Token.PARENTHESIS_CLOSE,
  Token.BRACKET_CLOSE,
  Token.COLLECT_CLOSE,
  Token.EXPORT_COLLECT_CLOSE,
  Token.TRUE,
  Token.FALSE,
]) {
  endsValue[kind] = 1;
}

interface State {
  readonly text: string;
  readonly options: LexerOptions;
  readonly kinds: number[];
  readonly starts: number[];
  readonly ends: number[];
  readonly heredocs: Map<number, HeredocLayout>;
  readonly comments: Range[];
  readonly errors: ParseError[];
  position: number;
  /** Where the text ends that is read at the moment: of the file or of a heredoc. */
  limit: number;
  /** Where the text of this line's heredocs ends, which is where reading goes on after the line; 0 without any. */
  afterHeredocs: number;
  inHeredoc: boolean;
  /** The EPP tag just read ends in `-%>`. */
  trims: boolean;
  nesting: number;
  vainSearches: number;
}

/** Reads a whole text. Never throws: what cannot be read is in `errors`. */
export function lex(text: string, options: LexerOptions): Tokens {
  const state: State = {
    text,
    options,
    kinds: [],
    starts: [],
    ends: [],
    heredocs: new Map(),
    comments: [],
    errors: [],
    position: 0,
    limit: text.length,
    afterHeredocs: 0,
    inHeredoc: false,
    trims: false,
    nesting: 0,
    vainSearches: 0,
  };
  if (text.startsWith('\uFEFF')) {
    report(state, 'The file begins with a byte order mark, which Puppet refuses; expected UTF-8 without one.', 0, 1);
    state.position = 1;
  }
  if (options.epp) lexTemplate(state);
  else lexCode(state, false);
  emit(state, Token.END, text.length, text.length);
  return state;
}

function emit(state: State, kind: number, start: number, end: number): void {
  state.kinds.push(kind);
  state.starts.push(start);
  state.ends.push(end);
}

function report(state: State, message: string, start: number, end: number): void {
  state.errors.push({ message, start, end });
}

/**
 * Reads code from `state.position` up to the limit, to the `}` of an interpolation, or to the end of an EPP tag.
 * Returns whether such an end was found; `state.position` then stands behind it.
 */
function lexCode(state: State, interpolation: boolean): boolean {
  const { text, kinds, starts, ends, limit } = state;
  const template = state.options.epp && !interpolation && !state.inHeredoc;
  let at = state.position;
  let braces = 0;
  let firstOnLine = true;
  while (at < limit) {
    const code = text.charCodeAt(at);
    const start = at;
    let kind: number;
    const type = classOf(code);
    if (type & BLANK) {
      at++;
      if (code === 10) {
        firstOnLine = true;
        if (state.afterHeredocs > 0) {
          at = Math.max(at, state.afterHeredocs);
          state.afterHeredocs = 0;
        }
      }
      continue;
    }
    if (type & NAME_START) {
      at = endOfName(text, at);
      kind = Token.NAME;
      if (type & KEYWORD_START && at - start <= 8) kind = keywordKind(state, start, at);
      if (kind === Token.NAME) {
        const next = text.charCodeAt(at);
        if (code === 95 || next === 45 || next === 58) {
          at = endOfQualifiedName(state, start, at);
          if (isBareWord(text, start, at)) kind = Token.WORD;
        }
      }
    } else if (type & UPPER) {
      at = endOfType(state, at);
      kind = Token.TYPE;
    } else if (type & DIGIT) {
      at = endOfNumber(state, at);
      kind = Token.NUMBER;
    } else {
      at++;
      const next = text.charCodeAt(at);
      switch (code) {
        case 36: // $
          at = endOfVariable(text, start);
          if (at === start + 1) {
            report(state, "Found '$' without a name behind it; expected a variable name.", start, at);
            continue;
          }
          if (text.startsWith('::', at)) at = reportBrokenName(state, start, at);
          kind = Token.VARIABLE;
          break;
        case 39: // '
          state.position = start;
          lexSingleQuoted(state);
          at = state.position;
          firstOnLine = false;
          continue;
        case 34: // "
          state.position = start;
          lexDoubleQuoted(state);
          at = state.position;
          firstOnLine = false;
          continue;
        case 35: // #
          at = endOfLine(text, at, limit);
          state.comments.push({ start, end: at });
          continue;
        case 123: // {
          braces++;
          kind = Token.BRACE_OPEN;
          break;
        case 125: // }
          if (interpolation && braces === 0) {
            state.position = at;
            return true;
          }
          braces--;
          kind = Token.BRACE_CLOSE;
          break;
        case 40: // (
          kind = firstOnLine ? Token.PARENTHESIS_OPEN_LINE : Token.PARENTHESIS_OPEN;
          break;
        case 41: // )
          kind = Token.PARENTHESIS_CLOSE;
          break;
        case 91: // [
          kind = isBlank(text, start - 1) ? Token.BRACKET_OPEN_LIST : Token.BRACKET_OPEN;
          break;
        case 93: // ]
          kind = Token.BRACKET_CLOSE;
          break;
        case 44: // ,
          kind = Token.COMMA;
          break;
        case 59: // ;
          kind = Token.SEMICOLON;
          break;
        case 58: // :
          if (next === 58 && wordClass(text, at + 1) & (LOWER | NAME_START)) {
            at = endOfQualifiedName(state, start, start);
            kind = isBareWord(text, start, at) ? Token.WORD : Token.NAME;
          } else if (next === 58 && wordClass(text, at + 1) & UPPER) {
            at = endOfType(state, start + 2);
            kind = Token.TYPE;
          } else {
            kind = Token.COLON;
          }
          break;
        case 46: // .
          kind = Token.DOT;
          break;
        case 63: // ?
          kind = Token.QUESTION;
          break;
        case 61: // =
          if (next === 62) {
            at++;
            kind = Token.ARROW;
          } else if (next === 61) {
            at++;
            kind = Token.EQUAL;
          } else if (next === 126) {
            at++;
            kind = Token.MATCH;
          } else {
            kind = Token.ASSIGN;
          }
          break;
        case 43: // +
          if (next === 62) {
            at++;
            kind = Token.PLUS_ARROW;
          } else if (next === 61) {
            at++;
            kind = Token.PLUS_ASSIGN;
          } else {
            kind = Token.PLUS;
          }
          break;
        case 45: // -
          if (template && next === 37 && text.charCodeAt(at + 1) === 62) {
            state.position = at + 2;
            state.trims = true;
            return true;
          }
          if (next === 62) {
            at++;
            kind = Token.BEFORE;
          } else if (next === 61) {
            at++;
            kind = Token.MINUS_ASSIGN;
          } else {
            kind = Token.MINUS;
          }
          break;
        case 126: // ~
          if (next === 62) {
            at++;
            kind = Token.NOTIFY;
          } else {
            report(state, "Found '~'; expected '~>'.", start, at);
            continue;
          }
          break;
        case 60: // <
          if (next === 60) {
            at++;
            kind = Token.SHIFT_LEFT;
            if (text.charCodeAt(at) === 124) {
              at++;
              kind = Token.EXPORT_COLLECT_OPEN;
            }
          } else if (next === 124) {
            at++;
            kind = Token.COLLECT_OPEN;
          } else if (next === 61) {
            at++;
            kind = Token.LESS_EQUAL;
          } else if (next === 45) {
            at++;
            kind = Token.AFTER;
          } else if (next === 126) {
            at++;
            kind = Token.SUBSCRIBE;
          } else {
            kind = Token.LESS;
          }
          break;
        case 62: // >
          if (next === 62) {
            at++;
            kind = Token.SHIFT_RIGHT;
          } else if (next === 61) {
            at++;
            kind = Token.GREATER_EQUAL;
          } else {
            kind = Token.GREATER;
          }
          break;
        case 124: // |
          if (next === 62) {
            at++;
            kind = Token.COLLECT_CLOSE;
            if (text.charCodeAt(at) === 62) {
              at++;
              kind = Token.EXPORT_COLLECT_CLOSE;
            }
          } else {
            kind = Token.PIPE;
          }
          break;
        case 33: // !
          if (next === 61) {
            at++;
            kind = Token.NOT_EQUAL;
          } else if (next === 126) {
            at++;
            kind = Token.NO_MATCH;
          } else {
            kind = Token.NOT;
          }
          break;
        case 42: // *
          kind = Token.STAR;
          break;
        case 37: // %
          if (template && next === 62) {
            state.position = at + 1;
            return true;
          }
          kind = Token.PERCENT;
          break;
        case 47: // /
          if (next === 42) {
            at = skipBlockComment(state, start);
            continue;
          }
          kind = Token.SLASH;
          if (endsValue[kinds[kinds.length - 1] ?? 0] === 0) {
            const end = endOfRegex(state, at);
            if (end > 0) {
              at = end;
              kind = Token.REGEX;
            }
          }
          break;
        case 64: // @
          if (next === 40) {
            state.position = start;
            lexHeredoc(state);
            at = state.position;
            firstOnLine = false;
            continue;
          }
          if (next === 64) {
            at++;
            kind = Token.DOUBLE_AT;
          } else {
            kind = Token.AT;
          }
          break;
        default:
          at = endOfStrayCharacters(text, at, limit);
          report(state, `Found ${quoteForMessage(text.slice(start, at))}, which Puppet does not know.`, start, at);
          continue;
      }
    }
    firstOnLine = false;
    kinds.push(kind);
    starts.push(start);
    ends.push(at);
  }
  state.position = limit;
  return false;
}

/** A piece of source in quotes, short enough for a message. */
export function quoteForMessage(piece: string): string {
  const line = piece.split(/[\r\n]/, 1)[0] ?? '';
  const short = line.length > 40 ? `${line.slice(0, 40)}...` : line.length < piece.length ? `${line}...` : line;
  return `'${short}'`;
}

function wordClass(text: string, at: number): number {
  return classOf(text.charCodeAt(at));
}

/** Beyond ASCII only blanks matter: the space separators of Unicode, such as the no-break space. */
function classOf(code: number): number {
  if (code < 128) return characterClass[code] ?? 0;
  return code >= 0xa0 && spaceSeparators.has(code) ? BLANK : 0;
}

function isBlank(text: string, at: number): boolean {
  return at < 0 || (wordClass(text, at) & BLANK) !== 0;
}

function endOfLine(text: string, at: number, limit: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 || found > limit ? limit : found;
}

function endOfWord(text: string, at: number): number {
  while (wordClass(text, at) & WORD) at++;
  return at;
}

function endOfName(text: string, at: number): number {
  for (;;) {
    const code = text.charCodeAt(at);
    if (code >= 128 || !((characterClass[code] ?? 0) & WORD)) return at;
    at++;
  }
}

function keywordKind(state: State, start: number, end: number): number {
  const next = state.text.charCodeAt(end);
  // `default-foo` and `class::foo` are words of their own.
  if (next === 45 && wordEnd(state.text, end) > end) return Token.NAME;
  if (next === 58 && state.text.charCodeAt(end + 1) === 58) return Token.NAME;
  const kind = keywords.get(state.text.slice(start, end));
  if (kind === undefined || (kind >= Token.PLAN && !state.options.tasks)) return Token.NAME;
  return kind;
}

/** The end of `-more-of-the-word`, or `at` where the hyphens are operators. */
function wordEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    let next = end;
    while (text.charCodeAt(next) === 45) next++;
    const wordStart = next;
    next = endOfWord(text, next);
    if (next === wordStart) return end;
    end = next;
    if (text.charCodeAt(end) !== 45) return end;
  }
}

/** The end of a bare word with segments; `at` is anywhere in its first segment, or at a leading `::`. */
function endOfQualifiedName(state: State, start: number, at: number): number {
  const { text } = state;
  if (at === start && text.charCodeAt(at) === 58) at += 2;
  for (;;) {
    at = wordEnd(text, endOfWord(text, at));
    if (text.charCodeAt(at) !== 58 || text.charCodeAt(at + 1) !== 58) return at;
    const type = wordClass(text, at + 2);
    if (type & NAME_START) at += 2;
    else if (type & UPPER) return at;
    else return reportBrokenName(state, start, at);
  }
}

function reportBrokenName(state: State, start: number, at: number): number {
  const end = endOfWord(state.text, at + 2);
  const found = quoteForMessage(state.text.slice(start, end));
  report(state, `Found the name ${found}; expected a lower-case name after '::'.`, start, end);
  return end;
}

/** Words with a hyphen or an underscore at the start of a segment are strings, not names. */
function isBareWord(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 45) return true;
    if (code === 95 && (at === start || text.charCodeAt(at - 1) === 58)) return true;
  }
  return false;
}

function endOfType(state: State, at: number): number {
  const { text } = state;
  const start = at;
  for (;;) {
    at = endOfWord(text, at);
    if (text.charCodeAt(at) !== 58 || text.charCodeAt(at + 1) !== 58) return at;
    if (!(wordClass(text, at + 2) & UPPER)) {
      const end = endOfWord(text, at + 2);
      const found = quoteForMessage(text.slice(start, end));
      report(state, `Found the type ${found}; expected a capital letter after each '::'.`, start, end);
      return end;
    }
    at += 2;
  }
}

function endOfNumber(state: State, start: number): number {
  const { text } = state;
  const second = text.charCodeAt(start + 1) | 32;
  if (text.charCodeAt(start) === 48 && second === 120) {
    const end = endOfWord(text, start + 2);
    if (!/^[0-9a-f]+$/i.test(text.slice(start + 2, end))) reportNumber(state, 'a hexadecimal number', start, end);
    return end;
  }
  let at = start;
  while (wordClass(text, at) & DIGIT) at++;
  const integerEnd = at;
  if (text.charCodeAt(at) === 46 && wordClass(text, at + 1) & DIGIT) {
    at++;
    while (wordClass(text, at) & DIGIT) at++;
  }
  if ((text.charCodeAt(at) | 32) === 101) {
    const exponent = text.charCodeAt(at + 1) === 45 ? at + 2 : at + 1;
    if (wordClass(text, exponent) & DIGIT) {
      at = exponent;
      while (wordClass(text, at) & DIGIT) at++;
    }
  }
  const end = endOfWord(text, at);
  const tooLarge = !Number.isFinite(Number.parseFloat(text.slice(start, at)));
  if (end > at || tooLarge) reportNumber(state, 'a decimal number', start, end);
  else if (integerEnd > start + 1 && text.charCodeAt(start) === 48) {
    if (end > integerEnd || /[89]/.test(text.slice(start, end))) reportNumber(state, 'an octal number', start, end);
  }
  return end;
}

function reportNumber(state: State, expected: string, start: number, end: number): void {
  report(state, `Found '${state.text.slice(start, end)}'; expected ${expected}.`, start, end);
}

/** The end of `$name`, `$::a::b`, `$1`; one behind the `$` if no name follows. */
function endOfVariable(text: string, start: number): number {
  let at = start + 1;
  if (text.charCodeAt(at) === 58 && text.charCodeAt(at + 1) === 58 && wordClass(text, at + 2) & WORD) at += 2;
  at = endOfWord(text, at);
  while (
    text.charCodeAt(at) === 58 &&
    text.charCodeAt(at + 1) === 58 &&
    wordClass(text, at + 2) & WORD &&
    at > start + 1
  ) {
    at = endOfWord(text, at + 2);
  }
  return at;
}

function endOfRegex(state: State, at: number): number {
  const { text, limit } = state;
  if (state.vainSearches > MAXIMUM_VAIN_SEARCHES) return 0;
  for (; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 47) return at + 1;
    if (code === 92) at++;
  }
  state.vainSearches++;
  return 0;
}

function skipBlockComment(state: State, start: number): number {
  const found = state.text.indexOf('*/', start + 2);
  const end = found < 0 || found + 2 > state.limit ? state.limit : found + 2;
  if (end === state.limit && found !== end - 2) {
    report(state, "The comment that begins with '/*' is never closed; expected '*/'.", start, start + 2);
  }
  state.comments.push({ start, end });
  return end;
}

function endOfStrayCharacters(text: string, at: number, limit: number): number {
  while (at < limit && text.charCodeAt(at) >= 128) at++;
  return at;
}

function lexSingleQuoted(state: State): void {
  const { text, limit, position: start } = state;
  let kind: number = Token.STRING;
  for (let at = start + 1; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 39) {
      if (isSuspicious(state, start, at)) break;
      emit(state, kind, start, at + 1);
      state.position = at + 1;
      return;
    }
    if (code === 92) {
      kind = Token.ESCAPED_STRING;
      at++;
    }
  }
  closeBrokenString(state, start);
}

function isSuspicious(state: State, start: number, close: number): boolean {
  if (state.options.mending !== true || state.vainSearches > MAXIMUM_VAIN_SEARCHES) return false;
  const next = wordClass(state.text, close + 1) & WORD || '/.$%-'.includes(state.text.charAt(close + 1) || ' ');
  return Boolean(next) && state.text.slice(start, close).includes('\n');
}

/**
 * A string that is never closed ends with its line, so that the lines below are still read; commas and brackets at the end of
 * the line stay outside.
 */
function closeBrokenString(state: State, start: number): void {
  state.vainSearches++;
  const { text, limit } = state;
  let end = state.vainSearches > MAXIMUM_VAIN_SEARCHES ? limit : endOfLine(text, start, limit);
  while (end > start + 1 && ' \t\r,;:)]}'.includes(text.charAt(end - 1))) end--;
  const quote = text.charAt(start);
  report(state, `The string that begins here is never closed; expected ${quote === "'" ? `"'"` : `'"'`}.`, start, end);
  emit(state, Token.STRING, start, end);
  state.position = end;
}

function lexDoubleQuoted(state: State): void {
  const { text, limit, position: start } = state;
  let kind: number = Token.STRING;
  for (let at = start + 1; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      if (isSuspicious(state, start, at)) break;
      emit(state, kind, start, at + 1);
      state.position = at + 1;
      return;
    }
    if (code === 92) {
      kind = Token.ESCAPED_STRING;
      at++;
    } else if (code === 36 && startsInterpolation(text, at)) {
      lexInterpolatedString(state, start, at);
      return;
    }
  }
  closeBrokenString(state, start);
}

/** `${`, or `$` and a name. */
function startsInterpolation(text: string, at: number): boolean {
  return text.charCodeAt(at + 1) === 123 || endOfVariable(text, at) > at + 1;
}

function lexInterpolatedString(state: State, start: number, firstInterpolation: number): void {
  const { kinds, comments, errors } = state;
  const before = {
    tokens: kinds.length,
    comments: comments.length,
    errors: errors.length,
    heredocs: state.afterHeredocs,
  };
  emit(state, Token.STRING_START, start, start + 1);
  state.position = start + 1;
  if (lexStringContent(state, firstInterpolation, 34, '\\$') && !isSuspicious(state, start, state.position - 1)) {
    emit(state, Token.STRING_END, state.position - 1, state.position);
    return;
  }
  kinds.length = state.starts.length = state.ends.length = before.tokens;
  comments.length = before.comments;
  errors.length = before.errors;
  state.afterHeredocs = before.heredocs;
  closeBrokenString(state, start);
}

/**
 * Reads text and interpolations from `state.position` to the closing quote (or, with `quote` 0, to the limit); there is no
 * interpolation before `from`. `escapes` are the characters that `\` escapes, if any. Returns whether the end was found.
 */
function lexStringContent(state: State, from: number, quote: number, escapes: string): boolean {
  const { text, limit } = state;
  let textStart = state.position;
  let at = from;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      if (at > textStart) emit(state, Token.STRING_TEXT, textStart, at);
      state.position = at + 1;
      return true;
    }
    if (code === 92 && escapes !== '') {
      // `\$` is an escape only where the heredoc says so; else an interpolation follows the backslash.
      at += text.charCodeAt(at + 1) === 36 && !escapes.includes('$') ? 1 : 2;
    } else if (code === 36 && startsInterpolation(text, at)) {
      if (at > textStart) emit(state, Token.STRING_TEXT, textStart, at);
      if (text.charCodeAt(at + 1) === 123) {
        if (!lexInterpolation(state, at)) return false;
      } else {
        state.position = endOfVariable(text, at);
        emit(state, Token.STRING_VARIABLE, at, state.position);
      }
      at = textStart = state.position;
    } else {
      at++;
    }
  }
  if (quote === 0 && limit > textStart) emit(state, Token.STRING_TEXT, textStart, limit);
  state.position = limit;
  return quote === 0;
}

function lexInterpolation(state: State, start: number): boolean {
  if (state.nesting >= MAXIMUM_NESTING) {
    report(state, `Interpolations are nested more than ${MAXIMUM_NESTING} deep.`, start, start + 2);
    state.position = state.limit;
    return false;
  }
  emit(state, Token.INTERPOLATION_START, start, start + 2);
  state.position = start + 2;
  const first = state.kinds.length;
  state.nesting++;
  const closed = lexCode(state, true);
  state.nesting--;
  emit(state, Token.INTERPOLATION_END, closed ? state.position - 1 : state.position, state.position);
  nameVariable(state, first);
  return closed;
}

/** In an interpolation, a word alone or before `.` or `[` names a variable. */
function nameVariable(state: State, index: number): void {
  const { kinds } = state;
  const kind = kinds[index] ?? Token.END;
  const next = kinds[index + 1];
  const isWord =
    kind === Token.NAME || kind === Token.WORD || kind === Token.NUMBER || (kind >= Token.IF && kind <= Token.APPLY);
  if (isWord && (next === Token.INTERPOLATION_END || next === Token.DOT || next === Token.BRACKET_OPEN)) {
    kinds[index] = Token.INTERPOLATED_NAME;
  }
}

function lexHeredoc(state: State): void {
  const { text, position: start, limit } = state;
  const tagEnd = endOfLine(text, start, limit);
  if (state.inHeredoc || state.vainSearches > MAXIMUM_VAIN_SEARCHES) {
    report(state, 'A heredoc cannot begin in the text of another one.', start, start + 2);
    state.position = start + 2;
    emit(state, Token.STRING, start, start + 2);
    return;
  }
  const found = findHeredoc(text, start, state.afterHeredocs, limit);
  if ('message' in found) {
    state.vainSearches++;
    report(state, found.message, start, found.end);
    emit(state, Token.STRING, start, Math.min(found.end, tagEnd));
    state.position = Math.min(found.end, tagEnd);
    return;
  }
  const { layout } = found;
  state.heredocs.set(state.kinds.length, layout);
  emit(state, Token.HEREDOC_START, start, found.tagEnd);
  if (layout.interpolates) lexHeredocText(state, layout);
  emit(state, Token.HEREDOC_END, found.tagEnd, found.tagEnd);
  state.position = found.tagEnd;
  state.afterHeredocs = found.next;
}

function lexHeredocText(state: State, layout: HeredocLayout): void {
  const { limit } = state;
  const escapes = layout.escapes === '' ? '' : `\\${layout.escapes}`;
  state.position = layout.textStart;
  state.limit = layout.textEnd;
  state.afterHeredocs = 0;
  state.inHeredoc = true;
  if (!lexStringContent(state, layout.textStart, 0, escapes)) {
    report(state, "An interpolation in this heredoc is never closed; expected '}'.", layout.textStart, layout.textEnd);
  }
  state.inHeredoc = false;
  state.limit = limit;
}

// EPP

function lexTemplate(state: State): void {
  const { text, limit } = state;
  let textKind: number = Token.EPP_TEXT;
  while (state.position < limit) {
    const open = endOfTemplateText(text, state.position, limit);
    const next = text.charCodeAt(open + 2);
    const comment = next === 35;
    let end = open;
    if (text.charCodeAt(comment ? open + 3 : open + 2) === 45) {
      end = startOfBlanks(text, state.position, open);
      if (end === state.position && textKind === Token.EPP_MORE_TEXT) textKind = trimPieces(state);
    }
    if (end > state.position) {
      emit(state, textKind, state.position, end);
      textKind = Token.EPP_MORE_TEXT;
    }
    state.position = open;
    if (open >= limit) break;
    const trims = comment ? skipTemplateComment(state, open) : lexTag(state, open, next);
    if (!comment) textKind = Token.EPP_TEXT;
    if (trims) {
      const behind = state.position;
      state.position = endOfTrimmedLine(text, behind, limit);
      // Text that is trimmed to nothing at the end of the file still counts as text.
      if (state.position > behind && state.position >= limit) emit(state, textKind, limit, limit);
    }
  }
}

/** Returns whether the tag ends in `-%>`. `next` is the character behind the `<%`. */
function lexTag(state: State, open: number, next: number): boolean {
  state.trims = false;
  const renders = next === 61;
  if (renders) emit(state, Token.EPP_RENDER_START, open, open + 3);
  state.position = renders || next === 45 ? open + 3 : open + 2;
  if (!lexCode(state, false)) {
    report(state, "The tag that begins with '<%' is never closed; expected '%>'.", open, open + 2);
  }
  if (renders) emit(state, Token.EPP_RENDER_END, state.position, state.position);
  return state.trims;
}

/** The next `<%` that is not `<%%`. */
function endOfTemplateText(text: string, from: number, limit: number): number {
  let open = text.indexOf('<%', from);
  while (open >= 0 && text.charCodeAt(open + 2) === 37) open = text.indexOf('<%', open + 3);
  return open < 0 ? limit : open;
}

/** Takes the blanks at the end of the text away that comment tags divide into pieces; returns what the next piece is. */
function trimPieces(state: State): number {
  const { kinds, starts, ends, text } = state;
  for (let index = kinds.length - 1; index >= 0; index--) {
    const kind = kinds[index] ?? Token.END;
    const start = starts[index] ?? 0;
    const end = startOfBlanks(text, start, ends[index] ?? 0);
    ends[index] = end;
    if (end > start) return Token.EPP_MORE_TEXT;
    kinds.length = starts.length = ends.length = index;
    if (kind === Token.EPP_TEXT) break;
  }
  return Token.EPP_TEXT;
}

/** A tag that begins with `<%-` takes the blanks before it away. */
function startOfBlanks(text: string, from: number, at: number): number {
  while (at > from && (text.charCodeAt(at - 1) === 32 || text.charCodeAt(at - 1) === 9)) at--;
  return at;
}

/** Returns whether the comment ends in `-%>`. */
function skipTemplateComment(state: State, open: number): boolean {
  const { text, limit } = state;
  let close = text.indexOf('%>', open + 3);
  while (close > 0 && text.charCodeAt(close - 1) === 37) close = text.indexOf('%>', close + 2);
  if (close < 0) {
    report(state, "The comment that begins with '<%#' is never closed; expected '%>'.", open, open + 3);
    state.position = limit;
    return false;
  }
  state.comments.push({ start: open, end: close + 2 });
  state.position = close + 2;
  return text.charCodeAt(close - 1) === 45 && close - 1 > open + 2;
}

/** Behind `-%>`: blanks and one line end go. */
function endOfTrimmedLine(text: string, at: number, limit: number): number {
  while (at < limit && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
  if (text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10) return at + 2;
  return text.charCodeAt(at) === 10 ? at + 1 : at;
}
