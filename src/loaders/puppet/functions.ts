/** Functions of Puppet and stdlib whose value depends on nothing but their arguments. */
import { HOLE, literalText, type Template } from '../../core/template.ts';
import { compareVersions, parseVersion } from '../../core/version.ts';
import { plainText, type Alternative, type HashItem, type PuppetValue } from './evaluated.ts';
import { booleanOf, combine, concat, interpolated, knownText, mapKnown, numberOf, stringOf, unite } from './values.ts';

/** Arguments that are not given are `undefined`. */
type Pure = (...values: readonly (Alternative | undefined)[]) => Alternative | undefined;

/** The value of a function; `undefined` if it is no such function, or if what it gives is not known. */
export function pureFunction(written: string, values: readonly PuppetValue[]): PuppetValue | undefined {
  const name = written.replace(/^stdlib::/, '');
  switch (name) {
    case 'pick':
    case 'pick_default':
      return pick(values);
    case 'unwrap':
      return values[0]?.flatMap((one) => (one.type === 'sensitive' ? one.value : [one]));
    case 'Sensitive':
      return values[0] === undefined ? undefined : [{ type: 'sensitive', value: values[0] }];
    case 'flatten':
    case 'concat':
      return flatten(name, values);
    case 'any2array':
    case 'Array':
      return values.length === 1 && values[0]?.every(({ type }) => type === 'array')
        ? values[0]
        : [{ type: 'array', elements: values, open: false }];
    default:
  }
  const pure = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const combinations = pure === undefined ? undefined : combine(values);
  if (pure === undefined || combinations === undefined) return undefined;
  const made = combinations.map((one) => pure(...one));
  return made.includes(undefined) ? undefined : unite(made.filter((one) => one !== undefined).map((one) => [one]));
}

/** The first argument that is neither undefined nor empty. */
function pick(values: readonly PuppetValue[]): PuppetValue | undefined {
  const found: PuppetValue[] = [];
  for (const value of values) {
    const set = value.filter((one) => one.type !== 'undef' && !(one.type === 'string' && one.text.text === ''));
    if (set.length > 0) found.push(set);
    if (set.length === value.length && !value.some(({ type }) => type === 'unknown')) break;
  }
  return unite(found);
}

function flatten(name: string, values: readonly PuppetValue[]): PuppetValue | undefined {
  const elements: PuppetValue[] = [];
  let open = false;
  const add = (value: PuppetValue, depth: number) => {
    const [only] = value;
    if (value.length === 1 && only?.type === 'array' && depth > 0) {
      open ||= only.open;
      for (const element of only.elements) add(element, name === 'flatten' ? depth - 1 : 0);
    } else if (value.some(({ type }) => type === 'unknown' || type === 'array')) {
      open = true;
    } else elements.push(value);
  };
  for (const value of values) add(value, 20);
  return [{ type: 'array', elements, open }];
}

/** A function of one text that leaves what is not known as it is. */
function ofText(change: (text: string) => string): Pure {
  return (one) => {
    if (one?.type === 'array') {
      const elements = one.elements.map((element) => pureMap(element, change));
      return elements.includes(undefined)
        ? undefined
        : { ...one, elements: elements.filter((each) => each !== undefined) };
    }
    return one === undefined ? undefined : pureMap([one], change)?.[0];
  };
}

function pureMap(value: PuppetValue, change: (text: string) => string): PuppetValue | undefined {
  const made = value.map((one): Alternative | undefined =>
    one.type === 'string' ? { type: 'string', text: mapKnown(one.text, change) } : undefined,
  );
  return made.includes(undefined) ? undefined : made.filter((one) => one !== undefined);
}

/** A text that is changed at its ends: what is not known there may be changed too. */
function atEnds(change: (text: string) => string): Pure {
  return (one) => {
    const text = knownText(one);
    return text === undefined ? undefined : stringOf(change(text));
  };
}

/** The text of a value in a string; `undefined` if it has none. */
function textIn(value: PuppetValue | undefined): Template | undefined {
  const [only] = value ?? [];
  return value?.length === 1 && only !== undefined ? interpolated(only) : undefined;
}

function join(list: Alternative | undefined, separator: Alternative | undefined): Alternative | undefined {
  const between = separator === undefined ? '' : knownText(separator);
  if (list?.type !== 'array' || between === undefined) return undefined;
  const pieces: (string | Template)[] = [];
  for (const element of list.elements) {
    const text = textIn(element);
    if (text === undefined) return undefined;
    if (pieces.length > 0) pieces.push(between);
    pieces.push(text);
  }
  if (list.open) pieces.push(holeText('...'));
  return { type: 'string', text: concat(pieces) };
}

function holeText(label: string): Template {
  return {
    file: '',
    text: HOLE,
    holes: [{ at: 0, label }],
    segments: [{ at: 0, length: 1, source: 0, sourceLength: 0 }],
    source: 0,
  };
}

/** `sprintf('%s/%03d', ...)`: what is not known of an argument stays a hole; other formats than these are not followed. */
function format(
  pattern: Alternative | undefined,
  ...values: readonly (Alternative | undefined)[]
): Alternative | undefined {
  const text = knownText(pattern);
  if (text === undefined) return undefined;
  const pieces: (string | Template)[] = [];
  let next = 0;
  let done = 0;
  for (const match of text.matchAll(/%(%|(0?)(\d{0,3})([sd]))/g)) {
    pieces.push(text.slice(done, match.index));
    done = match.index + match[0].length;
    if (match[1] === '%') {
      pieces.push('%');
      continue;
    }
    const value = values[next++];
    const argument = value === undefined ? undefined : interpolated(value);
    if (argument === undefined) return undefined;
    const width = Number(match[3] ?? 0);
    const known = literalText(argument);
    if (width > 0 && known === undefined) return undefined;
    pieces.push(width > 0 && known !== undefined ? known.padStart(width, match[2] === '0' ? '0' : ' ') : argument);
  }
  const rest = text.slice(done);
  if (rest.includes('%')) return undefined;
  return { type: 'string', text: concat([...pieces, rest]) };
}

/** Words for a shell: quoted where they have to be. */
function shellWords(values: readonly Alternative[]): Alternative | undefined {
  const words = values.flatMap((one) => (one.type === 'array' ? one.elements : [[one]]));
  const pieces: (string | Template)[] = [];
  for (const word of words) {
    const text = textIn(word);
    if (text === undefined) return undefined;
    if (pieces.length > 0) pieces.push(' ');
    // A hole stands for a quoted word.
    if (text.text !== '' && /^[A-Za-z0-9_\-.,:/@=+\uE000]+$/.test(text.text)) pieces.push(text);
    else pieces.push("'", text.holes.length === 0 ? plainText(text.text.replaceAll("'", "'\\''")) : text, "'");
  }
  return { type: 'string', text: concat(pieces) };
}

function mergeHashes(values: readonly Alternative[]): Alternative | undefined {
  const entries = new Map<string, HashItem>();
  let open = false;
  for (const value of values) {
    if (value.type === 'hash') {
      for (const [key, item] of value.entries) entries.set(key, item);
      open ||= value.open;
    } else if (value.type !== 'undef' && !(value.type === 'string' && value.text.text === '')) open = true;
  }
  return { type: 'hash', entries, open };
}

/** Only patterns of plain characters and simple classes: those of a hostile manifest must not take for ever. */
function substitute(
  text: Alternative | undefined,
  pattern: Alternative | undefined,
  by: Alternative | undefined,
  flags?: Alternative,
): Alternative | undefined {
  const [from, to, how] = [knownText(text), knownText(by), flags === undefined ? '' : knownText(flags)];
  const source = pattern?.type === 'regex' ? pattern.pattern : knownText(pattern);
  if (from === undefined || to === undefined || source === undefined || how === undefined) return undefined;
  if (from.length > 1000 || /[({]|\\[1-9zAZ]|[*+?][*+?]/.test(source) || (source.match(/[*+]/g) ?? []).length > 1)
    return undefined;
  if (/[^GI]/.test(how)) return undefined;
  try {
    const expression = new RegExp(source, (how.includes('G') ? 'g' : '') + (how.includes('I') ? 'i' : ''));
    return /\\/.test(to) ? undefined : stringOf(from.replace(expression, () => to));
  } catch {
    return undefined;
  }
}

function split(text: Alternative | undefined, by: Alternative | undefined): Alternative | undefined {
  const known = knownText(text);
  const pattern = by?.type === 'regex' ? by.pattern : knownText(by);
  if (known === undefined || pattern === undefined || known.length > 10_000) return undefined;
  const plain = pattern.replace(/^\\(?=[^\w])|^\[(.)\]$/, '$1');
  const parts = /^(?:\\s\+?|\s\+?)$/.test(pattern)
    ? known.split(pattern.endsWith('+') ? /(?<!\s)\s+/ : /\s/)
    : /^[^\\^$.|?*+()[{]+$/.test(plain) || plain.length === 1
      ? known.split(plain)
      : undefined;
  return parts === undefined
    ? undefined
    : { type: 'array', elements: parts.map((part) => [stringOf(part)]), open: false };
}

function isEmpty(one: Alternative | undefined): Alternative | undefined {
  if (one?.type === 'undef') return booleanOf(true);
  if (one?.type === 'array') return one.elements.length > 0 ? booleanOf(false) : one.open ? undefined : booleanOf(true);
  if (one?.type === 'hash') return one.entries.size > 0 ? booleanOf(false) : one.open ? undefined : booleanOf(true);
  const text = knownText(one);
  return text === undefined ? undefined : booleanOf(text === '');
}

function lengthOf(one: Alternative | undefined): Alternative | undefined {
  if (one?.type === 'array') return one.open ? undefined : numberOf(one.elements.length);
  if (one?.type === 'hash') return one.open ? undefined : numberOf(one.entries.size);
  const text = knownText(one);
  return text === undefined ? undefined : numberOf(text.length);
}

function unique(one: Alternative | undefined): Alternative | undefined {
  if (one?.type !== 'array') return undefined;
  const seen = new Set<string>();
  return {
    ...one,
    elements: one.elements.filter((element) => {
      const text = element.length === 1 ? knownText(element[0]) : undefined;
      if (text === undefined) return true;
      const isNew = !seen.has(text);
      seen.add(text);
      return isNew;
    }),
  };
}

function toInteger(one: Alternative | undefined): Alternative | undefined {
  if (one?.type === 'number') return numberOf(Math.trunc(one.value));
  const text = knownText(one);
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? numberOf(Number(text)) : undefined;
}

function toText(one: Alternative | undefined): Alternative | undefined {
  const text = one === undefined ? undefined : interpolated(one);
  return text === undefined ? undefined : { type: 'string', text };
}

function lastPart(separator: string, keep: 'first' | 'last'): Pure {
  return (one) => {
    const text = knownText(one);
    if (text === undefined) return undefined;
    const at = text.lastIndexOf(separator);
    if (keep === 'last') return stringOf(text.slice(at + 1));
    return stringOf(at < 0 ? '.' : at === 0 ? '/' : text.slice(0, at));
  };
}

const functions: Readonly<Record<string, Pure>> = {
  downcase: ofText((text) => text.toLowerCase()),
  upcase: ofText((text) => text.toUpperCase()),
  capitalize: atEnds((text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()),
  strip: atEnds((text) => text.trim()),
  lstrip: atEnds((text) => text.trimStart()),
  rstrip: atEnds((text) => text.trimEnd()),
  chomp: atEnds((text) => text.replace(/\r?\n$/, '')),
  chop: atEnds((text) => text.slice(0, -1)),
  basename: lastPart('/', 'last'),
  dirname: lastPart('/', 'first'),
  join,
  sprintf: format,
  split,
  regsubst: substitute,
  merge: (...values) => mergeHashes(values.filter((one) => one !== undefined)),
  deep_merge: (...values) => mergeHashes(values.filter((one) => one !== undefined)),
  shellquote: (...values) => shellWords(values.filter((one) => one !== undefined)),
  shell_join: (...values) => shellWords(values.filter((one) => one !== undefined)),
  shell_escape: (...values) => shellWords(values.filter((one) => one !== undefined)),
  batch_escape: (...values) => shellWords(values.filter((one) => one !== undefined)),
  String: toText,
  Integer: toInteger,
  Numeric: toInteger,
  Boolean: (one) => {
    const text = knownText(one);
    return text === undefined || !/^(?:true|false)$/i.test(text) ? undefined : booleanOf(/^true$/i.test(text));
  },
  bool2str: (one, yes, no) =>
    one?.type === 'boolean' ? (one.value ? (yes ?? stringOf('true')) : (no ?? stringOf('false'))) : undefined,
  str2bool: (one) => {
    const text = knownText(one);
    if (text === undefined) return undefined;
    return /^(?:1|t|y|true|yes)$/i.test(text)
      ? booleanOf(true)
      : /^(?:|0|f|n|false|no|undef|undefined)$/i.test(text)
        ? booleanOf(false)
        : undefined;
  },
  bool2num: (one) => (one?.type === 'boolean' ? numberOf(one.value ? 1 : 0) : undefined),
  empty: isEmpty,
  length: lengthOf,
  size: lengthOf,
  unique,
  keys: (one) =>
    one?.type === 'hash'
      ? {
          type: 'array',
          elements: [...one.entries.values()].map(({ key }) => [{ type: 'string', text: key }]),
          open: one.open,
        }
      : undefined,
  values: (one) =>
    one?.type === 'hash'
      ? { type: 'array', elements: [...one.entries.values()].map(({ value }) => value), open: one.open }
      : undefined,
  prefix: (list, text) => affix(list, (element) => (text === undefined ? undefined : [interpolated(text), element])),
  suffix: (list, text) => affix(list, (element) => (text === undefined ? undefined : [element, interpolated(text)])),
  sort: (one) => one,
  delete_undef_values: (one) =>
    one?.type === 'array'
      ? { ...one, elements: one.elements.filter((element) => element.some(({ type }) => type !== 'undef')) }
      : one?.type === 'hash'
        ? {
            ...one,
            entries: new Map([...one.entries].filter(([, { value }]) => value.some(({ type }) => type !== 'undef'))),
          }
        : undefined,
  has_key: (one, key) => {
    const text = knownText(key);
    return one?.type !== 'hash' || text === undefined
      ? undefined
      : one.entries.has(text)
        ? booleanOf(true)
        : one.open
          ? undefined
          : booleanOf(false);
  },
  member: (one, wanted) => {
    const text = knownText(wanted);
    if (one?.type !== 'array' || one.open || text === undefined) return undefined;
    const all = one.elements.map((element) => (element.length === 1 ? knownText(element[0]) : undefined));
    return all.includes(text) ? booleanOf(true) : all.includes(undefined) ? undefined : booleanOf(false);
  },
  versioncmp: (one, other) => {
    const [left, right] = [knownText(one), knownText(other)];
    const [first, second] = [parseVersion(left ?? ''), parseVersion(right ?? '')];
    return first === undefined || second === undefined
      ? undefined
      : numberOf(Math.sign(compareVersions(first, second)));
  },
  ensure: (one, type) => {
    const set =
      one?.type === 'boolean'
        ? one.value
        : knownText(one) === 'present'
          ? true
          : knownText(one) === 'absent'
            ? false
            : undefined;
    if (set === undefined) return undefined;
    const what = type === undefined ? undefined : knownText(type);
    if (!set) return stringOf(what === 'service' ? 'stopped' : 'absent');
    return stringOf(
      what === 'service'
        ? 'running'
        : what !== undefined && ['file', 'directory', 'link'].includes(what)
          ? what
          : 'present',
    );
  },
};

function affix(
  list: Alternative | undefined,
  around: (element: Template) => readonly (Template | undefined)[] | undefined,
): Alternative | undefined {
  if (list?.type !== 'array') return undefined;
  const elements = list.elements.map((element): PuppetValue | undefined => {
    const text = textIn(element);
    const pieces = text === undefined ? undefined : around(text);
    if (pieces === undefined || pieces.includes(undefined)) return undefined;
    return [{ type: 'string', text: concat(pieces.filter((piece) => piece !== undefined)) }];
  });
  return elements.includes(undefined)
    ? undefined
    : { ...list, elements: elements.filter((element) => element !== undefined) };
}
