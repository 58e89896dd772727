/** What a Puppet manifest that is linted by itself is judged with: the files of its module and environment that it refers to. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** More of them than this are not looked at: the manifest is no part of one configuration then. */
const mostManifests = 500;

/** Directories of an environment that hold no modules. */
const noModules = new Set(['.git', 'node_modules', 'data', 'hieradata', 'spec', 'manifests', 'templates', 'files']);

/**
 * The files that manifests refer to, directly or through each other: classes, defines, functions, templates and copied files, by the
 * names that Puppet finds them by; the manifests of the same module that use what they define; and data of Hiera if a class has
 * parameters or something is looked up. Of a template or copied file: the manifests of its module that name it, and what those refer to.
 *
 * Nothing is parsed: a name that is none costs a look for a file.
 *
 * @param named absolute paths of manifests, templates and copied files
 * @param top absolute path of the repository that they lie in
 * @param textOf reads a file; empty for one that cannot be read
 * @returns absolute paths, without those named
 */
export function manifestContext(named: readonly string[], top: string, textOf: ReadText): readonly string[] {
  const found = new Set<string>();
  const places = new Map<string, Place>();
  const pending: string[] = [];
  let needsData = false;
  const add = (file: string) => {
    if (found.has(file) || found.size >= mostManifests) return;
    found.add(file);
    if (file.endsWith('.pp')) pending.push(file);
  };
  for (const file of named) {
    found.add(file);
    if (file.endsWith('.pp')) pending.push(file);
    else for (const manifest of naming(file, textOf)) add(manifest);
  }
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const text = textOf(file);
    const place = placeOf(file, top, places);
    needsData ||= /\bclass\s+[\w:]+\s*\(|\b(?:lookup|hiera\w*)\b/.test(text);
    for (const other of referredTo(text, place)) add(other);
    if (named.includes(file) && place.module !== undefined)
      for (const user of usersOf(file, text, place.module, textOf)) add(user);
  }
  for (const file of named) found.delete(file);
  const directories = needsData ? [...places.values()].flatMap(({ module, environment }) => [module, environment]) : [];
  for (const directory of new Set(directories)) {
    if (directory !== undefined) for (const file of dataOf(directory, textOf)) found.add(file);
  }
  return [...found];
}

type ReadText = (file: string) => string;

interface Place {
  /** Directory of the module; `undefined` if the manifest stands in none. */
  readonly module: string | undefined;
  /** The directory around all modules. */
  readonly environment: string;
}

function placeOf(file: string, top: string, places: Map<string, Place>): Place {
  const module = /^(.*)\/(?:manifests|functions|types|plans|templates|files)\//.exec(file)?.[1];
  const start = module ?? dirname(file);
  let place = places.get(start);
  if (place === undefined) {
    let environment = start;
    while (environment !== top && environment !== dirname(environment) && !isEnvironment(environment))
      environment = dirname(environment);
    place = { module, environment };
    places.set(start, place);
  }
  return place;
}

function isEnvironment(directory: string): boolean {
  return ['environment.conf', 'Puppetfile'].some((name) => existsSync(join(directory, name)));
}

/** A template or copied file in a string: the module and its path there. */
const fileName = /['"](?:puppet:\/\/[^/'"]*\/modules\/)?(\w+)\/([\w./-]+)['"]/g;

/** Files that names in a text stand for. */
function referredTo(text: string, { module, environment }: Place): readonly string[] {
  const names = new Set<string>();
  const files = new Map<string, Set<string>>();
  const rest = text.replaceAll(fileName, (_, owner: string, name: string) => {
    files.set(owner, (files.get(owner) ?? new Set()).add(name));
    return '';
  });
  for (const [name] of rest.matchAll(/(?<!\w)[a-z]\w*(?:::\w+)*/g)) names.add(name);
  // A variable of a class.
  for (const [, name = ''] of rest.matchAll(/\$\{?(?:::)?([a-z]\w*(?:::\w+)*)::\w/g)) names.add(name);
  const modules = new Set([...names].map((name) => name.split('::')[0] ?? ''));
  for (const name of files.keys()) modules.add(name);
  const directories = moduleDirectories(modules, text, module, environment);
  const candidates: string[] = [];
  for (const name of names) {
    const [owner = '', ...rest] = name.split('::');
    for (const directory of directories.get(owner) ?? []) {
      const path = rest.join('/');
      candidates.push(join(directory, 'manifests', `${path === '' ? 'init' : path}.pp`));
      if (path === '') continue;
      candidates.push(join(directory, 'functions', `${path}.pp`));
    }
  }
  for (const [owner, list] of files) {
    for (const directory of directories.get(owner) ?? [])
      for (const name of list) candidates.push(join(directory, 'templates', name), join(directory, 'files', name));
  }
  return [...new Set(candidates)].filter((file) => existsSync(file));
}

/** Where modules of these names lie: beside the manifest's own, in the environment, or in a directory of it. */
function moduleDirectories(
  wanted: ReadonlySet<string>,
  text: string,
  module: string | undefined,
  environment: string,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const add = (name: string, directory: string) => {
    found.set(name, (found.get(name) ?? new Set()).add(directory));
  };
  const own = /^[ \t]*(?:class|define|function)\s+(?:::)?(\w+)/m.exec(text)?.[1];
  if (module !== undefined && own !== undefined) add(own, module);
  const parents = new Set(
    module === undefined || module === environment ? [environment] : [dirname(module), environment],
  );
  for (const name of namesIn(environment)) if (!noModules.has(name)) parents.add(join(environment, name));
  for (const parent of parents) for (const name of namesIn(parent)) if (wanted.has(name)) add(name, join(parent, name));
  return new Map([...found].map(([name, directories]) => [name, [...directories]]));
}

/** Manifests of the same module that use what a manifest defines, for only they say what its parameters are. */
function usersOf(file: string, text: string, module: string, textOf: ReadText): readonly string[] {
  const defined = [...text.matchAll(/^[ \t]*(?:class|define)\s+(?:::)?([\w:]+)\s*\(/gm)].map(([, name = '']) => name);
  if (defined.length === 0) return [];
  return manifestsOf(module).filter((other) => {
    if (other === file) return false;
    const theirs = textOf(other);
    return defined.some((name) => theirs.includes(name));
  });
}

/** The manifests of its module that name a template or copied file. */
function naming(file: string, textOf: ReadText): readonly string[] {
  const match = /^(.*)\/(?:templates|files)\/(.*)$/.exec(file);
  return match === null ? [] : manifestsOf(match[1] ?? '').filter((other) => textOf(other).includes(basename(file)));
}

function manifestsOf(module: string): readonly string[] {
  return below(join(module, 'manifests'), '.pp');
}

/** The hiera.yaml of a directory and the data that it leads to. */
function dataOf(directory: string, textOf: ReadText): readonly string[] {
  const config = join(directory, 'hiera.yaml');
  if (!existsSync(config)) return [];
  const folders = [...textOf(config).matchAll(/\bdatadir['"]?:\s*['"]?([^\s'"#%]+)/g)].map(([, name = '']) => name);
  const data = new Set(folders.length === 0 ? ['data'] : folders);
  return [config, ...[...data].flatMap((folder) => below(join(directory, folder), 'yaml'))];
}

/** Files below a directory whose names end so; none if it is not there. */
function below(directory: string, ending: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
