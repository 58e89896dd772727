/** The manual page, in the language of man(7), from the tables of commands and options. */
import { allowVariable } from '../config/allow-variable.ts';
import { commandTable } from './command-table.ts';
import { options, valueHelp, type Option } from './options.ts';

/** `fleetlint.1`. It has no date, so that it changes only with what it says. */
export function manualPage(version: string): string {
  const commands = Object.values(commandTable).map(({ usage, help }) => entry(`fleetlint ${usage}`, help));
  const flags = (Object.entries(options) as [string, Option][]).map(([name, option]) => {
    const long = `--${name}${valueHelp(option)}`;
    return entry(option.short === undefined ? long : `-${option.short}, ${long}`, option.help);
  });
  return [
    `.TH FLEETLINT 1 "" "fleetlint ${version}" "User Commands"`,
    '.SH NAME',
    'fleetlint \\- report the incidents that the configuration of nodes will cause',
    '.SH SYNOPSIS',
    '.B fleetlint',
    '.RI [ option ...]',
    '.RI [ path ...]',
    '.SH DESCRIPTION',
    lines(
      'fleetlint reads the configuration a fleet of Linux nodes is built from: Puppet manifests, systemd units, kubelet ' +
        'configuration and Go source. It reports the incident that configuration will cause, with the chain of evidence ' +
        'that leads to it, before a node runs it. Without a path it reads everything below the working directory that git ' +
        'does not ignore. It never runs what it reads, and never opens the network.',
    ),
    '.SH COMMANDS',
    ...commands,
    '.SH OPTIONS',
    ...flags,
    '.SH EXIT STATUS',
    entry('0', 'Nothing was found at or above the severity of --fail-on.'),
    entry('1', 'Something was.'),
    entry(
      '2',
      'The job could not be done in full: wrong usage or configuration, input that cannot be read, an internal fault.',
    ),
    '.SH ENVIRONMENT',
    entry(allowVariable, "If it is '1', plugins run as with --allow-plugins."),
    entry('NO_COLOR', 'If it is not empty, the text has no colours.'),
    entry(
      'FORCE_COLOR, CLICOLOR_FORCE',
      "If one is neither empty nor '0', the text has colours where it is no terminal too.",
    ),
    '.SH FILES',
    entry('fleetlint.yaml', 'The configuration, in the directory of a linted file or the nearest above it.'),
    entry('fleetlint-baseline.json', 'The findings that are held back, at the top of the repository.'),
    '.SH EXAMPLES',
    entry('fleetlint --fleet nodes.json', "Lint the whole tree, knowing the nodes from 'kubectl get nodes -o json'."),
    entry(
      'fleetlint --since main -f sarif=report.sarif -f text',
      'Report what this branch adds, to a file and to you.',
    ),
    '.SH SEE ALSO',
    '.BR systemd-analyze (1),',
    '.BR puppet (8)',
    '.PP',
    'The pages of the rules and of the configuration:',
    'https://github.com/fleetlint/fleetlint/tree/main/docs',
    '',
  ].join('\n');
}

function entry(term: string, text: string): string {
  return `.TP\n.B ${escape(term)}\n${lines(text)}`;
}

/** Lines of less than 80 characters, as readers of such pages expect them. */
function lines(text: string): string {
  return escape(text)
    .replace(/(.{1,78})(?: |$)/g, '$1\n')
    .trimEnd()
    .replace(/^\./gm, '\\&.');
}

/** A backslash would begin a command, a dash become a hyphen, and a quote be curved or begin a request. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq');
}
