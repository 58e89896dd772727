import { describe, expect, it } from 'vitest';
import { indexLines, lineRange, positionAt } from '../../../src/core/line-index.ts';

const lines = (text: string): string[] => {
  const index = indexLines(text);
  return index.starts.map((_, at) => {
    const { start, end } = lineRange(index, at + 1);
    return text.slice(start, end);
  });
};

describe('line index', () => {
  it('ends lines at \\n, \\r\\n and \\r, and nowhere else', () => {
    expect(lines('a\nb\r\nc\rd\n\r\r\ne\u2028f\vg')).toEqual(['a', 'b', 'c', 'd', '', '', 'e\u2028f\vg']);
    expect(lines('a\n')).toEqual(['a', '']);
    expect(lines('a\r')).toEqual(['a', '']);
    expect(lines('')).toEqual(['']);
    expect(lines('\r\n\r\n')).toEqual(['', '', '']);
  });

  it('finds the same position as counting does, for every offset', () => {
    const text = 'ab\r\n\n漢🙂\rx\r\r\n';
    const index = indexLines(text);
    for (let offset = 0; offset <= text.length; offset++) {
      // Within \r\n the line is not over yet, so the look-ahead keeps the pair together.
      const before = text.slice(0, offset);
      const ended = before.match(/\r\n|\n|\r(?!\n)(?!$)/g)?.length ?? 0;
      const isPair = before.endsWith('\r') && text[offset] === '\n';
      const line = 1 + ended + (before.endsWith('\r') && !isPair ? 1 : 0);
      expect([offset, positionAt(index, offset).line]).toEqual([offset, line]);
      expect(positionAt(index, offset).column).toBe(offset - (index.starts[line - 1] ?? NaN) + 1);
    }
  });

  it('takes an offset outside the text to its nearest end', () => {
    expect(positionAt(indexLines('ab\nc'), 99)).toEqual({ line: 2, column: 2 });
    expect(positionAt(indexLines('ab\nc'), -1)).toEqual({ line: 1, column: 1 });
  });
});
