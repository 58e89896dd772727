/** A place in a file: a half-open range of UTF-16 offsets. Lines and columns exist only in reporters and in the language server. */
export interface Span {
  /** Path as the session knows it: relative to its root, with `/`. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Whether `inner` lies wholly inside `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;
}

/** Order by file, then start, then end: the order of every list of spans that a user sees. */
export function compareSpans(a: Span, b: Span): number {
  return compareText(a.file, b.file) || a.start - b.start || a.end - b.end;
}

/** Order by code unit: the same on every machine, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
