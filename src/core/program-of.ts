import type { Template } from './template.ts';

/** The name of the program that a command runs, as it is written behind the last `/`; empty for no command. */
export function programOf([first]: readonly Template[]): string {
  return first === undefined ? '' : first.text.slice(first.text.lastIndexOf('/') + 1);
}
