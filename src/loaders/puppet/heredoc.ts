/** Where a heredoc's text stands and how it is read: from its tag `@("TAG":syntax/escapes)` and its end tag's line. */
import type { HeredocLayout } from './tokens.ts';

export type FoundHeredoc =
  | {
      readonly layout: HeredocLayout;
      /** Behind the `)` of the tag. */
      readonly tagEnd: number;
      /** Behind the end tag's line. */
      readonly next: number;
    }
  | { readonly message: string; readonly end: number };

const ALL_ESCAPES = 'trnsuL$';
const tagPattern = /@\(([^:/\r\n)]+)(?::[ \t]*([a-z][a-zA-Z0-9_+]+)[ \t]*)?(?:\/([\w$]*)([ \t]*))?\)/y;

/**
 * Reads the tag at `start`. Its text begins at `textStart`, or, if that is 0, on the next line; it is searched up to `limit`.
 */
export function findHeredoc(text: string, start: number, textStart: number, limit: number): FoundHeredoc {
  tagPattern.lastIndex = start;
  const match = tagPattern.exec(text);
  if (match === null) {
    return { message: "Found '@(' without a heredoc tag behind it; expected '@(TAG:syntax/escapes)'.", end: start + 2 };
  }
  const tagEnd = start + match[0].length;
  const written = (match[1] ?? '').trim();
  const interpolates = /^".*"$/.test(written) && written.length > 1;
  const tag = interpolates ? written.slice(1, -1).trim() : written;
  if (tag === '') return { message: 'Found a heredoc with an empty tag; expected a name.', end: tagEnd };
  const escapes = escapesOf(match[3]);
  if (escapes === undefined) {
    return {
      message: `Found the heredoc escapes '${match[3] ?? ''}'; expected some of t, r, n, s, u, L and $, once each.`,
      end: tagEnd,
    };
  }
  const lineEnd = text.indexOf('\n', tagEnd);
  const from = textStart > 0 ? textStart : lineEnd < 0 ? limit : lineEnd + 1;
  const end = findEndLine(text, tag, from, limit);
  if (end === undefined) {
    return { message: `The heredoc '${tag}' is never closed; expected a line with only '| ${tag}'.`, end: tagEnd };
  }
  let textEnd = end.lineStart;
  if (end.trim && textEnd > from) textEnd -= text.charCodeAt(textEnd - 2) === 13 && textEnd - 1 > from ? 2 : 1;
  const { margin, trim, next } = end;
  const layout = { tag, syntax: match[2] ?? '', escapes, interpolates, margin, trim, textStart: from, textEnd };
  return { layout, tagEnd, next };
}

function escapesOf(written: string | undefined): string | undefined {
  if (written === undefined) return '';
  if (written === '') return ALL_ESCAPES;
  for (let index = 0; index < written.length; index++) {
    const letter = written.charAt(index);
    if (!ALL_ESCAPES.includes(letter) || written.includes(letter, index + 1)) return undefined;
  }
  return written;
}

interface EndLine {
  readonly lineStart: number;
  readonly margin: number;
  readonly trim: boolean;
  readonly next: number;
}

/** The first line that ends in the tag: Puppet does not ask that nothing stands before it but `|` and `-`. */
function findEndLine(text: string, tag: string, from: number, limit: number): EndLine | undefined {
  for (let lineStart = from; lineStart < limit;) {
    const newline = text.indexOf('\n', lineStart);
    const next = newline < 0 || newline >= limit ? limit : newline + 1;
    const tagEnd = startOfBlanks(text, lineStart, newline < 0 || newline >= limit ? limit : newline);
    const tagStart = tagEnd - tag.length;
    if (tagStart >= lineStart && text.startsWith(tag, tagStart)) {
      let at = startOfBlanks(text, lineStart, tagStart);
      const trim = at > lineStart && text.charCodeAt(at - 1) === 45;
      if (trim) at = startOfBlanks(text, lineStart, at - 1);
      const bar = at > lineStart && text.charCodeAt(at - 1) === 124;
      const margin = bar ? at - 1 - startOfBlanks(text, lineStart, at - 1) : 0;
      return { lineStart, margin, trim, next };
    }
    lineStart = next;
  }
  return undefined;
}

/** Where the white space that ends at `at` begins. */
function startOfBlanks(text: string, from: number, at: number): number {
  while (at > from) {
    const code = text.charCodeAt(at - 1);
    if (code !== 32 && code !== 9 && code !== 13 && code !== 12 && code !== 11) return at;
    at--;
  }
  return at;
}
