import { describe, expect, it } from 'vitest';
import { fileTemplate, spanOf } from '../../../src/core/template.ts';
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
    const start = performance.now();
    expect(linesOf('a\\\n'.repeat(200_000))).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
