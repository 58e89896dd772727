import { describe, expect, it } from 'vitest';
import { assumedConnectionsPerHour, unitActivations } from '../../../src/model/unit-activation.ts';
import { unitsOf } from './helpers.ts';

const job = '[Service]\nType=oneshot\nExecStart=/bin/job\n';

function activationsOf(files: Readonly<Record<string, string>>, name = 'a.service') {
  const units = unitsOf(files);
  const unit = units.find(name);
  if (unit === undefined) throw new Error(`There is no '${name}'.`);
  return unitActivations(unit, units);
}

const ratesOf = (files: Readonly<Record<string, string>>, name?: string) =>
  activationsOf(files, name).rates.map(({ perHour, text }) => [Math.round(perHour * 1000) / 1000, text]);

describe('timers', () => {
  it.each([
    ['OnCalendar=*:0/2', [[30, 'every 2 minutes']]],
    ['OnCalendar=hourly', [[1, 'every hour']]],
    ['OnCalendar=00/6:00', [[0.167, 'every 6 hours']]],
    ['OnCalendar=Mon..Fri 10:00', [[0.03, "on the schedule 'Mon..Fri 10:00'"]]],
    ['OnCalendar=*:0,5', [[2, "on the schedule '*:0,5'"]]],
    [
      'OnCalendar=*:0/30\nOnCalendar=*:15',
      [
        [2, 'every 30 minutes'],
        [1, 'every hour'],
      ],
    ],
    ['OnCalendar=*:*:0/10', [[60, 'every minute']]],
    ['OnCalendar=*:*:0/10\nAccuracySec=1s', [[360, 'every 10 seconds']]],
    ['OnCalendar=rubbish', []],
    ['OnCalendar=*:0/2\nOnCalendar=', []],
    ['OnBootSec=1min\nOnUnitActiveSec=5min', [[12, 'every 5 minutes']]],
    ['OnBootSec=1min\nOnUnitActiveSec=5min\nOnUnitInactiveSec=2min', [[30, 'every 2 minutes']]],
    ['OnBootSec=1min\nOnUnitActiveSec=10', [[60, 'every minute']]],
    ['OnBootSec=1min\nOnUnitActiveSec=10min\nRandomizedDelaySec=10min', [[4, 'every 15 minutes']]],
    ['OnBootSec=1min\nOnUnitActiveSec=infinity', []],
    ['OnUnitActiveSec=5min', []],
    ['OnBootSec=5min', []],
    ['OnCalendar=*:0/2\nUnit=b.service', []],
  ])('%j', (text, expected) => {
    expect(ratesOf({ 'a.timer': `[Timer]\n${text}\n`, 'a.service': job })).toEqual(expected);
  });

  it('start the unit they name', () => {
    const files = { 'x.timer': '[Timer]\nOnCalendar=*:0/2\nUnit=a.service\n', 'a.service': job };
    const [rate] = activationsOf(files).rates;
    expect(rate?.evidence).toEqual([
      { span: { file: 'x.timer', start: 8, end: 24 }, note: "'x.timer' starts 'a.service' every 2 minutes." },
    ]);
  });

  it('several with a time since the last start: only the shortest fires, calendars add up', () => {
    const files = {
      'a.timer': '[Timer]\nOnBootSec=1min\nOnUnitActiveSec=10min\nPersistent=yes\n',
      'b.timer': '[Timer]\nUnit=a.service\nOnBootSec=1min\nOnUnitInactiveSec=5min\n',
      'c.timer': '[Timer]\nUnit=a.service\nOnCalendar=hourly\nPersistent=true\n',
      'a.service': job,
    };
    expect(ratesOf(files)).toEqual([
      [1, 'every hour'],
      [12, 'every 5 minutes'],
    ]);
  });

  it('start a target once', () => {
    expect(ratesOf({ 'a.timer': '[Timer]\nUnit=a.target\nOnCalendar=minutely\n', 'a.target': '' }, 'a.target')).toEqual(
      [],
    );
  });

  it('of a user start nothing of the system', () => {
    expect(
      ratesOf({ 'etc/systemd/user/a.timer': '[Timer]\nOnCalendar=*:0/2\n', 'etc/systemd/system/a.service': job }),
    ).toEqual([]);
  });

  it.each([
    ['Type=simple', 1],
    ['Type=exec', 1],
    ['RemainAfterExit=yes\nType=oneshot', 0],
    ['Type=notify', 0],
    ['Type=forking', 0],
    ['BusName=a.b', 0],
    ['Restart=always', 0],
    ['Type={{ type }}', 0],
  ])('start a service with %j again: %d', (text, count) => {
    const service = `[Service]\nExecStart=/bin/job\n${text}\n`;
    expect(ratesOf({ 'a.timer': '[Timer]\nOnCalendar=*:0/2\n', 'a.service': service })).toHaveLength(count);
  });

  it('that are masked start nothing', () => {
    const timer = {
      'usr/lib/systemd/system/a.timer': '[Timer]\nOnCalendar=*:0/2\n',
      'usr/lib/systemd/system/a.service': job,
    };
    expect(ratesOf(timer)).toHaveLength(1);
    expect(ratesOf({ ...timer, 'etc/systemd/system/a.timer': '' })).toEqual([]);
  });
});

describe('sockets', () => {
  const socket = (text: string) =>
    activationsOf({ 'a.socket': `[Socket]\n${text}\n`, 'a@.service': job }, 'a@.service');

  it.each(['80', '0.0.0.0:80', '[::]:80', '127.0.0.1:8080'])('at %s are assumed to be busy', (address) => {
    expect(socket(`ListenStream=${address}\nAccept=yes`).rates).toMatchObject([
      { perHour: assumedConnectionsPerHour, assumed: true },
    ]);
  });

  it.each(['/run/a', '@a', 'vsock::1'])('at %s are not known', (address) => {
    expect(socket(`ListenStream=${address}\nAccept=yes`)).toMatchObject({ rates: [], unknown: [{}] });
  });

  it('that do not accept start a daemon once', () => {
    const socket = '[Socket]\nListenStream=80\n';
    const daemon = '[Service]\nType=notify\nExecStart=/bin/daemon\n';
    expect(activationsOf({ 'a.socket': socket, 'a.service': daemon })).toEqual({ rates: [], unknown: [] });
    expect(activationsOf({ 'a.socket': socket, 'a.service': job })).toMatchObject({
      rates: [],
      unknown: [{ note: expect.stringContaining('when something comes in') as string }],
    });
  });
});

describe('paths', () => {
  it('are not known', () => {
    const files = { 'a.path': '[Path]\nPathChanged=/x\n', 'a.service': job };
    expect(activationsOf(files)).toMatchObject({ rates: [], unknown: [{ span: { file: 'a.path' } }] });
  });
});

describe('restarts', () => {
  const poll = 'ExecStart=/usr/bin/hostnamectl\nRestart=always\n';

  it.each([
    [`${poll}RestartSec=5`, [[720, 'every 5 seconds']]],
    [`${poll}RestartSec=1min`, [[60, 'every minute']]],
    [poll, []],
    [`${poll}RestartSec=1`, []],
    [`${poll}RestartSec=1\n[Unit]\nStartLimitIntervalSec=0`, [[3600, 'every second']]],
    [`${poll}RestartSec=5\n[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=1h`, []],
    ['ExecStart=/usr/bin/agent\nRestart=always\nRestartSec=5', []],
    ['ExecStart=/usr/bin/hostnamectl\nRestart=on-failure\nRestartSec=5', []],
    [`Type=notify\n${poll}RestartSec=5`, []],
    [`${poll}RemainAfterExit=yes\nRestartSec=5`, []],
    ["ExecStart=/bin/sh -c 'hostnamectl; sleep 55'\nRestart=always\nRestartSec=5", [[60, 'every minute']]],
    ["ExecStart=/bin/sh -c 'hostnamectl; sleep 1m'\nRestart=always\nRestartSec=60", [[30, 'every 2 minutes']]],
    ["ExecStart=/bin/sh -c 'while :; do hostnamectl; sleep 5; done'\nRestart=always\nRestartSec=5", []],
    ['ExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=5', []],
    ['ExecStart=/usr/bin/busctl monitor\nRestart=always\nRestartSec=5', []],
  ])('%j', (text, expected) => {
    expect(ratesOf({ 'a.service': `[Service]\n${text}\n` })).toEqual(expected);
  });
});
