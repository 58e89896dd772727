import { rules } from '../rules/index.ts';
import type { CommandLine } from './options.ts';
import { UsageError } from './options.ts';
import { exitClean, type Streams } from './streams.ts';

/** `fleetlint rules`: one line a rule, or JSON with `-f json`. */
export function listRules(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  if (operands.length > 0) throw new UsageError("'rules' takes no operand; 'explain RULE' prints one rule's page.");
  if (line.format.includes('json')) {
    const list = rules.map(({ id, severity, confidence, summary, profile, needs }) => ({
      id,
      severity,
      confidence,
      summary,
      profile: profile ?? 'default',
      needs,
    }));
    streams.stdout.write(JSON.stringify(list, undefined, 2) + '\n');
  } else {
    const width = Math.max(...rules.map((rule) => rule.id.length));
    for (const { id, severity, summary, profile } of rules) {
      streams.stdout.write(
        `${id.padEnd(width)}  ${severity.padEnd(7)}  ${summary}${profile === undefined ? '' : ` (${profile} profile)`}\n`,
      );
    }
  }
  return Promise.resolve(exitClean);
}
