import type { Cron } from 'croner';
import { lazyLibrary } from '../core/lazy-library.ts';
import { everyText } from './rate.ts';

const nicknames: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A year of 365 days. */
const start = new Date('2018-01-01T00:00:00Z');
const hour = 3_600_000;

const library = lazyLibrary(() => import('croner'));

/** Must be awaited before `cronRate`; the model does so when there are cron entries. */
export const loadCron = library.load;

/** How a schedule repeats. */
export interface CronRate {
  /** Mean over a year. */
  readonly perHour: number;
  /** For messages: `every 2 minutes`, or the schedule itself when its runs are not evenly spaced. */
  readonly text: string;
}

/**
 * How often a crontab schedule runs: five fields or a nickname such as `@hourly`.
 *
 * @returns `undefined` for `@reboot` and for what is no schedule
 */
export function cronRate(schedule: string): CronRate | undefined {
  // It is asked anew for each bus call of each entry, and most entries of a fleet have one of a few schedules.
  const known = rates.get(schedule);
  if (known !== undefined) return known;
  const rate = rateOf(schedule);
  if (rate !== undefined && rates.size < mostRates) rates.set(schedule, rate);
  return rate;
}

const rates = new Map<string, CronRate>();
const mostRates = 10_000;

function rateOf(schedule: string): CronRate | undefined {
  const { Cron: Schedule } = library.module();
  const fields = (nicknames[schedule] ?? schedule).split(/\s+/);
  const [minute, hourField, day, month, weekday] = fields;
  if (fields.length !== 5 || minute === undefined || hourField === undefined) return undefined;
  try {
    const days = `${String(day)} ${String(month)} ${String(weekday)}`;
    const perActiveHour = minute === '*' ? 60 : count(Schedule, `${minute} * * * *`, hour);
    const hoursOfDay = hourField === '*' ? 24 : count(Schedule, `0 ${hourField} * * *`, 24 * hour);
    const daysOfYear = days === '* * *' ? 365 : count(Schedule, `0 0 ${days}`, 365 * 24 * hour);
    const even = hoursOfDay === 24 && daysOfYear === 365 && 60 % perActiveHour === 0;
    return {
      perHour: (perActiveHour * hoursOfDay * daysOfYear) / (24 * 365),
      text: even ? everyText(3600 / perActiveHour) : `on the schedule '${schedule}'`,
    };
  } catch {
    return undefined;
  }
}

function count(Schedule: typeof Cron, expression: string, window: number): number {
  const end = new Date(start.getTime() + window);
  const runs = new Schedule(expression, { timezone: 'UTC', legacyMode: true, startAt: new Date(start.getTime() - 1) });
  let found = 0;
  let next = runs.nextRun(new Date(start.getTime() - 1000));
  while (next !== null && next < end) {
    found++;
    next = runs.nextRun(next);
  }
  return found;
}
