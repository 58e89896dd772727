/** Units that share a network namespace (systemd.unit(5), `JoinsNamespaceOf=`). */
import type { Answer } from '../core/template.ts';
import { isStartedAgain } from './unit-activation.ts';
import type { Assignment, Unit, Units } from './units.ts';

export type JoinedNamespace =
  | { readonly answer: 'no' }
  /** `unknown`: the other unit is not in the tree. */
  | { readonly answer: Exclude<Answer, 'no'>; readonly name: string; readonly at: Assignment };

/**
 * Whether a unit with `PrivateNetwork=yes` finds a namespace that is there already: one of a unit that it joins, that has the setting too and
 * stays up. A unit that ends takes its namespace with it.
 */
export function joinedNamespace(unit: Unit, units: Units): JoinedNamespace {
  let unknown: JoinedNamespace = { answer: 'no' };
  for (const at of unit.values('Unit', 'JoinsNamespaceOf')) {
    for (const name of at.value.text.split(/[ \t]+/)) {
      const other = units.find(name, unit);
      const setting = other?.boolean('Service', 'PrivateNetwork');
      if (
        other === undefined ||
        (other.fragment === undefined && setting?.value !== false) ||
        (setting?.value === undefined && setting !== undefined)
      ) {
        unknown = { answer: 'unknown', name, at };
      } else if (other !== unit && setting?.value === true && !other.masked && staysUp(other)) {
        return { answer: 'yes', name, at };
      }
    }
  }
  return unknown;
}

/** A timer starts a daemon once; a job that is started once and is over has no namespace to share. */
function staysUp(unit: Unit): boolean {
  if (!isStartedAgain(unit)) return true;
  const type = unit.text('Service', 'Type');
  return (
    type !== 'oneshot' &&
    unit.values('Service', 'ExecStart').some(({ value }) => /\bsleep\s+infinity\b|\bpause\b/.test(value.text))
  );
}
