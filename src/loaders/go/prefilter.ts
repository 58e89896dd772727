/** What can be said of Go text without parsing it. Imports no parser, so that a scan that finds nothing never loads it. */
import type { Sign } from '../../core/text-search.ts';
import { isTestPath } from '../../core/go-tests.ts';
import { knownClients } from './bus-clients.ts';

/** Creation of an `http.Transport`: a literal, `new`, or a variable of that type. */
const transportCreation = /\.Transport\s*\{|\bnew\(\s*\w+\.Transport\s*\)|\bvar\s+\w+\s+\w+\.Transport\b/;

/** What paces a loop, or a runner that does. */
const pace = /\btime\.(?:Sleep|Tick|After|NewTicker|NewTimer|Second|Minute|Hour)\b/;

/** Sends a request whose response has a body. */
const requests = /\.Do\(|\bhttp\.(?:Get|Post|PostForm)\(|[Cc]lient\.(?:Get|Post|PostForm)\(/g;
const closed = /\.Body\.Close\b/g;

/** A duration field with a bare number. */
const bareDuration =
  /(?:Timeout|KeepAlive)\s*[:=]\s*(?:time\.Duration\(\s*)?[1-9][\d_]{0,6}\s*(?:\*\s*\d+\s*)?(?:\)\s*)?(?:[,};\n]|\/\/)/;

/** A field that may be a duration, where it is set. */
export const durationField = /(?:Timeout|KeepAlive)\s*[:=]/;

/** A constant that is a bare number. */
const bareConstant = /^[ \t]*(?:const[ \t]+)?(\w+)[ \t]*=[ \t]*[1-9][\d_]{0,6}[ \t]*(?:\/\/.*)?$/gm;

/** Words without which a file has nothing to say; one group must be there wholly. */
export const goWords: readonly Sign[] = [
  ['net/http', 'Transport'],
  // Documentation without its imports.
  ['http.Transport'],
  ['exec.Command', 'time'],
  ['net/http', '.Do('],
  ['net/http', 'http.Get('],
  ['net/http', 'http.Post'],
  ['net/http', 'lient.Get('],
  ['net/http', 'lient.Post'],
  ['net/http', 'Timeout'],
];

/** Whether the text can hold any Go fact that matters by itself; of a test only its commands do. */
export function mayHaveGoFacts(text: string, path: string): boolean {
  if (isTestPath(path)) return mayRunPeriodicCommand(text);
  return mattersWhole(text) || partsThatMatter(text).length > 0;
}

/** Whether all functions of the file matter: who calls whom. */
export function mattersWhole(text: string): boolean {
  return mayMakeTransport(text) || mayRunPeriodicCommand(text);
}

/** `net/http` may be missing: a fragment has no imports. */
export function mayMakeTransport(text: string): boolean {
  if (!text.includes('Transport') || !text.includes('http')) return false;
  return transportCreation.test(text) || (text.includes('DefaultTransport') && text.includes('.Clone()'));
}

export function mayRunPeriodicCommand(text: string): boolean {
  return text.includes('exec.Command') && knownClients.some((client) => text.includes(client)) && pace.test(text);
}

/** Whether a function may leave the body of a response open: it sends more requests than it closes bodies. */
export function mayLeaveBodyOpen(text: string): boolean {
  const sent = count(text, requests);
  return sent > 0 && sent > count(text, closed);
}

function count(text: string, pattern: RegExp): number {
  pattern.lastIndex = 0;
  let found = 0;
  while (pattern.test(text)) found++;
  return found;
}

/** What finds a duration field with one of the file's constants that are bare numbers; `undefined` where it has none. */
function constantDuration(text: string): RegExp | undefined {
  if (!/\bconst\b/.test(text) || !durationField.test(text)) return undefined;
  const names = Array.from(text.matchAll(bareConstant), ([, name]) => name);
  return names.length === 0
    ? undefined
    : new RegExp(`(?:Timeout|KeepAlive)\\s*[:=]\\s*(?:time\\.Duration\\(\\s*)?(?:${names.join('|')})\\b`);
}

/** Half-open ranges of the top-level declarations of a file that may hold a fact of their own. */
export function partsThatMatter(text: string): readonly (readonly [start: number, end: number])[] {
  if (!text.includes('net/http')) return [];
  const parts: (readonly [number, number])[] = [];
  const constants = constantDuration(text);
  const declaration = /^(?:func|var)\b/gm;
  for (let match = declaration.exec(text); match !== null; match = declaration.exec(text)) {
    const start = match.index;
    const close = /^[})]/gm;
    close.lastIndex = start;
    const end = close.exec(text) === null ? text.length : close.lastIndex;
    const part = text.slice(start, end);
    if (mayLeaveBodyOpen(part) || bareDuration.test(part) || constants?.test(part) === true) parts.push([start, end]);
    declaration.lastIndex = end;
  }
  return parts;
}
