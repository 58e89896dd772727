/** A look at a text before it is parsed. */

/** A word, which is found fast, and what must stand in the text besides, in any place. */
export type Sign = readonly [word: string, ...others: (string | RegExp)[]];

/**
 * Makes a test whether all parts of some sign stand in a text. One pass over a text that has the word of none, and one more for all other
 * words of the signs that begin with it; the next question about the same text costs nothing. Words of ASCII are found in the bytes of a
 * text as characters, too.
 *
 * @param signs their patterns are neither global nor sticky
 */
export function textSearch(signs: readonly Sign[]): (text: string) => boolean {
  const search = topicSearch({ it: signs });
  return (text) => search(text).has('it');
}

/** As `textSearch`, for several topics in the same pass. Gives those that some sign of stands in the text. */
export function topicSearch<Topic extends string>(
  signs: Readonly<Record<Topic, readonly Sign[]>>,
): (text: string) => ReadonlySet<Topic> {
  const topics = Object.entries<readonly Sign[]>(signs) as [Topic, readonly Sign[]][];
  const first = anyOf(topics.flatMap(([, own]) => own.map(([word]) => word)));
  const rests = new Map<string, readonly (readonly [Topic, (text: string) => boolean])[]>();
  // A word may be in another: who finds one has found both.
  const restsOf = (found: string) =>
    topics.flatMap(([topic, own]) => {
      const begun = own.filter(([word]) => found.includes(word));
      return begun.length === 0 ? [] : [[topic, restSearch(begun)] as const];
    });
  let last: { readonly text: string; readonly there: ReadonlySet<Topic> } | undefined;
  return (text) => {
    if (last?.text === text) return last.there;
    const there = new Set<Topic>();
    someWord(text, first, (found) => {
      let own = rests.get(found);
      if (own === undefined) rests.set(found, (own = restsOf(found)));
      for (const [topic, rest] of own) if (!there.has(topic) && rest(text)) there.add(topic);
      return there.size === topics.length;
    });
    last = { text, there };
    return there;
  };
}

/** Makes a test for all but the first part of some sign. */
function restSearch(signs: readonly Sign[]): (text: string) => boolean {
  const parts = signs.map(([, ...others]) => ({
    words: others.filter((other) => typeof other === 'string'),
    patterns: others.filter((other) => typeof other !== 'string'),
  }));
  const words = parts.flatMap((each) => each.words);
  const pattern = words.length === 0 ? undefined : anyOf(words);
  return (text) => {
    const seen: string[] = [];
    const isThere = ({ words: wanted, patterns }: (typeof parts)[number]): boolean =>
      wanted.every((word) => seen.some((found) => found.includes(word))) && patterns.every((each) => each.test(text));
    if (parts.some(isThere)) return true;
    if (pattern === undefined) return false;
    return someWord(text, pattern, (found) => {
      seen.push(found);
      return parts.some((each) => each.words.length > 0 && isThere(each));
    });
  };
}

/** Whether something holds of a word that a pattern finds; each is asked for once. */
function someWord(text: string, pattern: RegExp, holds: (word: string) => boolean): boolean {
  const seen = new Set<string>();
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [found] = match;
    pattern.lastIndex = match.index + 1;
    if (seen.has(found)) continue;
    seen.add(found);
    if (holds(found)) return true;
  }
  return false;
}

/** Finds each of the words, the longest of those that begin at a place. */
function anyOf(words: readonly string[]): RegExp {
  const longestFirst = [...new Set(words)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((word) => word.replace(/[.\\+*?^$()[\]{}|]/g, '\\$&')).join('|'), 'g');
}
