/** What can be said of Go text without parsing it. Imports no parser, so that a scan that finds nothing never loads it. */
import type { Fact } from '../../core/fact.ts';
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

/**
 * Which other Go files matter after all: those of a directory where a Transport leaves the function that makes it, or where
 * nothing in its own file says how often that function is called. Tests never do: they say nothing of a node.
 *
 * @param facts those of the files that were read for what they say themselves
 */
export function companionsOf(facts: readonly Fact[]): (path: string) => boolean {
  const directories = new Set<string>();
  for (const fact of facts) {
    if (fact.kind !== 'go.transport' || !isPackageFile(fact.span.file)) continue;
    const kept = fact.flow.escapes.some(({ how }) => how !== 'returned' && how !== 'passed');
    if (fact.place.function !== undefined && !fact.place.once && !kept) directories.add(directoryOf(fact.span.file));
  }
  return (path) => isPackageFile(path) && directories.has(directoryOf(path));
}

function isPackageFile(path: string): boolean {
  return path.endsWith('.go') && !path.endsWith('_test.go');
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
