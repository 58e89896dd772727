/** `fleetlint-ignore[theme/name] reason` in comments: what they say, which lines they cover, which findings they hold back. */
import type { Finding } from './finding.ts';
import type { IgnoredRule, IgnoreFact } from './facts/ignore.ts';
import { firstAtLeast, groupBy } from './lists.ts';
import { nearestName } from './nearest-name.ts';
import type { Span } from './span.ts';

/** A file without this word has no such comment, and nobody looks for its comments. */
export const ignoreWord = 'fleetlint-ignore';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The comments of a text, and what they can stand before or behind; as a format's own reader found them. */
export interface Commented {
  readonly comments: readonly CommentRange[];
  /** Statements, entries, attributes: whatever a reader takes for one thing. They may nest. */
  readonly statements: readonly Range[];
}

export interface CommentRange extends Range {
  /** What the comment is about, where its place alone does not say. */
  readonly about?: Range;
}

/** One comment that holds findings back. */
export interface Ignore {
  readonly file: string;
  readonly span: Span;
  readonly rules: readonly { readonly id: string; readonly span: Span }[];
  readonly list: Span;
  readonly reason: string;
  readonly removal: Span;
  /** The lines and statements it is about. */
  readonly covers: readonly Range[];
}

/** What a comment begins with, in all formats that are read. */
const commentSign = /^(?:#+|\/{2,}|;+|\/\*+|<!--+|<%-?#)\s*/;
const directive = new RegExp(`^${ignoreWord}[ \\t]*(?:\\[([^\\]]*)\\])?(.*)`);
const ruleName = /[^\s,]+/g;

/** Reads the comments that hold findings back, in the order of the text. */
export function readIgnores(file: string, text: string, { comments, statements }: Commented): readonly Ignore[] {
  const index = indexRanges(statements);
  return comments.flatMap((comment) => {
    const content = text.slice(comment.start, comment.end);
    if (!content.includes(ignoreWord)) return [];
    const sign = commentSign.exec(content)?.[0] ?? '';
    const match = directive.exec(content.slice(sign.length));
    if (match === null) return [];
    const [, list, rest = ''] = match;
    // Prose about these comments is none of them.
    if (list === undefined && !/^[ \t]*(?:$|[:=[]|[\w-]+\/[\w-]+)/.test(rest)) return [];
    const start = comment.start + sign.length;
    const listStart = list === undefined ? start + ignoreWord.length : text.indexOf('[', start) + 1;
    const listEnd = listStart + (list ?? '').length;
    return [
      {
        file,
        span: { file, start, end: list === undefined ? trimmedEnd(text, start, comment.end) : listEnd + 1 },
        rules: [...(list ?? '').matchAll(ruleName)].map(([id], at, all) => {
          const from = listStart + (all[at]?.index ?? 0);
          return { id, span: { file, start: from, end: from + id.length } };
        }),
        list: { file, start: listStart, end: listEnd },
        reason: reasonOf(rest),
        removal: removalOf(file, text, comment),
        covers: coveredBy(text, comment, index),
      },
    ];
  });
}

/** A reason says something: dashes and the end of the comment do not. */
function reasonOf(rest: string): string {
  const reason = rest
    .trimEnd()
    .replace(/(?:\*\/|-->|-?%>)$/, '')
    .replace(/^[\s:-]+/, '')
    .trimEnd();
  return /[\p{L}\p{N}]/u.test(reason) ? reason : '';
}

function trimmedEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

function lineStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && !isLineEnd(text, start - 1)) start--;
  return start;
}

/** Where the line ends that `at` stands on, without its line end. */
function lineEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isLineEnd(text, end)) end++;
  return end;
}

function isLineEnd(text: string, at: number): boolean {
  return text.charAt(at) === '\n' || text.charAt(at) === '\r';
}

function standsAlone(text: string, { start, end }: Range): boolean {
  return text.slice(lineStart(text, start), start).trim() === '' && text.slice(end, lineEnd(text, end)).trim() === '';
}

/** The whole line where nothing else stands on it; else the comment and the blanks before it. */
function removalOf(file: string, text: string, comment: Range): Span {
  const begin = lineStart(text, comment.start);
  if (!standsAlone(text, comment)) {
    const before = text.slice(begin, comment.start);
    return { file, start: begin + before.trimEnd().length, end: comment.end };
  }
  const end = lineEnd(text, comment.end);
  const width = text.startsWith('\r\n', end) ? 2 : end < text.length ? 1 : 0;
  return { file, start: begin, end: end + width };
}

interface RangeIndex {
  /** By start; of two with the same start the longer one first. */
  readonly byStart: readonly Range[];
  readonly byEnd: readonly Range[];
}

function indexRanges(ranges: readonly Range[]): RangeIndex {
  return {
    byStart: [...ranges].sort((a, b) => a.start - b.start || b.end - a.end),
    byEnd: [...ranges].sort((a, b) => a.end - b.end || a.start - b.start),
  };
}

/** Before what stands on a line of its own, the next statement; behind another thing, that thing. */
function coveredBy(text: string, comment: CommentRange, { byStart, byEnd }: RangeIndex): readonly Range[] {
  if (comment.about !== undefined) return [comment.about];
  const begin = lineStart(text, comment.start);
  if (text.slice(begin, comment.start).trim() === '') {
    const next = byStart[firstAtLeast(byStart, comment.end, (range) => range.start)];
    return next === undefined ? [] : [next];
  }
  const line = { start: begin, end: comment.start };
  const opened = byStart[firstAtLeast(byStart, begin, (range) => range.start)];
  if (opened !== undefined && opened.start < comment.start) return [line, opened];
  // Only an end stands here: what ends is meant.
  let widest: Range | undefined;
  for (let at = firstAtLeast(byEnd, begin, (range) => range.end); at < byEnd.length; at++) {
    const range = byEnd[at];
    if (range === undefined || range.end > comment.start) break;
    if (range.end > begin && (widest === undefined || range.start < widest.start)) widest = range;
  }
  return widest === undefined ? [line] : [line, widest];
}

/** Findings that are left, how many were held back, and what became of each comment. */
export interface Suppressed {
  readonly findings: readonly Finding[];
  readonly count: number;
  readonly facts: readonly IgnoreFact[];
}

/**
 * Takes out the findings that a comment covers with their primary span or with any evidence.
 *
 * @param ran whether a rule ran on a file
 * @param known all rules there are
 */
export function suppress(
  findings: readonly Finding[],
  ignores: readonly Ignore[],
  ran: (rule: string, file: string) => boolean,
  known: readonly string[],
): Suppressed {
  const covered = ignores.flatMap((ignore) =>
    [...new Set(ignore.rules.map((rule) => rule.id))].flatMap((id) =>
      ignore.covers.map((range) => ({ key: placeKey(ignore.file, id), range, ignore })),
    ),
  );
  const byPlace = new Map([...groupBy(covered, ({ key }) => key)].map(([key, all]) => [key, indexCovers(all)]));
  const used = new Map<Ignore, Set<string>>();
  const left = findings.filter((finding) => {
    let held = false;
    for (const span of [finding.span, ...finding.evidence.flatMap((step) => step.span ?? [])]) {
      for (const ignore of byPlace.get(placeKey(span.file, finding.rule))?.(span.start) ?? []) {
        held = true;
        used.set(ignore, (used.get(ignore) ?? new Set()).add(finding.rule));
      }
    }
    return !held;
  });
  const facts = ignores.map((ignore): IgnoreFact => {
    const { span, list, reason, removal, file } = ignore;
    const rules = ignore.rules.map((rule): IgnoredRule => {
      if (!known.includes(rule.id)) {
        const nearest = nearestName(rule.id, known);
        return { ...rule, state: 'unknown', ...(nearest === undefined ? {} : { nearest }) };
      }
      if (used.get(ignore)?.has(rule.id) === true) return { ...rule, state: 'used' };
      return { ...rule, state: ran(rule.id, file) ? 'unused' : 'not run' };
    });
    return { kind: 'ignore', span, rules, list, reason, removal };
  });
  return { findings: left, count: findings.length - left.length, facts };
}

/** Finds the comments that cover a place. */
function indexCovers(
  covers: readonly { readonly range: Range; readonly ignore: Ignore }[],
): (at: number) => readonly Ignore[] {
  const byStart = [...covers].sort((a, b) => a.range.start - b.range.start);
  /** How far the ranges up to each reach. */
  let reach = 0;
  const reaches = byStart.map(({ range }) => (reach = Math.max(reach, range.end)));
  const starts = byStart.map(({ range }) => range);
  return (at) => {
    const found: Ignore[] = [];
    for (let index = firstAtLeast(starts, at + 1, ({ start }) => start) - 1; index >= 0; index--) {
      if ((reaches[index] ?? 0) <= at) break;
      const cover = byStart[index];
      if (cover !== undefined && at < cover.range.end) found.push(cover.ignore);
    }
    return found;
  };
}

function placeKey(file: string, rule: string): string {
  return `${rule} ${file}`;
}
