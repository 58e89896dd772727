/**
 * Lines of a unit file, by the rules of systemd's own reader (measured on 252): what ends a line, what continues it, which
 * lines are comments, and which are so long that systemd refuses the file.
 */
import type { Template } from '../../core/template.ts';
import { TemplateBuilder, sliceTemplate } from '../../core/template.ts';

/** systemd refuses a file with a line of this many bytes, or a continued one of more (since v235; before it the limit was 4 KiB). */
export const lineLimitBytes = 1024 * 1024;

export interface UnitLines {
  /** Lines with their continuations, comments left out, blanks at both ends stripped; none is empty. */
  readonly lines: readonly Template[];
  /** Offset of the line that is too long; systemd reads no further. */
  readonly tooLongAt?: number;
  /** Offset of the first NUL character; systemd ends a line at it. */
  readonly nulAt?: number;
  /** Blanks behind a backslash at the end of a line, which is then no continuation. */
  readonly blanksAfterBackslash: readonly Range[];
  /** Comment lines between a line and its continuation. */
  readonly commentsInContinuation: readonly Range[];
}

/** Half-open offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Splits a unit's text into logical lines, up to the line that systemd refuses for its length. */
export function readUnitLines(source: Template): UnitLines {
  const lines: Template[] = [];
  const nulAt = source.text.indexOf('\0');
  const blanksAfterBackslash: Range[] = [];
  const commentsInContinuation: Range[] = [];
  const marks = { blanksAfterBackslash, commentsInContinuation, ...(nulAt >= 0 && { nulAt }) };
  let parts: Range[] = [];
  let bytes = 0;
  for (const line of physicalLines(source.text)) {
    const length = Buffer.byteLength(source.text.slice(line.start, line.end));
    if (length >= lineLimitBytes) return { lines, tooLongAt: line.start, ...marks };
    if (isComment(source.text, line)) {
      if (parts.length > 0) commentsInContinuation.push(line);
      continue;
    }
    if (parts.length > 0 && bytes + length > lineLimitBytes) return { lines, tooLongAt: line.start, ...marks };
    const vanishes = parts.length > 0 && isControlLine(source, line);
    parts.push(line);
    bytes += length;
    if (vanishes || isContinued(source.text, line)) continue;
    const textEnd = endOfText(source.text, line);
    if (textEnd < line.end && isContinued(source.text, { start: line.start, end: textEnd })) {
      blanksAfterBackslash.push({ start: textEnd, end: line.end });
    }
    addLogicalLine(lines, source, parts);
    parts = [];
    bytes = 0;
  }
  addLogicalLine(lines, source, parts);
  return { lines, ...marks };
}

/** A line ends at `\n`, `\r`, NUL, or a mix in which none comes twice; a NUL is always the last of the mix. */
function* physicalLines(text: string): Generator<Range> {
  let start = 0;
  while (start < text.length) {
    let end = start;
    while (end < text.length && !isLineEnd(text.charCodeAt(end))) end++;
    yield { start: start === 0 && text.startsWith('\uFEFF') ? 1 : start, end };
    const seen = new Set<number>();
    let next = end;
    while (next < text.length && isLineEnd(text.charCodeAt(next)) && !seen.has(text.charCodeAt(next))) {
      seen.add(text.charCodeAt(next));
      next++;
      if (seen.has(0)) break;
    }
    start = next;
  }
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isComment(text: string, line: Range): boolean {
  let at = line.start;
  while (at < line.end && isBlank(text.charCodeAt(at))) at++;
  return at < line.end && (text[at] === '#' || text[at] === ';');
}

/** An odd number of backslashes at the very end; a blank after them makes it no continuation. */
function isContinued(text: string, line: Range): boolean {
  let at = line.end;
  while (at > line.start && text[at - 1] === '\\') at--;
  return (line.end - at) % 2 === 1;
}

/** What a template engine leaves nothing of; output, such as `<%= @flags %>`, is none. */
const control = /^(?:\{%|%\{|<%(?!=)|\{\{-?\s*(?:if|else|end|range|with)\b)/;

/** `{% if … %}` on a line of its own: a continuation goes on behind it. */
function isControlLine(source: Template, line: Range): boolean {
  if (source.holes.length === 0) return false;
  const { text, holes } = trimBlanks(sliceTemplate(source, line.start, line.end));
  return text.length === 1 && control.test(holes[0]?.label ?? '');
}

function endOfText(text: string, line: Range): number {
  let end = line.end;
  while (end > line.start && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Adds the line that the parts make, unless it is blank. */
function addLogicalLine(lines: Template[], source: Template, parts: readonly Range[]): void {
  const first = parts[0];
  if (first === undefined) return;
  const single = parts.length === 1 && !isContinued(source.text, first);
  const text = trimBlanks(single ? sliceTemplate(source, first.start, first.end) : join(source, parts));
  if (text.text !== '') lines.push(text);
}

/** Without blanks and tabs at both ends. */
export function trimBlanks(template: Template): Template {
  let start = 0;
  let end = template.text.length;
  while (start < end && isBlank(template.text.charCodeAt(start))) start++;
  while (end > start && isBlank(template.text.charCodeAt(end - 1))) end--;
  return start === 0 && end === template.text.length ? template : sliceTemplate(template, start, end);
}

/** Each continuing backslash becomes one blank; the next line is appended as it is. */
function join(source: Template, parts: readonly Range[]): Template {
  const origin = sliceTemplate(source, parts[0]?.start ?? 0, parts[0]?.end ?? 0);
  const builder = new TemplateBuilder(source.file, origin.source);
  for (const part of parts) {
    const continued = isContinued(source.text, part);
    builder.append(sliceTemplate(source, part.start, continued ? part.end - 1 : part.end));
    if (!continued) continue;
    const backslash = sliceTemplate(source, part.end - 1, part.end);
    builder.text(' ', backslash.source, backslash.segments[0]?.sourceLength ?? 1);
  }
  return builder.build();
}
