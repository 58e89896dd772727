/**
 * Whether a path fits a glob: `*` stands for any part of a name, `**` as a whole name for any number of folders. Patterns
 * come from the files that are read, so no regular expression is made of them: the work is at most the product of both lengths.
 */
export function matchesGlob(glob: string, path: string): boolean {
  return matchesSequence(
    glob.split('/'),
    path.split('/'),
    (part) => part === '**',
    (part, name) => matchesSequence(Array.from(part), Array.from(name), (letter) => letter === '*', Object.is),
  );
}

/** Goes on from the last wildcard where something does not fit; the ones before it never have to be tried again. */
function matchesSequence(
  pattern: readonly string[],
  items: readonly string[],
  isWildcard: (part: string) => boolean,
  fits: (part: string, item: string) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  let wildcard = -1;
  let taken = 0;
  while (next < items.length) {
    const part = pattern[at];
    if (part !== undefined && isWildcard(part)) {
      wildcard = at++;
      taken = next;
    } else if (part !== undefined && fits(part, items[next] ?? '')) {
      at++;
      next++;
    } else if (wildcard >= 0) {
      at = wildcard + 1;
      next = ++taken;
    } else return false;
  }
  while (at < pattern.length && isWildcard(pattern[at] ?? '')) at++;
  return at === pattern.length;
}
