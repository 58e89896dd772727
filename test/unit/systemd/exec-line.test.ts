import { describe, expect, it } from 'vitest';
import { parseExecLine } from '../../../src/core/exec-line.ts';
import { HOLE, TemplateBuilder, displayText, fileTemplate, spanOf } from '../../../src/core/template.ts';

const read = (text: string) => parseExecLine(fileTemplate('a.service', text));
const wordsOf = (text: string): readonly (readonly string[])[] =>
  read(text).commands.map(({ words }) => words.map(displayText));

describe('command lines', () => {
  it.each([
    ['/bin/a b  c', [['/bin/a', 'b', 'c']]],
    ['/bin/a "b c" \'d "e"\' f"g h"i ""', [['/bin/a', 'b c', 'd "e"', 'fg hi', '']]],
    ['/bin/a \\x41\\101\\u00e9\\s\\t\\q', [['/bin/a', 'AAé \t\\q']]],
    ["/bin/a \"\\\"\" \\' '\\''", [['/bin/a', '"', "'", "'"]]],
    ['/bin/a ; /bin/b c ;', [['/bin/a'], ['/bin/b', 'c']]],
    ['/bin/a \\; b;c ";" ;; d', [['/bin/a', ';', 'b;c', ';', ';;', 'd']]],
    ['-@:/bin/a name b', [['/bin/a', 'b']]],
    ['!!/bin/a', [['/bin/a']]],
    ['|/bin/a', [['/bin/a']]],
    ['/bin/%i %%i 5% %-', [['/bin/%i', '%i', '5%', '%-']]],
    ['/bin/a $X ${Y}z $$X a$X ${open', [['/bin/a', '$X', '${Y}z', '$X', 'a$X', '${open']]],
    [':/bin/a $X ${Y}', [['/bin/a', '$X', '${Y}']]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(wordsOf(text)).toEqual(expected);
  });

  it('makes holes of specifiers and variables', () => {
    const [command] = read('/bin/a %i $X ${Y}z $$X :%%').commands;
    expect(command?.words.map(({ text }) => text)).toEqual(['/bin/a', HOLE, HOLE, `${HOLE}z`, '$X', ':%']);
  });

  it('leaves variables alone after a colon', () => {
    expect(read(':/bin/a $X').commands[0]?.words[1]?.holes).toEqual([]);
  });

  it('points at the quotes and escapes it took off', () => {
    const text = '/bin/a "b\\x41c" d';
    const word = read(text).commands[0]?.words[1];
    if (word === undefined) throw new Error('There is no word.');
    const { start, end } = spanOf(word, 1, 2);
    expect([word.text, text.slice(start, end)]).toEqual(['bAc', '\\x41']);
  });

  it.each([
    ['/bin/a "b', 'unbalanced-quotes', false],
    ['"/bin/a', 'unbalanced-quotes', true],
    ['-/bin/a "b', 'unbalanced-quotes', true],
    ['/bin/a %z', 'unknown-specifier', false],
    ['/bin/%5', 'unknown-specifier', false],
    ['-', 'empty-path', true],
    ['""', 'empty-path', false],
    ['bin/a', 'relative-path', false],
    ['-bin/a', 'relative-path', true],
    ['..', 'relative-path', false],
    ['!+/bin/a', 'relative-path', false],
    ['/bin/', 'directory', false],
    ['/bin/a\\tb', 'special-characters', false],
    ['@/bin/a', 'no-argument-zero', false],
  ])('%j is refused', (text, reason, skipped) => {
    expect(read(text)).toMatchObject({ commands: [], refusal: { reason, skipped } });
  });

  it('keeps the commands before a refused one', () => {
    expect(read('/bin/a ; bin/b ; /bin/c')).toMatchObject({
      commands: [{ words: [{ text: '/bin/a' }] }],
      refusal: { reason: 'relative-path', word: 'bin/b' },
    });
  });

  it('claims nothing of a value with holes', () => {
    const value = new TemplateBuilder('a', 0).text('bin/a "', 0).hole('x', 7, 1).build();
    expect(parseExecLine(value)).toEqual({ commands: [] });
  });

  it.each(['"', '\\', '${', '%', '; ', '$ ', "'\\"])('reads much of %j in a moment', (part) => {
    expect(() => read(`/bin/a ${part.repeat(200_000)}`)).not.toThrow();
  });
});
