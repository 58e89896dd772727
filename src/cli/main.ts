import { optionHelp, parseCommandLine, UsageError, type CommandLine } from './options.ts';
import { exitClean, exitIncomplete, type Streams } from './streams.ts';

type Command = (line: CommandLine, operands: readonly string[], streams: Streams) => Promise<number>;

/** Loaded when one is asked for. */
const commands: Readonly<Record<string, { readonly usage: string; readonly help: string; load(): Promise<Command> }>> =
  {
    lint: {
      usage: '[lint] [PATH...]',
      help: 'Report the incidents the configuration will cause; the default.',
      load: async () => (await import('./commands.ts')).lint,
    },
    explain: {
      usage: 'explain RULE',
      help: "Print a rule's page.",
      load: async () => (await import('./commands.ts')).explain,
    },
    rules: {
      usage: 'rules',
      help: 'List the rules.',
      load: async () => (await import('./commands.ts')).listRules,
    },
    ast: {
      usage: 'ast FILE...',
      help: 'Print what the loader read, as JSON.',
      load: async () => (await import('./commands.ts')).ast,
    },
    facts: {
      usage: 'facts FILE',
      help: 'Print the facts a file states, as JSON.',
      load: async () => (await import('./commands.ts')).facts,
    },
    trace: {
      usage: 'trace RULE FILE',
      help: 'Say why a rule reports or stays silent on a file.',
      load: async () => (await import('./commands.ts')).trace,
    },
    lsp: {
      usage: 'lsp',
      help: 'Serve an editor over standard input and output.',
      load: async () => (await import('./commands.ts')).lsp,
    },
  };

/** Runs fleetlint. `argv` without node and script. Resolves to the exit status; nothing is thrown. */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  try {
    const line = parseCommandLine(argv);
    if (line.version) {
      streams.stdout.write(`fleetlint ${(await import('./package.ts')).version()}\n`);
      return exitClean;
    }
    const [first = 'lint', ...rest] = line.positionals;
    const named = Object.hasOwn(commands, first) ? commands[first] : undefined;
    if (line.help) {
      streams.stdout.write(help());
      return exitClean;
    }
    const command = named ?? commands['lint'];
    if (command === undefined) return exitIncomplete;
    const run = await command.load();
    return await run(line, named === undefined ? line.positionals : rest, streams);
  } catch (error) {
    if (error instanceof UsageError) {
      streams.stderr.write(`fleetlint: ${error.message}\nSee 'fleetlint --help'.\n`);
    } else {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      streams.stderr.write(`fleetlint: This is a fault of fleetlint itself; please report it.\n${trace}\n`);
    }
    return exitIncomplete;
  }
}

function help(): string {
  const usages = Object.values(commands).map(({ usage, help: text }) => `  fleetlint ${usage.padEnd(18)} ${text}`);
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
