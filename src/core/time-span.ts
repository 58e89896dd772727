/** Time spans and booleans as systemd reads them (systemd.time(7), systemd.syntax(7)). */

const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Microseconds of each unit; a month is 30.4375 days, which the manual rounds to 30.44. */
const units: ReadonlyMap<string, number> = new Map(
  [
    { names: ['seconds', 'second', 'sec', 's'], size: second },
    { names: ['minutes', 'minute', 'min', 'm'], size: minute },
    { names: ['months', 'month', 'M'], size: 30.4375 * day },
    { names: ['msec', 'ms'], size: 1000 },
    { names: ['hours', 'hour', 'hr', 'h'], size: hour },
    { names: ['days', 'day', 'd'], size: day },
    { names: ['weeks', 'week', 'w'], size: 7 * day },
    { names: ['years', 'year', 'y'], size: 365.25 * day },
    { names: ['usec', 'us', 'µs', 'μs'], size: 1 },
  ].flatMap(({ names, size }) => names.map((name) => [name, size] as const)),
);

/** One number, with a unit or not. Units are tried longest first, as systemd does. */
const term = new RegExp(
  `[ \\t\\n\\r]*(?:\\+?([0-9]+)(?:\\.([0-9]+))?|\\.([0-9]+))([ \\t\\n\\r]*)(${[...units.keys()].sort((a, b) => b.length - a.length).join('|')})?`,
  'y',
);

/**
 * Microseconds of a time span such as `1h 30min`, `infinity` or `90`; `undefined` where systemd refuses it.
 *
 * @param defaultUnit microseconds of a number without a unit: a second for nearly all settings
 */
export function timeSpanMicroseconds(text: string, defaultUnit = second): number | undefined {
  if (/^[ \t\n\r]*infinity[ \t\n\r]*$/.test(text)) return Infinity;
  let end = text.length;
  while (end > 0 && ' \t\n\r'.includes(text.charAt(end - 1))) end--;
  if (end === 0) return undefined;
  let sum = 0;
  let at = 0;
  while (at < end) {
    term.lastIndex = at;
    const match = term.exec(text);
    if (match === null) return undefined;
    const [whole, integer = '0', fraction = '', bareFraction = '', blanks = '', unit] = match;
    const size = unit === undefined ? defaultUnit : (units.get(unit) ?? defaultUnit);
    sum += Number(integer) * size + fractionOf(fraction || bareFraction, size);
    if (Number(integer) >= Math.floor(2 ** 64 / size) || sum >= 2 ** 64) return undefined;
    at += whole.length;
    if (unit === undefined && blanks === '' && at < end) return undefined;
  }
  return sum;
}

/** As `timeSpanMicroseconds`, in seconds. */
export function timeSpanSeconds(text: string): number | undefined {
  const microseconds = timeSpanMicroseconds(text);
  return microseconds === undefined ? undefined : microseconds / second;
}

/** systemd cuts each digit's share to whole microseconds. */
function fractionOf(digits: string, size: number): number {
  let sum = 0;
  let share = size;
  for (const digit of digits) {
    share = Math.floor(share / 10);
    if (share === 0) break;
    sum += Number(digit) * share;
  }
  return sum;
}

/** `undefined` where systemd refuses the word. Case does not matter; the single letters are accepted but not documented. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['1', 'yes', 'y', 'true', 't', 'on'].includes(word)) return true;
  if (['0', 'no', 'n', 'false', 'f', 'off'].includes(word)) return false;
  return undefined;
}
