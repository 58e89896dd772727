/** Reads the tokens of Go text one after another. */
import * as T from './tokens.ts';

const LETTER = 1;
const DIGIT = 2;
const HEX = 4;
const BLANK = 8;

const classes = classify();

function classify(): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 48; code <= 57; code++) table[code] = DIGIT | HEX;
  for (let code = 65; code <= 90; code++) table[code] = table[code + 32] = LETTER;
  for (let code = 65; code <= 70; code++) table[code] = table[code + 32] = LETTER | HEX;
  table[95] = LETTER;
  for (const blank of [9, 11, 12, 13, 32]) table[blank] = BLANK;
  return table;
}

function classOf(code: number): number {
  return classes[code] ?? 0;
}

const keywordAt = keywordTable();

/** The kind of each keyword by its hash, which no two of them share. */
function keywordTable(): Uint8Array {
  const table = new Uint8Array(64);
  T.keywords.forEach((word, index) => {
    table[keywordHash(word.charCodeAt(0), word.charCodeAt(1), word.length)] = T.BREAK + index;
  });
  return table;
}

function keywordHash(first: number, second: number, length: number): number {
  return (((first << 4) ^ second) + length) & 63;
}

/**
 * The token at hand and the way to the next. Comments are skipped; a semicolon stands at the end of a line where Go puts one.
 * What is wrong is a token too, so nothing here fails, and each character is looked at a bounded number of times.
 */
export class GoLexer {
  readonly text: string;
  /** The token at hand: kind and half-open range; a semicolon at the end of a line is its line feed, or the last of a row. */
  kind: number = T.SEMICOLON;
  start = 0;
  end = 0;
  /** Where the token before it ends. */
  last = 0;
  /** Whether the token ends a statement when its line ends. */
  ends = false;
  /** No comment is closed any more from here on. */
  private openComment = false;

  /** `from`: the offset to begin at. */
  constructor(text: string, from = 0) {
    this.text = text;
    this.end = from;
  }

  next(): void {
    const { text } = this;
    const { length } = text;
    let at = this.end;
    this.last = at;
    const { ends } = this;
    let code = 0;
    for (;;) {
      if (at >= length) {
        this.start = this.end = length;
        this.kind = ends ? T.SEMICOLON : T.END;
        this.ends = false;
        return;
      }
      code = text.charCodeAt(at);
      if (code === 32 || code === 9 || code === 13) at++;
      else if (code === 10) {
        if (ends) {
          while (text.charCodeAt(at + 1) === 10) at++;
          this.set(T.SEMICOLON, at, at + 1);
          this.ends = false;
          return;
        }
        at++;
      } else if (code === 47) {
        const second = text.charCodeAt(at + 1);
        if (second === 47) {
          const newline = text.indexOf('\n', at + 2);
          at = newline < 0 ? length : newline;
        } else if (second === 42) {
          const close = this.openComment ? -1 : text.indexOf('*/', at + 2);
          if (close < 0) {
            this.openComment = true;
            this.badLine(at);
            return;
          }
          if (ends && this.breaksLine(at, close + 2)) return;
          at = close + 2;
        } else break;
      } else if (code < 128 ? (classOf(code) & BLANK) !== 0 : isBlank(code)) at++;
      else break;
    }
    this.start = at;
    if (code >= 128) this.wideWord(at);
    else if ((classOf(code) & LETTER) !== 0) this.word(at, code);
    else if ((classOf(code) & DIGIT) !== 0) this.number(at, code);
    else this.sign(at, code);
  }

  /** The kind of the token after the one at hand. */
  peek(): number {
    const { kind, start, end, last, ends } = this;
    this.next();
    const found = this.kind;
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.last = last;
    this.ends = ends;
    return found;
  }

  private set(kind: number, start: number, end: number): void {
    this.kind = kind;
    this.start = start;
    this.end = end;
  }

  /** Whether a comment has a line feed that ends the statement; the semicolon is then at hand. */
  private breaksLine(start: number, end: number): boolean {
    const newline = this.text.indexOf('\n', start);
    if (newline < 0 || newline >= end) return false;
    // The line feed behind the comment where nothing else stands there, as after any other comment.
    let at = end;
    while (at < this.text.length && isInline(this.text.charCodeAt(at))) at++;
    const ended = at < this.text.length && this.text.charCodeAt(at) === 10;
    while (ended && this.text.charCodeAt(at + 1) === 10) at++;
    this.set(T.SEMICOLON, ended ? at : end, ended ? at + 1 : end);
    this.ends = false;
    return true;
  }

  /** What ends its line and is no Go. */
  private badLine(start: number): void {
    const newline = this.text.indexOf('\n', start);
    this.set(T.BAD, start, newline < 0 ? this.text.length : newline);
    this.ends = false;
  }

  private word(start: number, first: number): void {
    const { text } = this;
    const { length } = text;
    let at = start + 1;
    let code = 0;
    while (at < length && (code = text.charCodeAt(at)) < 128 && (classOf(code) & (LETTER | DIGIT)) !== 0) at++;
    if (at < length && code >= 128) {
      this.wideWord(start);
      return;
    }
    this.end = at;
    const size = at - start;
    if (first >= 97 && size > 1 && size < 12) {
      const kind = keywordAt[keywordHash(first, text.charCodeAt(start + 1), size)] ?? 0;
      if (kind !== 0) {
        const word = T.keywords[kind - T.BREAK] ?? '';
        if (word.length === size && text.startsWith(word, start)) {
          this.kind = kind;
          this.ends = kind === T.BREAK || kind === T.CONTINUE || kind === T.FALLTHROUGH || kind === T.RETURN;
          return;
        }
      }
    }
    this.kind = T.IDENTIFIER;
    this.ends = true;
  }

  /** A name with letters beyond ASCII, or one character that is no Go. */
  private wideWord(start: number): void {
    const { text } = this;
    let at = start;
    while (at < text.length) {
      const code = text.codePointAt(at) ?? 0;
      if (code < 128 ? (classOf(code) & (LETTER | DIGIT)) === 0 : !isLetter(code)) break;
      at += code > 0xffff ? 2 : 1;
    }
    if (at > start) {
      this.set(T.IDENTIFIER, start, at);
      this.ends = true;
    } else this.set(T.BAD, start, start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1));
  }

  private number(start: number, first: number): void {
    const { text } = this;
    let at = start;
    let kind: number = T.INT;
    const second = first === 48 ? text.charCodeAt(start + 1) | 32 : 0;
    if (second === 120) {
      at = this.digits(start + 2, HEX);
      if (text.charCodeAt(at) === 46) {
        kind = T.FLOAT;
        at = this.digits(at + 1, HEX);
      }
      const mantissa = at;
      at = this.exponent(at, 112);
      if (at > mantissa) kind = T.FLOAT;
    } else if (second === 98 || second === 111) at = this.digits(start + 2, DIGIT);
    else {
      if (first !== 46) at = this.digits(start, DIGIT);
      if (text.charCodeAt(at) === 46) {
        kind = T.FLOAT;
        at = this.digits(at + 1, DIGIT);
      }
      const mantissa = at;
      at = this.exponent(at, 101);
      if (at > mantissa) kind = T.FLOAT;
    }
    if (text.charCodeAt(at) === 105) {
      kind = T.IMAGINARY;
      at++;
    }
    this.set(kind, start, at);
    this.ends = true;
  }

  private digits(from: number, wanted: number): number {
    const { text } = this;
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 128 || ((classOf(code) & wanted) === 0 && code !== 95)) break;
    }
    return at;
  }

  /** Behind an exponent that begins with a letter (in lower case), or where it was looked for. */
  private exponent(from: number, letter: number): number {
    const { text } = this;
    if ((text.charCodeAt(from) | 32) !== letter) return from;
    const sign = text.charCodeAt(from + 1);
    return this.digits(sign === 43 || sign === 45 ? from + 2 : from + 1, DIGIT);
  }

  private quoted(start: number): void {
    const { text } = this;
    const { length } = text;
    this.ends = true;
    for (let at = start + 1; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code === 34) {
        this.set(T.STRING, start, at + 1);
        return;
      }
      if (code === 92 && text.charCodeAt(at + 1) !== 10) at++;
      else if (code === 10) {
        this.set(T.BAD, start, at);
        return;
      }
    }
    this.set(T.BAD, start, length);
  }

  private rawString(start: number): void {
    const close = this.text.indexOf('`', start + 1);
    // A quote without its like is the last one, so this is looked for in vain only once.
    if (close < 0) this.badLine(start);
    else this.set(T.RAW_STRING, start, close + 1);
    this.ends = true;
  }

  /** `'a'`, `'\n'`, `'\u00e9'`; an apostrophe alone is no Go. */
  private rune(start: number): void {
    const { text } = this;
    const first = text.codePointAt(start + 1) ?? 10;
    let at = start + (first > 0xffff ? 3 : 2);
    if (first === 92) {
      at++;
      while (at < start + 12 && isWordCode(text.charCodeAt(at))) at++;
    }
    const closed = first !== 39 && first !== 10 && text.charCodeAt(at) === 39;
    this.set(closed ? T.RUNE : T.BAD, start, closed ? at + 1 : start + 1);
    if (closed) this.ends = true;
  }

  private sign(start: number, code: number): void {
    const { text } = this;
    const second = start + 1 < text.length ? text.charCodeAt(start + 1) : 0;
    this.end = start + 1;
    this.ends = false;
    switch (code) {
      case 40:
        this.kind = T.PAREN_OPEN;
        return;
      case 41:
        this.kind = T.PAREN_CLOSE;
        this.ends = true;
        return;
      case 91:
        this.kind = T.BRACKET_OPEN;
        return;
      case 93:
        this.kind = T.BRACKET_CLOSE;
        this.ends = true;
        return;
      case 123:
        this.kind = T.BRACE_OPEN;
        return;
      case 125:
        this.kind = T.BRACE_CLOSE;
        this.ends = true;
        return;
      case 44:
        this.kind = T.COMMA;
        return;
      case 59:
        this.kind = T.SEMICOLON;
        return;
      case 46:
        if (second >= 48 && second <= 57) this.number(start, code);
        else if (second === 46 && text.charCodeAt(start + 2) === 46) this.set(T.ELLIPSIS, start, start + 3);
        else this.kind = T.DOT;
        return;
      case 34:
        this.quoted(start);
        return;
      case 96:
        this.rawString(start);
        return;
      case 39:
        this.rune(start);
        return;
      case 58:
        if (second === 61) this.set(T.DEFINE, start, start + 2);
        else this.kind = T.COLON;
        return;
      case 61:
        if (this.isConflict(start, second, '=======')) return;
        if (second === 61) this.set(T.EQUAL, start, start + 2);
        else this.kind = T.ASSIGN;
        return;
      case 33:
        if (second === 61) this.set(T.NOT_EQUAL, start, start + 2);
        else this.kind = T.NOT;
        return;
      case 60:
        if (this.isConflict(start, second, '<<<<<<<')) return;
        if (second === 45) this.set(T.ARROW, start, start + 2);
        else if (second === 61) this.set(T.LESS_EQUAL, start, start + 2);
        else if (second === 60) this.operator(T.SHIFT_LEFT, start + 2);
        else this.kind = T.LESS;
        return;
      case 62:
        if (this.isConflict(start, second, '>>>>>>>')) return;
        if (second === 61) this.set(T.GREATER_EQUAL, start, start + 2);
        else if (second === 62) this.operator(T.SHIFT_RIGHT, start + 2);
        else this.kind = T.GREATER;
        return;
      case 43:
        if (second === 43) {
          this.set(T.INCREMENT, start, start + 2);
          this.ends = true;
        } else this.operator(T.PLUS, start + 1);
        return;
      case 45:
        if (second === 45) {
          this.set(T.DECREMENT, start, start + 2);
          this.ends = true;
        } else this.operator(T.MINUS, start + 1);
        return;
      case 42:
        this.operator(T.STAR, start + 1);
        return;
      case 47:
        this.operator(T.SLASH, start + 1);
        return;
      case 37:
        this.operator(T.PERCENT, start + 1);
        return;
      case 94:
        this.operator(T.CARET, start + 1);
        return;
      case 38:
        if (second === 38) this.set(T.AND, start, start + 2);
        else if (second === 94) this.operator(T.AND_NOT, start + 2);
        else this.operator(T.AMPERSAND, start + 1);
        return;
      case 124:
        if (this.isConflict(start, second, '|||||||')) return;
        if (second === 124) this.set(T.OR, start, start + 2);
        else this.operator(T.BAR, start + 1);
        return;
      case 126:
        this.kind = T.TILDE;
        return;
      default:
        this.kind = T.BAD;
    }
  }

  /** An operator that may be followed by `=`. */
  private operator(kind: number, end: number): void {
    const assigns = this.text.charCodeAt(end) === 61;
    this.kind = assigns ? kind + T.ASSIGNMENT : kind;
    this.end = assigns ? end + 1 : end;
  }

  /** Whether a line begins that a merge has left; it is then at hand. */
  private isConflict(start: number, second: number, mark: string): boolean {
    if (second !== mark.charCodeAt(0) || !this.text.startsWith(mark, start)) return false;
    if (start > 0 && this.text.charCodeAt(start - 1) !== 10) return false;
    this.badLine(start);
    return true;
  }
}

function isInline(code: number): boolean {
  return code === 32 || code === 9 || code === 13;
}

function isWordCode(code: number): boolean {
  return code < 128 && (classOf(code) & (LETTER | DIGIT)) !== 0;
}

function isBlank(code: number): boolean {
  return /\s/.test(String.fromCharCode(code));
}

function isLetter(code: number): boolean {
  return /[\p{L}\p{M}\p{N}]/u.test(String.fromCodePoint(code));
}
