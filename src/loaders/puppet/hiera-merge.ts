/** Hiera's merge behaviours: what a key is when more than one data file has it. */
import { literalText } from '../../core/template.ts';
import { elementsOf, literalOf, type Alternative, type HashItem, type PuppetValue } from './evaluated.ts';
import { knownText, unite } from './values.ts';

/** `first` takes what the highest file says, the others join what all say. */
export interface Merge {
  readonly strategy: 'first' | 'unique' | 'hash' | 'deep';
  /** What begins with it takes values of lower files away. */
  readonly knockoutPrefix: string | undefined;
}

export const firstFound: Merge = { strategy: 'first', knockoutPrefix: undefined };

/** `'deep'`, or `{ strategy => 'deep', knockout_prefix => '--' }`; `undefined` if it is not known. */
export function mergeOf(value: PuppetValue | undefined): Merge | undefined {
  const [only] = value ?? [];
  if (value === undefined || value.length !== 1 || only === undefined) return undefined;
  const strategy = only.type === 'hash' ? literalOf(only.entries.get('strategy')?.value) : knownText(only);
  switch (strategy) {
    case 'first':
    case 'unique':
    case 'hash':
    case 'deep': {
      const prefix = only.type === 'hash' ? only.entries.get('knockout_prefix')?.value : undefined;
      return { strategy, knockoutPrefix: prefix === undefined ? undefined : (literalOf(prefix) ?? '') };
    }
    default:
      return undefined;
  }
}

/** How a key is to be merged, by what the data holds under `lookup_options`: its own name goes before patterns. */
export function optionsFor(key: string, options: readonly PuppetValue[]): Merge {
  const hashes = options.flatMap((value) => value.filter((one) => one.type === 'hash'));
  const find = (matches: (name: string) => boolean): Merge | undefined => {
    for (const { entries } of hashes) {
      for (const [name, { value }] of entries) {
        const [only] = value;
        if (!matches(name) || value.length !== 1 || only?.type !== 'hash') continue;
        const merge = mergeOf(only.entries.get('merge')?.value);
        if (merge !== undefined) return merge;
      }
    }
    return undefined;
  };
  return find((name) => name === key) ?? find((name) => name.startsWith('^') && isMatch(name, key)) ?? firstFound;
}

/** A pattern that could take very long on a long key matches nothing. */
function isMatch(pattern: string, key: string): boolean {
  if (/\)[*+?{]|[*+?][*+]|\{|\\[1-9]/.test(pattern) || (pattern.match(/[*+]/g) ?? []).length > 3) return false;
  try {
    return new RegExp(pattern).test(key);
  } catch {
    return false;
  }
}

/**
 * What a key may be. Which files a node has is not known, so what is joined may lack a part, and of several values under one key of a
 * hash each is possible.
 *
 * @param values of the files, the highest first; none is unknown
 * @returns `undefined` if it is not known
 */
export function mergeValues(
  values: readonly PuppetValue[],
  { strategy, knockoutPrefix }: Merge,
): readonly PuppetValue[] | undefined {
  if (strategy === 'first' || values.length === 0) return values;
  if (knockoutPrefix !== undefined && values.some((value) => mayKnockOut(value, knockoutPrefix))) return undefined;
  if (strategy === 'unique') return [joinArrays(values)];
  const [first, ...others] = values;
  if (first === undefined || others.length === 0) return values;
  const merged = others.reduce<PuppetValue | undefined>(
    (sum, value) => (sum === undefined ? undefined : mergeTwo(sum, value, strategy === 'deep', 0)),
    first,
  );
  return merged === undefined ? undefined : [merged];
}

function joinArrays(values: readonly PuppetValue[]): PuppetValue {
  const elements: PuppetValue[] = [];
  const seen = new Set<string>();
  let open = values.length > 1;
  const add = (value: PuppetValue, depth: number) => {
    const [only] = value;
    if (value.length === 1 && only?.type === 'array' && depth < 20) {
      open ||= only.open;
      for (const element of only.elements) add(element, depth + 1);
      return;
    }
    const text = value.length === 1 ? knownText(only) : undefined;
    if (text !== undefined && seen.has(text)) return;
    if (text !== undefined) seen.add(text);
    elements.push(value);
  };
  for (const value of values) add(value, 0);
  return [{ type: 'array', elements, open }];
}

/** The higher value goes before the lower one, which a node without the higher file has. */
function mergeTwo(high: PuppetValue, low: PuppetValue, isDeep: boolean, depth: number): PuppetValue | undefined {
  const [one] = high;
  const [other] = low;
  const areSingle = high.length === 1 && low.length === 1;
  if (areSingle && one?.type === 'hash' && other?.type === 'hash' && depth < 20) {
    const entries = new Map<string, HashItem>(one.entries);
    for (const [key, item] of other.entries) {
      const known = entries.get(key);
      if (known === undefined) entries.set(key, item);
      else {
        const value = isDeep ? mergeTwo(known.value, item.value, isDeep, depth + 1) : unite([known.value, item.value]);
        if (value === undefined) return undefined;
        entries.set(key, { key: known.key, value });
      }
    }
    return [{ type: 'hash', entries, open: one.open || other.open }];
  }
  if (isDeep && areSingle && one?.type === 'array' && other?.type === 'array') return joinArrays([high, low]);
  return unite([high, low]);
}

/** Whether some text in a value begins with the prefix, or may. */
function mayKnockOut(value: PuppetValue, prefix: string): boolean {
  return value.some((one: Alternative): boolean => {
    switch (one.type) {
      case 'string': {
        const text = literalText(one.text);
        return text === undefined ? one.text.holes[0]?.at === 0 : text.startsWith(prefix);
      }
      case 'array':
        return elementsOf([one]).some((element) => mayKnockOut(element, prefix));
      case 'hash':
        return [...one.entries].some(([key, item]) => key.startsWith(prefix) || mayKnockOut(item.value, prefix));
      default:
        return one.type === 'unknown';
    }
  });
}
