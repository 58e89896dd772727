/** Which files of a package are to be read although they make no Transport: those that may say what becomes of one. */
import type { Fact } from '../../core/fact.ts';
import type { GoFlow, GoFunctionFact, GoTransportFact } from '../../core/facts/go.ts';

/** Calls through calls are followed this far. */
const maximumDepth = 6;

/**
 * Asks, of a Go file of the same directory, whether it names a function that matters: one that makes a Transport which
 * leaves it or that nothing repeats in its own file, one that calls such a function, one that is given the Transport.
 * All files of a program matter, because any of them can show that it stays. Tests never do: they say nothing of a node.
 *
 * @param facts those of the files that were read so far
 */
export function companionsOf(facts: readonly Fact[]): (path: string, text: () => string) => boolean {
  const wanted = new Map<string, RegExp>();
  for (const [directory, transports] of transportsToFollow(facts)) wanted.set(directory, mentionOf(facts, transports));
  return (path, text) => {
    const names = isPackageFile(path) ? wanted.get(directoryOf(path)) : undefined;
    return names !== undefined && names.test(text());
  };
}

function transportsToFollow(facts: readonly Fact[]): Map<string, GoTransportFact[]> {
  const transports = new Map<string, GoTransportFact[]>();
  for (const fact of facts) {
    if (fact.kind !== 'go.transport' || !isPackageFile(fact.span.file)) continue;
    const kept = fact.flow.escapes.some(({ how }) => how !== 'returned' && how !== 'passed');
    if (fact.place.function === undefined || fact.place.once || kept) continue;
    const directory = directoryOf(fact.span.file);
    transports.set(directory, [...(transports.get(directory) ?? []), fact]);
  }
  return transports;
}

/** What finds a mention of a function that matters; in a program, everything. */
function mentionOf(facts: readonly Fact[], transports: readonly GoTransportFact[]): RegExp {
  const packages = new Set(transports.map((transport) => transport.package));
  if ([...packages].some((one) => one.endsWith(':main'))) return /^/;
  const functions = facts.filter(
    (fact) => fact.kind === 'go.function' && packages.has(fact.package),
  ) as GoFunctionFact[];
  const names = new Set<string>();
  for (const { place, flow, dialFunction } of transports) {
    names.add(bareName(place.function ?? ''));
    addReached(names, flow);
    if (dialFunction !== undefined) names.add(dialFunction);
  }
  for (let depth = 0, size = 0; depth < maximumDepth && names.size > size; depth++) {
    size = names.size;
    for (const one of functions) {
      if (names.has(one.name)) for (const { flow } of one.parameters) addReached(names, flow);
      for (const call of one.calls) {
        if (!names.has(call.name)) continue;
        names.add(one.name);
        if (call.flow !== undefined) addReached(names, call.flow);
      }
    }
  }
  // Names are letters, digits and underscores: nothing that means something else in a pattern.
  return new RegExp(`\\b(?:${[...names].filter((name) => /^\w+$/.test(name)).join('|')})\\b`);
}

/** Functions of the package that are given the value, and types around it whose methods count. */
function addReached(names: Set<string>, flow: GoFlow): void {
  for (const { to } of flow.escapes) if (to?.imported === false) names.add(to.function);
  for (const { through } of flow.closes) for (const type of through) names.add(type);
}

function bareName(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

function isPackageFile(path: string): boolean {
  return path.endsWith('.go') && !path.endsWith('_test.go');
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
