/** The one table of options: parsing and help are made from it. */
import { parseArgs } from 'node:util';

interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value in the help. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

export const options = {
  format: {
    type: 'string',
    short: 'f',
    multiple: true,
    value: 'FORMAT[=FILE]',
    help: "How to report: 'text', 'json' or 'sarif'; with '=FILE' into a file. May be given several times.",
  },
  'fail-on': {
    type: 'string',
    value: 'SEVERITY',
    choices: ['error', 'warning', 'info', 'never'],
    help: 'Exit with 1 from this severity on (default: warning).',
  },
  fleet: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: "What is known of the nodes: output of 'kubectl get nodes -o json' or 'facter --json'.",
  },
  only: { type: 'string', multiple: true, value: 'RULE', help: 'Run only this rule. May be given several times.' },
  'stdin-filename': {
    type: 'string',
    value: 'PATH',
    help: "Read the file of this name from standard input; write '-' for it among the paths, or no path at all.",
  },
  color: {
    type: 'string',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'Colour the text (default: auto).',
  },
  pn: { type: 'boolean', help: "With 'ast': print Puppet manifests in PN notation, one JSON line each." },
  help: { type: 'boolean', short: 'h', help: 'Print this help.' },
  version: { type: 'boolean', short: 'V', help: 'Print the version.' },
} as const satisfies Readonly<Record<string, Option>>;

export interface CommandLine {
  readonly format: readonly string[];
  readonly 'fail-on': 'error' | 'warning' | 'info' | 'never';
  readonly fleet: readonly string[];
  readonly only: readonly string[] | undefined;
  readonly 'stdin-filename': string | undefined;
  readonly color: 'auto' | 'always' | 'never';
  readonly pn: boolean;
  readonly help: boolean;
  readonly version: boolean;
  readonly positionals: readonly string[];
}

/** A command line that makes no sense; the message is a sentence for the user. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.replace(/\. To specify.*/s, '.') : String(error));
  }
  const { values, positionals } = parsed;
  for (const [name, option] of Object.entries(options) as [keyof typeof options, Option][]) {
    const value = values[name];
    if (option.choices !== undefined && typeof value === 'string' && !option.choices.includes(value)) {
      throw new UsageError(`'--${name}' takes ${option.choices.join(', ')}, not '${value}'.`);
    }
  }
  return {
    format: values.format ?? ['text'],
    'fail-on': (values['fail-on'] ?? 'warning') as CommandLine['fail-on'],
    fleet: values.fleet ?? [],
    only: values.only,
    'stdin-filename': values['stdin-filename'],
    color: (values.color ?? 'auto') as CommandLine['color'],
    pn: values.pn ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
    positionals,
  };
}

/** The options as lines of help. */
export function optionHelp(): string {
  return (Object.entries(options) as [string, Option][])
    .map(([name, { short, value, help }]) => {
      const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
      return `  ${flag.padEnd(28)} ${help}`;
    })
    .join('\n');
}
