/** Whether an edited text says the same as before, but for what was edited: compared by the facts of its own loader. */
import type { Fact } from './fact.ts';
import type { TextEdit } from './finding.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A fact that can be compared across an edit: its text with all places moved, and the places themselves. */
interface Comparable {
  readonly text: string;
  readonly places: readonly Range[];
}

/**
 * Looks for what an edit did besides what was intended. Returns a sentence that ends in a period, or `undefined` if all is well.
 *
 * @param length of the old text
 * @param edits made in the old text, in order, without overlap
 */
export function unintendedChange(
  file: string,
  before: readonly Fact[],
  after: readonly Fact[],
  edits: readonly TextEdit[],
  length: number,
): string | undefined {
  const error = newProblem(before, after);
  if (error !== undefined) return `It would add a fault: ${error}`;
  const move = mover(edits);
  const isEdited = ({ start, end }: Range) =>
    edits.some(({ span }) =>
      span.start === span.end ? start < span.start && span.start < end : start < span.end && span.start < end,
    );
  const grown = edits.reduce((sum, { span, text }) => sum + text.length - (span.end - span.start), length);
  const kept = new Map<string, number>();
  for (const fact of before) {
    if (isAbout(fact, file, length) || isFollowed(fact)) continue;
    const { places, text } = comparable(fact, file, move);
    if (!places.some(isEdited)) kept.set(text, (kept.get(text) ?? 0) + 1);
  }
  const edited = edits.map(({ span, text }) => {
    const start = move(span.start, 'end');
    return { start, end: start + text.length };
  });
  const touches = ({ start, end }: Range) => edited.some((range) => start <= range.end && range.start <= end);
  for (const fact of after) {
    if (isAbout(fact, file, grown) || isFollowed(fact)) continue;
    const { places, text } = comparable(fact, file, (offset) => offset);
    const count = kept.get(text) ?? 0;
    if (count > 0) kept.set(text, count - 1);
    else if (!places.some(touches)) return 'It would change what is read elsewhere in the file.';
  }
  for (const count of kept.values()) if (count > 0) return 'It would change what is read elsewhere in the file.';
  return undefined;
}

/** A fact about the whole text, which may hold all of it, is another one after every edit. */
function isAbout({ span }: Fact, file: string, length: number): boolean {
  return span.file === file && span.start === 0 && span.end === length;
}

/** Go's facts follow a value through its function: each edit there changes what is said of places that it does not touch. */
function isFollowed({ kind }: Fact): boolean {
  return kind.startsWith('go.');
}

/** What the text's own program would say that it did not say before. */
function newProblem(before: readonly Fact[], after: readonly Fact[]): string | undefined {
  const known = problemsOf(before);
  const found = problemsOf(after);
  return found.length <= known.length ? undefined : (found.find((each) => !known.includes(each)) ?? found[0]);
}

function problemsOf(facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => (fact.kind === 'syntax.error' || fact.kind === 'unit.problem' ? [fact.message] : []));
}

/** Takes an offset of the old text to the new one. What is put in before a range moves it; what is put in behind does not. */
type Move = (offset: number, side: 'start' | 'end') => number;

function mover(edits: readonly TextEdit[]): Move {
  return (offset, side) => {
    let moved = offset;
    for (const { span, text } of edits) {
      const isBefore = side === 'start' ? span.end <= offset : span.start < offset;
      if (isBefore) moved += text.length - (span.end - span.start);
    }
    return moved;
  };
}

function comparable(fact: Fact, file: string, move: Move): Comparable {
  const places: Range[] = [];
  const moveRange = (start: number, end: number): Range => {
    places.push({ start, end });
    return { start: move(start, 'start'), end: start === end ? move(start, 'start') : move(end, 'end') };
  };
  const text = JSON.stringify(fact, (_key, value: unknown): unknown => {
    if (typeof value === 'string' && value.startsWith(`${file}#`)) {
      // Names of embedded documents carry the offset they begin at, and perhaps more.
      const name = value.slice(file.length + 1);
      const offset = /^\d+/.exec(name)?.[0];
      if (offset === undefined) return value;
      return `${file}#${String(move(Number(offset), 'start'))}${name.slice(offset.length)}`;
    }
    if (typeof value !== 'object' || value === null) return value;
    const record = value as Readonly<Record<string, unknown>>;
    const { start, end, source, sourceLength } = record;
    if (typeof start === 'number' && typeof end === 'number' && record['file'] === file) {
      return { ...record, ...moveRange(start, end) };
    }
    if (typeof source === 'number' && typeof sourceLength === 'number') {
      const moved = moveRange(source, source + sourceLength);
      return { ...record, source: moved.start, sourceLength: moved.end - moved.start };
    }
    if (typeof source === 'number') return { ...record, source: move(source, 'start') };
    return value;
  });
  return { text, places };
}
