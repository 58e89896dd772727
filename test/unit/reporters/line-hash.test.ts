import { describe, expect, it } from 'vitest';
import { lineHashes } from '../../../src/reporters/line-hash.ts';

/** The definition, word by word, with big numbers. */
function definition(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(/[ \t]/g, ''));
  const seen: string[] = [];
  return lines.map((_, at) => {
    const rest = lines.slice(at).join('\n');
    const codes = Array.from({ length: rest.length }, (_, index) => rest.charCodeAt(index)).concat(0xffff);
    let sum = 0n;
    for (let index = 0; index < 100; index++) sum = sum * 37n + BigInt(codes[index] ?? 0);
    const digits = BigInt.asUintN(64, sum).toString(16);
    seen.push(digits);
    return `${digits}:${seen.filter((other) => other === digits).length}`;
  });
}

describe('line hash', () => {
  it.each([
    '',
    '\n',
    'one line',
    'a\n  b\t\n\nc\n',
    'carriage\rreturns\r\rand\r\npairs\r\n\n\r',
    'same line\n'.repeat(40),
    `${'long line without an end '.repeat(50)}\nshort`,
    '漢字 🙂\nÿ\uffff\n',
    ' \t \n \t ',
  ])('is the polynomial of the next 100 characters: %j', (text) => {
    expect(lineHashes(text)).toEqual(definition(text));
  });

  it('does not change with indentation or line ends', () => {
    expect(lineHashes('a b\r\n\tc\r\n')).toEqual(lineHashes('ab\n    c\n'));
  });

  it('counts lines that look the same over their next 100 characters', () => {
    const hashes = lineHashes(`${'x'.repeat(100)}\n`.repeat(3));
    expect(hashes.map((hash) => hash.split(':')[1])).toEqual(['1', '2', '3', '1']);
  });
});
