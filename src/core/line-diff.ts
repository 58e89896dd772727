/** What differs between two texts, line by line, and the unified diff that `patch` and `git apply` take. */

/** Lines `[beforeStart, beforeEnd)` of the old text became `[afterStart, afterEnd)` of the new one; both count from 0. */
export interface LineChange {
  readonly beforeStart: number;
  readonly beforeEnd: number;
  readonly afterStart: number;
  readonly afterEnd: number;
}

/** Lines put in and taken out beyond which a stretch counts as changed as a whole: the search takes the square of it. */
const mostSteps = 1000;
/** Lines shown around a change. */
const contextLines = 3;

/** Lines with their ends, so that a change of a line end is a change. */
export function splitLines(text: string): readonly string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** The fewest changes that turn one list of lines into the other, in order, by Myers' algorithm. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const inner = shortestEdits(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  return inner.map((change) => ({
    beforeStart: change.beforeStart + head,
    beforeEnd: change.beforeEnd + head,
    afterStart: change.afterStart + head,
    afterEnd: change.afterEnd + head,
  }));
}

function shortestEdits(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  const rows = before.length;
  const columns = after.length;
  if (rows === 0 && columns === 0) return [];
  const whole = [{ beforeStart: 0, beforeEnd: rows, afterStart: 0, afterEnd: columns }];
  if (rows === 0 || columns === 0) return whole;
  const furthest = new Map<number, number>([[1, 0]]);
  const history: Map<number, number>[] = [];
  for (let steps = 0; steps <= Math.min(rows + columns, mostSteps); steps++) {
    history.push(new Map(furthest));
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let row = nextRow(furthest, diagonal, steps);
      while (row < rows && row - diagonal < columns && before[row] === after[row - diagonal]) row++;
      furthest.set(diagonal, row);
      if (row >= rows && row - diagonal >= columns) return pathBack(history, rows, columns);
    }
  }
  return whole;
}

/** The row in which a diagonal is entered: from the one above by a line put in, from the one below by one taken out. */
function nextRow(furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): number {
  return comesFromAbove(furthest, diagonal, steps)
    ? (furthest.get(diagonal + 1) ?? 0)
    : (furthest.get(diagonal - 1) ?? -1) + 1;
}

function comesFromAbove(furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): boolean {
  if (diagonal === -steps || diagonal === steps) return diagonal === -steps;
  return (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1);
}

function pathBack(history: readonly Map<number, number>[], rows: number, columns: number): readonly LineChange[] {
  const changes: LineChange[] = [];
  let row = rows;
  let column = columns;
  for (let steps = history.length - 1; steps > 0; steps--) {
    const furthest = history[steps] ?? new Map<number, number>();
    const diagonal = row - column;
    const entered = nextRow(furthest, diagonal, steps);
    const isInsertion = comesFromAbove(furthest, diagonal, steps);
    const fromRow = isInsertion ? entered : entered - 1;
    const fromColumn = fromRow - (isInsertion ? diagonal + 1 : diagonal - 1);
    const last = changes.at(-1);
    const end = { beforeEnd: entered, afterEnd: entered - diagonal };
    if (last?.beforeStart === end.beforeEnd && last.afterStart === end.afterEnd) {
      changes[changes.length - 1] = { ...last, beforeStart: fromRow, afterStart: fromColumn };
    } else changes.push({ beforeStart: fromRow, afterStart: fromColumn, ...end });
    row = fromRow;
    column = fromColumn;
  }
  return changes.reverse();
}

/** A unified diff of one file; empty when nothing differs. `path`: with `/`. */
export function unifiedDiff(path: string, before: string, after: string): string {
  const old = splitLines(before);
  const fresh = splitLines(after);
  const changes = diffLines(old, fresh);
  if (changes.length === 0) return '';
  const groups: LineChange[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    const previous = last?.at(-1);
    if (last !== undefined && previous !== undefined && change.beforeStart - previous.beforeEnd <= 2 * contextLines) {
      last.push(change);
    } else groups.push([change]);
  }
  const hunks = groups.map((group) => hunkText(group, old, fresh));
  return `--- ${quotePath(`a/${path}`)}\n+++ ${quotePath(`b/${path}`)}\n${hunks.join('')}`;
}

function hunkText(group: readonly LineChange[], old: readonly string[], fresh: readonly string[]): string {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return '';
  const lead = Math.min(contextLines, first.beforeStart);
  const trail = Math.min(contextLines, old.length - last.beforeEnd);
  let body = '';
  let at = first.beforeStart - lead;
  for (const change of group) {
    body += signed(' ', old.slice(at, change.beforeStart));
    body += signed('-', old.slice(change.beforeStart, change.beforeEnd));
    body += signed('+', fresh.slice(change.afterStart, change.afterEnd));
    at = change.beforeEnd;
  }
  body += signed(' ', old.slice(at, at + trail));
  const removed = rangeText(first.beforeStart - lead, last.beforeEnd + trail);
  const added = rangeText(first.afterStart - lead, last.afterEnd + trail);
  return `@@ -${removed} +${added} @@\n${body}`;
}

/** `start,count` as a hunk's head has it: an empty range names the line before it. */
function rangeText(start: number, end: number): string {
  const count = end - start;
  if (count === 1) return String(start + 1);
  return `${String(count === 0 ? start : start + 1)},${String(count)}`;
}

function signed(sign: string, lines: readonly string[]): string {
  return lines
    .map((line) => (line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`))
    .join('');
}

/** A name as git writes it: in quotes, with escapes, where a patch could not tell where it ends. */
function quotePath(path: string): string {
  if (!/["\\\u0000-\u001f\u007f]/.test(path)) return path;
  const escaped = path
    .replace(/["\\]/g, '\\$&')
    .replace(/[\u0000-\u001f\u007f]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `"${escaped}"`;
}
