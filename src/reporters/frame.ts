/** The lines of source that a span stands on, ready for a terminal. */
import { escapeControls } from '../core/escape.ts';
import { lineRange, positionAt, type LineIndex } from '../core/line-index.ts';
import type { Span } from '../core/span.ts';

export interface FrameLine {
  /** From 1; `undefined` stands for lines left out. */
  readonly number: number | undefined;
  readonly text: string;
  /** Columns of the terminal, from 0, that the span takes. */
  readonly mark?: { readonly from: number; readonly to: number };
}

/** Longest line shown in full, in UTF-16 units; of a longer one, as much around the span. */
const WIDTH = 110;

/** How much stands before the span on a line that is cut. */
const LEAD = 30;

const TAB = 4;

/** The first and the last line of a span, and the one between them if it is only one. */
export function frameOf(index: LineIndex, { start, end }: Span): readonly FrameLine[] {
  const first = positionAt(index, start).line;
  // A span that ends with its line end does not reach into the next line.
  const last = Math.max(first, positionAt(index, Math.max(start, end - 1)).line);
  const lines = [frameLine(index, first, start, end, start)];
  if (last === first + 2) lines.push(frameLine(index, first + 1, start, end, start));
  if (last > first + 2) lines.push({ number: undefined, text: '' });
  if (last > first) lines.push(frameLine(index, last, start, end, end));
  return lines;
}

/** One line, cut so that `focus` (an offset) is seen. */
function frameLine(index: LineIndex, line: number, start: number, end: number, focus: number): FrameLine {
  const range = lineRange(index, line);
  const { from, to } = cut(index.text, range.start, range.end, focus);
  const drawing = draw(index.text.slice(from, to), from > range.start ? '…' : '');
  const first = drawing.columnAt(clamp(start, range.start, range.end) - from);
  const last = drawing.columnAt(clamp(end, range.start, range.end) - from);
  const skipped = start < range.start ? (/^\s*/u.exec(drawing.text)?.[0].length ?? 0) : first;
  return {
    number: line,
    text: to < range.end ? `${drawing.text}…` : drawing.text,
    mark: { from: skipped, to: Math.max(last, skipped + 1) },
  };
}

/** The part of a line that is shown, without half a character at its ends. */
function cut(text: string, start: number, end: number, focus: number): { readonly from: number; readonly to: number } {
  if (end - start <= WIDTH) return { from: start, to: end };
  let from = Math.max(start, Math.min(focus - LEAD, end - WIDTH));
  let to = Math.min(end, from + WIDTH);
  while (from > start && from < to && joinsPrevious(text, from)) from++;
  while (to < end && to > from && joinsPrevious(text, to)) to--;
  return { from, to };
}

/** Whether the character at an offset belongs to the one before: the second half of a pair, or a combining mark. */
function joinsPrevious(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 0xdc00 && code <= 0xdfff) || /^\p{M}/u.test(text.slice(at, at + 2));
}

interface Drawing {
  readonly text: string;
  /** The terminal's column at an offset of the text that was drawn. */
  columnAt(offset: number): number;
}

function draw(text: string, prefix: string): Drawing {
  const columns: number[] = [];
  let drawn = prefix;
  let column = prefix.length;
  for (const character of text) {
    for (let unit = 0; unit < character.length; unit++) columns.push(column);
    const shown = character === '\t' ? ' '.repeat(TAB - (column % TAB)) : escapeControls(character);
    drawn += shown;
    column += shown === character ? widthOf(character) : shown.length;
  }
  const width = column;
  return { text: drawn, columnAt: (offset) => (offset < 0 ? 0 : (columns[offset] ?? width)) };
}

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\u200b-\u200d]/u;

/** East Asian wide and full-width blocks, and emoji that are pictures by default: a rule of thumb that terminals share. */
const DOUBLE_WIDTH =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** Columns that a character takes in a terminal. */
function widthOf(character: string): number {
  if (character < '\u0300') return 1;
  return ZERO_WIDTH.test(character) ? 0 : DOUBLE_WIDTH.test(character) ? 2 : 1;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
