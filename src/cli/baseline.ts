import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { escapeControls } from '../core/escape.ts';
import { applyBaseline, baselineName, formatBaseline, parseBaseline, renewBaseline } from '../core/baseline.ts';
import type { BaselineEntry } from '../core/baseline.ts';
import type { Notice } from '../core/notice.ts';
import type { Result, Session } from '../session.ts';
import { isInside, readWhole } from '../config/read-file.ts';
import { repositoryTop } from '../vcs/repository.ts';
import { UsageError, type CommandLine } from './options.ts';
import type { Streams } from './streams.ts';
import { writeOutput } from './write-output.ts';

/**
 * Where the baseline is: what the command line or the configuration names; else the nearest file of its name from the working
 * directory up to the top of the repository; else a new one at that top.
 *
 * @param configured as the configuration has it, absolute
 */
export function baselinePath(
  line: Pick<CommandLine, 'baseline' | 'no-baseline' | 'write-baseline'>,
  configured: string | undefined,
  directory: string,
): string | undefined {
  if (line['no-baseline']) return undefined;
  if (line.baseline !== undefined) return resolve(directory, line.baseline);
  if (configured !== undefined) return configured;
  for (let at = directory; ; at = dirname(at)) {
    const found = join(at, baselineName);
    if (existsSync(found)) {
      if (isInside(repositoryTop(at) ?? at, found)) return found;
      throw new UsageError(`'${found}' is a symbolic link out of the tree; '--baseline' may name such a file.`);
    }
    const isTop = existsSync(join(at, '.git')) || dirname(at) === at;
    if (isTop)
      return line['write-baseline'] ? join(existsSync(join(at, '.git')) ? at : directory, baselineName) : undefined;
  }
}

/** Holds back what the baseline at `path` knows. Entries whose finding is gone are told. */
export function holdBack(result: Result, session: Session, path: string, directory: string): Result {
  if (!existsSync(path)) {
    throw new UsageError(`There is no baseline '${path}'; '--write-baseline' writes one.`);
  }
  const { findings, count, stale } = applyBaseline(result.findings, readBaseline(path), judge(session, directory));
  const notices: readonly Notice[] = stale.map(({ rule, file }) => ({
    message: `The baseline holds back a finding of ${rule} in '${file}' that is gone; '--write-baseline' takes it out.`,
  }));
  return { ...result, findings, suppressed: result.suppressed + count, notices: [...result.notices, ...notices] };
}

/** Writes what was found as the new baseline. */
export function writeBaseline(result: Result, session: Session, path: string, streams: Streams): void {
  const old = existsSync(path) ? readBaseline(path) : [];
  const repositoryPath = (file: string): string => session.input(file)?.repositoryPath ?? file;
  const entries = renewBaseline(result.findings, old, judge(session, streams.cwd()), repositoryPath);
  try {
    writeOutput(streams.cwd(), path, formatBaseline(entries));
  } catch (error) {
    throw new UsageError(`The baseline cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  const count = entries.length;
  streams.stderr.write(
    `fleetlint: ${String(count)} ${count === 1 ? 'finding' : 'findings'} written to '${escapeControls(path)}'.\n`,
  );
}

/** Throws a UsageError that names the file. */
export function readBaseline(path: string): readonly BaselineEntry[] {
  try {
    return parseBaseline(Buffer.from(readWhole(path)).toString('utf8'));
  } catch (error) {
    throw new UsageError(`'${path}' cannot be read. ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** An entry can be judged if its rule ran and its file was among those linted, or is no more. */
function judge(session: Session, directory: string): (entry: BaselineEntry) => boolean {
  const rules = new Set(session.rules.map((rule) => rule.id));
  const linted = new Set<string>();
  const tops = new Set<string>();
  for (const path of session.paths()) {
    const input = session.input(path);
    if (input === undefined || input.given === true || input.context === true) continue;
    linted.add(input.repositoryPath ?? path);
    tops.add(resolve(directory, input.scope ?? ''));
  }
  return ({ rule, file }) =>
    rules.has(rule) && (linted.has(file) || ![...tops].some((top) => existsSync(join(top, file))));
}
