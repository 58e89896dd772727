/** Versions of packages and programs, compared by their leading numbers. */

/** The numbers of a version, most significant first; never empty. */
export type Version = readonly number[];

/**
 * The leading numbers of a version as a person, a package manager or a program writes it: `v1.19.3`, `1.19.3-0`,
 * `3:19.03.13-3.el7` (the epoch is dropped), `18.06.3~ce~3-0~ubuntu`. `undefined` if it does not begin with a number.
 */
export function parseVersion(text: string): Version | undefined {
  const match = /^(?:\d{1,4}:)?v?(\d{1,15}(?:\.\d{1,15}){0,9})/.exec(text.trim());
  return match?.[1] === undefined ? undefined : numbers(match[1]);
}

/** Numbers between points: `1160.24.1`. */
export function numbers(text: string): Version {
  return text.split('.').map(Number);
}

/** Negative, zero or positive, as for `sort`. A missing number counts as 0. */
export function compareVersions(a: Version, b: Version): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a version lies in a range whose ends belong to it; an open end is `undefined`. An end says nothing of the
 * numbers that it does not have: 1.13.9 lies in 1.8 .. 1.13.
 */
export function isInRange(version: Version, from: Version | undefined, to: Version | undefined): boolean {
  return (
    (from === undefined || compareVersions(version.slice(0, from.length), from) >= 0) &&
    (to === undefined || compareVersions(version.slice(0, to.length), to) <= 0)
  );
}
