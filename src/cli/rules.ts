import { rules } from '../rules/index.ts';
import { pluginsHere } from './known-rule.ts';
import { sayNotices } from './notices.ts';
import { UsageError, type CommandLine } from './options.ts';
import { exitClean, exitIncomplete, type Streams } from './streams.ts';

/** `fleetlint rules`: one line a rule, or JSON with `-f json`. */
export async function listRules(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  if (operands.length > 0) throw new UsageError("'rules' takes no operand; 'explain RULE' prints one rule's page.");
  const { plugins, notices } = await pluginsHere(line, streams);
  const all = [...rules, ...plugins];
  if (line.format.includes('json')) {
    const list = all.map(({ id, severity, confidence, summary, profile, needs, options = {}, plugin }) => ({
      id,
      severity,
      confidence,
      summary,
      profile: profile ?? 'default',
      needs,
      options,
      plugin,
    }));
    streams.stdout.write(JSON.stringify(list, undefined, 2) + '\n');
  } else {
    const width = Math.max(...all.map((rule) => rule.id.length));
    for (const { id, severity, summary, profile } of all) {
      streams.stdout.write(
        `${id.padEnd(width)}  ${severity.padEnd(7)}  ${summary}${profile === undefined ? '' : ` (${profile} profile)`}\n`,
      );
    }
  }
  sayNotices(notices, streams);
  return notices.length > 0 ? exitIncomplete : exitClean;
}
