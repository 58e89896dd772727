import { describe, expect, test } from 'vitest';
import { displayText, fileTemplate } from '../../../src/core/template.ts';
import { cronFacts } from '../../../src/loaders/cron/index.ts';
import { cronRate } from '../../../src/model/cron-schedule.ts';

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
  test.each(['@reboot', '', 'a b c d e', '* * * *', '* * * * * *', '61 * * * *', '@sometimes'])(
    '%s is no rate',
    (schedule) => {
      expect(cronRate(schedule)).toBeUndefined();
    },
  );
});
