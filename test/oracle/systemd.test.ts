/** Our reading of values and units against `systemd-analyze` 252. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { elapsesPerDay, matchesDay, parseCalendar } from '../../src/core/calendar.ts';
import { timeSpanMicroseconds } from '../../src/core/time-span.ts';
import { calendars, timeSpans } from './systemd-values.ts';

const version = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
const installed = version.error === undefined && version.stdout.startsWith('systemd 252');
const oracle = installed || process.env.CI !== undefined ? describe : describe.skip;

/** Both streams, in the order of the arguments: each expression prints its own lines. */
function analyze(...words: string[]): string {
  const result = spawnSync('systemd-analyze', words, {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', SYSTEMD_COLORS: '0' },
    maxBuffer: 1 << 28,
  });
  return result.stdout + result.stderr;
}

oracle('time spans', () => {
  it.each(timeSpans)('%j', (text) => {
    const shown = /μs: (\d+)/.exec(analyze('timespan', '--', text))?.[1];
    const ours = timeSpanMicroseconds(text);
    // systemd shows infinity as the largest 64-bit number.
    expect(ours === Infinity ? '18446744073709551615' : ours?.toString()).toBe(shown);
  });
});

oracle('calendar expressions', () => {
  it.each(calendars)('%j', (text) => {
    const shown = analyze('calendar', '--base-time=2026-01-01 UTC', '--iterations=500', '--', text);
    const calendar = parseCalendar(text);
    if (shown.includes('Failed to parse')) {
      expect(calendar).toBe('invalid');
      return;
    }
    if (typeof calendar === 'string') throw new Error(`'${text}' was not read: ${calendar}`);
    // Times are shown in UTC, so days of another zone cannot be compared.
    if (/[A-Z][a-z]+\/[A-Z]/.test(text)) return;
    const perDay = countPerDay(shown);
    const days = [...perDay.keys()].sort();
    // The first and the last day may be cut off.
    for (let time = Date.parse(days[0] ?? '') + 86_400_000; time < Date.parse(days.at(-1) ?? ''); time += 86_400_000) {
      const date = new Date(time);
      const name = date.toISOString().slice(0, 10);
      const matches = matchesDay(calendar, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
      expect([name, matches ? elapsesPerDay(calendar) : 0]).toEqual([name, perDay.get(name) ?? 0]);
    }
  });
});

function countPerDay(shown: string): Map<string, number> {
  const perDay = new Map<string, number>();
  for (const [, day] of shown.matchAll(/^ *(?:Next elapse|Iter\. #\d+): \w{3} (\d{4}-\d\d-\d\d) /gm)) {
    if (day !== undefined) perDay.set(day, (perDay.get(day) ?? 0) + 1);
  }
  return perDay;
}
