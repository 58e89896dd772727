import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { indexLines, positionAt } from '../core/line-index.ts';
import { escapeControls } from '../core/escape.ts';
import { Session } from '../session.ts';
import { knownRule } from './known-rule.ts';
import { fill } from './fill.ts';
import { sayNotices } from './notices.ts';
import { UsageError, type CommandLine } from './options.ts';
import { exitClean, exitIncomplete, type Streams } from './streams.ts';

/** `fleetlint trace RULE FILE`: what the rule reports on the file, and where it stopped on everything else there. */
export async function trace(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  const [id, path, ...more] = operands;
  if (id === undefined || path === undefined) throw new UsageError("'trace' takes a rule and a file.");
  if (statSync(resolve(streams.cwd(), path), { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UsageError(
      `'trace' takes a file, and '${path}' is a directory; it may follow the file, to be read with it.`,
    );
  }
  const session = new Session({ only: [id] });
  // The rest of the tree may decide, so more paths, or `.`, can be given after the file.
  const { notices, resolver } = await fill(session, line, [path, ...more], streams);
  knownRule(id, resolver);
  const file = session.paths()[0] ?? path;
  const index = indexLines(session.text(file) ?? '');
  const { findings, steps } = await session.trace(file);
  for (const finding of findings) {
    const { line: row, column } = positionAt(index, finding.span.file === file ? finding.span.start : 0);
    streams.stdout.write(`${escapeControls(file)}:${row}:${column}: reports: ${escapeControls(finding.message)}\n`);
  }
  for (const step of steps) {
    const { line: row, column } = positionAt(index, step.at.start);
    streams.stdout.write(`${escapeControls(file)}:${row}:${column}: silent: ${escapeControls(step.note)}\n`);
  }
  if (findings.length === 0 && steps.length === 0) {
    streams.stdout.write(`${escapeControls(file)}: silent: Nothing in this file is a candidate for '${id}'.\n`);
  }
  sayNotices(notices, streams);
  return notices.some((notice) => notice.incomplete === true) ? exitIncomplete : exitClean;
}
