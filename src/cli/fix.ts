import { dirname, relative, resolve, sep } from 'node:path';
import type { FixLevel } from '../core/fix.ts';
import { unifiedDiff } from '../core/line-diff.ts';
import type { Notice } from '../core/notice.ts';
import { fixSession, type FixedFile, type Fixes } from '../fixer.ts';
import type { Result, Session } from '../session.ts';
import { replaceFile } from './replace-file.ts';
import type { Streams } from './streams.ts';

type Narrow = (result: Result) => Result;

/** What is left after the fixes, and which could not be made. */
export interface Fixed {
  readonly result: Result;
  readonly notices: readonly Notice[];
}

/**
 * Makes fixes in the files, or prints them as a unified diff: then the findings stay, as nothing is written.
 *
 * @param found what the session's run gave, narrowed
 */
export async function makeFixes(
  session: Session,
  found: Result,
  options: { readonly level: FixLevel; readonly diff: boolean; readonly narrow: Narrow },
  streams: Streams,
): Promise<Fixed> {
  const fixes = await fixSession(session, found, options.level, options.narrow);
  if (!options.diff) return writeFixes(session, fixes, options.narrow, streams);
  for (const { path, before, after } of fixes.files) streams.stdout.write(unifiedDiff(path, before, after));
  fixes.restore();
  return { result: found, notices: fixes.notices };
}

/** A file that cannot be written costs a notice, and its findings are those from before. */
async function writeFixes(session: Session, fixes: Fixes, narrow: Narrow, streams: Streams): Promise<Fixed> {
  const notices: Notice[] = [...fixes.notices];
  let written = 0;
  for (const file of fixes.files) {
    try {
      writeFile(session, file, streams.cwd());
      written++;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      notices.push({ file: file.path, message: `The fix could not be written: ${reason}`, incomplete: true });
    }
  }
  if (fixes.made > 0) streams.stderr.write(`fleetlint: ${fixedText(fixes.made, written)}\n`);
  if (written === fixes.files.length) return { result: fixes.result, notices };
  // What is on disk is neither the old tree nor the fixed one.
  fixes.restore();
  return { result: narrow(await session.run()), notices };
}

function writeFile(session: Session, file: FixedFile, directory: string): void {
  const absolute = resolve(directory, file.path);
  const scope = resolve(directory, session.input(file.path)?.scope ?? '');
  const within = relative(scope, absolute);
  // A file outside of every repository and of the working directory was named by its own path.
  const root = within.startsWith(`..${sep}`) ? dirname(absolute) : scope;
  replaceFile(root, absolute, file.bytes, Buffer.from(file.after));
}

function fixedText(made: number, files: number): string {
  return `${String(made)} ${made === 1 ? 'fix' : 'fixes'} made in ${String(files)} ${files === 1 ? 'file' : 'files'}.`;
}
