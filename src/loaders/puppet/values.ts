/** Sets of alternatives: put together, compared, made from and into texts. */
import {
  displayText,
  HOLE,
  literalText,
  spanOf,
  TemplateBuilder,
  type Answer,
  type Template,
} from '../../core/template.ts';
import type { Span } from '../../core/span.ts';
import {
  maximumAlternatives,
  placeText,
  plainText,
  textOfAlternative,
  type Alternative,
  type PuppetValue,
} from './evaluated.ts';

/** Of arrays and hashes fewer are followed: each has alternatives of its own. */
const maximumCollections = 8;

/** All alternatives of several values, without those that are the same; `undefined` if they are too many to follow. */
export function unite(values: readonly PuppetValue[]): PuppetValue | undefined {
  const [only] = values;
  if (only !== undefined && values.length === 1) return only;
  const seen = new Set<string>();
  const united: Alternative[] = [];
  for (const value of values) {
    for (const one of value) {
      const key = keyOf(one);
      if (key !== undefined) {
        if (seen.has(key)) continue;
        seen.add(key);
      }
      united.push(one);
    }
  }
  const collections = united.filter(({ type }) => type === 'array' || type === 'hash').length;
  if (collections > maximumCollections || united.length > maximumAlternatives) return undefined;
  return united.length === 0 ? undefined : united;
}

function keyOf(one: Alternative): string | undefined {
  switch (one.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'unknown':
      return `${one.type} ${displayText(one.text)}`;
    case 'undef':
    case 'default':
      return one.type;
    default:
      return undefined;
  }
}

/** Every combination of the alternatives of several values; `undefined` if they are too many to follow. */
export function combine(values: readonly PuppetValue[]): readonly (readonly Alternative[])[] | undefined {
  let combinations: (readonly Alternative[])[] = [[]];
  if (values.every(({ length }) => length === 1)) return [values.flat()];
  for (const value of values) {
    if (combinations.length * value.length > maximumAlternatives) return undefined;
    combinations = combinations.flatMap((before) => value.map((one) => [...before, one]));
  }
  return combinations;
}

const weights = new WeakMap<Alternative, number>();

/** How much a value holds, written out: characters and elements. What several places share counts in each of them. */
export function weightOf(value: PuppetValue): number {
  let sum = 0;
  for (const one of value) sum += weightOfOne(one);
  return sum;
}

function weightOfOne(one: Alternative): number {
  if ('text' in one) return 1 + one.text.text.length;
  if (one.type !== 'array' && one.type !== 'hash' && one.type !== 'sensitive' && one.type !== 'reference') return 1;
  const known = weights.get(one);
  if (known !== undefined) return known;
  const parts =
    one.type === 'array'
      ? one.elements
      : one.type === 'hash'
        ? [...one.entries.values()].map((item) => item.value)
        : one.type === 'sensitive'
          ? [one.value]
          : one.titles;
  const weight = parts.reduce((sum, part) => sum + weightOf(part), 1);
  weights.set(one, weight);
  return weight;
}

/** The text that an alternative has in a string; `undefined` for what has none that is known. */
export function interpolated(one: Alternative): Template | undefined {
  if (one.type === 'undef') return plainText('');
  return one.type === 'string' || one.type === 'number' || one.type === 'boolean' || one.type === 'unknown'
    ? one.text
    : undefined;
}

/** Texts and templates one after the other, as a text of no file. */
export function concat(pieces: readonly (string | Template)[]): Template {
  const nowhere: Span = { file: '', start: 0, end: 0 };
  const builder = new TemplateBuilder('', 0);
  for (const piece of pieces) builder.append(typeof piece === 'string' ? plainText(piece) : placeText(piece, nowhere));
  return builder.build();
}

/** What functions made out of nothing points to their call. */
export function placed(value: PuppetValue, span: Span): PuppetValue {
  return value.map((one): Alternative => {
    switch (one.type) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'unknown':
        return one.text.file === '' ? { ...one, text: placeText(one.text, span) } : one;
      case 'array':
        return { ...one, elements: one.elements.map((element) => placed(element, span)) };
      case 'hash':
        return {
          ...one,
          entries: new Map(
            [...one.entries].map(([key, item]) => [
              key,
              { key: item.key.file === '' ? placeText(item.key, span) : item.key, value: placed(item.value, span) },
            ]),
          ),
        };
      default:
        return one;
    }
  });
}

export function stringOf(text: string): Alternative {
  return { type: 'string', text: plainText(text) };
}

export function numberOf(value: number): Alternative {
  return { type: 'number', value, text: plainText(String(value)) };
}

export function booleanOf(value: boolean): Alternative {
  return { type: 'boolean', value, text: plainText(String(value)) };
}

/** An answer as a value. */
export function answerValue(answer: Answer): PuppetValue {
  if (answer === 'unknown') return [booleanOf(true), booleanOf(false)];
  return [booleanOf(answer === 'yes')];
}

/** The text of a string, number or boolean that is wholly known. */
export function knownText(one: Alternative | undefined): string | undefined {
  if (one === undefined || one.type === 'undef' || one.type === 'unknown') return undefined;
  const text = interpolated(one);
  return text === undefined ? undefined : literalText(text);
}

/** Only `undef` and `false` are false. */
export function truthOf(value: PuppetValue): Answer {
  return agreed(
    value.map((one) => {
      if (one.type === 'unknown') return 'unknown';
      return one.type === 'undef' || (one.type === 'boolean' && !one.value) ? 'no' : 'yes';
    }),
  );
}

/** Whether two values are equal, letters of either case the same. */
export function equalValues(left: PuppetValue, right: PuppetValue): Answer {
  return agreed(left.flatMap((one) => right.map((other) => equalAlternatives(one, other))));
}

/** One answer, if all are the same. */
export function agreed(answers: readonly Answer[]): Answer {
  const [first] = answers;
  return first !== undefined && answers.every((answer) => answer === first) ? first : 'unknown';
}

export function opposite(answer: Answer): Answer {
  return answer === 'unknown' ? answer : answer === 'yes' ? 'no' : 'yes';
}

function equalAlternatives(one: Alternative, other: Alternative): Answer {
  if (one.type === 'unknown' || other.type === 'unknown') return 'unknown';
  if (one.type === 'number' && other.type === 'number') return one.value === other.value ? 'yes' : 'no';
  const scalars = ['string', 'number', 'boolean', 'undef', 'default'];
  if (scalars.includes(one.type) && scalars.includes(other.type)) {
    const [left, right] = [knownText(one), knownText(other)];
    if (one.type === 'string' && other.type === 'string') {
      return left === undefined || right === undefined
        ? 'unknown'
        : left.toLowerCase() === right.toLowerCase()
          ? 'yes'
          : 'no';
    }
    if (one.type === other.type) return left === right ? 'yes' : 'no';
    // A string with a number in it is another value than the number, but old manifests mix them.
    return left !== undefined && left === right ? 'unknown' : 'no';
  }
  if (one.type !== other.type) return 'no';
  if (one.type === 'array' && other.type === 'array' && !one.open && !other.open) {
    if (one.elements.length !== other.elements.length) return 'no';
    return one.elements.length === 0 ? 'yes' : 'unknown';
  }
  return 'unknown';
}

/** Alternatives by which hole-free texts a value may be, for messages and keys; holes as they stand in the source. */
export function alternativeTexts(value: PuppetValue): readonly string[] {
  return value.map((one) => {
    const text = textOfAlternative(one);
    return text === undefined ? 'undef' : displayText(text);
  });
}

/** Applies a function that keeps a hole a hole to the known parts of a text. */
export function mapKnown(text: Template, change: (part: string) => string): Template {
  if (text.holes.length === 0) return plainText(change(text.text));
  const labels = text.holes.map(({ label }) => label);
  const builder = new TemplateBuilder('', 0);
  text.text.split(HOLE).forEach((part, index) => {
    if (index > 0) builder.hole(labels[index - 1] ?? '', 0, 0);
    builder.append(plainText(change(part)));
  });
  return builder.build();
}

/** A number, boolean or other word as it is written in a source. */
export function writtenText(source: Template, start: number, end: number, text: string): Template {
  const span = spanOf(source, start, end);
  return new TemplateBuilder(source.file, span.start).text(text, span.start, span.end - span.start).build();
}
