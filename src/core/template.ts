/**
 * Text whose unknown parts are holes, with a way back to the file it stands in.
 *
 * Every loader reads a Template: a whole file is one without holes, and a unit in a Puppet heredoc, a shell command in a
 * unit's `ExecStart=` or a Go block in Markdown are slices of an outer one, so their spans point into the outer file.
 */
import type { Span } from './span.ts';

/** Stands for a hole in `Template.text`: one private-use character, so that a shell or unit parser sees one word character. */
export const HOLE = '\uE000';

/** Answer to a question about text with holes. `unknown` never becomes a finding by itself. */
export type Answer = 'yes' | 'no' | 'unknown';

/** `length` characters of the text come from `sourceLength` characters of the file; one to one when both are equal. */
export interface Segment {
  readonly at: number;
  readonly length: number;
  readonly source: number;
  readonly sourceLength: number;
}

export interface Hole {
  /** Offset of the hole's character in the text. */
  readonly at: number;
  /** What stands there in the source, for messages: `${name}`. */
  readonly label: string;
}

export interface Template {
  readonly file: string;
  readonly text: string;
  /** Sorted by `at`. */
  readonly holes: readonly Hole[];
  /** Sorted by `at`; together they cover the whole text. */
  readonly segments: readonly Segment[];
  /** Where an empty text stands; equals the first segment's source otherwise. */
  readonly source: number;
}

/** One template, or a small set of alternatives (if, case, selector). Never empty: what is wholly unknown is one hole. */
export type Value = readonly Template[];

/** The text of a whole file. */
export function fileTemplate(file: string, text: string): Template {
  const segments = text === '' ? [] : [{ at: 0, length: text.length, source: 0, sourceLength: text.length }];
  const holes: Hole[] = [];
  for (let at = text.indexOf(HOLE); at >= 0; at = text.indexOf(HOLE, at + 1)) holes.push({ at, label: HOLE });
  return { file, text, holes, segments, source: 0 };
}

/** Puts a template together from pieces, in order. */
export class TemplateBuilder {
  readonly #file: string;
  readonly #source: number;
  readonly #segments: Segment[] = [];
  readonly #holes: Hole[] = [];
  #text = '';

  /** `source`: where the template begins in the file; it is what an empty template points at. */
  constructor(file: string, source: number) {
    this.#file = file;
    this.#source = source;
  }

  /** Text that stands for `sourceLength` characters at `source`: the same ones, or an escape. */
  text(text: string, source: number, sourceLength = text.length): this {
    if (text === '') return this;
    for (let at = text.indexOf(HOLE); at >= 0; at = text.indexOf(HOLE, at + 1)) {
      this.#holes.push({ at: this.#text.length + at, label: HOLE });
    }
    this.#push(text, source, sourceLength);
    return this;
  }

  /** An unknown part that stands at `source`. */
  hole(label: string, source: number, sourceLength: number): this {
    this.#holes.push({ at: this.#text.length, label });
    this.#push(HOLE, source, sourceLength);
    return this;
  }

  /** All of another template of the same file. */
  append(other: Template): this {
    const base = this.#text.length;
    for (const hole of other.holes) this.#holes.push({ at: base + hole.at, label: hole.label });
    for (const segment of other.segments) {
      this.#push(other.text.slice(segment.at, segment.at + segment.length), segment.source, segment.sourceLength);
    }
    return this;
  }

  build(): Template {
    return {
      file: this.#file,
      text: this.#text,
      holes: this.#holes,
      segments: this.#segments,
      source: this.#segments[0]?.source ?? this.#source,
    };
  }

  #push(text: string, source: number, sourceLength: number): void {
    const at = this.#text.length;
    const last = this.#segments.at(-1);
    const oneToOne = text.length === sourceLength;
    if (
      last?.length === last?.sourceLength &&
      oneToOne &&
      last !== undefined &&
      last.source + last.sourceLength === source
    ) {
      this.#segments[this.#segments.length - 1] = {
        ...last,
        length: last.length + text.length,
        sourceLength: last.sourceLength + sourceLength,
      };
    } else {
      this.#segments.push({ at, length: text.length, source, sourceLength });
    }
    this.#text += text;
  }
}

/** The part of a template between two of its own offsets. */
export function sliceTemplate(template: Template, start: number, end: number): Template {
  if (start >= end) {
    return { file: template.file, text: '', holes: [], segments: [], source: sourceStart(template, start) };
  }
  const [first] = template.segments;
  // Of a whole file, as a rule.
  const whole = template.text.length;
  if (first?.length === whole && first.sourceLength === whole && template.holes.length === 0 && start < whole) {
    const text = template.text.slice(start, end);
    const source = first.source + start;
    const segment = { at: 0, length: text.length, source, sourceLength: text.length };
    return { file: template.file, text, holes: [], segments: [segment], source };
  }
  const segments: Segment[] = [];
  for (let index = segmentIndex(template, start); index < template.segments.length; index++) {
    const segment = template.segments[index];
    if (segment === undefined || segment.at >= end) break;
    const from = Math.max(segment.at, start);
    const to = Math.min(segment.at + segment.length, end);
    if (from >= to) continue;
    const oneToOne = segment.length === segment.sourceLength;
    segments.push({
      at: from - start,
      length: to - from,
      source: oneToOne ? segment.source + (from - segment.at) : segment.source,
      sourceLength: oneToOne ? to - from : segment.sourceLength,
    });
  }
  return {
    file: template.file,
    text: template.text.slice(start, end),
    holes: template.holes
      .slice(holeIndex(template, start), holeIndex(template, end))
      .map((hole) => ({ at: hole.at - start, label: hole.label })),
    segments,
    source: segments[0]?.source ?? template.source,
  };
}

/** Index of the first hole at or after an offset. */
function holeIndex({ holes }: Template, at: number): number {
  let low = 0;
  let high = holes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((holes[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place in the file that a range of a template's text comes from; the whole template by default. */
export function spanOf(template: Template, start = 0, end = template.text.length): Span {
  const from = sourceStart(template, start);
  return { file: template.file, start: from, end: end <= start ? from : Math.max(from, sourceEnd(template, end)) };
}

/** The text, if no part of it is unknown. */
export function literalText(template: Template): string | undefined {
  return template.holes.length === 0 ? template.text : undefined;
}

/** The text for people: each hole as it stands in the source. */
export function displayText(template: Template): string {
  let shown = '';
  let done = 0;
  for (const hole of template.holes) {
    shown += template.text.slice(done, hole.at) + hole.label;
    done = hole.at + 1;
  }
  return shown + template.text.slice(done);
}

/** Can this template be exactly this text? */
export function equalsText(template: Template, expected: string): Answer {
  if (template.holes.length === 0) return template.text === expected ? 'yes' : 'no';
  const parts = template.text.split(HOLE);
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!expected.startsWith(first) || !expected.endsWith(last) || first.length + last.length > expected.length)
    return 'no';
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = expected.indexOf(part, at);
    if (found < 0 || found + part.length > expected.length - last.length) return 'no';
    at = found + part.length;
  }
  return 'unknown';
}

function segmentIndex(template: Template, at: number): number {
  const { segments } = template;
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function sourceStart(template: Template, at: number): number {
  const segment = template.segments[segmentIndex(template, at)];
  if (segment === undefined) return template.source;
  if (at >= segment.at + segment.length) return segment.source + segment.sourceLength;
  return segment.length === segment.sourceLength ? segment.source + (at - segment.at) : segment.source;
}

function sourceEnd(template: Template, end: number): number {
  const segment = template.segments[segmentIndex(template, end - 1)];
  if (segment === undefined) return template.source;
  return segment.length === segment.sourceLength
    ? segment.source + (end - segment.at)
    : segment.source + segment.sourceLength;
}
