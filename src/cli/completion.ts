import { formats } from '../reporters/index.ts';
import { rules } from '../rules/index.ts';
import { commandTable } from './command-table.ts';
import { options, UsageError, type CommandLine, type Option } from './options.ts';
import { exitClean, type Streams } from './streams.ts';

/** What can be typed, in the form the three shells share. */
interface Words {
  readonly commands: readonly { readonly name: string; readonly help: string }[];
  readonly options: readonly (Option & { readonly name: string; readonly values: readonly string[] })[];
  readonly rules: readonly string[];
}

/** Commands whose first operand is a rule. */
const ruleCommands = ['explain', 'trace'];

/** `fleetlint completion bash|zsh|fish`: a script that the shell sources, made from the tables of options and commands. */
export function completion(_line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  const [shell, ...more] = operands;
  const scripts = { bash, zsh, fish } as const;
  if (more.length > 0 || shell === undefined || !Object.hasOwn(scripts, shell)) {
    throw new UsageError("'completion' takes the name of a shell: bash, zsh or fish.");
  }
  const words: Words = {
    commands: Object.entries(commandTable).map(([name, { help }]) => ({ name, help })),
    options: (Object.entries(options) as [string, Option][]).map(([name, option]) => ({
      ...option,
      name,
      values: valuesOf(name, option),
    })),
    rules: rules.map(({ id }) => id),
  };
  streams.stdout.write(scripts[shell as keyof typeof scripts](words));
  return Promise.resolve(exitClean);
}

function valuesOf(name: string, { choices }: Option): readonly string[] {
  if (name === 'format') return formats;
  return name === 'only' ? rules.map(({ id }) => id) : (choices ?? []);
}

function flagsOf({ name, short }: Words['options'][number]): readonly string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

function bash({ commands, options: all, rules: ids }: Words): string {
  const flags = all.flatMap((option) => flagsOf(option));
  const cases = all
    .filter(({ type, bare }) => type === 'string' && bare === undefined)
    .map((option) => {
      const reply =
        option.values.length > 0
          ? `COMPREPLY=($(compgen -W '${option.values.join(' ')}' -- "$current"))`
          : 'compopt -o default; COMPREPLY=()';
      return `    ${flagsOf(option).join('|')}) ${reply}; return ;;`;
    });
  // bash takes the sign between an option and its value for a word of its own.
  const joined = all
    .filter(({ bare }) => bare !== undefined)
    .map(
      ({ name, values }) =>
        `    --${name}=:*|*:--${name}=) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "\${current#=}")); return ;;`,
    );
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of fleetlint for bash: source it, or put it into /etc/bash_completion.d.
_fleetlint() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local before="\${COMP_WORDS[COMP_CWORD - 2]}"
  case "$previous$current:$before$previous" in
${joined.join('\n')}
  esac
  case "$previous" in
${cases.join('\n')}
    ${ruleCommands.join('|')}) COMPREPLY=($(compgen -W '${ids.join(' ')}' -- "$current")); return ;;
    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$current")); return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W '${flags.join(' ')}' -- "$current"))
    return
  fi
  compopt -o default
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names}' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -F _fleetlint fleetlint
`;
}

function zsh({ commands, options: all, rules: ids }: Words): string {
  const specs = all.map((option) => {
    const { name, short, help, type, bare, multiple, values, value } = option;
    const flags = short === undefined ? `--${name}` : `{-${short},--${name}}`;
    const repeated = multiple === true ? '*' : '';
    const action = values.length > 0 ? `(${values.join(' ')})` : value === 'FILE' || value === 'PATH' ? '_files' : ' ';
    const argument = type === 'boolean' ? '' : `:${(value ?? '').toLowerCase().replaceAll(':', ' ')}:${action}`;
    const joined = bare === undefined ? '' : '=-';
    return `    ${repeated === '' ? '' : "'*'"}${flags}'${joined}[${quoteZsh(help)}]${quoteSingle(argument)}'`;
  });
  const names = commands.map(({ name, help }) => `'${name}:${quoteSingle(help.replaceAll(':', '\\:'))}'`);
  return `#compdef fleetlint
# Completion of fleetlint for zsh: put it into a directory of $fpath as _fleetlint.
_fleetlint() {
  local -a commands=(
    ${names.join('\n    ')}
  )
  _arguments -s -S \\
${specs.map((spec) => `${spec} \\`).join('\n')}
    '*::: :->operands'
  case $state in
    operands)
      if ((CURRENT == 1)); then
        _describe -t commands command commands
        _files
      elif [[ $words[1] == (${ruleCommands.join('|')}) && CURRENT -eq 2 ]]; then
        local -a ids=(${ids.join(' ')})
        compadd -a ids
      elif [[ $words[1] == completion ]]; then
        compadd bash zsh fish
      else
        _files
      fi
      ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _fleetlint "$@"
else
  compdef _fleetlint fleetlint
fi
`;
}

function quoteSingle(text: string): string {
  return text.replaceAll("'", "'\\''");
}

function quoteZsh(text: string): string {
  return quoteSingle(text.replace(/[[\]\\]/g, '\\$&'));
}

function fish({ commands, options: all, rules: ids }: Words): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const names = commands.map(({ name }) => name).join(' ');
  const lines = [
    '# Completion of fleetlint for fish: put it into ~/.config/fish/completions.',
    ...commands.map(
      ({ name, help }) =>
        `complete -c fleetlint -n ${quote(`not __fish_seen_subcommand_from ${names}`)} -a ${name} -d ${quote(help)}`,
    ),
    ...all.map(({ name, short, type, bare, values, help }) => {
      const value = type === 'boolean' || bare !== undefined ? '' : ' -r';
      const choices = values.length > 0 ? ` -f -a ${quote(values.join(' '))}` : '';
      return `complete -c fleetlint${short === undefined ? '' : ` -s ${short}`} -l ${name}${value}${choices} -d ${quote(help)}`;
    }),
    `complete -c fleetlint -f -n ${quote(`__fish_seen_subcommand_from ${ruleCommands.join(' ')}`)} -a ${quote(ids.join(' '))}`,
    `complete -c fleetlint -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'`,
  ];
  return `${lines.join('\n')}\n`;
}
