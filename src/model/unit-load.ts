/** What makes systemd refuse a unit, or the rest of a drop-in. Each point is measured with `systemd-analyze verify` 252. */
import { parseCalendar } from '../core/calendar.ts';
import type { ExecRefusal } from '../core/exec-line.ts';
import { isExecSetting, parseExecLine } from '../core/exec-line.ts';
import type { UnitFileFact, UnitProblem } from '../core/facts/systemd.ts';
import type { Evidence } from '../core/finding.ts';
import type { Span } from '../core/span.ts';
import { displayText, literalText } from '../core/template.ts';
import { parseBoolean, timeSpanMicroseconds } from '../core/time-span.ts';
import { escapePath, sectionOf } from '../core/unit-place.ts';
import { emptyEffect, fatalUnless } from '../knowledge/systemd.ts';
import type { Assignment, Unit } from './units.ts';
import { addAll } from '../core/lists.ts';

/** Why systemd does not load something. */
export interface LoadFault {
  readonly at: Span;
  /** A clause without a period: `'ExecStart=' has a quote that is not closed`. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  /** What to do, where it is not plain; a sentence. */
  readonly help?: string;
  /** The drop-in's `ExecStart=` that lacks a reset before it. */
  readonly needsReset?: Assignment;
}

/** The first line of a file at which systemd stops reading. In a unit file it refuses the unit, in a drop-in it drops what follows. */
export function fileFault(unit: Unit, file: UnitFileFact): LoadFault | undefined {
  const problem = unit.problems.find((each) => each.fatal && each.document === file.document);
  const problemFault =
    problem === undefined
      ? []
      : [{ at: problem.span, reason: problemReasons[problem.problem] ?? problem.message, evidence: [] }];
  const faults: LoadFault[] = unit.assignments
    .filter(({ document, section }) => document === file.document && section === sectionOf(file.type))
    .map(assignmentFault)
    .filter((fault) => fault !== undefined);
  return [...problemFault, ...faults].sort((a, b) => a.at.start - b.at.start)[0];
}

const problemReasons: Partial<Record<UnitProblem, string>> = {
  'invalid-section-header': "The section header does not end in ']', and nothing may follow it, no comment either",
  'unsafe-section-header': 'The section header has a quote, a backslash or a control character',
  'invalid-utf8': 'The line is not valid UTF-8',
  'line-too-long': 'The line has a length of 1 MiB or more',
};

function assignmentFault(assignment: Assignment): LoadFault | undefined {
  const { section, key, value, span } = assignment;
  if (isExecSetting(section, key)) {
    const { refusal } = parseExecLine(value);
    return refusal === undefined || refusal.skipped
      ? undefined
      : { at: span, reason: execReason(key, refusal), evidence: [] };
  }
  const text = literalText(value);
  if (text === undefined) return undefined;
  if (text === '') {
    return emptyEffect(section, key) === 'fatal'
      ? {
          at: span,
          reason: `'${key}=' is empty, where only a switch will do`,
          evidence: [],
          help: `Write '${key}=no'.`,
        }
      : undefined;
  }
  const reason = valueReason(key, text);
  return reason === undefined ? undefined : { at: span, reason, evidence: [] };
}

function valueReason(key: string, text: string): string | undefined {
  switch (fatalUnless(key)) {
    case 'boolean':
      return parseBoolean(text) === undefined ? `'${key}=${text}' is no switch` : undefined;
    case 'absolutePath': {
      const path = key === 'WorkingDirectory' && text.startsWith('-') ? '/' : text;
      if (path.startsWith('%') || (key === 'WorkingDirectory' && path === '~')) return undefined;
      if (!path.startsWith('/'))
        return `'${key}=${text}' is no absolute path${text.startsWith('"') ? ', as quotes count as part of it' : ''}`;
      return path.split('/').includes('..') ? `'${key}=${text}' has '..' in it` : undefined;
    }
    case 'name':
      // Other characters are refused by some versions only; these never make a name.
      return /[/:]|^-\d+$/.test(text) && !text.includes('%') ? `'${key}=${text}' is no user or group name` : undefined;
    case undefined:
      return undefined;
  }
}

function execReason(key: string, { reason, word }: ExecRefusal): string {
  const shown = word.length <= 40 ? word : `${word.slice(0, 39)}…`;
  switch (reason) {
    case 'unbalanced-quotes':
      return `'${key}=' has a quote that is not closed`;
    case 'unknown-specifier':
      return `'${shown}' in '${key}=' is no specifier (a percent sign is written '%%')`;
    case 'empty-path':
      return `'${key}=' names no program`;
    case 'relative-path':
      return `'${shown}' in '${key}=' is neither an absolute path nor a plain file name`;
    case 'directory':
      return `'${shown}' in '${key}=' is a directory`;
    case 'special-characters':
      return `The program of '${key}=' has a quote, a backslash or a control character in its path`;
    case 'no-argument-zero':
      return `'@' in '${key}=' asks for an argument zero, and there is none`;
  }
}

/** What makes systemd refuse a unit whose files it has read: settings that are missing or do not go together. */
export function unitFault(unit: Unit): LoadFault | undefined {
  switch (unit.type) {
    case 'service':
      return serviceFault(unit);
    case 'timer':
      return timerFault(unit);
    case 'socket':
      return socketFault(unit);
    case 'path':
      return pathFault(unit);
    case 'mount':
      return mountFault(unit) ?? nameFault(unit, 'Where');
    case 'automount':
      return nameFault(unit, 'Where');
    case 'swap':
      return nameFault(unit, 'What');
    default:
      return undefined;
  }
}

interface Word {
  readonly text: string;
  readonly assignment: Assignment;
}

/** The last word in force that systemd knows, `undefined` for none; `unknown` where a hole may be one. */
function wordOf(unit: Unit, section: string, key: string, known: readonly string[]): Word | 'unknown' | undefined {
  for (const assignment of [...unit.values(section, key)].reverse()) {
    const text = literalText(assignment.value);
    if (text === undefined) return 'unknown';
    if (known.includes(text)) return { text, assignment };
  }
  return undefined;
}

const serviceTypes = ['simple', 'exec', 'forking', 'oneshot', 'dbus', 'notify', 'notify-reload', 'idle'];

function serviceFault(unit: Unit): LoadFault | undefined {
  const type = wordOf(unit, 'Service', 'Type', serviceTypes);
  const start = commandsOf(unit, 'ExecStart');
  const stop = commandsOf(unit, 'ExecStop');
  if (type === 'unknown' || start === 'unknown' || stop === 'unknown') return undefined;
  const hasBusName = unit.value('Service', 'BusName') !== undefined;
  const effective = type?.text ?? (hasBusName ? 'dbus' : start.length > 0 ? 'simple' : 'oneshot');
  if (start.length === 0) return missingStartFault(unit, effective, type, stop.length > 0);
  if (effective !== 'oneshot' && start.length > 1) return secondStartFault(type, start);
  if (effective === 'oneshot') return oneshotFault(unit, type);
  if (type?.text === 'dbus' && !hasBusName) {
    return { at: type.assignment.span, reason: "'Type=dbus' needs a 'BusName=', and there is none", evidence: [] };
  }
  return undefined;
}

/** The assignment of each command in force, in order; `unknown` where a hole may be no command at all. */
function commandsOf(unit: Unit, key: string): readonly Assignment[] | 'unknown' {
  const commands: Assignment[] = [];
  for (const assignment of unit.values('Service', key)) {
    const line = parseExecLine(assignment.value);
    const { holes, text } = assignment.value;
    if (holes.length > 0 && (line.commands.length === 0 || text.length === 1)) return 'unknown';
    addAll(
      commands,
      line.commands.map(() => assignment),
    );
  }
  return commands;
}

function missingStartFault(unit: Unit, type: string, word: Word | undefined, stops: boolean): LoadFault | undefined {
  const action = unit.value('Unit', 'SuccessAction');
  if (unit.isTemplate || (action !== undefined && displayText(action.value) !== 'none' && type === 'oneshot'))
    return undefined;
  const stays =
    unit.boolean('Service', 'RemainAfterExit')?.value !== false &&
    unit.boolean('Service', 'RemainAfterExit') !== undefined;
  if (type === 'oneshot' && stops && stays) return undefined;
  const at = lastEmpty(unit, 'ExecStart') ?? word?.assignment ?? firstOf(unit);
  const allowed =
    type === 'oneshot'
      ? "which needs 'ExecStop=' and 'RemainAfterExit=yes' in its place"
      : "which only 'Type=oneshot' allows";
  return { at: at?.span ?? startOf(unit), reason: `The service has no 'ExecStart=', ${allowed}`, evidence: [] };
}

function secondStartFault(type: Word | undefined, start: readonly Assignment[]): LoadFault | undefined {
  const [first, second] = start;
  if (first === undefined || second === undefined) return undefined;
  const typeEvidence = type === undefined ? [] : [{ span: type.assignment.span, note: 'The type of the service.' }];
  const allowed = "which only 'Type=oneshot' allows";
  if (second === first) {
    const reason = `'ExecStart=' holds a ';' between blanks, so it has more than one command, ${allowed}`;
    return {
      at: second.span,
      reason,
      evidence: typeEvidence,
      help: "Write '\\;' where the program is to get a semicolon.",
    };
  }
  return {
    at: second.span,
    reason: `'ExecStart=' is here for a second time without an empty 'ExecStart=' before it, ${allowed}`,
    evidence: [{ span: first.span, note: 'The first one.' }, ...typeEvidence],
    ...(second.document === first.document ? {} : { needsReset: second }),
  };
}

function oneshotFault(unit: Unit, type: Word | undefined): LoadFault | undefined {
  const restarts = ['no', 'always', 'on-success', 'on-failure', 'on-abnormal', 'on-watchdog', 'on-abort'];
  const evidence = type === undefined ? [] : [{ span: type.assignment.span, note: 'The type of the service.' }];
  const restart = wordOf(unit, 'Service', 'Restart', restarts);
  if (restart !== undefined && restart !== 'unknown' && ['always', 'on-success'].includes(restart.text)) {
    return {
      at: restart.assignment.span,
      reason: `'Restart=${restart.text}' does not go with 'Type=oneshot'`,
      evidence,
    };
  }
  const exit = wordOf(unit, 'Service', 'ExitType', ['main', 'cgroup']);
  if (exit !== undefined && exit !== 'unknown' && exit.text === 'cgroup') {
    return { at: exit.assignment.span, reason: "'ExitType=cgroup' does not go with 'Type=oneshot'", evidence };
  }
  return undefined;
}

const timerKeys = ['OnActiveSec', 'OnBootSec', 'OnStartupSec', 'OnUnitActiveSec', 'OnUnitInactiveSec', 'OnCalendar'];

function timerFault(unit: Unit): LoadFault | undefined {
  if (unit.isTemplate) return undefined;
  const changes = ['OnClockChange', 'OnTimezoneChange'].map((key) => unit.boolean('Timer', key));
  if (changes.some((change) => change !== undefined && change.value !== false)) return undefined;
  const triggers = timerKeys.flatMap((key) => unit.values('Timer', key));
  if (!triggers.every(isRefusedTrigger)) return undefined;
  const [bad] = triggers;
  if (bad === undefined) return missingFault(unit, timerKeys, "The timer has no 'On…=' that would start anything");
  const kind = bad.key === 'OnCalendar' ? 'calendar expression' : 'time span';
  const reason = `'${bad.key}=${displayText(bad.value)}' is no ${kind}, and the timer has nothing else that would start anything`;
  return { at: bad.span, reason, evidence: [] };
}

function isRefusedTrigger({ key, value }: Assignment): boolean {
  const text = literalText(value);
  if (text === undefined || text.includes('%')) return false;
  return key === 'OnCalendar' ? parseCalendar(text) === 'invalid' : timeSpanMicroseconds(text) === undefined;
}

const acceptingKeys = ['ListenStream', 'ListenSequentialPacket'];
const otherListenKeys = [
  'ListenDatagram',
  'ListenFIFO',
  'ListenNetlink',
  'ListenSpecial',
  'ListenMessageQueue',
  'ListenUSBFunction',
];

function socketFault(unit: Unit): LoadFault | undefined {
  const listenKeys = [...acceptingKeys, ...otherListenKeys];
  if (listenKeys.every((key) => unit.values('Socket', key).length === 0)) {
    return unit.isTemplate ? undefined : missingFault(unit, listenKeys, "The socket has no 'Listen…='");
  }
  const accept = unit.boolean('Socket', 'Accept');
  if (accept?.value !== true) return undefined;
  const evidence = [{ span: accept.assignment.span, note: 'This starts a service for each connection.' }];
  const service = unit.value('Socket', 'Service');
  if (service !== undefined && literalText(service.value)?.endsWith('.service') === true) {
    return {
      at: service.span,
      reason: "'Service=' does not go with 'Accept=yes', which starts the template of the socket's own name",
      evidence,
    };
  }
  const [other] = otherListenKeys.flatMap((key) => unit.values('Socket', key));
  if (other === undefined || ['ListenNetlink', 'ListenSpecial', 'ListenUSBFunction'].includes(other.key))
    return undefined;
  if (!/^(?:\/|\d+$)/.test(literalText(other.value) ?? '')) return undefined;
  return {
    at: other.span,
    reason: `'${other.key}=' does not go with 'Accept=yes', as it has no connections`,
    evidence,
  };
}

const pathKeys = ['PathExists', 'PathExistsGlob', 'PathChanged', 'PathModified', 'DirectoryNotEmpty'];

function pathFault(unit: Unit): LoadFault | undefined {
  const paths = pathKeys.flatMap((key) => unit.values('Path', key));
  if (unit.isTemplate || paths.length > 0) return undefined;
  return missingFault(unit, pathKeys, "The path unit has none of 'PathExists=', 'PathChanged=' and the like");
}

function mountFault(unit: Unit): LoadFault | undefined {
  if (unit.isTemplate || unit.value('Mount', 'What') !== undefined) return undefined;
  return missingFault(unit, ['What'], "The mount has no 'What='");
}

/** Mounts and swaps have the name of their path. A file outside of systemd's directories may get another name on the node. */
function nameFault(unit: Unit, key: string): LoadFault | undefined {
  if (unit.fragment?.layer === 'other' || unit.isTemplate) return undefined;
  const assignment = unit.value(sectionOf(unit.type), key);
  const path = assignment && literalText(assignment.value);
  if (assignment === undefined || path === undefined || !path.startsWith('/') || /%|(?:^|\/)\.{1,2}(?:\/|$)/.test(path))
    return undefined;
  const name = `${escapePath(path)}.${unit.type}`;
  if (name === unit.name) return undefined;
  return { at: assignment.span, reason: `'${key}=${path}' belongs to a unit of the name '${name}'`, evidence: [] };
}

function missingFault(unit: Unit, keys: readonly string[], reason: string): LoadFault {
  const emptied = keys.map((key) => lastEmpty(unit, key)).find((assignment) => assignment !== undefined);
  return { at: (emptied ?? firstOf(unit))?.span ?? startOf(unit), reason, evidence: [] };
}

function lastEmpty(unit: Unit, key: string): Assignment | undefined {
  return unit.assignments.findLast((each) => each.empty && each.key === key && each.section === sectionOf(unit.type));
}

function firstOf(unit: Unit): Assignment | undefined {
  return unit.assignments.find(({ section }) => section === sectionOf(unit.type)) ?? unit.assignments[0];
}

function startOf(unit: Unit): Span {
  const span = unit.fragment?.span ?? { file: unit.name, start: 0, end: 0 };
  return { file: span.file, start: span.start, end: span.start };
}
