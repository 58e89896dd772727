/** Which files are to be read although they make no Transport: those that may say what becomes of one. */
import type { Fact } from '../../core/fact.ts';
import type { GoFlow, GoFunctionFact, GoModuleFact, GoTransportFact } from '../../core/facts/go.ts';
import { importPathOf } from '../../core/go-import-path.ts';

/** The files that were not read wholly. */
export interface CompanionFiles {
  readonly paths: readonly string[];
  text(path: string): string;
  /** Kept between calls in one run: the files by the packages of their own modules that they import. */
  readonly importers: Map<string, string[]>;
}

/** Calls through calls are followed this far. */
const maximumDepth = 6;

/** A package that more files than this ask for a name is a library of its module: its callers are not looked at. */
const maximumImporters = 40;

/** What other files must name to matter: functions and types of one package. */
interface Wanted {
  readonly directory: string;
  readonly functions: Set<string>;
  readonly methods: Set<string>;
  /** Functions of other packages that are given the value, by import path. */
  readonly elsewhere: Map<string, Set<string>>;
  /** The package is a program: any of its files can show that it stays. */
  readonly program: boolean;
}

/**
 * Finds the Go files that name a function that matters: one that makes a Transport which leaves it or that nothing repeats
 * in its own file, one that calls such a function, one that is given the Transport. They stand in the same directory, or
 * in another package of the same module. Tests never matter: they say nothing of a node.
 *
 * @param facts those of the files that were read so far
 */
export function companionsOf(facts: readonly Fact[], files: CompanionFiles): readonly string[] {
  const wanted = wantedOf(facts);
  if (wanted.length === 0) return [];
  const found = new Set<string>();
  const paths = files.paths.filter(isPackageFile);
  for (const one of wanted) {
    const mention = mentionOf(one);
    for (const path of paths) {
      if (directoryOf(path) === one.directory && mention.test(files.text(path))) found.add(path);
    }
  }
  const modules = facts.filter((fact) => fact.kind === 'go.module');
  if (modules.length > 0) for (const path of importingFiles(wanted, modules, paths, files)) found.add(path);
  return [...found];
}

function wantedOf(facts: readonly Fact[]): readonly Wanted[] {
  const transports = new Map<string, GoTransportFact[]>();
  const functions = new Map<string, GoFunctionFact[]>();
  for (const fact of facts) {
    if (fact.kind === 'go.function') addTo(functions, fact.package, fact);
    if (fact.kind !== 'go.transport' || !isPackageFile(fact.span.file)) continue;
    const kept = fact.flow.escapes.some(({ how }) => how !== 'returned' && how !== 'passed');
    if (fact.place.function === undefined || fact.place.once || kept) continue;
    addTo(transports, fact.package, fact);
  }
  return wantedElsewhere(
    [...transports].map(([key, made]) => wantedIn(key, made, functions.get(key) ?? [])),
    functions,
  );
}

/** What of one package matters, by what its functions say so far. */
function wantedIn(key: string, transports: readonly GoTransportFact[], functions: readonly GoFunctionFact[]): Wanted {
  const wanted: Wanted = {
    directory: key.slice(0, Math.max(0, key.lastIndexOf(':'))),
    functions: new Set(),
    methods: new Set(),
    elsewhere: new Map(),
    program: key.endsWith(':main'),
  };
  for (const { place, flow, dialFunction } of transports) {
    addFunction(wanted, place.function ?? '');
    addReached(wanted, flow);
    if (dialFunction !== undefined) wanted.functions.add(dialFunction);
  }
  follow(wanted, functions);
  return wanted;
}

function follow(wanted: Wanted, functions: readonly GoFunctionFact[]): void {
  const size = () => wanted.functions.size + wanted.methods.size;
  for (let depth = 0, before = 0; depth < maximumDepth && size() > before; depth++) {
    before = size();
    for (const one of functions) {
      if ((one.receiver === undefined ? wanted.functions : wanted.methods).has(one.name)) {
        for (const { flow } of one.parameters) addReached(wanted, flow);
      }
      for (const call of one.calls) {
        if (call.imported !== undefined || !(call.method ? wanted.methods : wanted.functions).has(call.name)) continue;
        addFunction(wanted, one.id);
        if (call.flow !== undefined) addReached(wanted, call.flow);
      }
    }
  }
}

/** Adds the packages whose functions call those that matter in other packages, as far as they were read. */
function wantedElsewhere(
  wanted: readonly Wanted[],
  functions: ReadonlyMap<string, readonly GoFunctionFact[]>,
): readonly Wanted[] {
  const names = new Set(wanted.flatMap((one) => [...one.functions].filter(isExported)));
  const more = new Map<string, Wanted>();
  for (const [key, declared] of functions) {
    const callers = declared.filter(({ calls }) =>
      calls.some((call) => call.imported !== undefined && names.has(call.name)),
    );
    if (callers.length === 0 || !key.includes(':')) continue;
    const one = wantedIn(key, [], []);
    for (const caller of callers) {
      addFunction(one, caller.id);
      for (const { flow } of caller.calls) if (flow !== undefined) addReached(one, flow);
    }
    follow(one, declared);
    more.set(key, one);
  }
  return [...wanted, ...more.values()];
}

/** What finds a mention of something that matters; in a program, also what shows that it stays. */
function mentionOf(wanted: Wanted): RegExp {
  // Names are letters, digits and underscores: nothing that means something else in a pattern.
  const patterns = [
    ...[...wanted.functions].filter(isPlain).map((name) => `(?<![.\\w])${name}\\b`),
    ...[...wanted.methods].filter(isPlain).map((name) => `\\.${name}\\b|\\) ${name}\\(`),
    ...(wanted.program
      ? ['ListenAndServe', '\\.Serve\\(', 'signal\\.Notify', 'time\\.(?:Tick|NewTicker)', '\\bfor \\{', 'func main']
      : []),
  ];
  return patterns.length === 0 ? /$^/ : new RegExp(patterns.join('|'));
}

/** The files of other packages that call an exported function that matters, or that declare one which is given the value. */
function* importingFiles(
  wanted: readonly Wanted[],
  modules: readonly GoModuleFact[],
  paths: readonly string[],
  files: CompanionFiles,
): Generator<string> {
  const directories = new Map<string, string>();
  for (const one of wanted) {
    const path = importPathOf(modules, one.directory);
    const names = [...one.functions].filter(isExported);
    if (path === undefined || names.length === 0 || one.program) continue;
    const mention = new RegExp(`\\.(?:${names.join('|')})\\b`);
    const callers = importersOf(path, modules, paths, files).filter((file) => mention.test(files.text(file)));
    if (callers.length <= maximumImporters) yield* callers;
  }
  const elsewhere = wanted.flatMap((one) => [...one.elsewhere]);
  if (elsewhere.length === 0) return;
  for (const path of paths) directories.set(directoryOf(path), importPathOf(modules, directoryOf(path)) ?? '');
  for (const [importPath, names] of elsewhere) {
    const declaration = new RegExp(`^func (?:${[...names].filter(isPlain).join('|')})\\(`, 'm');
    for (const path of paths) {
      if (directories.get(directoryOf(path)) === importPath && declaration.test(files.text(path))) yield path;
    }
  }
}

/** The files that import a package of their own module. Every file is read for that once. */
function importersOf(
  importPath: string,
  modules: readonly GoModuleFact[],
  paths: readonly string[],
  { text, importers }: CompanionFiles,
): readonly string[] {
  if (importers.size === 0) {
    importers.set('', []);
    const prefixes = modules.map(({ path }) => path.replace(/[.\\+*?^$()[\]{}|]/g, '\\$&'));
    const imported = new RegExp(`"((?:${prefixes.join('|')})(?:/[^"\\n]*)?)"`, 'g');
    for (const path of paths) {
      const whole = text(path);
      const end = whole.search(/^(?:func|type)\b/m);
      for (const [, one] of whole.slice(0, end < 0 ? whole.length : end).matchAll(imported)) {
        if (one !== undefined) addTo(importers, one, path);
      }
    }
  }
  const open = new Set(paths);
  return (importers.get(importPath) ?? []).filter((path) => open.has(path));
}

/** Functions that are given the value, and types around it whose methods count. */
function addReached(wanted: Wanted, flow: GoFlow): void {
  for (const { to } of flow.escapes) {
    if (to === undefined) continue;
    if (!to.imported) (to.method ? wanted.methods : wanted.functions).add(to.function);
    else if (to.path !== undefined) {
      const names = wanted.elsewhere.get(to.path) ?? new Set();
      wanted.elsewhere.set(to.path, names.add(to.function));
    }
  }
  for (const { through } of flow.closes) for (const type of through) wanted.functions.add(type);
}

function addFunction(wanted: Wanted, id: string): void {
  const dot = id.indexOf('.');
  if (dot < 0) wanted.functions.add(id);
  else wanted.methods.add(id.slice(dot + 1));
}

function isPlain(name: string): boolean {
  return /^\w+$/.test(name);
}

function isExported(name: string): boolean {
  return /^[A-Z]\w*$/.test(name);
}

function isPackageFile(path: string): boolean {
  return path.endsWith('.go') && !path.endsWith('_test.go');
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function addTo<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
