/** The one table of options: parsing and help are made from it. */
import { parseArgs } from 'node:util';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value in the help. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** What the option means without a value. Its value must be joined to it with `=`. */
  readonly bare?: string;
  readonly help: string;
}

export const options = {
  format: {
    type: 'string',
    short: 'f',
    multiple: true,
    value: 'FORMAT[=FILE]',
    help: "How to report (text, compact, json, jsonl, sarif, github, gitlab, junit, checkstyle, markdown, html); with '=FILE' into a file. May be given several times.",
  },
  'fail-on': {
    type: 'string',
    value: 'SEVERITY',
    choices: ['error', 'warning', 'info', 'never'],
    help: 'Exit with 1 from this severity on (default: as configured, else warning).',
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
  staged: {
    type: 'boolean',
    help: "Lint what git's index holds, and report the findings that touch what is staged.",
  },
  since: {
    type: 'string',
    value: 'REF',
    help: 'Report only the findings that touch what has changed since this branch left REF.',
  },
  config: {
    type: 'string',
    value: 'FILE',
    help: "Use this configuration (default: the nearest 'fleetlint.yaml' upwards from each file).",
  },
  'no-config': { type: 'boolean', help: 'Use no configuration file.' },
  'allow-plugins': {
    type: 'boolean',
    help: 'Run the plugins that the configuration names. They are programs: allow only what you trust.',
  },
  'no-cache': {
    type: 'boolean',
    help: "Neither use nor write '.fleetlint-cache', which has what earlier runs have read.",
  },
  'print-config': { type: 'string', value: 'FILE', help: 'Print what is configured for FILE, as JSON.' },
  baseline: {
    type: 'string',
    value: 'FILE',
    help: "Hold back the findings that FILE lists (default: the nearest 'fleetlint-baseline.json').",
  },
  'no-baseline': { type: 'boolean', help: 'Report what a baseline would hold back, too.' },
  'write-baseline': { type: 'boolean', help: 'Write all findings to the baseline, and take out those that are gone.' },
  fix: {
    type: 'string',
    value: 'safe|all',
    bare: 'safe',
    choices: ['safe', 'all'],
    help: "Mend what can be mended without changing what a node does otherwise; '--fix=all' mends the rest too.",
  },
  diff: { type: 'boolean', help: 'Print what --fix would change, as a unified diff, and write nothing.' },
  color: {
    type: 'string',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'Colour the text (default: auto).',
  },
  pn: { type: 'boolean', help: "With 'ast': print Puppet manifests in PN notation, one JSON line each." },
  statistics: { type: 'boolean', help: 'Print how many findings each rule has, to standard error.' },
  timing: { type: 'boolean', help: 'Print how long each part of the run took, to standard error.' },
  help: { type: 'boolean', short: 'h', help: 'Print this help.' },
  version: { type: 'boolean', short: 'V', help: 'Print the version.' },
  'env-info': { type: 'boolean', help: 'Print what a report of a fault should say: versions and configuration.' },
} as const satisfies Readonly<Record<string, Option>>;

export interface CommandLine {
  readonly format: readonly string[];
  readonly 'fail-on': 'error' | 'warning' | 'info' | 'never' | undefined;
  readonly fleet: readonly string[];
  readonly only: readonly string[] | undefined;
  readonly 'stdin-filename': string | undefined;
  readonly staged: boolean;
  readonly since: string | undefined;
  readonly statistics: boolean;
  readonly timing: boolean;
  readonly config: string | undefined;
  readonly 'no-config': boolean;
  readonly 'allow-plugins': boolean;
  readonly 'no-cache': boolean;
  readonly 'print-config': string | undefined;
  readonly baseline: string | undefined;
  readonly 'no-baseline': boolean;
  readonly 'write-baseline': boolean;
  readonly fix: 'safe' | 'all' | undefined;
  readonly diff: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly pn: boolean;
  readonly help: boolean;
  readonly version: boolean;
  readonly 'env-info': boolean;
  readonly positionals: readonly string[];
}

/** A command line that makes no sense; the message is a sentence for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  let parsed;
  try {
    parsed = parseArgs({ args: withBareValues(argv), options, allowPositionals: true });
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
    'fail-on': values['fail-on'] as CommandLine['fail-on'],
    fleet: values.fleet ?? [],
    only: values.only,
    'stdin-filename': values['stdin-filename'],
    staged: values.staged ?? false,
    since: values.since,
    statistics: values.statistics ?? false,
    timing: values.timing ?? false,
    config: values.config,
    'no-config': values['no-config'] ?? false,
    'allow-plugins': values['allow-plugins'] ?? false,
    'no-cache': values['no-cache'] ?? false,
    'print-config': values['print-config'],
    baseline: values.baseline,
    'no-baseline': values['no-baseline'] ?? false,
    'write-baseline': values['write-baseline'] ?? false,
    fix: values.fix as CommandLine['fix'],
    diff: values.diff ?? false,
    color: (values.color ?? 'auto') as CommandLine['color'],
    pn: values.pn ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
    'env-info': values['env-info'] ?? false,
    positionals,
  };
}

/** `--fix` as `--fix=safe`: `parseArgs` knows no options whose value may be missing. */
function withBareValues(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((argument, index) => {
    if (end >= 0 && index > end) return argument;
    const option = (Object.entries(options) as [string, Option][]).find(([name]) => argument === `--${name}`)?.[1];
    return option?.bare === undefined ? argument : `${argument}=${option.bare}`;
  });
}

/** The options as lines of help. */
export function optionHelp(): string {
  return (Object.entries(options) as [string, Option][])
    .map(([name, option]) => {
      const { short, help } = option;
      const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}${valueHelp(option)}`;
      return `  ${flag.padEnd(28)} ${help}`;
    })
    .join('\n');
}

/** What follows a flag in the help: ` FILE`, `[=safe|all]`. */
export function valueHelp({ value, bare }: Option): string {
  if (value === undefined) return '';
  return bare === undefined ? ` ${value}` : `[=${value}]`;
}
