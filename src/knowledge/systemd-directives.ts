/** What systemd knows of the settings of units, version by version. */
import { once } from '../core/once.ts';
import data from './systemd-directive-table.json' with { type: 'json' };

/** How the value of a setting is read; `any`: not checked. */
export type ValueType =
  | 'absolutePath'
  | 'any'
  | 'blockIoWeight'
  | 'boolean'
  | 'calendar'
  | 'conditionPath'
  | 'cpuPriority'
  | 'cpuQuota'
  | 'cpuWeight'
  | 'documentation'
  | 'environment'
  | 'exec'
  | 'exitStatus'
  | 'exitStatuses'
  | 'families'
  | 'input'
  | 'integer'
  | 'ioPriority'
  | 'limitCount'
  | 'limitMicroseconds'
  | 'limitNice'
  | 'limitSeconds'
  | 'limitSize'
  | 'logFacility'
  | 'logLevel'
  | 'memory'
  | 'memoryNotZero'
  | 'mode'
  | 'namespaces'
  | 'nice'
  | 'oomScore'
  | 'optionalPath'
  | 'output'
  | 'paths'
  | 'percent'
  | 'plainPaths'
  | 'relativePaths'
  | 'seconds'
  | 'service'
  | 'signal'
  | 'size'
  | 'slice'
  | 'sockets'
  | 'specifiers'
  | 'tasks'
  | 'timer'
  | 'unit'
  | 'units'
  | 'unsigned'
  | 'weight'
  | 'word';

/** A setting that some version has taken away. */
export interface Removal {
  /** The last version that honours it, as far as known: between the first and the second. */
  readonly last: readonly [number, number];
  /** Later versions still know the name, and say that it is ignored; else it is an unknown key. */
  readonly named: boolean;
}

/** A setting in one section. */
export interface Directive {
  readonly key: string;
  readonly valueType: ValueType;
  /** First version that knows it; 183 stands for that and all before. */
  readonly since: number;
  readonly removed?: Removal;
}

/** The oldest version whose settings are known. */
export const oldestSystemd = 183;

const table = once(() => {
  const sections = new Map<string, Map<string, Directive>>();
  for (const [names, entries] of Object.entries(data.directives)) {
    const directives = entries.split(' ').map(readDirective);
    for (const name of names.split(' ')) {
      const section = sections.get(name) ?? new Map<string, Directive>();
      sections.set(name, section);
      for (const directive of directives) section.set(directive.key, directive);
    }
  }
  return sections;
});

function readDirective(entry: string): Directive {
  const [key = '', valueType = '', since = '', removed = ''] = entry.split(':');
  return {
    key,
    valueType: valueType === '' ? 'any' : (valueType as ValueType),
    since: since === '' ? oldestSystemd : Number(since),
    ...(removed !== '' && { removed: readRemoval(removed) }),
  };
}

/** `204`, `257..261!`, `..251!`. */
function readRemoval(text: string): Removal {
  const [from = '', to = from] = text.replace('!', '').split('..');
  return { last: [from === '' ? oldestSystemd : Number(from), Number(to)], named: text.endsWith('!') };
}

/** A setting of a section (without brackets) in any version; `undefined` for one that there never was. */
export function directiveOf(section: string, key: string): Directive | undefined {
  return table().get(section)?.get(key);
}

/** Sections of units, without brackets. */
export const sectionNames: readonly string[] = [
  'Unit',
  'Service',
  'Socket',
  'Mount',
  'Swap',
  'Timer',
  'Path',
  'Automount',
  'Slice',
  'Scope',
  'Install',
];

/** Sections that have, in some version, a setting of this name. */
export function sectionsWith(key: string): readonly string[] {
  return sectionNames.filter((section) => directiveOf(section, key) !== undefined);
}

/** Settings of a section that the newest version honours. */
export function directiveNames(section: string): readonly string[] {
  return [...(table().get(section)?.values() ?? [])]
    .filter(({ removed }) => removed === undefined)
    .map(({ key }) => key);
}

const choices = once(() => new Map(Object.entries(data.words)));

/** The words a setting of value type `word` may be, and whether it may be a boolean too. */
export function wordsOf(key: string): { readonly words: readonly string[]; readonly boolean: boolean } {
  const text = choices().get(key) ?? '';
  const boolean = text.startsWith('+');
  return { words: (boolean ? text.slice(1) : text).split(' '), boolean };
}
