import { knownRule, pluginsHere } from './known-rule.ts';
import { UsageError, type CommandLine } from './options.ts';
import { rulePage } from './package.ts';
import { exitClean, type Streams } from './streams.ts';

/** `fleetlint explain RULE`: the rule's page, without the marks that only the tests and generators read. */
export async function explain(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  const [id, ...more] = operands;
  if (id === undefined || more.length > 0) throw new UsageError("'explain' takes one rule.");
  const rule = knownRule(id, await pluginsHere(line, streams));
  const page = rule.page?.() ?? rulePage(rule.id);
  streams.stdout.write(page.replace(/^<!--.*?-->\n/gm, ''));
  return exitClean;
}
