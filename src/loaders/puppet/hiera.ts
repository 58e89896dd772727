/** Hiera: the data files that a hiera.yaml of version 5 names, and what they hold. */
import type { Document, Node, YAMLMap, YAMLSeq } from 'yaml';
import { matchesGlob } from '../../core/glob.ts';
import { lazyLibrary } from '../../core/lazy-library.ts';
import { TemplateBuilder, type Template } from '../../core/template.ts';
import { unknown, type HashItem, type PuppetValue } from './evaluated.ts';
import { fileTemplate } from '../../core/template.ts';
import type { TreeFile, TreeFiles } from './tree.ts';
import { addTo } from '../../core/lists.ts';

const yaml = lazyLibrary(() => import('yaml'));

/** Must be awaited before a value is asked for. */
export const loadHiera = yaml.load;

/** A key of a data file. The same object as long as the file does not change. */
export interface HieraEntry {
  readonly file: TreeFile;
  /** Of the key and its value. */
  readonly start: number;
  readonly end: number;
}

/** The data that one hiera.yaml leads to. */
export interface HieraLayer {
  readonly files: readonly TreeFile[];
  /** By their order in the hierarchy. */
  entries(key: string): readonly HieraEntry[];
}

/** @param directory with `/` at its end, or empty */
export function hieraLayer(directory: string, files: TreeFiles): HieraLayer {
  const data = dataFiles(directory, files);
  let byKey: Map<string, HieraEntry[]> | undefined;
  return {
    files: data,
    entries(key) {
      byKey ??= joinFiles(data);
      return byKey.get(key) ?? [];
    },
  };
}

function joinFiles(files: readonly TreeFile[]): Map<string, HieraEntry[]> {
  const joined = new Map<string, HieraEntry[]>();
  for (const file of files) {
    for (const [key, entry] of keysOf(file)) {
      addTo(joined, key, entry);
    }
  }
  return joined;
}

const patterns = new WeakMap<TreeFile, readonly string[]>();

function dataFiles(directory: string, files: TreeFiles): readonly TreeFile[] {
  const config = files.file(`${directory}hiera.yaml`);
  if (config === undefined) return [];
  let found = patterns.get(config);
  if (found === undefined) {
    found = dataPatterns(config.text);
    patterns.set(config, found);
  }
  const below = yamlPaths(files).filter((path) => path.startsWith(directory));
  const chosen = new Set<TreeFile>();
  for (const pattern of found) {
    for (const path of below) {
      const file = matchesGlob(pattern, path.slice(directory.length)) ? files.file(path) : undefined;
      if (file !== undefined) chosen.add(file);
    }
  }
  return [...chosen];
}

const yamlFiles = new WeakMap<TreeFiles, readonly string[]>();

function yamlPaths(files: TreeFiles): readonly string[] {
  let found = yamlFiles.get(files);
  if (found === undefined) {
    found = files.paths.filter((path) => path.endsWith('.yaml') || path.endsWith('.yml'));
    yamlFiles.set(files, found);
  }
  return found;
}

/** One pattern for each entry of the hierarchy; what is interpolated into a path may be anything. */
function dataPatterns(text: string): readonly string[] {
  const config = plain(yaml.module().parseDocument(text, { logLevel: 'silent' }));
  if (config?.['version'] !== 5) return [];
  const defaults = record(config['defaults']);
  const hierarchy = Array.isArray(config['hierarchy'])
    ? config['hierarchy'].map(record)
    : [{ path: 'common.yaml' } as Readonly<Record<string, unknown>>];
  return hierarchy.flatMap((level) => {
    const data = level?.['datadir'] ?? defaults?.['datadir'] ?? 'data';
    const paths = [level?.['path'], level?.['paths'], level?.['glob'], level?.['globs']].flat();
    if (typeof data !== 'string') return [];
    return paths
      .filter((path) => typeof path === 'string')
      .map((path) => `${data.replace(/\/$/, '')}/${path}`.replaceAll(/%\{[^{}]*\}/g, '*'));
  });
}

function plain(document: Document): Readonly<Record<string, unknown>> | undefined {
  try {
    return record(document.toJS({ maxAliasCount: 20 }));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

const keys = new WeakMap<TreeFile, ReadonlyMap<string, HieraEntry>>();

/** The keys of a data file, found without a parser: those that begin in the first column. */
function keysOf(file: TreeFile): ReadonlyMap<string, HieraEntry> {
  const known = keys.get(file);
  if (known !== undefined) return known;
  const found = new Map<string, HieraEntry>();
  let open: { key: string; start: number } | undefined;
  const close = (end: number) => {
    if (open !== undefined) found.set(open.key, { file, start: open.start, end });
    open = undefined;
  };
  for (const match of file.text.matchAll(/^(?=[^\s#-])(?:(['"]?)((?:::)?\w[\w:.-]{0,200}?)\1[ \t]*:(?=\s|$))?/gm)) {
    close(match.index);
    if (match[2] !== undefined) open = { key: match[2].replace(/^::/, ''), start: match.index };
  }
  close(file.text.length);
  keys.set(file, found);
  return found;
}

const values = new WeakMap<HieraEntry, PuppetValue>();

/** What a key holds. Only its own part of the file is parsed. */
export function hieraValue(entry: HieraEntry): PuppetValue {
  const known = values.get(entry);
  if (known !== undefined) return known;
  const { file, start, end } = entry;
  const source = fileTemplate(file.path, file.text);
  const document = yaml.module().parseDocument(file.text.slice(start, end), { logLevel: 'silent' });
  const contents = document.contents;
  const [pair] = document.errors.length === 0 && yaml.module().isMap(contents) ? contents.items : [];
  const value = pair === undefined ? unknown(source, start, end) : nodeValue(pair.value, { source, base: start }, 0);
  values.set(entry, value);
  return value;
}

interface Origin {
  readonly source: Template;
  /** Where the parsed part begins. */
  readonly base: number;
}

function nodeValue(node: Node | null, origin: Origin, depth: number): PuppetValue {
  const { isMap, isScalar, isSeq } = yaml.module();
  const [start, end] = rangeOf(node, origin);
  if (node === null) return [{ type: 'undef' }];
  if (depth < 30 && isSeq(node)) {
    const elements = (node as YAMLSeq<Node | null>).items.map((item) => nodeValue(item, origin, depth + 1));
    return [{ type: 'array', elements, open: false }];
  }
  if (depth < 30 && isMap(node)) {
    const entries = new Map<string, HashItem>();
    let open = false;
    for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
      if (isScalar(key) && key.tag === undefined) {
        const text = scalarText(String(key.value), rangeOf(key, origin), origin);
        if (text.holes.length > 0 || text.text === '<<') open = true;
        else entries.set(text.text, { key: text, value: nodeValue(value, origin, depth + 1) });
      } else open = true;
    }
    return [{ type: 'hash', entries, open }];
  }
  if (!isScalar(node) || (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')))
    return unknown(origin.source, start, end);
  const { value } = node;
  if (value === null) return [{ type: 'undef' }];
  if (typeof value === 'boolean')
    return [{ type: 'boolean', value, text: scalarText(String(value), [start, end], origin) }];
  if (typeof value === 'number')
    return [{ type: 'number', value, text: scalarText(String(value), [start, end], origin) }];
  if (typeof value !== 'string' || value.startsWith('ENC[')) return unknown(origin.source, start, end);
  return [{ type: 'string', text: scalarText(value, [start, end], origin) }];
}

function rangeOf(node: Node | null, { base }: Origin): readonly [number, number] {
  const range = node?.range;
  return range === null || range === undefined ? [base, base] : [base + range[0], base + range[1]];
}

/** `%{...}` is a hole. A text that stands in the file as it is maps to its characters, any other to its whole place. */
function scalarText(value: string, [start, end]: readonly [number, number], { source }: Origin): Template {
  const offset = source.text.indexOf(value, start);
  const isPlain = offset >= start && offset + value.length <= end;
  const builder = new TemplateBuilder(source.file, start);
  let done = 0;
  for (const match of value.matchAll(/%\{[^}]*\}/g)) {
    addPiece(value.slice(done, match.index), done);
    const literal = /^%\{literal\((['"])%\1\)\}$/.test(match[0]);
    const at = isPlain ? offset + match.index : start;
    const length = isPlain ? match[0].length : end - start;
    if (literal) builder.text('%', at, length);
    else builder.hole(match[0], at, length);
    done = match.index + match[0].length;
  }
  addPiece(value.slice(done), done);
  return builder.build();

  function addPiece(piece: string, from: number): void {
    if (isPlain) builder.text(piece, offset + from);
    else builder.text(piece, start, end - start);
  }
}
