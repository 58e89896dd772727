export type ColorChoice = 'always' | 'never' | 'auto';

/**
 * Whether to print colour: the flag, then NO_COLOR (https://no-color.org: set and not empty), FORCE_COLOR, CLICOLOR_FORCE
 * (both: set, not empty and not `0`), then whether the output is a terminal.
 */
export function wantsColor(
  choice: ColorChoice,
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (isSet(environment['NO_COLOR'])) return false;
  if (isForced(environment['FORCE_COLOR']) || isForced(environment['CLICOLOR_FORCE'])) return true;
  return isTerminal;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function isForced(value: string | undefined): boolean {
  return isSet(value) && value !== '0';
}
