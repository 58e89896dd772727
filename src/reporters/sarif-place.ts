import type { ArtifactLocation, PhysicalLocation, Region } from 'sarif';
import { lineRange, positionAt, type LineIndex } from '../core/line-index.ts';
import type { Span } from '../core/span.ts';

/** Stands for the root of the repository, wherever the consumer has it. */
export const SOURCE_ROOT = '%SRCROOT%';

/** Lines of context before and after. */
const CONTEXT_LINES = 2;

/** Characters of context before and after, where lines are long; a snippet longer than four times this is left out. */
const CONTEXT_LENGTH = 500;

/** Places in SARIF's terms, for the files of one report. */
export interface Places {
  /** Where it is. */
  location(span: Span): PhysicalLocation;
  /** Where it is, with the text there and the lines around it. */
  locationWithText(span: Span): PhysicalLocation;
  region(span: Span): Region;
}

export function placesIn(indexes: (file: string) => LineIndex): Places {
  const region = (span: Span): Region => regionOf(indexes(span.file), span.start, span.end);
  const location = (span: Span): PhysicalLocation => ({
    artifactLocation: artifactLocation(span.file),
    region: region(span),
  });
  return {
    region,
    location,
    locationWithText(span) {
      const index = indexes(span.file);
      const around = contextOf(index, span);
      return {
        artifactLocation: artifactLocation(span.file),
        region: regionWithText(index, span.start, span.end),
        ...(around === undefined ? {} : { contextRegion: regionWithText(index, around.start, around.end) }),
      };
    },
  };
}

/** A path relative to the root stays so, percent-encoded; an absolute one becomes a `file:` URI. */
export function artifactLocation(file: string): ArtifactLocation {
  const path = file.split('/').map(encodeSegment).join('/');
  if (file.startsWith('/')) return { uri: `file://${path}` };
  if (/^[A-Za-z]:\//.test(file)) return { uri: `file:///${path.replace('%3A', ':')}` };
  return { uri: path, uriBaseId: SOURCE_ROOT };
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd'));
}

function regionOf(index: LineIndex, start: number, end: number): Region {
  const from = positionAt(index, start);
  const to = positionAt(index, Math.max(start, end));
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}

function regionWithText(index: LineIndex, start: number, end: number): Region {
  const text = index.text.slice(start, end);
  const isShort = text !== '' && text.length <= 4 * CONTEXT_LENGTH;
  return { ...regionOf(index, start, end), ...(isShort ? { snippet: { text } } : {}) };
}

/** The lines around a span; `undefined` if there is nothing around it, as SARIF wants more than the region itself. */
function contextOf(index: LineIndex, span: Span): { readonly start: number; readonly end: number } | undefined {
  const length = index.text.length;
  const spanStart = Math.min(span.start, length);
  const spanEnd = Math.min(span.end, length);
  const firstLine = Math.max(1, positionAt(index, spanStart).line - CONTEXT_LINES);
  const lastLine = Math.min(positionAt(index, spanEnd).line + CONTEXT_LINES, index.starts.length);
  const start = Math.max(lineRange(index, firstLine).start, outsidePair(index.text, spanStart - CONTEXT_LENGTH, -1));
  const end = Math.min(lineRange(index, lastLine).end, outsidePair(index.text, spanEnd + CONTEXT_LENGTH, 1));
  // A span may reach into the line end, which is no part of its line.
  return start < spanStart || end > spanEnd ? { start, end: Math.max(end, spanEnd) } : undefined;
}

/** An offset that does not stand between the halves of a surrogate pair. */
function outsidePair(text: string, at: number, step: -1 | 1): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + step : at;
}
