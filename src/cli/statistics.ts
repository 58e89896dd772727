import type { Finding } from '../core/finding.ts';
import { compareText } from '../core/span.ts';

/** How many findings each rule has, the most first. */
export function statistics(findings: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const width = String(Math.max(0, ...counts.values())).length;
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || compareText(a, b))
    .map(([rule, count]) => `${String(count).padStart(width)}  ${rule}\n`)
    .join('');
}

/** Measures the parts of a run, one after another. */
export interface Clock {
  /** Ends a part. */
  lap(name: string): void;
  /** One line a part, in milliseconds. */
  text(): string;
}

/** Milliseconds since some moment; unlike `performance`, nothing has to be loaded for it. */
const milliseconds = (): number => Number(process.hrtime.bigint()) / 1e6;

export function createClock(): Clock {
  const laps: { readonly name: string; readonly duration: number }[] = [];
  let last = milliseconds();
  return {
    lap(name) {
      const now = milliseconds();
      laps.push({ name, duration: now - last });
      last = now;
    },
    text() {
      const total = laps.reduce((sum, { duration }) => sum + duration, 0);
      return [...laps, { name: 'all together', duration: total }]
        .map(({ name, duration }) => `${duration.toFixed(1).padStart(9)} ms  ${name}\n`)
        .join('');
    },
  };
}
