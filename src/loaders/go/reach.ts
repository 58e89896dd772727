/** Which functions of the files that others make matter can lead to a function that matters: by the names that they mention. */
import type { Fact } from '../../core/fact.ts';
import type { GoModuleFact } from '../../core/facts/go.ts';
import { importPathOf } from '../../core/go-import-path.ts';
import { addTo, firstAtLeast } from '../../core/lists.ts';
import { directoryOf, importedPaths } from './imports.ts';
import { functionsOf, mayBeQuoted, writeLeftOut, type GoFunctionText } from './left-out.ts';
import { durationField, mayLeaveBodyOpen } from './prefilter.ts';

/** A package: by its import path, or by its directory where that is unknown. */
export type PackageName = string;

export function packageName(modules: readonly GoModuleFact[], directory: string): PackageName {
  return importPathOf(modules, directory) ?? directory;
}

/** Methods that are asked for by the types that have them. */
const asked = /^\.(?:RoundTrip|CloseIdleConnections)$/;

/** Where more names than these matter, most of a package does: its files are read wholly. */
const maximumNames = 100;

/** A file of which the functions are read that mention a name. */
class Companion {
  readonly package: PackageName;
  readonly #text: () => string;
  #isWhole: boolean;
  /** Those that are read, whatever they mention. */
  readonly #read: ReadonlySet<GoFunctionText>;
  #unreached: readonly GoFunctionText[];
  /** Those of the names that stand in the file, without dots. */
  readonly #mentioned = new Set<string>();

  constructor(name: PackageName, text: () => string) {
    this.package = name;
    this.#text = text;
    const all = text();
    // A program stays or ends by all that it does; what runs at a pace may be run by any other function of the file.
    this.#isWhole = !/^package[ \t]+(?!main\b)\w/m.test(all) || all.includes('os/exec') || mayBeQuoted(all);
    this.#unreached = functionsOf(all);
    this.#read = new Set(
      this.#isWhole
        ? []
        : this.#unreached.filter(({ name: own, start, end }) => {
            const part = all.slice(start, end);
            return asked.test(own) || mayLeaveBodyOpen(part) || durationField.test(part);
          }),
    );
  }

  /**
   * Takes in the functions that have one of some names or mention it.
   *
   * @param names those of methods with a dot in front
   * @returns what those are called
   */
  take(names: ReadonlySet<string>): readonly string[] {
    const unreached = this.#unreached;
    if (names.size === 0) return [];
    const reached = new Set(unreached.filter(({ name }) => has(names, name)));
    const text = this.#text();
    for (const name of names) {
      let at = nextMention(text, name, 0);
      if (at >= 0) this.#mentioned.add(name.replace('.', ''));
      while (at >= 0) {
        const around = unreached[firstAtLeast(unreached, at + 1, ({ end }) => end)];
        if (around !== undefined && around.start < at) reached.add(around);
        // The rest of a function says no more, and what is between two says nothing.
        const next = around === undefined ? text.length : Math.max(at, around.start < at ? around.end : around.start);
        at = nextMention(text, name, next);
      }
    }
    if (reached.size > 0) this.#unreached = unreached.filter((one) => !reached.has(one));
    return [...reached].map(({ name }) => name);
  }

  /** Nothing is left out any more. */
  readWholly(): void {
    this.#isWhole = true;
  }

  leftOut(): string {
    if (this.#isWhole) return '';
    const leftOut = this.#unreached.filter((one) => !this.#read.has(one));
    return writeLeftOut(leftOut, this.#mentioned);
  }
}

/** The files that others make matter, with the names that matter in each package, those of methods with a dot in front. Both only become more. */
export class Reach {
  readonly #text: (path: string) => string;
  readonly #head: (path: string) => string;
  readonly #companions = new Map<string, Companion>();
  /** What each was to be read without. */
  readonly #leftOut = new Map<string, string>();
  readonly #inPackage = new Map<PackageName, Companion[]>();
  readonly #importing = new Map<PackageName, Companion[]>();
  readonly #names = new Map<PackageName, Set<string>>();
  /** Those that no file has been looked through for. */
  readonly #fresh = new Map<PackageName, Set<string>>();
  /** Packages with too many of them. */
  readonly #full = new Set<PackageName>();
  /** Of the files that were read wholly by themselves: what calls a function, by package and name. */
  #callers: ReadonlyMap<string, readonly (readonly [PackageName, string])[]> | undefined;

  constructor(files: { readonly text: (path: string) => string; readonly head: (path: string) => string }) {
    this.#text = files.text;
    this.#head = files.head;
  }

  has(path: string): boolean {
    return this.#companions.has(path);
  }

  /**
   * @param facts those of the files that were read so far; in the first call, by themselves
   * @param names that matter, by package
   * @param found files that are to be read now
   * @returns the files that are to be read now, or anew, with what to leave out
   */
  take(
    facts: readonly Fact[],
    modules: readonly GoModuleFact[],
    names: ReadonlyMap<PackageName, ReadonlySet<string>>,
    found: ReadonlySet<string>,
  ): ReadonlyMap<string, string> {
    this.#callers ??= callersOf(facts, modules);
    for (const [name, own] of names) for (const one of own) this.#note(name, one);
    for (const path of found) this.#add(path, modules);
    while (this.#fresh.size > 0) this.#spread();
    const changed = new Map<string, string>();
    for (const [path, companion] of this.#companions) {
      const leftOut = companion.leftOut();
      if (this.#leftOut.get(path) === leftOut) continue;
      this.#leftOut.set(path, leftOut);
      changed.set(path, leftOut);
    }
    return changed;
  }

  #add(path: string, modules: readonly GoModuleFact[]): void {
    const companion = new Companion(packageName(modules, directoryOf(path)), () => this.#text(path));
    this.#companions.set(path, companion);
    addTo(this.#inPackage, companion.package, companion);
    const imports = new Set(importedPaths(this.#head(path)));
    for (const imported of imports) addTo(this.#importing, imported, companion);
    if ([companion.package, ...imports].some((name) => this.#full.has(name))) {
      companion.readWholly();
      this.#fill(companion.package);
      return;
    }
    this.#meet(companion, this.#names.get(companion.package) ?? none);
    for (const imported of imports) this.#meet(companion, membersOf(this.#names.get(imported) ?? none));
  }

  /** Looks through the files of one package, and those that import it, for its new names. */
  #spread(): void {
    const [first] = this.#fresh;
    if (first === undefined) return;
    const [name, names] = first;
    this.#fresh.delete(name);
    for (const companion of this.#inPackage.get(name) ?? []) this.#meet(companion, names);
    const exported = membersOf(names);
    for (const companion of this.#importing.get(name) ?? []) this.#meet(companion, exported);
    for (const one of names)
      for (const [from, caller] of this.#callers?.get(`${name} ${one}`) ?? []) this.#note(from, caller);
  }

  /** Has the files of a package read wholly, and with them those that can call what is in it. */
  #fill(name: PackageName): void {
    if (this.#full.has(name)) return;
    this.#full.add(name);
    this.#fresh.delete(name);
    for (const companion of this.#inPackage.get(name) ?? []) companion.readWholly();
    for (const companion of this.#importing.get(name) ?? []) this.#fill(companion.package);
    for (const [called, callers] of this.#callers ?? [])
      if (called.startsWith(`${name} `)) for (const [from, caller] of callers) this.#note(from, caller);
  }

  #meet(companion: Companion, names: ReadonlySet<string>): void {
    for (const name of companion.take(names)) this.#note(companion.package, name);
  }

  #note(name: PackageName, one: string): void {
    if (!/^\.?\w+$/.test(one) || this.#full.has(name)) return;
    let names = this.#names.get(name);
    if (names === undefined) this.#names.set(name, (names = new Set()));
    if (names.has(one)) return;
    if (names.size >= maximumNames) {
      this.#fill(name);
      return;
    }
    names.add(one);
    const fresh = this.#fresh.get(name);
    if (fresh === undefined) this.#fresh.set(name, new Set([one]));
    else fresh.add(one);
  }
}

const none: ReadonlySet<string> = new Set();

/** The exported functions among some names, as the members of their package that others call. */
function membersOf(names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...names].filter(isExported).map((name) => `.${name}`));
}

/** Whether a function and a method of the same name are told apart, depends on how many there are. */
function has(names: ReadonlySet<string>, name: string): boolean {
  return names.has(name) || names.has(name.startsWith('.') ? name.slice(1) : `.${name}`);
}

/** Where a name stands next, a function's without a dot before it and a method's with one; -1 if nowhere. */
function nextMention(text: string, name: string, from: number): number {
  const isMethod = name.startsWith('.');
  const word = isMethod ? name.slice(1) : name;
  for (let at = text.indexOf(word, from); at >= 0; at = text.indexOf(word, at + 1)) {
    if (isWord(text.charAt(at + word.length)) || isWord(text.charAt(at - 1))) continue;
    let before = at - 1;
    while (isMethod && /\s/.test(text.charAt(before))) before--;
    if ((text.charAt(before) === '.') === isMethod) return at;
  }
  return -1;
}

function isWord(character: string): boolean {
  return /\w/.test(character);
}

function callersOf(
  facts: readonly Fact[],
  modules: readonly GoModuleFact[],
): ReadonlyMap<string, readonly (readonly [PackageName, string])[]> {
  const callers = new Map<string, (readonly [PackageName, string])[]>();
  for (const fact of facts) {
    if (fact.kind !== 'go.function') continue;
    const own = packageName(modules, directoryOf(fact.span.file));
    const caller = fact.receiver === undefined ? fact.name : `.${fact.name}`;
    for (const { imported, method, name } of fact.calls)
      addTo(callers, `${imported ?? own} ${method ? '.' : ''}${name}`, [own, caller]);
  }
  return callers;
}

export function isExported(name: string): boolean {
  return /^[A-Z]\w*$/.test(name);
}
