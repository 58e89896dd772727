/** Which lines a change touches, and which findings touch them. */
import { createHash } from 'node:crypto';
import { decodeText } from '../core/decode.ts';
import type { Finding } from '../core/finding.ts';
import { indexLines, positionAt } from '../core/line-index.ts';
import { diffLines, splitLines } from '../core/line-diff.ts';
import type { Span } from '../core/span.ts';
import { readBlobs, type GitFile } from './git.ts';

/** A file as it is now. */
export interface CurrentFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Lines from 0, half-open. */
interface Lines {
  readonly start: number;
  readonly end: number;
}

/**
 * Answers whether a finding touches what has changed since a commit: with its primary span or any evidence.
 *
 * @param base the files then
 * @param exists whether a path is a file now
 * @param current the file that a span stands in; `undefined` if it is none of the repository
 */
export function createChanges(
  top: string,
  base: ReadonlyMap<string, GitFile>,
  exists: (path: string) => boolean,
  current: (file: string) => CurrentFile | undefined,
): (finding: Finding) => boolean {
  const known = new Map<string, (span: Span) => boolean>();
  const moved = new Set([...base].flatMap(([path, { id }]) => (exists(path) ? [] : [id])));
  const [{ id: sample = '' } = {}] = base.values();

  const questionOf = (file: string): ((span: Span) => boolean) => {
    const now = current(file);
    if (now === undefined) return never;
    const then = base.get(now.path);
    const id = blobName(now.bytes, sample.length === 64 ? 'sha256' : 'sha1');
    // A file that was only moved has not changed.
    if (then?.id === id || (then === undefined && moved.has(id))) return never;
    if (then === undefined) return always;
    const before = textOf(readBlobs(top, [then.id]).get(then.id) ?? new Uint8Array());
    const after = textOf(now.bytes);
    const changed = changedLines(before, after);
    const index = indexLines(after);
    return ({ start, end }) => {
      const first = positionAt(index, start).line - 1;
      const last = positionAt(index, Math.max(start, end - 1)).line - 1;
      return changed.some((lines) => first < lines.end && lines.start <= last);
    };
  };
  return (finding) =>
    [finding.span, ...finding.evidence.flatMap((step) => step.span ?? [])].some((span) => {
      const question = known.get(span.file) ?? questionOf(span.file);
      known.set(span.file, question);
      return question(span);
    });
}

function always(): boolean {
  return true;
}

function never(): boolean {
  return false;
}

/** Lines of the new text that are new, or that stand where others went away. Line ends do not count: git may have changed them. */
function changedLines(before: string, after: string): readonly Lines[] {
  const plain = (text: string) => splitLines(text.replaceAll('\r\n', '\n'));
  return diffLines(plain(before), plain(after)).map(({ afterStart, afterEnd }) =>
    afterStart === afterEnd
      ? { start: Math.max(0, afterStart - 1), end: afterStart + 1 }
      : { start: afterStart, end: afterEnd },
  );
}

function textOf(bytes: Uint8Array): string {
  const decoded = decodeText(bytes, true);
  return 'text' in decoded ? decoded.text : '';
}

function blobName(bytes: Uint8Array, algorithm: 'sha1' | 'sha256'): string {
  return createHash(algorithm)
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex');
}
