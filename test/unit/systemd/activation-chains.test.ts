import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import { createModel } from '../../../src/model/model.ts';
import { factsOf } from './helpers.ts';

const job = '[Service]\nType=oneshot\nExecStart=/bin/job\n';
const often = '[Timer]\nOnCalendar=*:0/10\n';

function ratesOf(files: Readonly<Record<string, string>>, name: string) {
  const facts: readonly Fact[] = factsOf(files);
  const { units, activations } = createModel(facts);
  const unit = units.find(name);
  if (unit === undefined) throw new Error(`There is no '${name}'.`);
  return activations.ofUnit(unit);
}

const perHour = (files: Readonly<Record<string, string>>, name: string) =>
  ratesOf(files, name).map((rate) => Math.round(rate.perHour * 100) / 100);

describe('a unit that another one starts', () => {
  it.each(['Wants', 'Requires', 'BindsTo', 'Upholds', 'OnSuccess'])('by %s= starts with it', (key) => {
    const files = { 'a.timer': often, 'a.service': `[Unit]\n${key}=x.service b.service\n${job}`, 'b.service': job };
    expect(perHour(files, 'b.service')).toEqual([6]);
  });

  it.each([
    ['OnFailure= is not known', `[Unit]\nOnFailure=b.service\n${job}`, job],
    ['After= starts nothing', `[Unit]\nAfter=b.service\n${job}`, job],
    ['a daemon stays up', `[Unit]\nWants=b.service\n${job}`, '[Service]\nType=notify\nExecStart=/bin/daemon\n'],
    ['what stays after its end', `[Unit]\nWants=b.service\n${job}`, `${job}RemainAfterExit=yes\n`],
  ])('%s', (_what, starter, started) => {
    expect(perHour({ 'a.timer': often, 'a.service': starter, 'b.service': started }, 'b.service')).toEqual([]);
  });

  it('tells each step', () => {
    const files = {
      'a.timer': often,
      'a.service': `[Unit]\nWants=b.service\n${job}`,
      'b.service': `[Unit]\nRequires=c.service\n${job}`,
      'c.service': job,
    };
    const [rate] = ratesOf(files, 'c.service');
    expect(rate?.evidence.map(({ note }) => note)).toEqual([
      "'a.timer' starts 'a.service' every 10 minutes.",
      "Each start of 'a.service' starts 'b.service' too ('Wants=').",
      "Each start of 'b.service' starts 'c.service' too ('Requires=').",
    ]);
  });

  it('counts a starter once, by whatever way', () => {
    const files = {
      'a.timer': often,
      'a.service': `[Unit]\nWants=b.service c.service d.service\n${job}`,
      'b.service': `[Unit]\nWants=d.service\n${job}`,
      'c.service': `[Unit]\nWants=d.service\n${job}`,
      'd.service': job,
    };
    expect(perHour(files, 'd.service')).toEqual([6]);
  });

  it('through its own WantedBy=', () => {
    const files = { 'a.timer': often, 'a.service': job, 'b.service': `${job}[Install]\nWantedBy=a.service\n` };
    expect(perHour(files, 'b.service')).toEqual([6]);
  });

  it('in a circle ends', () => {
    const files = {
      'a.timer': often,
      'a.service': `[Unit]\nWants=b.service\n${job}`,
      'b.service': `[Unit]\nWants=a.service\n${job}`,
    };
    expect(perHour(files, 'b.service')).toEqual([6]);
    expect(perHour(files, 'a.service')).toEqual([6]);
  });
});

describe('a command that starts a unit', () => {
  const withCommand = (command: string, started = job) => ({
    'a.timer': often,
    'a.service': `[Service]\nType=oneshot\nExecStart=${command}\n`,
    'b.service': started,
  });
  const daemon = '[Service]\nType=notify\nExecStart=/bin/daemon\n';

  it.each([
    ['/usr/bin/systemctl start b', job, [6]],
    ['/usr/bin/systemctl --no-block start x.service b.service', job, [6]],
    ['/bin/sh -c "systemctl restart b.service"', daemon, [6]],
    ['/usr/sbin/service b restart', daemon, [6]],
    ['/usr/bin/systemctl start b', daemon, []],
    ['/usr/bin/systemctl --user restart b', daemon, []],
    ['/usr/bin/systemctl -H other restart b', daemon, []],
    ['/usr/bin/systemctl try-restart b', daemon, []],
    ['/usr/bin/systemctl status b', daemon, []],
  ])('%s', (command, started, expected) => {
    expect(perHour(withCommand(command, started), 'b.service')).toEqual(expected);
  });

  it('ends where thousands start each other', () => {
    const files: Record<string, string> = {};
    for (let index = 0; index < 2000; index++) {
      files[`u${index}.service`] =
        `[Unit]\nWants=u${(index + 7) % 2000}.service\n[Service]\nType=oneshot\nExecStart=/bin/systemctl restart u${index + 1} u${(index * 3) % 2000}\n`;
    }
    expect(perHour(files, 'u1.service')).toEqual([]);
  });
});
