import { knownRule } from './known-rule.ts';
import { UsageError, type CommandLine } from './options.ts';
import { rulePage } from './package.ts';
import { exitClean, type Streams } from './streams.ts';

/** `fleetlint explain RULE`: the rule's page, without the marks that only the tests and generators read. */
export function explain(_line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  const [id, ...more] = operands;
  if (id === undefined || more.length > 0) throw new UsageError("'explain' takes one rule.");
  const page = rulePage(knownRule(id).id);
  streams.stdout.write(page.replace(/^<!--.*?-->\n/gm, ''));
  return Promise.resolve(exitClean);
}
