/** Lines and columns of offsets. `\n`, `\r\n` and `\r` end a line. */

export interface LineIndex {
  readonly text: string;
  /** Offset of the first character of each line; the first is 0. */
  readonly starts: readonly number[];
}

/** Line and column count from 1; columns are UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Finds the lines of a text, once; every question after that is a binary search. */
export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) starts.push(at + 1);
  }
  return { text, starts };
}

/** Where an offset stands; one outside the text is taken to its nearest end. */
export function positionAt({ text, starts }: LineIndex, offset: number): Position {
  const at = Math.max(0, Math.min(offset, text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
}

/** Offsets of a line (from 1) without its line end; a line that is not there is empty, at the end of the text. */
export function lineRange({ text, starts }: LineIndex, line: number): { readonly start: number; readonly end: number } {
  const start = starts[line - 1] ?? text.length;
  let end = starts[line] ?? text.length;
  if (end > start && text.charCodeAt(end - 1) === LINE_FEED && starts[line] !== undefined) end--;
  if (end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN && starts[line] !== undefined) end--;
  return { start, end };
}

/** Remembers the index of each file, so that a report looks at each text once. An unknown file is an empty one. */
export function lineIndexes(text: (file: string) => string | undefined): (file: string) => LineIndex {
  const known = new Map<string, LineIndex>();
  return (file) => {
    const index = known.get(file) ?? indexLines(text(file) ?? '');
    known.set(file, index);
    return index;
  };
}
