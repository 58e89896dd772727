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

/** Must be awaited before `cronRate` of a schedule that `needsCron`; the model does so. */
export const loadCron = library.load;

/** Whether a schedule is not so plain that its rate is known without the library. */
export function needsCron(schedule: string): boolean {
  const fields = fieldsOf(schedule);
  return fields !== undefined && plainCounts(fields).includes(undefined);
}

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
  const fields = fieldsOf(schedule);
  if (fields === undefined) return undefined;
  const [minutes, hours, days] = plainCounts(fields);
  const perActiveHour = minutes ?? count(`${fields.minute} * * * *`, hour);
  const hoursOfDay = hours ?? count(`0 ${fields.hour} * * *`, 24 * hour);
  const daysOfYear = days ?? count(`0 0 ${fields.days}`, 365 * 24 * hour);
  if (perActiveHour === undefined || hoursOfDay === undefined || daysOfYear === undefined) return undefined;
  const even = hoursOfDay === 24 && daysOfYear === 365 && 60 % perActiveHour === 0;
  return {
    perHour: (perActiveHour * hoursOfDay * daysOfYear) / (24 * 365),
    text: even ? everyText(3600 / perActiveHour) : `on the schedule '${schedule}'`,
  };
}

interface Fields {
  readonly minute: string;
  readonly hour: string;
  /** Day of month, month and day of week, with one blank between them. */
  readonly days: string;
}

function fieldsOf(schedule: string): Fields | undefined {
  const [minute, hours, day, month, weekday, ...more] = (nicknames[schedule] ?? schedule).split(/\s+/);
  if (minute === undefined || hours === undefined || day === undefined || month === undefined) return undefined;
  return weekday === undefined || more.length > 0
    ? undefined
    : { minute, hour: hours, days: `${day} ${month} ${weekday}` };
}

/** Minutes of an hour, hours of a day and days of the year, each `undefined` where it takes more than a look. */
function plainCounts({ minute, hour: hours, days }: Fields): readonly (number | undefined)[] {
  return [plainCount(minute, 60), plainCount(hours, 24), plainDays(days)];
}

/** How many of the values from 0 on `*`, a number or a step such as `*\/5` stands for. */
function plainCount(field: string, values: number): number | undefined {
  if (field === '*') return values;
  const [, number, step] = /^(?:(\d{1,2})|\*\/([1-9]\d?))$/.exec(field) ?? [];
  if (number !== undefined) return Number(number) < values ? 1 : undefined;
  return step !== undefined && Number(step) < values ? Math.ceil(values / Number(step)) : undefined;
}

/** Every day, one of the first 28 days of each month, or one of the week: the year has 53 Mondays. */
function plainDays(days: string): number | undefined {
  if (days === '* * *') return 365;
  if (/^(?:[1-9]|1\d|2[0-8]) \* \*$/.test(days)) return 12;
  const weekday = /^\* \* ([0-7])$/.exec(days)?.[1];
  return weekday === undefined ? undefined : weekday === '1' ? 53 : 52;
}

/** @returns `undefined` for what is no schedule */
function count(expression: string, window: number): number | undefined {
  const { Cron } = library.module();
  const end = new Date(start.getTime() + window);
  try {
    const runs = new Cron(expression, { timezone: 'UTC', legacyMode: true, startAt: new Date(start.getTime() - 1) });
    let found = 0;
    let next = runs.nextRun(new Date(start.getTime() - 1000));
    while (next !== null && next < end) {
      found++;
      next = runs.nextRun(next);
    }
    return found;
  } catch {
    return undefined;
  }
}
