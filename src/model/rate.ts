import type { Evidence } from '../core/finding.ts';

/** How often something happens on one node, and how we know. */
export interface Rate {
  /** Times an hour; 0 = not by this. */
  readonly perHour: number;
  /** For messages: `every 2 minutes`. */
  readonly text: string;
  /** What sets the pace, in order; never empty. */
  readonly evidence: readonly Evidence[];
  /** Nothing in the tree says it: a documented default (Puppet's 30 minutes). */
  readonly assumed?: boolean;
}

/** `every 2 minutes`, `every 45 seconds`, `every hour`, `every 3 hours`. */
export function everyText(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  for (const [size, name] of units) {
    if (seconds < size) continue;
    const count = seconds / size;
    if (!Number.isInteger(count)) continue;
    return count === 1 ? `every ${name}` : `every ${String(count)} ${name}s`;
  }
  const rounded = Math.round(seconds * 1000) / 1000;
  return rounded === 1 ? 'every second' : `every ${String(rounded)} seconds`;
}

/** `32`, `1.5`, `0.25`: a rate for messages, at most two digits after the point. */
export function perHourText(perHour: number): string {
  return String(perHour >= 10 ? Math.round(perHour) : Math.round(perHour * 100) / 100);
}
