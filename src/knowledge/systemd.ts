import data from './systemd-directives.json' with { type: 'json' };

/** Newest version whose behaviour was measured. */
export const newestSystemd = 262;

/**
 * What an empty assignment does: `resets` to the default or empties the list; `ignored`: the old value stays; `fatal`: the unit
 * does not load; `varies`: the versions between the two that were measured differ, or the version is not known and they do.
 */
export type EmptyEffect = 'resets' | 'ignored' | 'fatal' | 'varies';

type Effects = Readonly<Record<string, readonly string[] | undefined>>;

const effectsBySection: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(data.emptyAssignment as Readonly<Record<string, Effects>>).map(([section, effects]) => [
    section,
    new Map(Object.entries(effects).flatMap(([effect, keys]) => (keys ?? []).map((key) => [key, effect] as const))),
  ]),
);

const dependencies: ReadonlySet<string> = new Set(data.dependencies);

/** `Key=` without a value in a section. @param version of systemd; any when it is not known */
export function emptyEffect(section: string, key: string, version?: number): EmptyEffect {
  const effect = effectsBySection.get(section)?.get(key);
  if (effect === undefined) return 'resets';
  const [old = '', recent = old] = effect.split(' ');
  if (old === '-' || recent === '-') return old === '-' ? (recent as EmptyEffect) : (old as EmptyEffect);
  if (version !== undefined && version <= 252) return old as EmptyEffect;
  if (version !== undefined && version >= newestSystemd) return recent as EmptyEffect;
  return old === recent ? (old as EmptyEffect) : 'varies';
}

/** Whether a key of `[Unit]` is a dependency: those only add up, and nothing takes them away again. */
export function isDependency(section: string, key: string): boolean {
  return section === 'Unit' && dependencies.has(key);
}

const groups = data.resetTogether.map(({ section, keys }) => ({ section, keys: new RegExp(`^(?:${keys})$`) }));

/** Whether an empty assignment to `emptied` also empties `key`: itself, or one of its group (all `On*=` of a timer). */
export function resetsAlso(section: string, emptied: string, key: string): boolean {
  if (emptied === key) return true;
  return groups.some((group) => group.section === section && group.keys.test(emptied) && group.keys.test(key));
}

/** What a setting must hold, or systemd refuses the whole unit; `undefined`: a bad value is only ignored. */
export function fatalUnless(key: string): keyof typeof data.fatalValues | undefined {
  const kinds = ['boolean', 'absolutePath', 'name'] as const;
  return kinds.find((kind) => data.fatalValues[kind].includes(key));
}
