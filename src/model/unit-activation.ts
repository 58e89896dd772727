/** How often a unit starts by what other units and its own settings do: timers, sockets, paths, restarts. */
import { elapsesPerHour, evenInterval, parseCalendar } from '../core/calendar.ts';
import { parseExecLine } from '../core/exec-line.ts';
import type { Evidence } from '../core/finding.ts';
import { displayText, literalText } from '../core/template.ts';
import { timeSpanSeconds } from '../core/time-span.ts';
import type { Rate } from './rate.ts';
import { everyText } from './rate.ts';
import type { Assignment, Unit, Units } from './units.ts';

/** What starts a unit. */
export interface UnitActivations {
  readonly rates: readonly Rate[];
  /** What starts it too, nobody knows how often: for `fleetlint trace`. */
  readonly unknown: readonly Evidence[];
}

/**
 * Starts an hour of a service behind a network socket with `Accept=yes`, one for each connection. Nothing in a tree says how many there
 * are; this stands for "often", and its rate is marked as assumed.
 */
export const assumedConnectionsPerHour = 12;

/** Everything in the tree, but commands that ask D-Bus for it, that starts a unit again and again. */
export function unitActivations(unit: Unit, units: Units): UnitActivations {
  const rates: Rate[] = [];
  const unknown: Evidence[] = [];
  for (const starter of units.all) {
    if (starter.masked || starter.manager !== unit.manager || !starts(starter, unit, units)) continue;
    const activation = activationBy(starter, unit);
    rates.push(...activation.rates);
    unknown.push(...activation.unknown);
  }
  const restart = restartRate(unit);
  if (restart !== undefined) rates.push(restart);
  return { rates, unknown };
}

/** The rates of `unitActivations`. */
export function unitRates(unit: Unit, units: Units): readonly Rate[] {
  return unitActivations(unit, units).rates;
}

const nothing: UnitActivations = { rates: [], unknown: [] };

function activationBy(starter: Unit, unit: Unit): UnitActivations {
  switch (starter.type) {
    case 'timer':
      return { rates: isStartedAgain(unit) ? timerRates(starter, unit) : [], unknown: [] };
    case 'socket':
      return socketActivation(starter, unit);
    case 'path':
      return { rates: [], unknown: pathEvidence(starter, unit) };
    default:
      return nothing;
  }
}

/** Whether a timer, socket or path is there for the unit. */
function starts(starter: Unit, unit: Unit, units: Units): boolean {
  const target = targetOf(starter);
  if (target === undefined) return false;
  const found = units.find(target, starter);
  return (
    found !== undefined && found.name === unit.name && found.fragment === unit.fragment && found.root === unit.root
  );
}

function targetOf(starter: Unit): string | undefined {
  const stem = starter.name.slice(0, starter.name.lastIndexOf('.'));
  switch (starter.type) {
    case 'timer':
    case 'path': {
      const section = starter.type === 'timer' ? 'Timer' : 'Path';
      return starter.value(section, 'Unit') === undefined ? `${stem}.service` : starter.text(section, 'Unit');
    }
    case 'socket':
      if (starter.boolean('Socket', 'Accept')?.value === true) return `${stem}@.service`;
      return starter.value('Socket', 'Service') === undefined ? `${stem}.service` : starter.text('Socket', 'Service');
    default:
      return undefined;
  }
}

/**
 * Whether a start finds the unit stopped: a job does its work and ends. A service that says when it is ready, forks, owns a bus name or is
 * always restarted is taken for a daemon, which a timer starts once.
 */
function isStartedAgain(unit: Unit): boolean {
  if (unit.boolean('Service', 'RemainAfterExit')?.value === true || unit.text('Service', 'Restart') === 'always')
    return false;
  const type = unit.value('Service', 'Type');
  if (type === undefined) return unit.value('Service', 'BusName') === undefined;
  return ['simple', 'exec', 'idle', 'oneshot'].includes(literalText(type.value) ?? '');
}

function timerRates(timer: Unit, unit: Unit): readonly Rate[] {
  const accuracy = secondsOf(timer, 'Timer', 'AccuracySec') ?? 60;
  return [...calendarRates(timer, unit, accuracy), ...monotonicRates(timer, unit, accuracy)];
}

/** systemd waits up to `AccuracySec=` to join wake-ups, so a timer does not fire more often than once in it. */
function rateOf(seconds: number, accuracy: number, text: string, at: Assignment, timer: Unit, unit: Unit): Rate {
  const late = accuracy > seconds;
  const pace = late ? everyText(accuracy) : text;
  const note = `'${timer.name}' starts '${unit.name}' ${pace}${late ? `, as AccuracySec= of ${accuracy} s allows no more` : ''}.`;
  return { perHour: 3600 / Math.max(seconds, accuracy), text: pace, evidence: [{ span: at.span, note }] };
}

function calendarRates(timer: Unit, unit: Unit, accuracy: number): readonly Rate[] {
  return timer.values('Timer', 'OnCalendar').flatMap((assignment) => {
    const text = literalText(assignment.value);
    const calendar = text === undefined || text.includes('%') ? 'unknown' : parseCalendar(text);
    if (text === undefined || typeof calendar === 'string') return [];
    const perHour = elapsesPerHour(calendar);
    if (perHour === 0) return [];
    const even = evenInterval(calendar);
    const pace = even === undefined ? `on the schedule '${text}'` : everyText(even);
    return [rateOf(3600 / perHour, accuracy, pace, assignment, timer, unit)];
  });
}

/** Of several `OnUnitActiveSec=` and `OnUnitInactiveSec=` the shortest fires, and starts all of them anew. The run itself is taken as short. */
function monotonicRates(timer: Unit, unit: Unit, accuracy: number): readonly Rate[] {
  if (!hasFirstStart(timer, unit)) return [];
  const delay = (secondsOf(timer, 'Timer', 'RandomizedDelaySec') ?? 0) / 2;
  let shortest: { seconds: number; assignment: Assignment } | undefined;
  for (const assignment of ['OnUnitActiveSec', 'OnUnitInactiveSec'].flatMap((key) => timer.values('Timer', key))) {
    const seconds = timeSpanSeconds(literalText(assignment.value) ?? '');
    if (seconds === undefined || seconds === Infinity || seconds + delay === 0) continue;
    if (shortest === undefined || seconds < shortest.seconds) shortest = { seconds, assignment };
  }
  if (shortest === undefined) return [];
  const seconds = shortest.seconds + delay;
  return [rateOf(seconds, accuracy, everyText(seconds), shortest.assignment, timer, unit)];
}

/** Both count from the unit's last start or stop, so something else must start it once. */
function hasFirstStart(timer: Unit, unit: Unit): boolean {
  const once = ['OnBootSec', 'OnStartupSec', 'OnActiveSec', 'OnCalendar'];
  return (
    once.some((key) => timer.values('Timer', key).length > 0) ||
    ['WantedBy', 'RequiredBy', 'UpheldBy'].some((key) => unit.values('Install', key).length > 0)
  );
}

/** The value in force that systemd can read. */
function secondsOf(unit: Unit, section: string, key: string): number | undefined {
  for (const { value } of [...unit.values(section, key)].reverse()) {
    const seconds = timeSpanSeconds(literalText(value) ?? '');
    if (seconds !== undefined) return seconds;
  }
  return undefined;
}

function socketActivation(socket: Unit, unit: Unit): UnitActivations {
  const accept = socket.boolean('Socket', 'Accept');
  if (accept?.value !== true) return nothing;
  const listens = ['ListenStream', 'ListenSequentialPacket'].flatMap((key) => socket.values('Socket', key));
  const network = listens.find(({ value }) => isNetworkAddress(displayText(value)));
  const acceptEvidence = {
    span: accept.assignment.span,
    note: `'Accept=yes': '${socket.name}' starts an instance of '${unit.name}' for each connection.`,
  };
  if (network === undefined) return { rates: [], unknown: [acceptEvidence] };
  const note = `'${socket.name}' listens on the network, at '${displayText(network.value)}'.`;
  const rate: Rate = {
    perHour: assumedConnectionsPerHour,
    text: 'for each connection',
    evidence: [{ span: network.span, note }, acceptEvidence],
    assumed: true,
  };
  return { rates: [rate], unknown: [] };
}

/** A port, or an address with a port; not a path, an abstract name or a vsock. */
function isNetworkAddress(address: string): boolean {
  return /^\d+$|^(?:[\d.]+|\[[^\]]*\]):\d+$/.test(address);
}

function pathEvidence(path: Unit, unit: Unit): readonly Evidence[] {
  const keys = ['PathExists', 'PathExistsGlob', 'PathChanged', 'PathModified', 'DirectoryNotEmpty'];
  return keys
    .flatMap((key) => path.values('Path', key))
    .map(({ span, key, value }) => ({
      span,
      note: `'${path.name}' starts '${unit.name}' by '${key}=${displayText(value)}'; how often cannot be known.`,
    }));
}

/** Programs that end by themselves and at once, `sleep` after its time. */
const shortPrograms = new Set([
  'true',
  'echo',
  'logger',
  'touch',
  'hostname',
  'hostnamectl',
  'timedatectl',
  'localectl',
  'machinectl',
  'busctl',
  'gdbus',
  'dbus-send',
  'sleep',
]);

/**
 * `Restart=always` of a service that is known to end at once. Most services with it are daemons that end only by accident, so a program that
 * is not known says nothing. Where the start limit comes first, systemd gives up after a few starts.
 */
function restartRate(unit: Unit): Rate | undefined {
  const restart = unit.value('Service', 'Restart');
  if (restart === undefined || !['always', 'on-success'].includes(literalText(restart.value) ?? '')) return undefined;
  if (!['simple', 'exec', undefined].includes(unit.value('Service', 'Type') && (unit.text('Service', 'Type') ?? '')))
    return undefined;
  if (unit.value('Service', 'BusName') !== undefined || unit.value('Service', 'RestartSteps') !== undefined)
    return undefined;
  const starts = unit.values('Service', 'ExecStart');
  const [start] = starts;
  const run = starts.length === 1 && start !== undefined ? runSeconds(start) : undefined;
  if (run === undefined || start === undefined || unit.boolean('Service', 'RemainAfterExit')?.value === true)
    return undefined;
  const pause = unit.value('Service', 'RestartSec');
  const seconds = (secondsOf(unit, 'Service', 'RestartSec') ?? 0.1) + run;
  const limit = startLimit(unit);
  if (limit === undefined || !Number.isFinite(seconds) || seconds * limit.burst < limit.interval) return undefined;
  const text = everyText(seconds);
  return {
    perHour: 3600 / seconds,
    text,
    evidence: [
      { span: start.span, note: 'This ends by itself.' },
      { span: restart.span, note: `'Restart=${displayText(restart.value)}' starts '${unit.name}' again each time.` },
      ...(pause === undefined
        ? []
        : [{ span: pause.span, note: `So it starts ${text}, too slowly for the start limit to stop it.` }]),
    ],
  };
}

/** systemd's default is 5 starts in 10 seconds. The keys stood in `[Service]` before 230, and are read there to this day. */
function startLimit(unit: Unit): { readonly burst: number; readonly interval: number } | undefined {
  const interval =
    secondsOf(unit, 'Unit', 'StartLimitIntervalSec') ??
    secondsOf(unit, 'Unit', 'StartLimitInterval') ??
    secondsOf(unit, 'Service', 'StartLimitInterval') ??
    10;
  const burst = Number(unit.text('Unit', 'StartLimitBurst') ?? unit.text('Service', 'StartLimitBurst') ?? 5);
  return Number.isInteger(burst) ? { burst, interval } : undefined;
}

/** Seconds that a command known to end takes; `undefined` for one that is not known. */
function runSeconds(start: Assignment): number | undefined {
  const [command, ...others] = parseExecLine(start.value).commands;
  const words = command?.words.map(literalText);
  if (words === undefined || others.length > 0) return undefined;
  const [program = '', option, script, ...rest] = words;
  if (!/(?:^|\/)(?:sh|bash|dash)$/.test(program)) return programSeconds(words);
  // A list of plain commands; anything that could be a loop, a test or a substitution is not known.
  if (option !== '-c' || script === undefined || rest.length > 0 || !/^[\w\s./=@:,+;'"-]*$/.test(script))
    return undefined;
  let sum = 0;
  for (const line of script.split(/[;\n]/)) {
    if (line.trim() === '') continue;
    const seconds = programSeconds(line.trim().split(/\s+/));
    if (seconds === undefined) return undefined;
    sum += seconds;
  }
  return sum;
}

function programSeconds(words: readonly (string | undefined)[]): number | undefined {
  const [program, argument] = words;
  const name = program?.slice(program.lastIndexOf('/') + 1);
  if (name === undefined || !shortPrograms.has(name)) return undefined;
  if (words.includes('monitor')) return undefined;
  if (name !== 'sleep') return 0;
  return words.length === 2 && /^\d+(?:\.\d+)?[smhd]?$/.test(argument ?? '')
    ? timeSpanSeconds(argument ?? '')
    : undefined;
}
