/** The known name that is nearest to a misspelt one; `undefined` if none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const lowerCase = name.toLowerCase();
  const best = known
    .filter((each) => Math.abs(each.length - name.length) <= name.length / 2)
    .map((each) => ({ each, far: distance(each.toLowerCase(), lowerCase) }))
    .sort((a, b) => a.far - b.far)[0];
  return best !== undefined && best.far <= Math.max(1, name.length / 3) ? best.each : undefined;
}

/** Levenshtein's: how many characters must be put in, taken out or changed. Long names are compared by their beginnings. */
function distance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 100), b.slice(0, 100)];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
