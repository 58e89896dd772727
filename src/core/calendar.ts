/** Calendar expressions of `OnCalendar=` (systemd.time(7), "CALENDAR EVENTS") and how often they elapse. */

/** `start`, `start/repeat`, `start..stop` or `start..stop/repeat`. */
interface Component {
  readonly start: number;
  readonly stop?: number;
  readonly repeat?: number;
}

/** A list of components, or any value. */
type Field = readonly Component[] | 'any';

export interface Calendar {
  /** Bit 0 is Monday; 127 is every day. */
  readonly weekdays: number;
  readonly year: Field;
  readonly month: Field;
  readonly day: Field;
  /** Days are counted back from the end of the month: 1 is the last day. */
  readonly fromMonthEnd: boolean;
  readonly hour: Field;
  readonly minute: Field;
  /** In microseconds. */
  readonly second: Field;
}

const everyDay = 127;
const microsecondsPerSecond = 1_000_000;
const limits = {
  year: [1970, 2199],
  month: [1, 12],
  day: [1, 31],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 60 * microsecondsPerSecond - 1],
} as const;

/** Lists longer than this are refused, here and there (systemd allows 240 components). */
const maximumComponents = 240;

const shorthands: ReadonlyMap<string, string> = new Map([
  ['minutely', '*-*-* *:*:00'],
  ['hourly', '*-*-* *:00:00'],
  ['daily', '*-*-* 00:00:00'],
  ['monthly', '*-*-01 00:00:00'],
  ['weekly', 'Mon *-*-* 00:00:00'],
  ['yearly', '*-01-01 00:00:00'],
  ['annually', '*-01-01 00:00:00'],
  ['anually', '*-01-01 00:00:00'],
  ['quarterly', '*-01,04,07,10-01 00:00:00'],
  ['semiannually', '*-01,07-01 00:00:00'],
  ['semi-annually', '*-01,07-01 00:00:00'],
  ['biannually', '*-01,07-01 00:00:00'],
  ['bi-annually', '*-01,07-01 00:00:00'],
]);

const weekdayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/**
 * Reads a calendar expression. `invalid`: systemd refuses it. `unknown`: it ends in a word that may be the time zone of the
 * node, or in a form that says nothing of a rate (`@` and a time stamp).
 */
export function parseCalendar(text: string): Calendar | 'invalid' | 'unknown' {
  const { expression, zone } = splitZone(text);
  if (zone === 'unknown' || /^@[0-9]/.test(expression)) return 'unknown';
  const normal = shorthands.get(expression.toLowerCase()) ?? expression;
  if (normal === '') return 'invalid';
  const weekdays = readWeekdays(normal);
  if (weekdays === undefined) return 'invalid';
  const date = readDate(weekdays.rest);
  if (date === undefined) return 'invalid';
  const time = readTime(date.rest);
  if (time === undefined) return 'invalid';
  const calendar = { weekdays: weekdays.bits, ...date.fields, ...time };
  return isValid(calendar) ? calendar : 'invalid';
}

function splitZone(text: string): { readonly expression: string; readonly zone?: 'known' | 'unknown' } {
  const space = text.lastIndexOf(' ');
  const zone = text.slice(space + 1);
  if (space < 0 || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone) || zone.includes('..')) return { expression: text };
  const expression = text.slice(0, space);
  if (isTimeZone(zone)) return { expression, zone: 'known' };
  return /^[A-Z]{3,5}$/.test(zone) ? { expression, zone: 'unknown' } : { expression: text };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

interface Weekdays {
  readonly bits: number;
  readonly rest: string;
}

/** A list of days and ranges, then a blank. No day at all means every day. `undefined`: invalid. */
function readWeekdays(text: string): Weekdays | undefined {
  if (!/^[a-z]/i.test(text)) return { bits: everyDay, rest: text };
  const space = text.indexOf(' ');
  const list = space < 0 ? text : text.slice(0, space);
  const rest = space < 0 ? '' : text.slice(space).trimStart();
  let bits = 0;
  const items = list.split(',');
  for (const [index, item] of items.entries()) {
    if (item === '' && index === items.length - 1 && index > 0) continue;
    const [first, last, ...more] = item.split(item.includes('..') ? '..' : '-').map(weekdayNumber);
    const end = last ?? (item.includes('..') || item.includes('-') ? -1 : first);
    if (first === undefined || end === undefined || first < 0 || end < first || more.length > 0) return undefined;
    for (let day = first; day <= end; day++) bits |= 1 << day;
  }
  return { bits: bits === 0 ? everyDay : bits, rest };
}

/** 0 is Monday; -1 is no weekday. */
function weekdayNumber(name: string): number {
  const word = name.toLowerCase();
  return weekdayNames.findIndex((full) => word === full || word === full.slice(0, 3));
}

type DateFields = Pick<Calendar, 'year' | 'month' | 'day' | 'fromMonthEnd'>;

/** `YEAR-MONTH-DAY` or `MONTH-DAY`, the last `-` perhaps a `~`; nothing when a time comes first. */
function readDate(text: string): { readonly fields: DateFields; readonly rest: string } | undefined {
  const any = { year: 'any', month: 'any', day: 'any', fromMonthEnd: false } as const;
  const space = text.indexOf(' ');
  const word = space < 0 ? text : text.slice(0, space);
  const rest = space < 0 ? '' : text.slice(space).trimStart();
  if (word === '' || word.includes(':')) return { fields: any, rest: text };
  const parts = /^([^-~]+)([-~])([^-~]+)(?:([-~])([^-~]+))?$/.exec(word);
  // A number alone is taken as the start of a time, which then lacks its colon.
  if (parts === null) return undefined;
  const [, first = '', firstSeparator, second = '', secondSeparator, third] = parts;
  if (third !== undefined && firstSeparator === '~') return undefined;
  const [year, month, day] = [
    third === undefined ? '*' : first,
    third === undefined ? first : second,
    third ?? second,
  ].map((field) => readField(field, 1));
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const fromMonthEnd = day !== 'any' && (secondSeparator ?? firstSeparator) === '~';
  return { fields: { year: year === 'any' ? year : year.map(fullYears), month, day, fromMonthEnd }, rest };
}

/** 70..99 are of the last century, 0..69 of this one. */
function fullYears(component: Component): Component {
  const full = (year: number): number => (year < 70 ? year + 2000 : year < 100 ? year + 1900 : year);
  return {
    ...component,
    start: full(component.start),
    ...(component.stop !== undefined && { stop: full(component.stop) }),
  };
}

/** `HOUR:MINUTE` or `HOUR:MINUTE:SECOND`; nothing means midnight. */
function readTime(text: string): Pick<Calendar, 'hour' | 'minute' | 'second'> | undefined {
  const zero = [{ start: 0 }];
  if (text === '') return { hour: zero, minute: zero, second: zero };
  const parts = text.split(':');
  if (parts.length < 2 || parts.length > 3) return undefined;
  const [hour, minute] = parts.map((part) => readField(part, 1));
  const second = parts[2] === undefined ? zero : readField(parts[2], microsecondsPerSecond);
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  return { hour, minute, second };
}

/** @param scale units of one: fractions are allowed when it is more than 1 */
function readField(text: string, scale: number): Field | undefined {
  if (text === '*') return scale === 1 ? 'any' : [{ start: 0, repeat: scale }];
  const items = text.split(',');
  if (items.length > maximumComponents) return undefined;
  const components: Component[] = [];
  for (const item of items) {
    const number = scale === 1 ? '(\\d+)' : '(\\d+(?:\\.\\d+)?)';
    const parts = new RegExp(`^${number}(?:\\.\\.${number})?(?:/${number})?$`).exec(item);
    if (parts === null) return undefined;
    const [start = 0, stop, repeat] = parts
      .slice(1)
      .map((part: string | undefined) => (part === undefined ? undefined : Math.round(Number(part) * scale)));
    if (repeat === 0) return undefined;
    components.push({
      start,
      ...(stop !== undefined && { stop, repeat: repeat ?? scale }),
      ...(repeat !== undefined && { repeat }),
    });
  }
  return components;
}

function isValid(calendar: Calendar): boolean {
  return (Object.keys(limits) as (keyof typeof limits)[]).every((name) => {
    const field = calendar[name];
    const [from, to] = limits[name];
    const last = name === 'day' && calendar.fromMonthEnd ? to - 3 : to;
    return (
      field === 'any' ||
      field.every(
        ({ start, stop = start, repeat = 0 }) =>
          start >= from && start <= last && stop >= start && stop <= last && repeat <= last - from,
      )
    );
  });
}

/** Whether a day is one of the calendar's; `month` counts from 1. */
export function matchesDay(calendar: Calendar, year: number, month: number, day: number): boolean {
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return (
    (calendar.weekdays & (1 << weekday)) !== 0 &&
    matches(calendar.year, year, limits.year[1]) &&
    matches(calendar.month, month, limits.month[1]) &&
    matchesDayOfMonth(calendar, day, lastDay)
  );
}

function matchesDayOfMonth(calendar: Calendar, day: number, lastDay: number): boolean {
  if (calendar.day === 'any' || !calendar.fromMonthEnd) return matches(calendar.day, day, lastDay);
  const fromStart = calendar.day.map(({ start, stop, repeat }) => ({
    start: lastDay + 1 - (stop ?? start),
    ...(stop !== undefined && { stop: lastDay + 1 - start }),
    ...(repeat !== undefined && { repeat }),
  }));
  return matches(fromStart, day, lastDay);
}

function matches(field: Field, value: number, last: number): boolean {
  return (
    field === 'any' ||
    field.some(({ start, stop, repeat }) => {
      if (repeat === undefined) return value === start;
      return value >= start && value <= (stop ?? last) && (value - start) % repeat === 0;
    })
  );
}

/** How many times it elapses on a day that matches. */
export function elapsesPerDay(calendar: Calendar): number {
  return (
    countOf(calendar.hour, limits.hour) *
    countOf(calendar.minute, limits.minute) *
    countOf(calendar.second, limits.second)
  );
}

function countOf(field: Field, limit: readonly [number, number]): number {
  if (field === 'any') return limit[1] - limit[0] + 1;
  const sum = field.map((component) => sizeOf(component, limit[1])).reduce((a, b) => a + b, 0);
  // Steps of a few microseconds: no list of them is worth making, and overlaps do not matter.
  return field.length === 1 || sum > 100_000 ? sum : valuesOf(field, limit).length;
}

function sizeOf({ start, stop, repeat }: Component, last: number): number {
  return repeat === undefined ? 1 : Math.floor(((stop ?? last) - start) / repeat) + 1;
}

/** In order, each once. */
function valuesOf(field: Field, [first, last]: readonly [number, number]): readonly number[] {
  const components = field === 'any' ? [{ start: first, repeat: 1 }] : field;
  const values = new Set<number>();
  for (const component of components) {
    const size = sizeOf(component, last);
    for (let step = 0; step < size; step++) values.add(component.start + step * (component.repeat ?? 0));
  }
  return [...values].sort((a, b) => a - b);
}

/** Seconds between two elapses where all are as far apart, up to a day; else `undefined`. */
export function evenInterval(calendar: Calendar): number | undefined {
  if (calendar.year !== 'any' || !isEveryDay(calendar)) return undefined;
  const { hour, minute, second } = calendar;
  const hours = isEvenlySpaced(valuesOf(hour, limits.hour), 24);
  const seconds = countOf(second, limits.second);
  if (seconds > 60) return undefined;
  const [everyHour, everyMinute] = [countOf(hour, limits.hour) === 24, countOf(minute, limits.minute) === 60];
  if (seconds > 1) {
    const even =
      everyHour && everyMinute && isEvenlySpaced(valuesOf(second, limits.second), 60 * microsecondsPerSecond);
    return even ? 60 / seconds : undefined;
  }
  const minutes = valuesOf(minute, limits.minute);
  if (minutes.length > 1) return everyHour && isEvenlySpaced(minutes, 60) ? 3600 / minutes.length : undefined;
  return hours ? 86_400 / countOf(hour, limits.hour) : undefined;
}

/** @param size after which the values come again */
function isEvenlySpaced(values: readonly number[], size: number): boolean {
  const step = size / values.length;
  return values.every((value, index) => value === (values[0] ?? 0) + index * step);
}

/**
 * Mean number of elapses an hour over the years it names, or over 28 years, after which weekdays and dates repeat (from 1901
 * to 2099). Changes of the clock in the node's time zone do not count.
 */
export function elapsesPerHour(calendar: Calendar): number {
  const perHour = elapsesPerDay(calendar) / 24;
  if (isEveryDay(calendar)) return perHour;
  const [from, to] = calendar.year === 'any' ? [2000, 2027] : limits.year;
  let days = 0;
  let matching = 0;
  for (let year: number = from; year <= to; year++) {
    if (!matches(calendar.year, year, to)) continue;
    for (let month = 1; month <= 12; month++) {
      const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
      days += lastDay;
      for (let day = 1; day <= lastDay; day++) if (matchesDay(calendar, year, month, day)) matching++;
    }
  }
  return days === 0 ? 0 : (matching / days) * perHour;
}

function isEveryDay({ weekdays, month, day }: Calendar): boolean {
  return weekdays === everyDay && month === 'any' && day === 'any';
}
