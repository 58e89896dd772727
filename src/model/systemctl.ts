/** Commands that start units: `systemctl` and `service`. */
import { literalText, type Template } from '../core/template.ts';
import { unitTypeOf } from '../core/unit-place.ts';

/** Units that a command starts. */
export interface UnitCommand {
  /** `restart` starts a unit that is up, too; `start` only one that is down. */
  readonly verb: 'start' | 'restart';
  /** With their types. */
  readonly units: readonly string[];
}

/** Programs that may. */
export const startingPrograms = ['systemctl', 'service'];

/** Options of systemctl(1) whose value is the next word. */
const valued = new Set([
  '-t',
  '-p',
  '-P',
  '-n',
  '-o',
  '-s',
  '--type',
  '--property',
  '--job-mode',
  '--kill-whom',
  '--root',
]);

/** Another machine, another user's manager, or a file system that is not running. */
const elsewhere = /^(?:-H|--host(?:=.*)?|-M|--machine(?:=.*)?|--user|--global|--root(?:=.*)?|--help|-h|--version)$/;

/** What a command starts; `undefined` for nothing, and where a word that decides is not known. */
export function unitCommand(words: readonly Template[]): UnitCommand | undefined {
  const [first, ...rest] = words.map(literalText);
  const program = first?.slice(first.lastIndexOf('/') + 1);
  if (program === 'service') {
    const [name, verb] = rest;
    const known = name !== undefined && (verb === 'start' || verb === 'restart');
    return known ? { verb, units: [withType(name)] } : undefined;
  }
  if (program !== 'systemctl' || rest.some((word) => word !== undefined && elsewhere.test(word))) return undefined;
  const operands = rest.filter(
    (word, index) => word === undefined || (!word.startsWith('-') && !valued.has(rest[index - 1] ?? '')),
  );
  const [verb, ...names] = operands;
  if (verb !== 'start' && verb !== 'restart') return undefined;
  const units = names.filter((name) => name !== undefined).map(withType);
  return units.length === 0 ? undefined : { verb, units };
}

function withType(name: string): string {
  return unitTypeOf(name) === undefined ? `${name}.service` : name;
}
