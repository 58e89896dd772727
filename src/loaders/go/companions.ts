/** Which files are to be read although they make no Transport: those that may say what becomes of one. */
import type { Fact } from '../../core/fact.ts';
import type {
  GoCall,
  GoFlow,
  GoFunctionFact,
  GoModuleFact,
  GoRepetition,
  GoTransportFact,
} from '../../core/facts/go.ts';
import { importPathOf } from '../../core/go-import-path.ts';
import { isTestPath } from '../../core/go-tests.ts';
import { directoryOf, importersByPackage, isPackageFile } from './imports.ts';
import { isExported, packageName, Reach, type PackageName } from './reach.ts';
import { addTo } from '../../core/lists.ts';
import { once } from '../../core/once.ts';

/** The files that were not read wholly by themselves. */
export interface CompanionFiles {
  readonly paths: readonly string[];
  readonly text: (path: string) => string;
  /** What the registry's `head` kept of a file. */
  readonly head: (path: string) => string;
}

/** Calls through calls are followed this far. */
const maximumDepth = 6;

/** A function that more files of other packages than this call is a library of its module: they are not looked at. */
const maximumImporters = 40;

/** What of one package matters. */
interface Wanted {
  readonly directory: string;
  /** Functions, as `name` or `Type.name`, whose result is or holds a new Transport. */
  readonly returning: Set<string>;
  /** Functions that make one and drop it, or call such a function: how often are they called? */
  readonly making: Set<string>;
  /** Functions, or with a dot in front methods, that are given one; types around one. */
  readonly given: Set<string>;
  /** The package is a program of which it is not known that it stays: any of its files can show that. */
  readonly program: boolean;
}

/**
 * Finds the Go files that name a function that matters: one that makes a Transport which leaves it or that nothing repeats
 * in its own file, one that calls such a function, one that is given the Transport. They stand in the same directory, or
 * in another package of the same module. Tests never matter: they say nothing of a node.
 */
export class GoCompanionSearch {
  readonly #files: CompanionFiles;
  readonly #reach: Reach;
  #modules: readonly GoModuleFact[] = [];
  /** Those that can be found, by their directories. */
  readonly #byDirectory = new Map<string, string[]>();
  /** The names that the files of a package were looked through for, and the importers that mention one. */
  readonly #looked = new Map<
    string,
    { readonly near: string; readonly far: string; readonly callers: readonly string[] }
  >();
  readonly #importers = once(() => importersByPackage(this.#files.paths, this.#files.head, this.#modules));

  constructor(files: CompanionFiles) {
    this.#files = files;
    this.#reach = new Reach(files);
    for (const path of files.paths) if (mayCall(path)) addTo(this.#byDirectory, directoryOf(path), path);
  }

  /**
   * @param facts those of the files that were read so far
   * @returns the files that are to be read now, or anew, with the functions to leave out of each: none of them can reach one that matters
   */
  find(facts: readonly Fact[]): ReadonlyMap<string, string> {
    const reader = new WantedReader(facts);
    const wanted = reader.read();
    if (wanted.size === 0) return new Map();
    this.#modules = facts.filter((fact) => fact.kind === 'go.module');
    const found = new Set<string>();
    for (const [home, one] of wanted) for (const path of this.#near(home, one)) found.add(path);
    if (this.#modules.length > 0)
      for (const [home, one] of wanted) for (const path of this.#far(home, one)) found.add(path);
    return this.#reach.take(facts, this.#modules, reader.names(), found);
  }

  /** The files of the package itself. */
  #near(home: string, one: Wanted): readonly string[] {
    const found: string[] = [];
    const names = namesOf(one).join('|');
    const looked = this.#looked.get(home);
    if (looked?.near === names && !one.program) return [];
    this.#looked.set(home, { far: '', callers: [], ...looked, near: names });
    const isMentioned = mentionOf(one);
    let shown = !one.program;
    for (const path of this.#byDirectory.get(one.directory) ?? []) {
      if (this.#reach.has(path)) continue;
      const text = this.#files.text(path);
      // One file that shows it is enough; if it does not after all, the next one is asked for.
      if (isMentioned(text) || (!shown && staying.test(text))) found.push(path);
      shown ||= staying.test(text);
    }
    return found;
  }

  /** The files of other packages that call an exported function that matters. */
  #far(home: string, { returning, making, program }: Wanted): readonly string[] {
    const names = [...returning, ...making].filter(isExported).join('|');
    if (names === '' || program) return [];
    let looked = this.#looked.get(home);
    if (looked?.far !== names) {
      const mention = new RegExp(`\\.(?:${names})\\b`);
      const callers = (this.#importers().get(home) ?? []).filter(
        (path) => mayCall(path) && !this.#reach.has(path) && mention.test(this.#files.text(path)),
      );
      this.#looked.set(home, (looked = { near: '', ...looked, far: names, callers }));
    }
    const callers = looked.callers.filter((path) => !this.#reach.has(path));
    return callers.length <= maximumImporters ? callers : [];
  }
}

/** Whether it can matter what a file calls: no test does. */
function mayCall(path: string): boolean {
  return path.endsWith('.go') && !isTestPath(path);
}

class WantedReader {
  readonly #wanted = new Map<string, Wanted>();
  readonly #modules: readonly GoModuleFact[];
  readonly #functions: readonly GoFunctionFact[];
  readonly #transports: readonly GoTransportFact[];
  readonly #homes = new Map<string, string>();
  readonly #staying = new Set<string>();
  /** Names that something is asked of, whether other files are looked for that mention them or not. */
  readonly #asked = new Map<PackageName, Set<string>>();

  constructor(facts: readonly Fact[]) {
    const inPackage = facts.filter(({ span }) => isPackageFile(span.file));
    this.#modules = facts.filter((fact) => fact.kind === 'go.module');
    this.#functions = inPackage.filter((fact) => fact.kind === 'go.function');
    this.#transports = inPackage.filter((fact) => fact.kind === 'go.transport');
    for (const fact of inPackage) {
      if (fact.kind === 'go.file' && fact.staysRunning !== undefined) this.#staying.add(fact.package);
    }
  }

  /** The names that matter in the files which are read, once `read` has found what matters. */
  names(): ReadonlyMap<PackageName, ReadonlySet<string>> {
    for (const one of this.#wanted.values()) {
      const name = packageName(this.#modules, one.directory);
      for (const id of [...one.returning, ...one.making, ...one.given]) this.#ask(name, functionName(id));
    }
    return this.#asked;
  }

  #ask(name: PackageName, own: string): void {
    const names = this.#asked.get(name);
    if (names === undefined) this.#asked.set(name, new Set([own]));
    else names.add(own);
  }

  /** What matters, by import path, or by directory where that is unknown. */
  read(): ReadonlyMap<string, Wanted> {
    for (const { package: key, place, flow, dialFunction } of this.#transports) {
      const own = packageName(this.#modules, directoryOfPackage(key));
      if (place.function !== undefined) this.#ask(own, functionName(place.function));
      if (dialFunction !== undefined) this.#ask(own, dialFunction);
      for (const { to } of flow.escapes)
        if (to !== undefined) this.#ask(to.path ?? own, to.method ? `.${to.function}` : to.function);
      if (place.function === undefined || place.once || isSettled(flow)) continue;
      this.#add(key, place.function, flow, place.repeated);
      if (dialFunction !== undefined) this.#of(key).given.add(dialFunction);
    }
    for (let depth = 0; depth < maximumDepth && this.#follow(); depth++);
    return this.#wanted;
  }

  /** One level of calls; says whether anything was added. */
  #follow(): boolean {
    const size = () =>
      [...this.#wanted.values()].reduce(
        (sum, { returning, making, given }) => sum + returning.size + making.size + given.size,
        0,
      );
    const before = size();
    for (const one of this.#functions) {
      const own = this.#wanted.get(this.#home(one.package));
      if (own?.given.has(one.receiver === undefined ? one.name : `.${one.name}`) === true) {
        for (const { flow } of one.parameters) this.#reach(one.package, flow);
      }
      for (const call of one.calls)
        this.#followCall(one, call, call.imported === undefined ? own : this.#wanted.get(call.imported));
    }
    return size() > before;
  }

  #followCall(from: GoFunctionFact, call: GoCall, called: Wanted | undefined): void {
    if (called === undefined || call.value) return;
    if (has(called.making, call)) {
      if (!isAnswered(call.place.repeated ?? from.repeated)) this.#of(from.package).making.add(from.id);
    }
    if (has(called.returning, call) && call.flow !== undefined && !isSettled(call.flow)) {
      this.#add(from.package, from.id, call.flow, call.place.repeated ?? from.repeated);
    }
  }

  /** A function that has a new Transport, and what it does with it. */
  #add(key: string, id: string, flow: GoFlow, repeated: GoRepetition | undefined): void {
    if (flow.escapes.some(({ how }) => how === 'returned')) this.#of(key).returning.add(id);
    else if (!isAnswered(repeated)) this.#of(key).making.add(id);
    this.#reach(key, flow);
  }

  #reach(key: string, flow: GoFlow): void {
    for (const { to } of flow.escapes) {
      if (to === undefined) continue;
      if (!to.imported) this.#of(key).given.add(to.method ? `.${to.function}` : to.function);
      else if (to.path !== undefined) {
        this.#wanted.get(to.path)?.given.add(to.function);
        this.#ask(to.path, to.function);
      }
    }
    for (const { through } of flow.closes) for (const type of through) this.#of(key).given.add(type);
  }

  #of(key: string): Wanted {
    const home = this.#home(key);
    const known = this.#wanted.get(home);
    if (known !== undefined) return known;
    const wanted: Wanted = {
      directory: directoryOfPackage(key),
      returning: new Set(),
      making: new Set(),
      given: new Set(),
      program: key.endsWith(':main') && !this.#staying.has(key),
    };
    this.#wanted.set(home, wanted);
    return wanted;
  }

  #home(key: string): string {
    let home = this.#homes.get(key);
    if (home === undefined) {
      const isFile = key.includes('#');
      home = (isFile ? undefined : importPathOf(this.#modules, directoryOfPackage(key))) ?? key;
      this.#homes.set(key, home);
    }
    return home;
  }
}

/** Whether the callers do not matter any more; a loop may still belong to a program that ends. */
function isAnswered(repeated: GoRepetition | undefined): boolean {
  return repeated !== undefined && repeated.how !== 'loop';
}

/** Whether nothing that another file says can make a difference: the value is kept, or leaves no connection open. */
function isSettled(flow: GoFlow): boolean {
  return (
    flow.escapes.some(({ how }) => how !== 'returned' && how !== 'passed') ||
    flow.settings.some(({ name, value }) => name === 'DisableKeepAlives' && value === true) ||
    flow.closes.some(({ through }) => through.length === 0)
  );
}

/** Whether a call is of one of some functions, as far as the names say. */
function has(ids: ReadonlySet<string>, call: GoCall): boolean {
  if (ids.size === 0) return false;
  if (!call.method) return ids.has(call.name);
  if (call.receiver !== undefined) return ids.has(`${call.receiver}.${call.name}`);
  if (isExported(call.name)) return false;
  for (const id of ids) if (id.endsWith(`.${call.name}`)) return true;
  return false;
}

/** The names of what matters, without their types. */
function namesOf({ returning, making, given }: Wanted): readonly string[] {
  return [...new Set([...returning, ...making, ...given].map(lastWord))].filter(isPlain);
}

/** `.name` for `Type.name` and `.name`. */
function functionName(id: string): string {
  return id.slice(Math.max(0, id.indexOf('.')));
}

/** `name` for `Type.name` and `.name`. */
function lastWord(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

/** Whether a text mentions something that matters. */
function mentionOf(wanted: Wanted): (text: string) => boolean {
  const types = new Map<string, string[]>();
  for (const id of [...wanted.returning, ...wanted.making])
    addTo(types, lastWord(id), id.slice(0, Math.max(0, id.indexOf('.'))));
  const names = namesOf(wanted);
  // One look for all names is fast; only around what it finds is it seen what it is.
  const name = new RegExp(`\\b(?:${names.join('|')})\\b`, 'g');
  return (text) => {
    if (names.length === 0) return false;
    for (const { 0: found, index } of text.matchAll(name)) {
      const of = types.get(found) ?? [];
      if (text.startsWith(') ', index - 2)) {
        if (wanted.given.has(`.${found}`) || wanted.given.has(found)) return true;
      } else if (text[index - 1] === '.') {
        // A method that other types may have is known by its type, which stands in the file then.
        if (of.some((type) => type !== '' && (!isExported(found) || text.includes(type)))) return true;
      } else if (of.includes('') || wanted.given.has(found)) return true;
    }
    return false;
  };
}

/** What shows that a program stays. */
const staying = /ListenAndServe|\.Serve\(|signal\.Notify|time\.(?:Tick|NewTicker)|\bfor \{|\bselect \{\}/;

function isPlain(name: string): boolean {
  return /^\w+$/.test(name);
}

function directoryOfPackage(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf(':')));
}
