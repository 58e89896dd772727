import type { Document, Node } from 'yaml';
import { lazyLibrary } from '../../core/lazy-library.ts';
import { sliceTemplate, TemplateBuilder, type Template } from '../../core/template.ts';
import { characterEnd, deepestNesting, largeKeys, type MappingEntry, type ReadDocument, type Tree } from './tree.ts';
import { addAll } from '../../core/lists.ts';

const yaml = lazyLibrary(() => import('yaml'));

/** Must be awaited before `readYaml`. */
export const loadYaml = yaml.load;

/** Most nodes that the aliases of a document may add: an alias bomb ends here. */
const mostAliasedNodes = 10_000;

/** Characters beyond which a document is not read: the library needs a hundred times as much memory. */
const longestDocument = 16 * 1024 * 1024;

/** The documents of a YAML text, unread: the parts between `---` and `...` lines. */
export function yamlDocuments(template: Template): readonly Template[] {
  const documents: Template[] = [];
  let start = 0;
  for (const match of template.text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) {
    if (match.index > start) documents.push(sliceTemplate(template, start, match.index));
    start = match[0] === '---' ? match.index : match.index + match[0].length;
  }
  if (start < template.text.length) documents.push(sliceTemplate(template, start, template.text.length));
  return documents;
}

/**
 * A document without the lines below `images:` and the other large keys of a node, so that the descriptions of thousands of
 * nodes can be read. Places stay those of the file.
 */
export function withoutLargeParts(template: Template): Template {
  const { text, file, source } = template;
  const keyLine = /^( *(?:- )?)["']?(\w+)["']?:[ \t]*\r?$/;
  const builder = new TemplateBuilder(file, source);
  let skippedBelow: number | undefined;
  let kept = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(start, Math.min(end, start + 500)).replace('\n', '');
    const indent = line.length - line.trimStart().length;
    const isBelow =
      skippedBelow !== undefined && (indent > skippedBelow || (indent === skippedBelow && line[indent] === '-'));
    if (skippedBelow !== undefined && !isBelow && line.trim() !== '') {
      skippedBelow = undefined;
      kept = start;
    }
    if (skippedBelow === undefined) {
      const [, before = '', key = ''] = keyLine.exec(line) ?? [];
      if (largeKeys.has(key)) {
        builder.append(sliceTemplate(template, kept, end));
        skippedBelow = before.length;
      }
    }
    start = end;
  }
  return skippedBelow === undefined
    ? builder.append(sliceTemplate(template, kept, text.length)).build()
    : builder.build();
}

/** What was read last: loaders ask one after the other for the same document. */
let latest: { readonly text: string; readonly read: Omit<ReadDocument, 'template'> } | undefined;

/** Longer documents are not kept, for their trees are large. */
const longestKept = 2 * 1024 * 1024;

/** Reads one YAML document, also with faults: what stands before and after them is there. */
export function readYaml(template: Template): ReadDocument {
  const { text } = template;
  if (latest?.text === text) return { template, ...latest.read };
  latest = undefined;
  const read = readText(text);
  if (text.length <= longestKept) latest = { text, read };
  return { template, ...read };
}

function readText(text: string): Omit<ReadDocument, 'template'> {
  const nothing: Tree = { type: 'null', start: 0, end: 0 };
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const message = `It nests more than ${deepestNesting} levels deep.`;
    return { root: nothing, error: { message, start: deep, end: deep + 1 } };
  }
  if (text.length > longestDocument) {
    const message = 'This document is too large to be read as YAML; JSON can be larger.';
    return { root: nothing, error: { message, start: 0, end: characterEnd(text, 0) } };
  }
  const document = yaml.module().parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const root = document.contents === null ? nothing : createTree(document);
  const fault = document.errors[0];
  if (fault === undefined) return { root };
  // The library points behind the end of a text that ends too early.
  const start = Math.min(fault.pos[0], text.length);
  // It may also point at half of a character.
  const last = Math.min(Math.max(start, fault.pos[1]), text.length);
  const end = last > start ? characterEnd(text, last - 1) : last;
  const found = fault.message.replace(/closing (["'])quote/, 'closing quote $1').replace(/\.?$/, '.');
  return { root, error: { message: `This is not YAML: ${found}`, start, end } };
}

/** Turns the library's nodes into a tree, with aliases and merge keys written out. */
function createTree(document: Document): Tree {
  const anchors = new Map<string, Node>();
  let aliases = 0;
  let aliasedNodes = 0;

  const tree = (node: unknown, depth: number, at: number): Tree => {
    const [start, end] = (node as Partial<Node> | null)?.range ?? [at, at];
    if (aliases > 0) aliasedNodes++;
    if (aliasedNodes > mostAliasedNodes || depth > deepestNesting) return { type: 'null', start, end };
    if (yaml.module().isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return { type: 'null', start, end };
      aliases++;
      const content = tree(target, depth + 1, start);
      aliases--;
      return content;
    }
    if (yaml.module().isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (node.value === null) return { type: 'null', start, end };
      const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
      const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      return block ? { type: 'scalar', text, start, end, block } : { type: 'scalar', text, start, end };
    }
    if (yaml.module().isSeq(node)) {
      const items = node.items.map((item) => tree(item, depth + 1, start));
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return { type: 'sequence', start, end, items };
    }
    if (!yaml.module().isMap(node)) return { type: 'null', start, end };
    const merged: MappingEntry[] = [];
    const entries: MappingEntry[] = [];
    for (const { key, value } of node.items) {
      if (!yaml.module().isScalar(key)) continue;
      const [keyStart, keyEnd] = key.range ?? [start, start];
      const name = typeof key.value === 'string' ? key.value : (key.source ?? '');
      const content = tree(value, depth + 1, keyEnd);
      if (name === '<<') addAll(merged, mergedEntries(content));
      else entries.push({ key: name, keyStart, keyEnd, value: content });
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (merged.length === 0) return { type: 'mapping', start, end, entries };
    const own = new Set(entries.map((entry) => entry.key));
    return { type: 'mapping', start, end, entries: [...merged.filter(({ key }) => !own.has(key)), ...entries] };
  };
  return tree(document.contents, 0, 0);
}

function mergedEntries(tree: Tree): readonly MappingEntry[] {
  if (tree.type === 'mapping') return tree.entries;
  if (tree.type !== 'sequence') return [];
  return tree.items.flatMap((item) => (item.type === 'mapping' ? item.entries : [])).reverse();
}

/**
 * Where a text begins to nest so deep that the library's recursion could exhaust the stack; more than it really does where
 * brackets stand in quotes. Counts open brackets and the columns of block collections.
 */
function tooDeepAt(text: string): number | undefined {
  const columns: number[] = [];
  let brackets = 0;
  for (const match of text.matchAll(/[[\]{}]|^[ ]*(?:[-?:][ \t]+)*/gm)) {
    const piece = match[0];
    if (piece === '[' || piece === '{') brackets++;
    else if (piece === ']' || piece === '}') brackets = Math.max(0, brackets - 1);
    else if (!/[\r\n#]/.test(text[match.index + piece.length] ?? '\n')) {
      for (const column of structureColumns(piece)) {
        while ((columns.at(-1) ?? -1) >= column) columns.pop();
        columns.push(column);
        if (columns.length > deepestNesting) return match.index;
      }
    }
    if (brackets > deepestNesting) return match.index;
  }
  return undefined;
}

/** Columns at which a block collection may begin on a line: after its blanks and after each `- `, `? ` and `: `. */
function* structureColumns(lineStart: string): Iterable<number> {
  for (const match of lineStart.matchAll(/[-?:]/g)) yield match.index;
  yield lineStart.length;
}
