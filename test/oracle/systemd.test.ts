/** Our reading of values and units against `systemd-analyze` 252. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elapsesPerDay, matchesDay, parseCalendar } from '../../src/core/calendar.ts';
import { decodeText } from '../../src/core/decode.ts';
import type { Fact } from '../../src/core/fact.ts';
import { timeSpanMicroseconds } from '../../src/core/time-span.ts';
import { loader } from '../../src/loaders/systemd/index.ts';
import { fileFault, unitFault } from '../../src/model/unit-load.ts';
import { createUnits } from '../../src/model/units.ts';
import { unitCases } from './systemd-units.ts';
import type { UnitCase } from './systemd-units.ts';
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

oracle('units that systemd refuses', () => {
  let directory = '';
  let refused = new Set<string | undefined>();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'fleetlint-units-'));
    const write = (name: string, text: string | Uint8Array): void => {
      writeFileSync(join(directory, name), text);
    };
    write('base.service', '[Service]\nExecStart=/bin/true\n');
    write('accept@.service', '[Service]\nExecStart=/bin/true\n');
    for (const { name, text, dropIn } of unitCases) {
      write(name, text);
      if (dropIn === undefined) continue;
      mkdirSync(join(directory, `${name}.d`));
      write(`${name}.d/10.conf`, dropIn);
    }
    const shown = spawnSync('systemd-analyze', ['verify', '--man=no', ...unitCases.map(({ name }) => name)], {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${directory}:`, SYSTEMD_COLORS: '0' },
      maxBuffer: 1 << 28,
    }).stderr;
    const verdicts = shown.matchAll(/^Unit (\S+) (?:has a bad unit file setting|failed to load properly)/gm);
    refused = new Set([...verdicts].map(([, name]) => name));
  }, 60_000);

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(unitCases.map((unit) => [unit.name, unit] as const))('%s', (name, unit) => {
    const text = typeof unit.text === 'string' && unit.text.length < 200 ? unit.text : '';
    expect(`${text}${isRefused(unit) ? 'refused' : 'loads'}`).toBe(`${text}${refused.has(name) ? 'refused' : 'loads'}`);
  });
});

function isRefused({ name, text, dropIn }: UnitCase): boolean {
  const facts = [
    ...readFacts(`etc/systemd/system/${name}`, 'unit', text),
    ...(dropIn === undefined ? [] : readFacts(`etc/systemd/system/${name}.d/10.conf`, 'drop-in', dropIn)),
  ];
  const [unit, ...more] = createUnits(facts).all;
  if (unit?.fragment === undefined || more.length > 0) throw new Error(`'${name}' is not one unit.`);
  if (fileFault(unit, unit.fragment) !== undefined) return true;
  return unit.complete && unitFault(unit) !== undefined;
}

function readFacts(path: string, kind: 'unit' | 'drop-in', content: string | Uint8Array): readonly Fact[] {
  const decoded = decodeText(typeof content === 'string' ? Buffer.from(content) : content, true);
  if ('binary' in decoded) throw new Error(decoded.binary);
  return loader.facts({ path, kind, ...decoded });
}
