/** How often Puppet's schedules let a resource be applied, as its type `schedule` decides (lib/puppet/type/schedule.rb). */
import type { PuppetScheduleFact } from '../core/facts/puppet.ts';
import type { Evidence } from '../core/finding.ts';
import type { Span } from '../core/span.ts';
import { everyText, type Rate } from './rate.ts';

type Times = Pick<PuppetScheduleFact, 'period' | 'repeat' | 'ranges' | 'weekdays'>;

const always: Times = { period: undefined, repeat: 1, ranges: [], weekdays: [] };

/** Those that Puppet brings along. */
const builtIn: ReadonlyMap<string, Times> = new Map([
  ['puppet', { ...always, period: 'hourly', repeat: 2 }],
  ...['hourly', 'daily', 'weekly', 'monthly', 'never'].map((period) => [period, { ...always, period }] as const),
]);

/** Seconds. */
const periods: Readonly<Record<string, number>> = { hourly: 3600, daily: 86_400, weekly: 604_800, monthly: 2_592_000 };

const hoursOfDay = 24;
const daysOfWeek = 7;

/**
 * How often a resource with a schedule is applied, at most.
 *
 * @param runs how often Puppet applies a catalogue
 * @param at where the resource names the schedule
 * @param own the tree's schedules of this name
 * @returns `undefined` if that is never, or not known
 */
export function scheduledRate(
  runs: Rate,
  name: string,
  at: Span,
  own: readonly PuppetScheduleFact[],
): Rate | undefined {
  const preset = builtIn.get(name);
  const note = `Its schedule '${name}'`;
  const rates =
    own.length > 0
      ? own.map((schedule) => (schedule.complete ? limited(runs, schedule, note, { span: schedule.span }) : undefined))
      : [preset && limited(runs, preset, note, { span: at, source: "Puppet's type reference, 'schedule'" })];
  // Several of one name: which of them a node has is not known, so the one that lets the least through counts.
  return rates.reduce((least, rate) =>
    least === undefined || rate === undefined ? undefined : rate.perHour < least.perHour ? rate : least,
  );
}

function limited(runs: Rate, times: Times, note: string, where: Pick<Evidence, 'span' | 'source'>): Rate | undefined {
  const { period, repeat, ranges, weekdays } = times;
  const hours = ranges.map(rangeHours);
  const scale = period === undefined ? 0 : periods[period];
  if (scale === undefined || hours.includes(undefined)) return undefined;
  const open = hours.length === 0 ? hoursOfDay : hours.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const share = (Math.min(open, hoursOfDay) / hoursOfDay) * (weekdays.length === 0 ? 1 : weekdays.length / daysOfWeek);
  // Puppet looks at the clock when it runs: the first run that comes late enough applies the resource.
  const between = 3600 / runs.perHour;
  const seconds = between * Math.max(1, Math.ceil(Math.floor(scale / repeat) / between));
  const perHour = Math.min(runs.perHour * share, 3600 / seconds);
  if (perHour === runs.perHour) return runs;
  const text = share < 1 ? 'at the times of its schedule' : everyText(seconds);
  const said = share < 1 ? `lets Puppet apply it at certain times only` : `lets Puppet apply it ${text} at most`;
  return { ...runs, perHour, text, evidence: [...runs.evidence, { ...where, note: `${note} ${said}.` }] };
}

/** Hours between the ends of `2:30 - 4` or `22:00 - 04:00`; `undefined` for what is no range. */
function rangeHours(range: string): number | undefined {
  const ends = range.split('-').map((time) => {
    const match = /^\s*(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?\s*$/.exec(time);
    return match === null ? NaN : Number(match[1]) + Number(match[2] ?? 0) / 60 + Number(match[3] ?? 0) / 3600;
  });
  const [from = NaN, to = NaN] = ends;
  if (ends.length !== 2 || Number.isNaN(from) || Number.isNaN(to)) return undefined;
  return to > from ? to - from : to - from + hoursOfDay;
}
