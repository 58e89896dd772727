/** A look at a text before it is parsed. */

/** A word, which is found fast, and what must stand in the text besides, in any place. */
export type Sign = readonly [word: string, ...others: (string | RegExp)[]];

/**
 * Makes a test whether all parts of some sign stand in a text. One pass over a text that has the word of none; the next question about
 * the same text costs nothing. Words of ASCII are found in the bytes of a text as characters, too.
 *
 * @param signs their patterns are neither global nor sticky
 */
export function textSearch(signs: readonly Sign[]): (text: string) => boolean {
  const longestFirst = [...new Set(signs.map(([word]) => word))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((word) => word.replace(/[.\\+*?^$()[\]{}|]/g, '\\$&')).join('|'), 'g');
  const search = (text: string): boolean => {
    const seen = new Set<string>();
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const [found] = match;
      pattern.lastIndex = match.index + 1;
      if (seen.has(found)) continue;
      seen.add(found);
      // A word may be in another: who finds one has found both.
      if (signs.some(([word, ...others]) => found.includes(word) && others.every((other) => has(text, other))))
        return true;
    }
    return false;
  };
  let last: { readonly text: string; readonly found: boolean } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, found: search(text) };
    return last.found;
  };
}

function has(text: string, other: string | RegExp): boolean {
  return typeof other === 'string' ? text.includes(other) : other.test(text);
}
