/** The text of strings and heredocs: escapes decoded, margins taken off, and mapped back to the source. */
import { sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import type { Interpolation, StringNode } from '../../core/puppet-ast.ts';

/** How the characters of a piece of source become text. */
export interface TextStyle {
  /** Letters that `\` makes an escape of, `\` itself among them; `L` is a line end. Empty: `\` is a plain character. */
  readonly escapes: string;
  /** Columns of white space that go from the front of each line that has as many. */
  readonly margin: number;
  /** Whether an offset outside of a line's front can be the start of a line: where a heredoc's text begins. */
  readonly textStart: number;
}

export const singleQuoted: TextStyle = { escapes: "\\'", margin: 0, textStart: -1 };
export const doubleQuoted: TextStyle = { escapes: '\\\'"nrts$uL', margin: 0, textStart: -1 };

/** How a heredoc with these escapes and this margin is read. */
export function heredocStyle(escapes: string, margin: number, textStart: number): TextStyle {
  return { escapes: escapes === '' ? '' : `\\${escapes}`, margin, textStart };
}

/** The text that a range of the source stands for. */
export function decodeText(source: string, start: number, end: number, style: TextStyle): string {
  if (style.margin === 0) {
    if (style.escapes === '') return source.slice(start, end);
    const raw = source.slice(start, end);
    if (!raw.includes('\\')) return raw;
  }
  let text = '';
  readPieces(source, start, end, style, (from, to, decoded) => {
    text += decoded ?? source.slice(from, to);
  });
  return text;
}

/**
 * A string node's text as a Template whose characters map back to the source, through escapes and heredoc margins. An
 * interpolation becomes what `resolve` says it is, or else a hole labelled with its source (`${name}`).
 */
export function stringTemplate(
  node: StringNode,
  source: Template,
  resolve?: (interpolation: Interpolation) => Template | undefined,
): Template {
  if (node.type === 'Name') return sliceTemplate(source, node.start, node.end);
  const content = node.type === 'Heredoc' ? node.text : node;
  const style =
    node.type === 'Heredoc' ? heredocStyle(node.escapes, node.margin, content.start) : styleOf(content.quote);
  if (content.type === 'StringLiteral') {
    const [start, end] =
      content.quote === 'single' || content.quote === 'double'
        ? contentRange(content, source.text)
        : [content.start, content.end];
    // Every escape, and what a margin takes off, makes the text shorter.
    if (content.value.length === end - start && source.segments.length === 1) return sliceTemplate(source, start, end);
    const builder = new TemplateBuilder(source.file, spanOf(source, start, start).start);
    addText(builder, source, start, end, style);
    return builder.build();
  }
  const first = content.parts[0];
  const builder = new TemplateBuilder(source.file, spanOf(source, first?.start ?? content.start, first?.end).start);
  for (const part of content.parts) {
    if (part.type === 'StringText') {
      if (part.value.length === part.end - part.start) builder.append(sliceTemplate(source, part.start, part.end));
      else addText(builder, source, part.start, part.end, style);
      continue;
    }
    const resolved = resolve?.(part);
    const span = spanOf(source, part.start, part.end);
    if (resolved === undefined)
      builder.hole(source.text.slice(part.start, part.end), span.start, span.end - span.start);
    else builder.append(resolved);
  }
  return builder.build();
}

function styleOf(quote: 'single' | 'double' | 'heredoc' | 'bare'): TextStyle {
  if (quote === 'single') return singleQuoted;
  return quote === 'double' ? doubleQuoted : { escapes: '', margin: 0, textStart: -1 };
}

/** Between the quotes; a string that was never closed has only the first one. */
export function contentRange(range: { readonly start: number; readonly end: number }, text: string): [number, number] {
  const closed = range.end - 1 > range.start && text.charCodeAt(range.end - 1) === text.charCodeAt(range.start);
  return [range.start + 1, closed ? range.end - 1 : range.end];
}

function addText(builder: TemplateBuilder, source: Template, start: number, end: number, style: TextStyle): void {
  readPieces(source.text, start, end, style, (from, to, decoded) => {
    if (decoded === undefined) {
      builder.append(sliceTemplate(source, from, to));
    } else {
      const span = spanOf(source, from, to);
      builder.text(decoded, span.start, span.end - span.start);
    }
  });
}

/** Calls `add` for each run of characters that stand for themselves, and, with what it stands for, for each escape. */
function readPieces(
  source: string,
  start: number,
  end: number,
  style: TextStyle,
  add: (from: number, to: number, decoded?: string) => void,
): void {
  const { escapes, margin } = style;
  let run = start;
  let at = start;
  let lineStart = margin > 0 && (start === style.textStart || source.charCodeAt(start - 1) === 10);
  while (at < end) {
    if (lineStart) {
      lineStart = false;
      if (hasMargin(source, at, Math.min(end, at + margin), margin)) {
        if (at > run) add(run, at);
        at += margin;
        run = at;
        continue;
      }
    }
    const code = source.charCodeAt(at);
    if (code === 92 && escapes !== '') {
      const next = endOfEscape(source, at, end, escapes);
      if (next > at) {
        if (at > run) add(run, at);
        const decoded = decodeEscape(source, at, next);
        if (decoded !== '') add(at, next, decoded);
        lineStart = margin > 0 && source.charCodeAt(next - 1) === 10;
        at = run = next;
      } else {
        at++;
      }
      continue;
    }
    at++;
    if (code === 10) lineStart = margin > 0;
  }
  if (end > run) add(run, end);
}

function hasMargin(source: string, from: number, to: number, margin: number): boolean {
  for (let at = from; at < to; at++) {
    const code = source.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 13 && code !== 11 && code !== 12) return false;
  }
  return to - from === margin;
}

/** Where the escape at `at` ends; `at` itself if it is none and `\` stands for itself. */
function endOfEscape(source: string, at: number, end: number, escapes: string): number {
  if (at + 1 >= end) return at;
  const letter = source.charAt(at + 1);
  if (letter === '\n') return escapes.includes('L') ? at + 2 : at;
  if (letter === '\r') return escapes.includes('L') && source.charCodeAt(at + 2) === 10 && at + 2 < end ? at + 3 : at;
  if (letter === 'L' || !escapes.includes(letter)) return at;
  if (letter !== 'u') return at + 2;
  const match = /^(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]{1,6}\})/.exec(source.slice(at + 2, Math.min(end, at + 10)));
  return match === null ? at : at + 2 + match[0].length;
}

function decodeEscape(source: string, at: number, end: number): string {
  const letter = source.charAt(at + 1);
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 's':
      return ' ';
    case '\n':
    case '\r':
      return '';
    case 'u': {
      const code = Number.parseInt(source.slice(at + 2, end).replace('{', ''), 16);
      return code > 0x10ffff ? '\uFFFD' : String.fromCodePoint(code);
    }
    default:
      return letter;
  }
}
