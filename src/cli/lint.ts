import { resolve } from 'node:path';
import { isAtLeast, type Finding } from '../core/finding.ts';
import { wantsColor } from '../reporters/color.ts';
import { formats, reporters, type Format } from '../reporters/index.ts';
import type { Report } from '../reporters/report.ts';
import { Session, type Result } from '../session.ts';
import { readRepository, repositoryTop } from '../vcs/repository.ts';
import type { Staged } from '../vcs/staged.ts';
import { baselinePath, holdBack, writeBaseline } from './baseline.ts';
import { tuneEngine } from './engine.ts';
import type { Fixed } from './fix.ts';
import { fill } from './fill.ts';
import { knownRule } from './known-rule.ts';
import { sayNotices } from './notices.ts';
import { UsageError, type CommandLine } from './options.ts';
import { build, rulePage, version } from './package.ts';
import { printConfig } from './print-config.ts';
import { showProgress } from './progress.ts';
import { createClock, statistics } from './statistics.ts';
import { exitClean, exitFindings, exitIncomplete, type Streams } from './streams.ts';
import { writeOutput } from './write-output.ts';

interface Target {
  readonly format: Format;
  readonly file: string | undefined;
}

/** `fleetlint [PATH...]` */
export async function lint(line: CommandLine, paths: readonly string[], streams: Streams): Promise<number> {
  const targets = line.format.map(readTarget);
  if (targets.filter((target) => target.file === undefined).length > 1) {
    throw new UsageError("Only one format can go to standard output; give the others a file: '-f sarif=FILE'.");
  }
  checkCombinations(line);
  const directory = streams.cwd();
  const clock = createClock();
  const session = new Session({ only: line.only });
  const { notices, resolver, staged } = await fill(session, line, paths, streams);
  for (const id of line.only ?? []) knownRule(id, resolver);
  if (line['print-config'] !== undefined) {
    streams.stdout.write(printConfig(line['print-config'], resolver, session.rules));
    return exitClean;
  }
  const cache = await useCache(session, line, streams);
  clock.lap('finding files');
  await tuneEngine(session.paths().length);
  const baseline = baselinePath(line, resolver.baseline, directory);
  const isChanged = await changeFilter(line, session, staged, directory);
  const narrow = (result: Result): Result => {
    const held =
      baseline === undefined || line['write-baseline'] ? result : holdBack(result, session, baseline, directory);
    return isChanged === undefined ? held : { ...held, findings: held.findings.filter(isChanged) };
  };
  const progress = showProgress(session, streams);
  const found = narrow(await session.run());
  progress.end();
  clock.lap('reading files and running rules');
  const fixed = await fixAll(session, found, line, streams, narrow);
  let result = fixed?.result ?? found;
  if (line['write-baseline'] && baseline !== undefined) {
    writeBaseline(result, session, baseline, streams);
    result = holdBack(result, session, baseline, directory);
  }
  const report: Report = {
    ...result,
    notices: [...notices, ...result.notices, ...(fixed?.notices ?? [])],
    rules: session.rules.map((rule) => ({ ...rule, page: () => rule.page?.() ?? rulePage(rule.id) })),
    text: (file) => session.text(file),
    version: version(),
    repository: () => readRepository(directory),
  };
  for (const { format, file } of targets) {
    // Standard output is the diff's, so that it can be piped into another program.
    if (line.diff && file === undefined) continue;
    const reporter = await reporters[format]();
    const color = file === undefined && wantsColor(line.color, streams.env, streams.stdout.isTTY === true);
    const text = reporter(report, { color });
    if (file === undefined) streams.stdout.write(text);
    else writeReport(directory, resolve(directory, file), text);
  }
  if (line.diff || !targets.some((target) => target.format === 'text' && target.file === undefined))
    sayNotices(report.notices, streams);
  clock.lap('reporting');
  if (cache !== undefined) {
    cache.save();
    clock.lap('keeping facts');
  }
  if (line.statistics) streams.stderr.write(statistics(report.findings));
  if (line.timing) streams.stderr.write(clock.text());
  if (report.notices.some((notice) => notice.incomplete === true)) return exitIncomplete;
  const fails = ({ severity, span }: Finding): boolean => {
    const threshold = line['fail-on'] ?? resolver.failOnOf(span.file);
    return threshold !== 'never' && isAtLeast(severity, threshold);
  };
  return report.findings.some(fails) ? exitFindings : exitClean;
}

/** Fewer files than this are read sooner than what is known of them. */
const cachedFrom = 200;

/** Has a session of many files take the facts of earlier runs. */
async function useCache(session: Session, line: CommandLine, streams: Streams): Promise<{ save(): void } | undefined> {
  if (line['no-cache'] || session.paths().length < cachedFrom) return undefined;
  const root = streams.cwd();
  const [{ openCache }, { readKey }] = await Promise.all([
    import('../cache/fact-cache.ts'),
    import('../cache/sign.ts'),
  ]);
  const key = readKey(repositoryTop(root) ?? root, streams.env);
  if (key === undefined) return undefined;
  const cache = openCache(root, build(), key);
  session.useCache(cache);
  return cache;
}

/** Options that cannot be meant together. */
function checkCombinations(line: CommandLine): void {
  const fixes = line.fix !== undefined || line.diff;
  const pairs: readonly (readonly [boolean, string])[] = [
    [
      fixes && line['stdin-filename'] !== undefined,
      "What comes from standard input cannot be mended in its place: '--fix' takes files.",
    ],
    [fixes && line.staged, "'--fix' writes the work tree, and '--staged' reads the index: give one of them."],
    [
      line.staged && line.since !== undefined,
      "'--staged' and '--since' are two ways to say what has changed: give one of them.",
    ],
    [
      line['write-baseline'] && (line.staged || line.since !== undefined),
      "A baseline holds the findings of the whole tree: '--write-baseline' goes with neither '--staged' nor '--since'.",
    ],
    [line['write-baseline'] && line['no-baseline'], "'--write-baseline' and '--no-baseline' exclude each other."],
    [line.config !== undefined && line['no-config'], "'--config' and '--no-config' exclude each other."],
  ];
  for (const [isWrong, message] of pairs) if (isWrong) throw new UsageError(message);
}

/** Whether a finding touches the change that the command line names; `undefined` if it names none. */
async function changeFilter(
  line: CommandLine,
  session: Session,
  staged: Staged | undefined,
  directory: string,
): Promise<((finding: Finding) => boolean) | undefined> {
  if (staged === undefined && line.since === undefined) return undefined;
  const { stagedChanges, changesSince } = await import('./changed.ts');
  return staged === undefined
    ? changesSince(line.since ?? '', session, directory)
    : stagedChanges(staged, session, directory);
}

/** Makes the fixes that the command line asks for; `undefined` if it asks for none. */
async function fixAll(
  session: Session,
  found: Result,
  line: CommandLine,
  streams: Streams,
  narrow: (result: Result) => Result,
): Promise<Fixed | undefined> {
  const level = line.fix ?? (line.diff ? 'safe' : undefined);
  if (level === undefined) return undefined;
  const { makeFixes } = await import('./fix.ts');
  return makeFixes(session, found, { level, diff: line.diff, narrow }, streams);
}

function readTarget(text: string): Target {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const format = formats.find((known) => known === name);
  if (format === undefined) throw new UsageError(`There is no format '${name}'; there are ${formats.join(', ')}.`);
  if (at === text.length - 1) throw new UsageError(`'-f ${text}' names no file.`);
  return { format, file: at < 0 ? undefined : text.slice(at + 1) };
}

function writeReport(directory: string, file: string, text: string): void {
  try {
    writeOutput(directory, file, text);
  } catch (error) {
    throw new UsageError(`The report cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
