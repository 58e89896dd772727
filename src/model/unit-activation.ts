/** How often a unit starts by what other units and its own settings do: timers, sockets, paths, restarts. */
import { elapsesPerHour, evenInterval, parseCalendar } from '../core/calendar.ts';
import { parseExecLine } from '../core/exec-line.ts';
import type { Evidence } from '../core/finding.ts';
import { displayText, literalText } from '../core/template.ts';
import { timeSpanSeconds } from '../core/time-span.ts';
import type { Rate } from './rate.ts';
import { everyText } from './rate.ts';
import type { Assignment, Unit, Units } from './units.ts';
import { addAll, addTo } from '../core/lists.ts';

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

/** A unit that, each time it starts or ends, starts another one too. */
export interface Companion {
  readonly starter: Unit;
  readonly evidence: Evidence;
}

/** What starts which unit, for all units at once. */
export interface UnitStarts {
  /** Timers, sockets, paths and restarts that start a unit itself. */
  of(unit: Unit): UnitActivations;
  /** The units whose own starts start it too. */
  withUnits(unit: Unit): readonly Companion[];
}

/** Everything in the tree, but commands, that starts units again and again. */
export function createUnitStarts(units: Units): UnitStarts {
  const starters = new Map<string, Unit[]>();
  const companions = new Map<string, Companion[]>();
  const unknown = new Map<string, Evidence[]>();
  for (const starter of units.all) {
    if (starter.masked) continue;
    const target = targetOf(starter);
    const started = target === undefined ? undefined : units.find(target, starter);
    if (started !== undefined && started.manager === starter.manager) addTo(starters, keyOf(started), starter);
    addCompanions(starter, units, companions, unknown);
  }
  return {
    of: (unit) => activationsOf(unit, starters.get(keyOf(unit)) ?? [], unknown.get(keyOf(unit)) ?? []),
    withUnits: (unit) => companions.get(keyOf(unit)) ?? [],
  };
}

/** As `UnitStarts.of`, for a single question. */
export function unitActivations(unit: Unit, units: Units): UnitActivations {
  return createUnitStarts(units).of(unit);
}

/** The same for the variants that a unit has by drop-ins of several roots. */
function keyOf({ manager, root, name, fragment }: Unit): string {
  return JSON.stringify([manager, root, name, fragment?.document]);
}

/** Settings by which a start of one unit is a start of another that is not running. */
const pullingKeys = ['Wants', 'Requires', 'BindsTo', 'Upholds'];

function addCompanions(
  starter: Unit,
  units: Units,
  companions: Map<string, Companion[]>,
  unknown: Map<string, Evidence[]>,
): void {
  for (const [keys, when] of [
    [pullingKeys, 'with'],
    [['OnSuccess'], 'after'],
    [['OnFailure'], 'failed'],
  ] as const) {
    for (const assignment of keys.flatMap((key) => starter.values('Unit', key))) {
      for (const unit of namedUnits(assignment, starter, units)) {
        const { span, key } = assignment;
        if (when === 'failed') {
          const note = `'${starter.name}' starts '${unit.name}' when it fails; how often cannot be known.`;
          addTo(unknown, keyOf(unit), { span, note });
        } else {
          const moment = when === 'with' ? 'Each start of' : 'Each good end of';
          const note = `${moment} '${starter.name}' starts '${unit.name}' too ('${key}=').`;
          addTo(companions, keyOf(unit), { starter, evidence: { span, note } });
        }
      }
    }
  }
  for (const assignment of ['WantedBy', 'RequiredBy', 'UpheldBy'].flatMap((key) => starter.values('Install', key))) {
    for (const unit of namedUnits(assignment, starter, units)) {
      // Targets and the like are started once, and would say nothing.
      if (unit.type !== 'service') continue;
      const note = `Once '${starter.name}' is enabled, each start of '${unit.name}' starts it too.`;
      addTo(companions, keyOf(starter), { starter: unit, evidence: { span: assignment.span, note } });
    }
  }
}

function namedUnits({ value }: Assignment, near: Unit, units: Units): readonly Unit[] {
  return value.text.split(/[ \t]+/).flatMap((name) => {
    const unit = name === '' ? undefined : units.find(name, near);
    return unit === undefined || unit.masked || unit.manager !== near.manager ? [] : [unit];
  });
}

const nothing: UnitActivations = { rates: [], unknown: [] };

function activationsOf(unit: Unit, starters: readonly Unit[], others: readonly Evidence[]): UnitActivations {
  const timers = starters.filter(({ type }) => type === 'timer');
  const rates = isStartedAgain(unit) ? [...timerRates(timers, unit)] : [];
  const unknown = [...others];
  for (const starter of starters) {
    const activation =
      starter.type === 'socket'
        ? socketActivation(starter, unit)
        : starter.type === 'path'
          ? { rates: [], unknown: pathEvidence(starter, unit) }
          : nothing;
    addAll(rates, activation.rates);
    addAll(unknown, activation.unknown);
  }
  const restart = restartLoop(unit);
  if (restart !== undefined) rates.push(restart.rate);
  return { rates, unknown };
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
export function isStartedAgain(unit: Unit): boolean {
  // Any other unit stays up once it is, but slices and scopes are nobody's jobs at all.
  if (unit.type !== 'service') return false;
  if (unit.boolean('Service', 'RemainAfterExit')?.value === true || unit.text('Service', 'Restart') === 'always')
    return false;
  const type = unit.value('Service', 'Type');
  if (type === undefined) return unit.value('Service', 'BusName') === undefined;
  return ['simple', 'exec', 'idle', 'oneshot'].includes(literalText(type.value) ?? '');
}

/**
 * Of all timers of a unit. Calendars add up. A time since the unit's last start begins anew with each start, whoever made it, so of those only
 * the shortest fires. `Persistent=` makes up for one start after a boot, and changes no rate.
 */
function timerRates(timers: readonly Unit[], unit: Unit): readonly Rate[] {
  const calendars = timers.flatMap((timer) => calendarRates(timer, unit, accuracyOf(timer)));
  let fastest: Rate | undefined;
  for (const rate of timers.flatMap((timer) => monotonicRates(timer, unit, accuracyOf(timer)))) {
    if (fastest === undefined || rate.perHour > fastest.perHour) fastest = rate;
  }
  return fastest === undefined ? calendars : [...calendars, fastest];
}

function accuracyOf(timer: Unit): number {
  return secondsOf(timer, 'Timer', 'AccuracySec') ?? 60;
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

const listenKeys = ['ListenStream', 'ListenSequentialPacket', 'ListenDatagram', 'ListenFIFO', 'ListenNetlink'];

function socketActivation(socket: Unit, unit: Unit): UnitActivations {
  const accept = socket.boolean('Socket', 'Accept');
  if (accept?.value !== true) {
    if (!isStartedAgain(unit)) return nothing;
    const [listen] = listenKeys.flatMap((key) => socket.values('Socket', key));
    if (listen === undefined) return nothing;
    const note = `'${socket.name}' starts '${unit.name}' when something comes in while it is not running; how often cannot be known.`;
    return { rates: [], unknown: [{ span: listen.span, note }] };
  }
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

/** A service that ends by itself and is started again for ever. */
export interface RestartLoop {
  readonly rate: Rate;
  readonly restart: Assignment;
}

/**
 * `Restart=always` of a service that is known to end at once. Most services with it are daemons that end only by accident, so a program that
 * is not known says nothing. Where the start limit comes first, systemd gives up after a few starts.
 */
export function restartLoop(unit: Unit): RestartLoop | undefined {
  const pause = endlessRestarts(unit);
  if (pause === undefined || !['always', 'on-success'].includes(literalText(pause.restart.value) ?? ''))
    return undefined;
  if (!['simple', 'exec', undefined].includes(unit.value('Service', 'Type') && (unit.text('Service', 'Type') ?? '')))
    return undefined;
  if (unit.value('Service', 'BusName') !== undefined) return undefined;
  const starts = unit.values('Service', 'ExecStart');
  const [start] = starts;
  const run = starts.length === 1 && start !== undefined ? runSeconds(start) : undefined;
  if (run === undefined || start === undefined || unit.boolean('Service', 'RemainAfterExit')?.value === true)
    return undefined;
  const seconds = pause.seconds + run;
  const limit = startLimit(unit);
  if (limit === undefined || !Number.isFinite(seconds) || isStopped(seconds, limit)) return undefined;
  const text = everyText(seconds);
  const { restart } = pause;
  const rate: Rate = {
    perHour: 3600 / seconds,
    text,
    evidence: [
      { span: start.span, note: 'This ends by itself.' },
      { span: restart.span, note: `'Restart=${displayText(restart.value)}' starts '${unit.name}' again each time.` },
      ...(pause.setting === undefined
        ? []
        : [{ span: pause.setting.span, note: `So it starts ${text}, too slowly for the start limit to stop it.` }]),
    ],
  };
  return { rate, restart };
}

/** How a service is restarted. */
export interface Restarts {
  readonly restart: Assignment;
  /** Between the end and the next start. */
  readonly seconds: number;
  /** What sets the seconds; `undefined`: systemd's default. */
  readonly setting: Assignment | undefined;
  /** Whether the start limit never stops it, even when it fails at once. */
  readonly endless: boolean;
}

/**
 * How a service is restarted, if it is; `undefined` also where the pauses grow (`RestartSteps=`) or a part is not known.
 */
export function endlessRestarts(unit: Unit): Restarts | undefined {
  const restart = unit.value('Service', 'Restart');
  const words = ['always', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog'];
  if (restart === undefined || !words.includes(literalText(restart.value) ?? '')) return undefined;
  if (unit.value('Service', 'RestartSteps') !== undefined) return undefined;
  const setting = unit.value('Service', 'RestartSec');
  if (setting !== undefined && literalText(setting.value) === undefined) return undefined;
  const seconds = secondsOf(unit, 'Service', 'RestartSec') ?? 0.1;
  const limit = startLimit(unit);
  return limit === undefined ? undefined : { restart, seconds, setting, endless: !isStopped(seconds, limit) };
}

/** Whether so many starts come within the interval. An interval or a burst of 0 switches the limit off. */
function isStopped(seconds: number, { burst, interval }: StartLimit): boolean {
  return interval > 0 && burst > 0 && seconds * burst < interval;
}

interface StartLimit {
  readonly burst: number;
  readonly interval: number;
}

const intervalKeys = [
  ['Unit', 'StartLimitIntervalSec'],
  ['Unit', 'StartLimitInterval'],
  ['Service', 'StartLimitInterval'],
] as const;

/**
 * systemd's default is 5 starts in 10 seconds. The keys stood in `[Service]` before 230, and are read there to this day. `undefined`: a part is
 * not known.
 */
function startLimit(unit: Unit): StartLimit | undefined {
  let interval = 10;
  const found = intervalKeys.find(([section, key]) => unit.value(section, key) !== undefined);
  if (found !== undefined) {
    const [section, key] = found;
    const text = unit.text(section, key);
    if (text === undefined) return undefined;
    interval = timeSpanSeconds(text) ?? 10;
  }
  const burst = unit.value('Unit', 'StartLimitBurst') ?? unit.value('Service', 'StartLimitBurst');
  const count = burst === undefined ? 5 : Number(literalText(burst.value) ?? Number.NaN);
  return Number.isInteger(count) ? { burst: count, interval } : undefined;
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
