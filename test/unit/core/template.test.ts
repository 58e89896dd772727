import { describe, expect, test } from 'vitest';
import {
  displayText,
  equalsText,
  fileTemplate,
  HOLE,
  literalText,
  sliceTemplate,
  spanOf,
  TemplateBuilder,
} from '../../../src/core/template.ts';

// Stands for `echo "a\n${name}b"` at offset 100: an escape, a hole, and text around them.
const sample = () =>
  new TemplateBuilder('x.pp', 100).text('a', 100).text('\n', 101, 2).hole('${name}', 103, 7).text('bcd', 110).build();

describe('templates', () => {
  test('a whole file maps one to one', () => {
    const file = fileTemplate('f', 'hello');
    expect(spanOf(file, 1, 3)).toEqual({ file: 'f', start: 1, end: 3 });
    expect(literalText(file)).toBe('hello');
  });

  test('escapes and holes map to what they stand for', () => {
    const text = sample();
    expect(text.text).toBe(`a\n${HOLE}bcd`);
    expect(spanOf(text, 1, 2)).toEqual({ file: 'x.pp', start: 101, end: 103 });
    expect(spanOf(text, 2, 3)).toEqual({ file: 'x.pp', start: 103, end: 110 });
    expect(spanOf(text, 3, 5)).toEqual({ file: 'x.pp', start: 110, end: 112 });
    expect(spanOf(text)).toEqual({ file: 'x.pp', start: 100, end: 113 });
    expect(literalText(text)).toBeUndefined();
    expect(displayText(text)).toBe('a\n${name}bcd');
  });

  test('a slice keeps holes and places', () => {
    const slice = sliceTemplate(sample(), 2, 5);
    expect(displayText(slice)).toBe('${name}bc');
    expect(spanOf(slice)).toEqual({ file: 'x.pp', start: 103, end: 112 });
    expect(spanOf(sliceTemplate(slice, 2, 3))).toEqual({ file: 'x.pp', start: 111, end: 112 });
  });

  test('an empty slice still has a place', () => {
    expect(spanOf(sliceTemplate(sample(), 4, 4))).toEqual({ file: 'x.pp', start: 111, end: 111 });
    expect(spanOf(fileTemplate('f', ''))).toEqual({ file: 'f', start: 0, end: 0 });
    expect(spanOf(sliceTemplate(fileTemplate('f', 'ab'), 2, 2))).toEqual({ file: 'f', start: 2, end: 2 });
  });

  test('appending keeps the places of both', () => {
    const outer = fileTemplate('f', 'key = one \\\n two');
    const joined = new TemplateBuilder('f', 6)
      .append(sliceTemplate(outer, 6, 9))
      .text(' ', 10, 2)
      .append(sliceTemplate(outer, 13, 16))
      .build();
    expect(joined.text).toBe('one two');
    expect(spanOf(joined, 4, 7)).toEqual({ file: 'f', start: 13, end: 16 });
    expect(spanOf(joined, 2, 5)).toEqual({ file: 'f', start: 8, end: 14 });
  });

  test('the hole character in a file counts as unknown', () => {
    expect(literalText(fileTemplate('f', `a${HOLE}`))).toBeUndefined();
  });
});

describe('equalsText', () => {
  const withHole = (before: string, after: string) =>
    new TemplateBuilder('f', 0).text(before, 0).hole('?', 10, 1).text(after, 11).build();

  test.each([
    ['literal, equal', fileTemplate('f', 'abc'), 'abc', 'yes'],
    ['literal, other', fileTemplate('f', 'abc'), 'abd', 'no'],
    ['could be', withHole('a', 'c'), 'abc', 'unknown'],
    ['an empty hole', withHole('a', 'c'), 'ac', 'unknown'],
    ['wrong start', withHole('x', 'c'), 'abc', 'no'],
    ['wrong end', withHole('a', 'x'), 'abc', 'no'],
    ['too short for both ends', withHole('ab', 'bc'), 'abc', 'no'],
  ] as const)('%s', (_name, template, text, answer) => {
    expect(equalsText(template, text)).toBe(answer);
  });
});
