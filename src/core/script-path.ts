/** Commands that run a script. */
import { literalText, type Template } from './template.ts';

/** Programs that run the script they are given. */
export const shells: readonly string[] = ['sh', 'bash', 'dash', 'ksh', 'zsh'];

/** The script that a command runs: its first word, or the first argument of a shell that is given a script; `undefined`: not known, or none. */
export function scriptPath(commandWords: readonly Template[]): string | undefined {
  const [first, ...rest] = commandWords.map(literalText);
  if (first === undefined || !/(?:^|\/)(?:ba|da|k|z)?sh$/.test(first)) return first;
  const script = rest.find((word) => word === undefined || !/^[-+]/.test(word));
  return rest.includes('-c') ? undefined : script;
}
