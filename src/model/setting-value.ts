/**
 * Which values of a setting systemd takes; measured on each setting with `systemd-analyze verify` 252. A value that only some
 * version refuses, or that depends on the node, counts as taken.
 */
import { parseCalendar } from '../core/calendar.ts';
import { expandSpecifiers, parseExecLine } from '../core/exec-line.ts';
import type { Template } from '../core/template.ts';
import { literalText } from '../core/template.ts';
import { parseBoolean, timeSpanMicroseconds } from '../core/time-span.ts';
import { unitTypeOf } from '../core/unit-place.ts';
import type { Directive, ValueType } from '../knowledge/systemd-directives.ts';
import { wordsOf } from '../knowledge/systemd-directives.ts';

/** What is wrong with a value. */
export interface ValueFault {
  /** What it should be, for "is no ...": `time span`. */
  readonly expected: string;
  /** The word of a list that is at fault; the whole value by default. */
  readonly word?: string;
  /** The list cannot be split into words. */
  readonly unreadable?: true;
}

/** Why systemd refuses a value; `undefined`: it does not, or it cannot be known. An empty value is never refused here. */
export function valueFault({ key, valueType }: Directive, value: Template): ValueFault | undefined {
  const text = literalText(value);
  if (text === undefined || text === '') return undefined;
  if (valueType === 'any') return undefined;
  if (valueType === 'exec') {
    if (!skippable.test(text)) return undefined;
    const { refusal } = parseExecLine(value);
    return refusal?.skipped === true ? { expected: 'command that systemd can read', word: refusal.word } : undefined;
  }
  if (valueType === 'word') return wordFault(key, text);
  if (valueType === 'specifiers') return specifierFault(value);
  if (valueType === 'conditionPath') return conditionPathFault(value, text);
  const fault = expanding.has(valueType) ? specifierFault(value) : undefined;
  if (fault !== undefined) return fault;
  const list = lists[valueType];
  if (list !== undefined) return listFault(text, list);
  const scalar = scalars[valueType];
  return scalar === undefined || scalar.accepts(text) ? undefined : { expected: scalar.expected };
}

/** Those in which systemd expands specifiers. */
const expanding: ReadonlySet<ValueType> = new Set<ValueType>([
  'absolutePath',
  'environment',
  'optionalPath',
  'paths',
  'plainPaths',
  'relativePaths',
  'service',
  'slice',
  'sockets',
  'unit',
  'units',
]);

/** Only a `-` before a command, or a quote in its first word, makes systemd skip the command. */
const skippable = /["']|(?:^|[ \t];[ \t]+)[@:+!|]{0,4}-/;

interface Check {
  /** For "is no ...". */
  readonly expected: string;
  readonly accepts: (text: string) => boolean;
}

function wordFault(key: string, text: string): ValueFault | undefined {
  const { words, boolean } = wordsOf(key);
  if (words.includes(text) || (boolean && parseBoolean(text) !== undefined)) return undefined;
  const shown = words.length > 8 ? [...words.slice(0, 7), '…'] : words;
  return { expected: `value that it knows (${boolean ? 'yes, no, ' : ''}${shown.join(', ')})` };
}

function specifierFault(value: Template): ValueFault | undefined {
  const expanded = expandSpecifiers(value);
  return 'unknown' in expanded
    ? { expected: "specifier (a percent sign is written '%%')", word: expanded.unknown }
    : undefined;
}

function conditionPathFault(value: Template, text: string): ValueFault | undefined {
  const fault = specifierFault(value);
  if (fault !== undefined) return fault;
  const path = text.replace(/^\|?!?/, '');
  return isAbsolute(path) ? undefined : { expected: 'absolute path' };
}

/** Absolute and without `..`; a specifier at the beginning may expand to such a one. */
function isAbsolute(path: string): boolean {
  return path.startsWith('%') || (path.startsWith('/') && !path.split('/').includes('..'));
}

/** A whole number as C reads it: decimal, hexadecimal, octal with a zero before it, binary; `undefined` for any other text. */
function readInteger(text: string): number | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hexadecimal, binary, octal, decimal = '0'] = match;
  const size =
    hexadecimal !== undefined
      ? Number.parseInt(hexadecimal, 16)
      : binary !== undefined
        ? Number.parseInt(binary, 2)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : Number(decimal);
  return sign === '-' ? -size : size;
}

function within(low: number, high: number): (text: string) => boolean {
  return (text) => {
    const number = readInteger(text);
    return number !== undefined && number >= low && number <= high;
  };
}

const isTimeSpan = (text: string): boolean => timeSpanMicroseconds(text) !== undefined;

/** `1.5G`, `4G 500M`: units are powers of 1024. */
const isSize = (text: string): boolean =>
  text.split(/(?<=[EPTGMKB])[ \t]*(?=[0-9])/).every((part) => /^[0-9]+(?:\.[0-9]+)?[ \t]*[EPTGMKB]?$/.test(part));

/** Up to `most` hundredths, with up to two decimals; also in thousandths and ten-thousandths. */
function isShare(text: string, most = 100): boolean {
  const match = /^([0-9]+(?:\.[0-9]{1,2})?)([%‰‱])$/.exec(text);
  if (match === null) return false;
  const [, number = '', unit = '%'] = match;
  return Number(number) <= most * (unit === '%' ? 1 : unit === '‰' ? 10 : 100);
}

/** One limit for both, or `soft:hard`. */
function isLimit(isPart: (text: string) => boolean, size: (text: string) => number | undefined) {
  return (text: string): boolean => {
    const parts = text.split(':');
    if (parts.length > 2 || !parts.every((part) => part === 'infinity' || isPart(part))) return false;
    const [soft, hard] = parts.map((part) => (part === 'infinity' ? Infinity : size(part)));
    return soft === undefined || hard === undefined || soft <= hard;
  };
}

const signalNames =
  'HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS';
const signals = new Set(signalNames.split(' '));

function isSignal(text: string): boolean {
  const name = text.replace(/^SIG/, '');
  return signals.has(name) || /^RT(?:MIN(?:\+\d{1,2})?|MAX(?:-\d{1,2})?)$/.test(name) || within(1, 64)(text);
}

const unsignedMost = 2 ** 32 - 1;
const limitMost = 2 ** 64;
const levels = 'emerg alert crit err warning notice info debug'.split(' ');
const facilities =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const outputs = 'inherit null tty journal kmsg syslog journal+console kmsg+console syslog+console socket fd'.split(' ');
const inputs = 'null tty tty-force tty-fail socket data fd'.split(' ');

/** Values of one word, or of several that are read as one. */
const scalars: Partial<Record<ValueType, Check>> = {
  absolutePath: { expected: 'absolute path', accepts: isAbsolute },
  blockIoWeight: { expected: 'weight from 10 to 1000', accepts: within(10, 1000) },
  boolean: { expected: 'boolean', accepts: (text) => parseBoolean(text) !== undefined },
  calendar: {
    expected: 'calendar expression',
    accepts: (text) => text.includes('%') || parseCalendar(text) !== 'invalid',
  },
  cpuPriority: { expected: 'priority from 0 to 99', accepts: within(0, 99) },
  cpuQuota: {
    expected: 'percentage above 0',
    accepts: (text) => isShare(text, Infinity) && Number.parseFloat(text) > 0,
  },
  cpuWeight: { expected: 'weight from 1 to 10000', accepts: (text) => text === 'idle' || within(1, 10_000)(text) },
  exitStatus: { expected: 'exit status from 0 to 255', accepts: within(0, 255) },
  input: {
    expected: 'kind of input',
    accepts: (text) => inputs.includes(text) || text.startsWith('fd:') || /^file:[/%]/.test(text),
  },
  integer: { expected: 'whole number', accepts: within(-(2 ** 63), 2 ** 63) },
  ioPriority: { expected: 'priority from 0 to 7', accepts: within(0, 7) },
  limitCount: { expected: 'limit', accepts: isLimit(within(0, limitMost), readInteger) },
  limitMicroseconds: { expected: 'limit', accepts: isLimit(isTimeSpan, (text) => timeSpanMicroseconds(text, 1)) },
  limitNice: { expected: 'limit of niceness', accepts: isLimit(within(-20, 40), () => undefined) },
  limitSeconds: { expected: 'limit', accepts: isLimit(isTimeSpan, (text) => timeSpanMicroseconds(text)) },
  limitSize: {
    expected: 'limit',
    accepts: isLimit(isSize, (text) => (/^[0-9]+$/.test(text) ? Number(text) : undefined)),
  },
  logFacility: {
    expected: 'log facility',
    accepts: (text) => facilities.includes(text) || within(0, 127)(text),
  },
  logLevel: { expected: 'log level', accepts: (text) => levels.includes(text) || within(0, 7)(text) },
  memory: { expected: 'size', accepts: (text) => text === 'infinity' || isSize(text) || isShare(text) },
  memoryNotZero: {
    expected: 'size above 0',
    accepts: (text) =>
      text === 'infinity' || ((isSize(text) || isShare(text)) && !/^0+(?:\.0+)?[ \t]*[EPTGMKB%‰‱]?$/.test(text)),
  },
  mode: { expected: 'octal file mode', accepts: (text) => /^(?:0[oO])?0*[0-7]{1,4}$/.test(text) },
  nice: { expected: 'niceness from -20 to 19', accepts: within(-20, 19) },
  oomScore: { expected: 'score from -1000 to 1000', accepts: within(-1000, 1000) },
  optionalPath: { expected: 'absolute path', accepts: (text) => isAbsolute(text.replace(/^-/, '')) },
  output: {
    expected: 'kind of output',
    accepts: (text) => outputs.includes(text) || text.startsWith('fd:') || /^(?:file|append|truncate):[/%]/.test(text),
  },
  percent: { expected: 'percentage from 0 to 100', accepts: (text) => isShare(text) },
  seconds: { expected: 'time span', accepts: isTimeSpan },
  service: {
    expected: 'service unit',
    accepts: (text) => text.includes('%') || (isUnitName(text) && text.endsWith('.service')),
  },
  signal: { expected: 'signal', accepts: isSignal },
  size: { expected: 'size', accepts: isSize },
  slice: {
    expected: 'slice unit',
    accepts: (text) => text.includes('%') || (isUnitName(text) && text.endsWith('.slice')),
  },
  tasks: {
    expected: 'number of tasks',
    accepts: (text) => text === 'infinity' || isShare(text) || within(1, limitMost)(text),
  },
  timer: { expected: 'time span', accepts: (text) => text.includes('%') || isTimeSpan(text) },
  unit: { expected: 'unit name', accepts: isUnitName },
  unsigned: { expected: 'whole number from 0 on', accepts: within(0, unsignedMost) },
  weight: { expected: 'weight from 1 to 10000', accepts: within(1, 10_000) },
};

function isUnitName(text: string): boolean {
  if (text.includes('%')) return true;
  return unitTypeOf(text) !== undefined && /^[A-Za-z0-9:_.\\@-]+$/.test(text) && !text.startsWith('@');
}

interface ListCheck extends Check {
  /** The list is read with quotes and escapes, and an open quote makes it unreadable. */
  readonly quoted: boolean;
  /** A sign before the first word that is no part of it. */
  readonly sign?: string;
}

const kinds = new Set('cgroup ipc net mnt pid user uts time'.split(' '));

/** Values of several words, each of which counts by itself. */
const lists: Partial<Record<ValueType, ListCheck>> = {
  documentation: {
    expected: "address of the kind 'https:', 'http:', 'file:/', 'info:' or 'man:'",
    quoted: false,
    accepts: (word) => /^(?:https?:\/\/|file:\/|info:|man:)./.test(word) || word.includes('%'),
  },
  environment: {
    expected: "assignment 'NAME=value'",
    quoted: true,
    accepts: (word) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(word) || /^[^=]*%/.test(word),
  },
  exitStatuses: { expected: 'exit status or signal', quoted: true, accepts: isExitStatus },
  families: {
    expected: 'address family',
    quoted: true,
    sign: '~',
    accepts: (word) => word === 'none' || word.startsWith('AF_'),
  },
  namespaces: {
    expected: 'kind of namespace',
    quoted: true,
    sign: '~',
    accepts: (word) => kinds.has(word) || parseBoolean(word) !== undefined,
  },
  paths: { expected: 'absolute path', quoted: true, accepts: (word) => isAbsolute(word.replace(/^[-+]{1,2}/, '')) },
  plainPaths: { expected: 'absolute path', quoted: true, accepts: isAbsolute },
  relativePaths: {
    expected: 'relative path',
    quoted: true,
    accepts: (word) => !word.startsWith('/') && !word.split('/').includes('..'),
  },
  sockets: {
    expected: 'socket unit',
    quoted: true,
    accepts: (word) => word.includes('%') || (isUnitName(word) && word.endsWith('.socket')),
  },
  units: { expected: 'unit name', quoted: true, accepts: isUnitName },
};

/** Whether each word of a value counts by itself. */
export function isListType(valueType: ValueType): boolean {
  return lists[valueType] !== undefined;
}

/** Numbers up to 255, signals, and names in capitals, of which each version knows more. */
function isExitStatus(word: string): boolean {
  return within(0, 255)(word) || isSignal(word) || (/^[A-Z_]+$/.test(word) && !word.startsWith('SIG'));
}

function listFault(text: string, { expected, accepts, quoted, sign }: ListCheck): ValueFault | undefined {
  const rest = sign !== undefined && text.startsWith(sign) ? text.slice(sign.length) : text;
  const words = quoted ? quotedWords(rest) : rest.split(/[ \t]+/);
  if (words === undefined)
    return { expected: 'list that can be read, as a quote in it is not closed', unreadable: true };
  const word = words.find((each) => each !== '' && !accepts(each));
  return word === undefined ? undefined : word === text ? { expected } : { expected, word };
}

/** Words between blanks; quotes hold blanks together, a backslash takes the next character as it is. `undefined`: an open quote. */
function quotedWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') word += character + text.charAt(++at);
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else if (quote === '' && (character === ' ' || character === '\t')) {
      words.push(word);
      word = '';
    } else word += character;
  }
  return quote === '' ? [...words, word] : undefined;
}
