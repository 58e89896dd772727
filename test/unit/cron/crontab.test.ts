import { describe, expect, test } from 'vitest';
import { displayText, fileTemplate } from '../../../src/core/template.ts';
import { cronFacts } from '../../../src/loaders/cron/index.ts';
import { cronRate, needsCron } from '../../../src/model/cron-schedule.ts';

function show(text: string, system: boolean): readonly string[] {
  return cronFacts(fileTemplate('crontab', text), system).map(({ origin, words }) =>
    [origin.type === 'cron' ? origin.schedule : '', ...words.map((word) => displayText(word))].join('|'),
  );
}

describe('crontab', () => {
  test('entries, comments, variables', () => {
    const text = '# c\nPATH=/bin\nFOO = bar\n\n*/5 *  * * mon a b\r\n\t@hourly c\n';
    expect(show(text, false)).toEqual(['*/5 * * * mon|a|b', '@hourly|c']);
  });
  test('the system crontab names a user', () => {
    expect(show('1 2 3 4 5 root a b\n@daily root c', true)).toEqual(['1 2 3 4 5|a|b', '@daily|c']);
  });
  test('a percent sign ends the command unless it is escaped', () => {
    expect(show('* * * * * date +\\%F %input', false)).toEqual(['* * * * *|date|+%F']);
  });
  test('what is cut short is no entry', () => {
    expect(show('* * * * *\n* * *\n@daily\n* * * * * root', true)).toEqual([]);
  });
});

describe('cronRate', () => {
  test.each([
    ['*/2 * * * *', 30, 'every 2 minutes'],
    ['* * * * *', 60, 'every minute'],
    ['0 * * * *', 1, 'every hour'],
    ['@hourly', 1, 'every hour'],
    ['7,37 * * * *', 2, 'every 30 minutes'],
    ['0 0 * * *', 1 / 24, "on the schedule '0 0 * * *'"],
    ['*/5 8-15 * * *', 4, "on the schedule '*/5 8-15 * * *'"],
    ['0 12 * * sun', 52 / 365 / 24, "on the schedule '0 12 * * sun'"],
    ['0 0 1 * *', 12 / 365 / 24, "on the schedule '0 0 1 * *'"],
    // Day of month and day of week together mean either of them: 12 firsts and 53 Mondays, 2 of which are both.
    ['0 0 1 * 1', 63 / 365 / 24, "on the schedule '0 0 1 * 1'"],
  ])('%s', (schedule, perHour, text) => {
    expect(cronRate(schedule)?.perHour).toBeCloseTo(perHour, 10);
    expect(cronRate(schedule)?.text).toBe(text);
  });
  test('what is told without the library is what the library says', () => {
    const fields = (most: number) => {
      const numbers = Array.from({ length: most + 1 }, (_, number) => number);
      return ['*', ...numbers.map(String), ...numbers.slice(1).map((number) => `*/${number}`)];
    };
    // The library reads a list of one value as it reads the value, and leaves out what is said twice.
    const written = (field: string) => (field === '*' ? '0-59' : `${field},${field}`);
    for (const field of fields(59)) {
      expect(needsCron(`${field} * * * *`), field).toBe(false);
      expect(needsCron(`${written(field)} * * * *`), field).toBe(true);
      expect(cronRate(`${field} * * * *`)?.perHour, field).toBe(cronRate(`${written(field)} * * * *`)?.perHour);
    }
    for (const field of fields(23)) {
      expect(needsCron(`0 ${field} * * *`), field).toBe(false);
      const long = field === '*' ? '0-23' : `${field},${field}`;
      expect(cronRate(`0 ${field} * * *`)?.perHour, field).toBe(cronRate(`0 ${long} * * *`)?.perHour);
    }
    for (let day = 0; day <= 28; day++) {
      const [plain, long] = [`0 0 ${day} * *`, `0 0 ${day},${day} * *`];
      expect(needsCron(plain), plain).toBe(day === 0);
      expect(cronRate(plain)?.perHour, plain).toBe(cronRate(long)?.perHour);
    }
    for (let day = 0; day <= 7; day++) {
      const [plain, long] = [`0 0 * * ${day}`, `0 0 * * ${day},${day}`];
      expect(needsCron(plain), plain).toBe(false);
      expect(cronRate(plain)?.perHour, plain).toBe(cronRate(long)?.perHour);
    }
  });
  test.each(['@reboot', '', 'a b c d e', '* * * *', '* * * * * *', '61 * * * *', '@sometimes'])(
    '%s is no rate',
    (schedule) => {
      expect(cronRate(schedule)).toBeUndefined();
    },
  );
});
