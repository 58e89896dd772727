import { describe, expect, it } from 'vitest';
import { displayText, fileTemplate, spanOf } from '../../../src/core/template.ts';
import { placeholdersToHoles } from '../../../src/loaders/systemd/placeholders.ts';
import { lineLimitBytes, readUnitLines } from '../../../src/loaders/systemd/lines.ts';

const linesOf = (text: string): readonly string[] =>
  readUnitLines(fileTemplate('a.service', text)).lines.map(({ text: line }) => line);

describe('lines of a unit', () => {
  it.each([
    ['a\nb', ['a', 'b']],
    ['a\r\nb\rc\n\rd', ['a', 'b', 'c', 'd']],
    ['a\0b\n\0c', ['a', 'b', 'c']],
    ['  a \t\n\n \t \nb', ['a', 'b']],
    ['# a\n  ; b\nc', ['c']],
    ['a # b ; c', ['a # b ; c']],
    ['a \\\n  b', ['a    b']],
    ['a\\\n# comment \\\n  ; other\nb', ['a b']],
    ['a\\\n\nb', ['a', 'b']],
    ['a\\ \nb', ['a\\', 'b']],
    ['a\\\\\nb', ['a\\\\', 'b']],
    ['a\\\\\\\nb', ['a\\\\ b']],
    ['a\\', ['a']],
    ['a\\\r\nb', ['a b']],
    ['\uFEFF[Unit]', ['[Unit]']],
    ['\\\n\\\n\\\n', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(linesOf(text)).toEqual(expected);
  });

  it('maps a continued line back to its places', () => {
    const text = 'Exec=one \\\n# comment\n  two';
    const [line] = readUnitLines(fileTemplate('a.service', text)).lines;
    if (line === undefined) throw new Error('There is no line.');
    const at = line.text.indexOf('two');
    const span = spanOf(line, at, at + 3);
    expect(text.slice(span.start, span.end)).toBe('two');
    expect(spanOf(line)).toEqual({ file: 'a.service', start: 0, end: text.length });
  });

  it('refuses a line of the limit, and takes one that is a byte shorter', () => {
    const comment = `#${'x'.repeat(lineLimitBytes - 1)}`;
    expect(readUnitLines(fileTemplate('a', `a\n${comment}\nb`))).toMatchObject({
      tooLongAt: 2,
      lines: [{ text: 'a' }],
    });
    expect(linesOf(`a\n${comment.slice(1)}\nb`)).toHaveLength(3);
    const continued = `${'x'.repeat(lineLimitBytes / 2)}\\\n`.repeat(2);
    expect(readUnitLines(fileTemplate('a', continued)).tooLongAt).toBe(lineLimitBytes / 2 + 2);
  });

  it('counts bytes, not characters', () => {
    expect(readUnitLines(fileTemplate('a', 'ä'.repeat(lineLimitBytes / 2))).tooLongAt).toBe(0);
  });

  it('notes a NUL', () => {
    expect(readUnitLines(fileTemplate('a', 'a\0b')).nulAt).toBe(1);
  });

  it('reads many continuations in a moment', () => {
    expect(linesOf('a\\\n'.repeat(200_000))).toHaveLength(1);
  });
});

describe('lines that a template engine takes out', () => {
  it.each(['{% if a %}', '<% if a -%>', '{{- if .a }}', '%{~ if a ~}', '%{ for a in b ~}'])(
    '%s inside a continuation does not end it',
    (control) => {
      const [line, next] = readUnitLines(
        placeholdersToHoles(fileTemplate('a.service', `A=b \\\n${control}\n c \\\n  d\nE=f\n`)),
      ).lines;
      expect(line && displayText(line)).toBe(`A=b  ${control} c    d`);
      expect(next?.text).toBe('E=f');
    },
  );

  it('output inside a continuation may be its end', () => {
    const source = placeholdersToHoles(fileTemplate('a.service', 'A=b \\\n<%= @flags %>\nE=f\n'));
    expect(
      readUnitLines(source)
        .lines.map(({ text }) => text)
        .at(-1),
    ).toBe('E=f');
  });
});

describe('what a reader may take for a continuation', () => {
  it('finds blanks behind a backslash, and comments between a line and its continuation', () => {
    const text = 'A=b \\ \t\nC=d \\\n# e\n  f\n# g \\ \nH=i \\\\ \n';
    const { blanksAfterBackslash, commentsInContinuation } = readUnitLines(fileTemplate('a.service', text));
    expect(blanksAfterBackslash.map(({ start, end }) => [start, text.slice(start, end)])).toEqual([[5, ' \t']]);
    expect(commentsInContinuation.map(({ start, end }) => text.slice(start, end))).toEqual(['# e']);
  });
});
