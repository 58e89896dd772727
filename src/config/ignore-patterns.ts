/** Patterns as in `.gitignore`. The library makes regular expressions of them, and they come with the tree that is read. */

/** More of these in one pattern could make a match take as long as it takes to try every way to share a path among them. */
const mostWildcards = 3;

/** Whether a pattern can be tried on any path without going back very many times. */
export function isTame(pattern: string): boolean {
  return count(pattern, /\*\*/g) <= mostWildcards && count(pattern, /[\]?]\*/g) <= mostWildcards;
}

/** An ignore file without the patterns that nobody writes for a good reason. */
export function tamePatterns(text: string): string {
  return text
    .split('\n')
    .filter((line) => isTame(line))
    .join('\n');
}

function count(text: string, what: RegExp): number {
  return [...text.matchAll(what)].length;
}
