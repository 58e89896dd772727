import { escapeControls } from '../core/escape.ts';
import { commandTable, type CommandName } from './command-table.ts';
import { optionHelp, parseCommandLine, type CommandLine } from './options.ts';
import { exitClean, exitIncomplete, type Streams } from './streams.ts';

type Command = (line: CommandLine, operands: readonly string[], streams: Streams) => Promise<number>;

/** All commands are one file, loaded when one is asked for; the language server is one of its own. */
const load: Readonly<Record<CommandName, () => Promise<Command>>> = {
  lint: async () => (await import('./commands.ts')).lint,
  explain: async () => (await import('./commands.ts')).explain,
  rules: async () => (await import('./commands.ts')).listRules,
  ast: async () => (await import('./commands.ts')).ast,
  facts: async () => (await import('./commands.ts')).facts,
  trace: async () => (await import('./commands.ts')).trace,
  init: async () => (await import('./commands.ts')).init,
  completion: async () => (await import('./commands.ts')).completion,
  lsp: async () => (await import('./lsp.ts')).lsp,
};

/** Runs fleetlint. `argv` without node and script. Resolves to the exit status; nothing is thrown. */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  try {
    const line = parseCommandLine(argv);
    if (line.version) {
      streams.stdout.write(`fleetlint ${(await import('./package.ts')).version()}\n`);
      return exitClean;
    }
    if (line['env-info']) {
      streams.stdout.write(await (await import('./commands.ts')).environmentInfo(line, streams));
      return exitClean;
    }
    const [first = 'lint', ...rest] = line.positionals;
    const isNamed = Object.hasOwn(commandTable, first);
    if (line.help) {
      streams.stdout.write(help());
      return exitClean;
    }
    const run = await load[isNamed ? (first as CommandName) : 'lint']();
    return await run(line, isNamed ? rest : line.positionals, streams);
  } catch (error) {
    // By name: the commands are a bundle of their own, whose classes are not these.
    const name = error instanceof Error ? error.name : '';
    const text = error instanceof Error ? error.message : String(error);
    // Names of files and what stands in them are in these messages.
    const lines = (all: string): readonly string[] => all.split('\n').map(escapeControls);
    if (name === 'UsageError') streams.stderr.write(`fleetlint: ${lines(text).join('\n')}\nSee 'fleetlint --help'.\n`);
    else if (name === 'ConfigError' || name === 'GitError') {
      streams.stderr.write(
        lines(text)
          .map((line) => `fleetlint: ${line}\n`)
          .join(''),
      );
    } else {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const shown = lines(trace).join('\n');
      streams.stderr.write(`fleetlint: This is a fault of fleetlint itself; please report it.\n${shown}\n`);
    }
    return exitIncomplete;
  }
}

function help(): string {
  const usages = Object.values(commandTable).map(({ usage, help: text }) => `  fleetlint ${usage.padEnd(18)} ${text}`);
  return [
    'fleetlint reports the node incidents that Puppet, systemd, kubelet and Go sources will cause.',
    '',
    ...usages,
    '',
    'Options:',
    optionHelp(),
    '',
    'Exit status: 0 nothing at or above --fail-on, 1 findings, 2 the job could not be done in full.',
    '',
  ].join('\n');
}
