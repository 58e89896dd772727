import type { Fact } from '../../../src/core/fact.ts';
import { loader } from '../../../src/loaders/systemd/index.ts';
import type { Unit, Units } from '../../../src/model/units.ts';
import { createUnits } from '../../../src/model/units.ts';

/** Facts of files by their paths; `.conf` files are drop-ins. */
export function factsOf(files: Readonly<Record<string, string>>): readonly Fact[] {
  return Object.entries(files).flatMap(([path, text]) =>
    loader.facts({ path, kind: path.endsWith('.conf') ? 'drop-in' : 'unit', text }),
  );
}

export function unitsOf(files: Readonly<Record<string, string>>, systemdVersion?: number): Units {
  return createUnits(factsOf(files), systemdVersion);
}

/** The unit of that name. Throws when there is none. */
export function unitOf(files: Readonly<Record<string, string>>, name: string, systemdVersion?: number): Unit {
  const unit = unitsOf(files, systemdVersion).find(name);
  if (unit === undefined) throw new Error(`There is no '${name}'.`);
  return unit;
}
