import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isAtLeast } from '../core/finding.ts';
import { wantsColor } from '../reporters/color.ts';
import { formats, reporters, type Format } from '../reporters/index.ts';
import type { Report } from '../reporters/report.ts';
import { Session, type Result } from '../session.ts';
import { readRepository } from '../vcs/repository.ts';
import type { Fixed } from './fix.ts';
import { fill } from './fill.ts';
import { checkRules } from './known-rule.ts';
import { sayNotices } from './notices.ts';
import { UsageError, type CommandLine } from './options.ts';
import { rulePage, version } from './package.ts';
import { exitClean, exitFindings, exitIncomplete, type Streams } from './streams.ts';

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
  if ((line.fix !== undefined || line.diff) && line['stdin-filename'] !== undefined) {
    throw new UsageError("What comes from standard input cannot be mended in its place: '--fix' takes files.");
  }
  checkRules(line.only ?? []);
  const session = new Session({ only: line.only });
  const notices = await fill(session, line, paths, streams);
  const found = await session.run();
  const fixed = await fixAll(session, found, line, streams);
  const result = fixed?.result ?? found;
  const report: Report = {
    ...result,
    notices: [...notices, ...result.notices, ...(fixed?.notices ?? [])],
    rules: session.rules.map((rule) => ({ ...rule, page: () => rulePage(rule.id) })),
    text: (file) => session.text(file),
    version: version(),
    repository: () => readRepository(streams.cwd()),
  };
  for (const { format, file } of targets) {
    // Standard output is the diff's, so that it can be piped into another program.
    if (line.diff && file === undefined) continue;
    const reporter = await reporters[format]();
    const color = file === undefined && wantsColor(line.color, streams.env, streams.stdout.isTTY === true);
    const text = reporter(report, { color });
    if (file === undefined) streams.stdout.write(text);
    else writeReport(resolve(streams.cwd(), file), text);
  }
  if (line.diff || !targets.some((target) => target.format === 'text' && target.file === undefined))
    sayNotices(report.notices, streams);
  if (report.notices.some((notice) => notice.incomplete === true)) return exitIncomplete;
  const threshold = line['fail-on'];
  if (threshold === 'never') return exitClean;
  return report.findings.some((finding) => isAtLeast(finding.severity, threshold)) ? exitFindings : exitClean;
}

/** Makes the fixes that the command line asks for; `undefined` if it asks for none. */
async function fixAll(
  session: Session,
  found: Result,
  line: CommandLine,
  streams: Streams,
): Promise<Fixed | undefined> {
  const level = line.fix ?? (line.diff ? 'safe' : undefined);
  if (level === undefined) return undefined;
  const { showFixes, writeFixes } = await import('./fix.ts');
  return line.diff ? showFixes(session, found, level, streams) : writeFixes(session, found, level, streams);
}

function readTarget(text: string): Target {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const format = formats.find((known) => known === name);
  if (format === undefined) throw new UsageError(`There is no format '${name}'; there are ${formats.join(', ')}.`);
  if (at === text.length - 1) throw new UsageError(`'-f ${text}' names no file.`);
  return { format, file: at < 0 ? undefined : text.slice(at + 1) };
}

function writeReport(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`The report cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
