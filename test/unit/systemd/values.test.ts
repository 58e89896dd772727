import { describe, expect, it } from 'vitest';
import { elapsesPerHour, evenInterval, parseCalendar } from '../../../src/core/calendar.ts';
import { parseBoolean, timeSpanMicroseconds, timeSpanSeconds } from '../../../src/core/time-span.ts';
import { escapePath } from '../../../src/core/unit-place.ts';

const calendar = (text: string) => {
  const parsed = parseCalendar(text);
  if (typeof parsed === 'string') throw new Error(`'${text}' is ${parsed}.`);
  return parsed;
};

describe('calendar expressions', () => {
  it.each([
    ['minutely', 60, 60],
    ['*:0/5', 12, 300],
    ['*:0/7', 9, undefined],
    ['*:*:0/0.5', 7200, undefined],
    ['8..18:0/30', 22 / 24, undefined],
    ['daily', 1 / 24, 86_400],
    ['weekly', 1 / 168, undefined],
    ['*-02-29', 7 / (28 * 365.25 * 24), undefined],
    ['2026-*-* *:00', 1, undefined],
  ])('%s elapses %d times an hour', (text, perHour, interval) => {
    expect(elapsesPerHour(calendar(text))).toBeCloseTo(perHour, 10);
    expect(evenInterval(calendar(text))).toBe(interval);
  });

  it('may end in a word that could be the zone of the node', () => {
    expect(parseCalendar('10:00 CEST')).toBe('unknown');
    expect(parseCalendar('10:00 Europe/Rome')).not.toBeTypeOf('string');
    expect(parseCalendar('10:00 rubbish')).toBe('invalid');
  });

  it.each(['1,'.repeat(100_000), '*:'.repeat(100_000), 'Mon,'.repeat(100_000), `${'1'.repeat(100_000)}:0`])(
    'much of it is read in a moment',
    (text) => {
      expect(() => parseCalendar(text)).not.toThrow();
    },
  );
});

describe('time spans', () => {
  it.each([
    ['1h30', 3630],
    ['1.5min', 90],
    ['infinity', Infinity],
    ['1x', undefined],
  ])('%s', (text, seconds) => {
    expect(timeSpanSeconds(text)).toBe(seconds);
  });

  it('may have another unit for bare numbers', () => {
    expect(timeSpanMicroseconds('5', 1000)).toBe(5000);
  });

  it('are read in a moment', () => {
    expect(timeSpanMicroseconds('1s '.repeat(100_000))).toBe(100_000_000_000);
    expect(timeSpanMicroseconds(' '.repeat(100_000) + 'x')).toBeUndefined();
  });
});

describe('switches', () => {
  it.each(['1', 'yes', 'Y', 'TRUE', 't', 'on'])('%s is on', (word) => {
    expect(parseBoolean(word)).toBe(true);
  });

  it.each(['0', 'no', 'N', 'false', 'F', 'off'])('%s is off', (word) => {
    expect(parseBoolean(word)).toBe(false);
  });

  it.each(['', 'enabled', '2', 'yes '])('%j is neither', (word) => {
    expect(parseBoolean(word)).toBeUndefined();
  });
});

// Measured with systemd-escape --path.
describe('names of paths', () => {
  it.each([
    ['/', '-'],
    ['/mnt/a', 'mnt-a'],
    ['//mnt//a-b/', 'mnt-a\\x2db'],
    ['/.x/.y', '\\x2ex-.y'],
    ['/ä b', '\\xc3\\xa4\\x20b'],
  ])('%s', (path, name) => {
    expect(escapePath(path)).toBe(name);
  });
});
