import { allowsPlugins } from './known-rule.ts';
import { UsageError, type CommandLine } from './options.ts';
import { version } from './package.ts';
import type { Streams } from './streams.ts';

/** `fleetlint lsp`: resolves when the editor says good-bye. */
export async function lsp(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  if (operands.length > 0) throw new UsageError("'lsp' takes no operand.");
  const { serve } = await import('../lsp/main.ts');
  return serve(streams.stdin, process.stdout, version(), allowsPlugins(line, streams.env));
}
