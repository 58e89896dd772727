import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textSearch, type Sign } from '../../../src/core/text-search.ts';

describe('textSearch', () => {
  it('finds a sign whose parts are all there, in any order', () => {
    const search = textSearch([
      ['DaemonSet', 'flannel'],
      ['sysctl', /sysctl\s*:/, 'value'],
    ]);
    expect(search('flannel is a DaemonSet')).toBe(true);
    expect(search('value: 1\nsysctl and sysctl: x')).toBe(true);
    expect(search('sysctl and value')).toBe(false);
    expect(search('DaemonSet and cilium')).toBe(false);
    expect(search('flannel')).toBe(false);
    expect(search('')).toBe(false);
  });

  it('takes words as they are written', () => {
    const search = textSearch([['[Unit]'], ['.Do('], ['a|b']]);
    expect(['[Unit]', 'x.Do(y)', 'a|b'].map(search)).toEqual([true, true, true]);
    expect(['U', 'xDo(', 'a', 'b', '[Unit'].map(search)).toEqual([false, false, false, false, false]);
  });

  it('says what a look for one word after the other says', () => {
    const word = fc.stringMatching(/^[ab.]{1,4}$/);
    const words = fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, fc.array(fc.stringMatching(/^[ab.]{0,20}$/), { minLength: 1 }), (given, texts) => {
        const search = textSearch(given.map(([first = '', ...others]): Sign => [first, ...others]));
        for (const text of texts) {
          expect(search(text)).toBe(given.some((sign) => sign.every((part) => text.includes(part))));
        }
      }),
    );
  });
});
