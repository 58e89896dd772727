/** What can be said of Go text without parsing it. Imports no parser, so that a scan that finds nothing never loads it. */
import { knownClients } from './bus-clients.ts';

/** Creation of an `http.Transport`: a literal, `new`, a variable of that type, or a copy of the default one. */
const transportCreation = /\.Transport\s*\{|\bnew\(\s*\w+\.Transport\s*\)|\bvar\s+\w+\s+\w+\.Transport\b|\.Clone\(\)/;

/** What paces a loop, or a runner that does. */
const pace = /\btime\.(?:Sleep|Tick|After|NewTicker|NewTimer|Second|Minute|Hour)\b/;

/** Whether the text can hold the creation of an `http.Transport`, or a loop that runs a client of the system bus. */
export function mayHaveGoFacts(text: string): boolean {
  return mayMakeTransport(text) || mayRunPeriodicCommand(text);
}

/** `net/http` may be missing: a fragment has no imports. */
export function mayMakeTransport(text: string): boolean {
  return text.includes('Transport') && text.includes('http') && transportCreation.test(text);
}

export function mayRunPeriodicCommand(text: string): boolean {
  return text.includes('exec.Command') && knownClients.some((client) => text.includes(client)) && pace.test(text);
}
