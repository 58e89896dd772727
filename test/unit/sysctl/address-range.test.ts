import { describe, expect, it } from 'vitest';
import { containsRange, parseAddressRange } from '../../../src/core/address-range.ts';

describe('parseAddressRange', () => {
  it.each([
    ['10.96.0.0/12', 4, '000010100110'],
    ['10.111.0.1/12', 4, '000010100110'],
    ['0.0.0.0/0', 4, ''],
    ['::/0', 6, ''],
    ['fd00::/8', 6, '11111101'],
    ['::1/128', 6, `${'0'.repeat(127)}1`],
  ])('reads %s', (text, family, prefix) => {
    expect(parseAddressRange(text)).toEqual({ family, prefix });
  });

  it.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '256.0.0.0/8', '1:2/16', '::/129', '1::2::3/16', ':::/3', 'x/8'])(
    'refuses %s',
    (text) => {
      expect(parseAddressRange(text)).toBeUndefined();
    },
  );
});

describe('containsRange', () => {
  const contains = (outer: string, inner: string) => {
    const [a, b] = [parseAddressRange(outer), parseAddressRange(inner)];
    return a !== undefined && b !== undefined && containsRange(a, b);
  };

  it.each([
    ['10.0.0.0/8', '10.96.0.0/12', true],
    ['10.96.0.0/12', '10.96.0.0/12', true],
    ['10.96.0.0/12', '10.0.0.0/8', false],
    ['10.244.0.0/16', '10.96.0.0/12', false],
    ['0.0.0.0/0', '::/0', false],
    ['fd00::/8', 'fd00:10:96::/112', true],
  ])('%s and %s', (outer, inner, expected) => {
    expect(contains(outer, inner)).toBe(expected);
  });
});
