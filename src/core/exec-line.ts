/**
 * The value of `ExecStart=` and its kin: command lines with systemd's own quoting, escapes, prefixes, specifiers and
 * variables (systemd.service(5), "COMMAND LINES"; what systemd refuses is measured with `systemd-analyze verify` 252).
 */
import type { Span } from './span.ts';
import type { Template } from './template.ts';
import { TemplateBuilder, literalText, sliceTemplate, spanOf } from './template.ts';

/** One command of an Exec line. */
export interface ExecCommand {
  /** Those of `@ - : + ! |` before the path, as written. */
  readonly prefixes: string;
  /** Program and arguments without `argv[0]` of a `@` prefix; specifiers and variables are holes. */
  readonly words: readonly Template[];
  readonly span: Span;
}

export type ExecRefusalReason =
  | 'unbalanced-quotes'
  | 'unknown-specifier'
  | 'empty-path'
  | 'relative-path'
  | 'directory'
  | 'special-characters'
  | 'no-argument-zero';

/** Why systemd does not take a command. */
export interface ExecRefusal {
  readonly reason: ExecRefusalReason;
  /** The word or specifier that is at fault. */
  readonly word: string;
  readonly span: Span;
  /** systemd only warns, and skips this command and the rest of the line: `-` prefix, or a first word that has no end. */
  readonly skipped: boolean;
}

export interface ExecLine {
  readonly commands: readonly ExecCommand[];
  /** What ended the reading early. Never set for a value with holes: what stands there may close a quote. */
  readonly refusal?: ExecRefusal;
}

/**
 * Letters that some version from 183 to 262 expands, also `%c %r %R`, which are deprecated. Any other letter or digit
 * makes systemd refuse the line (since 236); other characters stay as they are.
 */
const specifiers = new Set('aAbBcCdDEfgGhHiIjJlLmMnNopPqrRsStTuUvVwWyY');

/** Whether the setting holds command lines. */
export function isExecSetting(section: string, key: string): boolean {
  if (section !== 'Service' && section !== 'Socket') return false;
  return /^Exec(?:Condition|Start|StartPre|StartPost|Reload|ReloadPost|Stop|StopPre|StopPost)$/.test(key);
}

/** Reads the commands of an Exec line. An empty value, which resets the list, has none. */
export function parseExecLine(value: Template): ExecLine {
  const commands: ExecCommand[] = [];
  let at = skipBlanks(value.text, 0);
  while (at < value.text.length) {
    const read = readCommand(value, at);
    if ('refusal' in read) return value.holes.length > 0 ? { commands } : { commands, refusal: read.refusal };
    commands.push(read.command);
    at = read.next;
  }
  return { commands };
}

type ReadCommand = { readonly command: ExecCommand; readonly next: number } | { readonly refusal: ExecRefusal };

function readCommand(value: Template, start: number): ReadCommand {
  const first = readWord(value, start);
  if (first === undefined) {
    return {
      refusal: {
        reason: 'unbalanced-quotes',
        word: value.text.slice(start),
        span: spanOf(value, start),
        skipped: true,
      },
    };
  }
  const prefixes = prefixesOf(first.word.text);
  const skipped = prefixes.includes('-');
  const path = expandSpecifiers(sliceTemplate(first.word, prefixes.length, first.word.text.length));
  const fault = 'unknown' in path ? unknownSpecifier(path) : pathFault(path.template, first.word);
  if (fault !== undefined) return { refusal: { ...fault, skipped } };
  const words = 'unknown' in path ? [] : [path.template];
  let at = first.next;
  let end = first.end;
  let separated = false;
  while (at < value.text.length && !separated) {
    if (isSeparator(value.text, at)) {
      at = skipBlanks(value.text, at + 1);
      separated = true;
    } else if (value.text[at] === '\\' && isSeparator(value.text, at + 1)) {
      words.push(sliceTemplate(value, at + 1, at + 2));
      end = at + 2;
      at = skipBlanks(value.text, end);
    } else {
      const read = readWord(value, at);
      if (read === undefined) {
        return {
          refusal: { reason: 'unbalanced-quotes', word: value.text.slice(at), span: spanOf(value, at), skipped },
        };
      }
      const expanded = expandSpecifiers(read.word);
      if ('unknown' in expanded) return { refusal: { ...unknownSpecifier(expanded), skipped } };
      words.push(prefixes.includes(':') ? expanded.template : expandVariables(expanded.template));
      at = read.next;
      end = read.end;
    }
  }
  const span = spanOf(value, start, end);
  if (prefixes.includes('@')) {
    if (words.length < 2)
      return { refusal: { reason: 'no-argument-zero', word: value.text.slice(start, end), span, skipped } };
    words.splice(1, 1);
  }
  return { command: { prefixes, words, span }, next: at };
}

/** A `;` as a word of its own. */
function isSeparator(text: string, at: number): boolean {
  return text[at] === ';' && (at + 1 === text.length || isBlank(text[at + 1]));
}

/** Each of `@ - : |` once, and either one `+` or up to two `!`. */
function prefixesOf(word: string): string {
  let taken = '';
  let marks = 0;
  for (const character of word) {
    if (!'@-:|+!'.includes(character)) break;
    const repeatable = character === '!' && marks < 2 && !taken.includes('+');
    if (!repeatable && (taken.includes(character) || (character === '+' && marks > 0) || character === '!')) break;
    if (character === '!') marks++;
    taken += character;
  }
  return taken;
}

function unknownSpecifier(expanded: { readonly unknown: string; readonly span: Span }): Omit<ExecRefusal, 'skipped'> {
  return { reason: 'unknown-specifier', word: expanded.unknown, span: expanded.span };
}

function pathFault(path: Template, whole: Template): Omit<ExecRefusal, 'skipped'> | undefined {
  const text = literalText(path);
  if (text === undefined) return undefined;
  const fault = (reason: ExecRefusalReason) => ({ reason, word: text, span: spanOf(whole) });
  if (text === '') return fault('empty-path');
  if (hasSpecialCharacter(text)) return fault('special-characters');
  if (text.endsWith('/')) return fault('directory');
  if (!text.startsWith('/') && (text.includes('/') || text === '.' || text === '..')) return fault('relative-path');
  return undefined;
}

function hasSpecialCharacter(text: string): boolean {
  for (const character of text) if (character < ' ' || '"\'\\\x7f'.includes(character)) return true;
  return false;
}

interface ReadWord {
  /** Without quotes and escapes. */
  readonly word: Template;
  /** Where the word ends in the value. */
  readonly end: number;
  /** Where the next word begins. */
  readonly next: number;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
  ['s', ' '],
]);

/** Reads one word; quotes may open anywhere in it. `undefined`: a quote is not closed. */
function readWord(value: Template, start: number): ReadWord | undefined {
  const { text } = value;
  const builder = new TemplateBuilder(value.file, spanOf(value, start, start).start);
  let quote = '';
  let at = start;
  let literal = start;
  const flush = (end: number): void => {
    if (end > literal) builder.append(sliceTemplate(value, literal, end));
  };
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\\') {
      const escape = readEscape(text, at);
      if (escape === undefined) {
        at++;
        continue;
      }
      flush(at);
      const span = spanOf(value, at, at + escape.length);
      builder.text(escape.text, span.start, span.end - span.start);
      at += escape.length - 1;
      literal = at + 1;
    } else if (quote === '' ? character === '"' || character === "'" : character === quote) {
      flush(at);
      literal = at + 1;
      quote = quote === '' ? character : '';
    } else if (quote === '' && isBlank(character)) break;
  }
  if (quote !== '') return undefined;
  const end = Math.min(at, text.length);
  flush(end);
  return { word: builder.build(), end, next: skipBlanks(text, end) };
}

/** `undefined`: not an escape that systemd knows; it stays as it is, with a warning. */
function readEscape(text: string, at: number): { readonly text: string; readonly length: number } | undefined {
  const simple = escapes.get(text[at + 1] ?? '');
  if (simple !== undefined) return { text: simple, length: 2 };
  const coded = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/.exec(
    text.slice(at, at + 10),
  );
  if (coded === null) return undefined;
  const [whole, byte, short, long, octal] = coded;
  const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  if (code === 0 || code > 0x10ffff) return undefined;
  return { text: String.fromCodePoint(code), length: whole.length };
}

/** Makes each known specifier a hole, and `%%` a percent. */
export function expandSpecifiers(
  word: Template,
): { readonly template: Template } | { readonly unknown: string; readonly span: Span } {
  if (!word.text.includes('%')) return { template: word };
  const builder = new TemplateBuilder(word.file, word.source);
  let literal = 0;
  for (let at = word.text.indexOf('%'); at >= 0; at = word.text.indexOf('%', at)) {
    const letter = word.text[at + 1] ?? '';
    const span = spanOf(word, at, at + 2);
    const expands = letter === '%' || specifiers.has(letter);
    if (!expands && /^[a-zA-Z0-9]$/.test(letter)) return { unknown: `%${letter}`, span };
    if (expands) {
      builder.append(sliceTemplate(word, literal, at));
      if (letter === '%') builder.text('%', span.start, span.end - span.start);
      else builder.hole(`%${letter}`, span.start, span.end - span.start);
      literal = at + 2;
    }
    at += expands ? 2 : 1;
  }
  return { template: builder.append(sliceTemplate(word, literal, word.text.length)).build() };
}

/** `${NAME}` anywhere and `$NAME` as a whole word are holes, `$$` is a dollar; systemd leaves any other `$` to the program. */
function expandVariables(word: Template): Template {
  const { text } = word;
  if (!text.includes('$')) return word;
  const builder = new TemplateBuilder(word.file, word.source);
  if (/^\$[^${]/.test(text)) {
    const span = spanOf(word);
    return builder.hole(text, span.start, span.end - span.start).build();
  }
  let literal = 0;
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at)) {
    const end = text[at + 1] === '$' ? at + 2 : text[at + 1] === '{' ? text.indexOf('}', at) + 1 : at;
    if (end === 0) break;
    if (end === at) {
      at++;
      continue;
    }
    const span = spanOf(word, at, end);
    builder.append(sliceTemplate(word, literal, at));
    if (text[at + 1] === '$') builder.text('$', span.start, span.end - span.start);
    else builder.hole(text.slice(at, end), span.start, span.end - span.start);
    literal = end;
    at = end;
  }
  return builder.append(sliceTemplate(word, literal, text.length)).build();
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text[at])) at++;
  return at;
}
