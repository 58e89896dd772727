/** What kind of programs a Go package is part of, by what imports it. */
import type { Fact } from '../../core/fact.ts';
import type { GoModuleFact, GoUsageFact } from '../../core/facts/go.ts';
import { importPathOf } from '../../core/go-import-path.ts';
import type { TreeFiles } from '../registry.ts';
import { directoryOf, importersByPackage, isPackageFile } from './imports.ts';
import { loader as moduleLoader } from './module.ts';
import { addTo } from '../../core/lists.ts';

/** Parsers of command lines: a program that has one is started by people or scripts. */
const commandLineParser =
  /"(?:github\.com\/(?:spf13\/(?:cobra|pflag)|urfave\/cli|alecthomas\/kong|alecthomas\/kingpin|jessevdk\/go-flags|mitchellh\/cli|hashicorp\/cli|docopt\/docopt-go|google\/subcommands)|flag|gopkg\.in\/(?:urfave\/cli|alecthomas\/kingpin)|k8s\.io\/cli-runtime)[\w./-]*"/;

/** Of those, the ones by which a package is a set of commands. */
const commandFramework =
  /"(?:github\.com\/(?:spf13\/cobra|urfave\/cli|alecthomas\/kong|alecthomas\/kingpin|mitchellh\/cli|hashicorp\/cli|google\/subcommands)|gopkg\.in\/(?:urfave\/cli|alecthomas\/kingpin))[\w./-]*"/;

/** What a provider of Terraform, a plugin of Packer or a driver of Docker Machine serves itself with: each is ended after one command. */
const providerServer =
  /"github\.com\/(?:hashicorp\/(?:terraform(?:-plugin-(?:sdk|framework|go|mux))?|packer(?:-plugin-sdk)?)|docker\/machine\/libmachine\/drivers\/plugin)(?:\/[\w./-]*)?"/;

/** Imports of packages that answer requests or work periodically. */
const serverImport =
  /"(?:google\.golang\.org\/grpc|github\.com\/(?:gin-gonic\/gin|labstack\/echo|gofiber\/fiber|gorilla\/mux|go-chi\/chi|emicklei\/go-restful|julienschmidt\/httprouter|robfig\/cron|prometheus\/client_golang)|sigs\.k8s\.io\/controller-runtime|k8s\.io\/client-go\/(?:informers|util\/workqueue|tools\/cache|tools\/leaderelection))[\w./-]*"/;

/** Code that answers requests or works periodically. */
const serves =
  /\bListenAndServe|\.Serve(?:TLS)?\(|\bhttp\.ResponseWriter\b|\btime\.(?:NewTicker|Tick)\(|\bfor \{[^{}]*time\.Sleep\(|telegraf\.Accumulator|\bReconcile\(/;

/** The clause of a program. */
const mainPackage = /^package main\b/m;

/** What shows that a program itself stays. */
const stays = /\bsignal\.Notify|\bfor \{|\bselect \{\}/;

/** Programs that say nothing of how a package is used for real. */
const besides = /(?:^|\/)(?:hack|tools?|scripts?|examples?|contrib|tests?|e2e|testdata|integration|docs?|build|ci)\//;

/** Of those, the ones that are only of use to those who develop the module: what nothing else imports is for them. */
const ownTools = /(?:^|\/)(?:hack|tests?|e2e|integration|build|ci)\//;

/** Imports of tests and of what is made for them; a package that is for tests has them in more than a third of its files. */
const testImport = /"(?:testing|github\.com\/(?:stretchr\/testify|onsi\/(?:ginkgo|gomega))(?:\/[\w./-]*)?)"/;

/**
 * What uses the packages in question, where it is only tests, only providers of Terraform, or only programs that people start and that end:
 * every chain of imports from a program of the module to the package starts at a parser of command lines, and nothing on it
 * answers requests or works periodically; or the package itself is a set of commands. What nothing in the tree imports is a library: of that nothing is said.
 *
 * @param facts those of the Go files
 */
export function packageUsage(facts: readonly Fact[], files: TreeFiles): readonly Fact[] {
  const wanted = new Map<string, Fact>();
  for (const fact of facts) {
    const asks = fact.kind.startsWith('go.') && fact.kind !== 'go.file';
    if (!asks || !isPackageFile(fact.span.file)) continue;
    const directory = directoryOf(fact.span.file);
    if (!wanted.has(directory)) wanted.set(directory, fact);
  }
  if (wanted.size === 0) return [];
  const reader = new ProgramReader(files, modulesOf(files));
  const found: GoUsageFact[] = [];
  for (const [directory, { span }] of wanted) {
    const by = reader.usage(directory);
    if (by !== undefined) found.push({ kind: 'go.usage', span, directory, by });
  }
  return found;
}

function modulesOf(files: TreeFiles): readonly GoModuleFact[] {
  return files.paths
    .filter((path) => path === 'go.mod' || path.endsWith('/go.mod'))
    .flatMap((path) => {
      const text = files.text(path);
      const facts = text === undefined ? [] : moduleLoader.facts({ path, kind: 'go-mod', text });
      return facts.filter((fact) => fact.kind === 'go.module');
    });
}

class ProgramReader {
  readonly #files: TreeFiles;
  readonly #modules: readonly GoModuleFact[];
  readonly #importers: ReadonlyMap<string, readonly string[]>;
  readonly #byDirectory = new Map<string, string[]>();
  readonly #serving = new Map<string, boolean>();
  /** What the text of a file shows, by its path: a file is asked again and again. */
  readonly #shown = new Map<string, ReadonlySet<RegExp>>();
  #hasProviders: boolean | undefined;

  constructor(files: TreeFiles, modules: readonly GoModuleFact[]) {
    this.#files = files;
    this.#modules = modules;
    this.#importers =
      modules.length === 0 ? new Map() : importersByPackage(files.paths, (path) => files.head(path), modules);
    for (const path of files.paths) {
      if (!isPackageFile(path)) continue;
      addTo(this.#byDirectory, directoryOf(path), path);
    }
  }

  usage(directory: string): GoUsageFact['by'] | undefined {
    const heads = this.#heads(directory);
    if (heads.filter((head) => testImport.test(head)).length * 3 > heads.length) return 'tests';
    if (this.#isOfProviders(directory)) return 'providers';
    return this.#isCommandSet(directory) || this.#isOneShot(directory) ? 'commands' : undefined;
  }

  #isOneShot(start: string): boolean {
    const seen = new Set([start]);
    let programs = 0;
    if (this.#isForDevelopers(start)) return true;
    for (const directory of seen) {
      if (this.#isServing(directory)) return false;
      for (const path of this.#importersOf(directory)) if (!besides.test(path)) seen.add(directoryOf(path));
      if (!this.#isProgram(directory)) continue;
      if (this.#shows(directory, stays)) return false;
      programs++;
    }
    const parses = [...seen].some((directory) => this.#imports(directory, commandLineParser));
    return programs > 0 && parses;
  }

  /** Whether every chain of imports ends in a provider of Terraform. */
  #isOfProviders(start: string): boolean {
    this.#hasProviders ??= [...this.#byDirectory.keys()].some((directory) => this.#imports(directory, providerServer));
    if (!this.#hasProviders) return false;
    const seen = new Set([start]);
    const programs: string[] = [];
    for (const directory of seen) {
      for (const path of this.#importersOf(directory)) if (!besides.test(path)) seen.add(directoryOf(path));
      if (this.#isProgram(directory)) programs.push(directory);
    }
    return programs.length > 0 && programs.every((directory) => this.#imports(directory, providerServer));
  }

  /** Whether a package is a set of commands, and only used by others such. */
  #isCommandSet(start: string): boolean {
    if (!this.#imports(start, commandFramework)) return false;
    const importers = this.#importersOf(start).filter((path) => !besides.test(path));
    const directories = new Set([start, ...importers.map(directoryOf)]);
    if (directories.size === 1 || this.#shows(start, stays)) return false;
    return [...directories].every((one) => this.#imports(one, commandFramework) && !this.#isServing(one));
  }

  /** Whether every chain of imports ends in a program or test for those who develop the module. */
  #isForDevelopers(start: string): boolean {
    const seen = new Set([start]);
    for (const directory of seen) {
      const importers = this.#importersOf(directory);
      if (importers.length === 0) return false;
      for (const path of importers) if (!ownTools.test(path)) seen.add(directoryOf(path));
    }
    return true;
  }

  #importersOf(directory: string): readonly string[] {
    const importPath = importPathOf(this.#modules, directory);
    return importPath === undefined ? [] : (this.#importers.get(importPath) ?? []);
  }

  /** The package that nothing can import: its clause says `main`. */
  #isProgram(directory: string): boolean {
    return this.#shows(directory, mainPackage);
  }

  #isServing(directory: string): boolean {
    let serving = this.#serving.get(directory);
    if (serving === undefined) {
      serving = this.#heads(directory).some((head) => serverImport.test(head)) || this.#shows(directory, serves);
      this.#serving.set(directory, serving);
    }
    return serving;
  }

  #imports(directory: string, pattern: RegExp): boolean {
    return this.#heads(directory).some((head) => pattern.test(head));
  }

  #heads(directory: string): readonly string[] {
    return (this.#byDirectory.get(directory) ?? []).map((path) => this.#files.head(path));
  }

  #shows(directory: string, pattern: RegExp): boolean {
    return (this.#byDirectory.get(directory) ?? []).some((path) => {
      let shown = this.#shown.get(path);
      if (shown === undefined) {
        const text = this.#files.text(path) ?? '';
        shown = new Set([serves, stays, mainPackage].filter((each) => each.test(text)));
        this.#shown.set(path, shown);
      }
      return shown.has(pattern);
    });
  }
}
