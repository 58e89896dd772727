import type { Template } from '../../core/template.ts';
import { deepestNesting, largeKeys, type MappingEntry, type ReadDocument, type Tree } from './tree.ts';

interface OpenMapping {
  readonly type: 'mapping';
  readonly start: number;
  readonly entries: MappingEntry[];
  key: { readonly text: string; readonly start: number; readonly end: number } | undefined;
}

interface OpenSequence {
  readonly type: 'sequence';
  readonly start: number;
  readonly items: Tree[];
}

const space = /[ \t\r\n]*/y;
const word = /[-+.\w]+/y;
const plainParts = /[^"{}[\]]+/y;

/**
 * Reads the JSON documents of a text, one after another, with their places; about 50 times as fast as reading them as YAML.
 * `undefined` if the text is not JSON: it may still be YAML.
 */
export function readJson(template: Template): readonly ReadDocument[] | undefined {
  const { text } = template;
  const documents: ReadDocument[] = [];
  let at = after(space, text, 0);
  while (at < text.length) {
    const found = readValue(text, at);
    if (found === undefined) return undefined;
    documents.push({ template, root: found.tree });
    at = after(space, text, found.end);
  }
  return documents;
}

function readValue(text: string, from: number): { readonly tree: Tree; readonly end: number } | undefined {
  const open: (OpenMapping | OpenSequence)[] = [];
  let at = from;
  for (;;) {
    at = after(space, text, at);
    const container = open.at(-1);
    if (container?.type === 'mapping' && container.key === undefined && text[at] !== '}') {
      const key = readString(text, at);
      if (key === undefined) return undefined;
      const colon = after(space, text, key.end);
      if (text[colon] !== ':') return undefined;
      container.key = { text: key.text, start: at, end: key.end };
      at = after(space, text, colon + 1);
    }
    const skipped = container?.type === 'mapping' && container.key !== undefined && largeKeys.has(container.key.text);
    const start = at;
    let tree: Tree | undefined;
    switch (text[at]) {
      case '{':
      case '[':
        if (skipped) {
          at = skipContainer(text, at);
          tree = { type: 'null', start, end: at };
          break;
        }
        if (open.length >= deepestNesting) return undefined;
        open.push(
          text[at] === '{'
            ? { type: 'mapping', start, entries: [], key: undefined }
            : { type: 'sequence', start, items: [] },
        );
        at++;
        continue;
      case '}':
      case ']': {
        const closed = open.pop();
        if (closed?.type !== (text[at] === '}' ? 'mapping' : 'sequence')) return undefined;
        if (closed.type === 'mapping' && closed.key !== undefined) return undefined;
        at++;
        tree =
          closed.type === 'mapping'
            ? { type: 'mapping', start: closed.start, end: at, entries: closed.entries }
            : { type: 'sequence', start: closed.start, end: at, items: closed.items };
        break;
      }
      case '"': {
        const string = readString(text, at);
        if (string === undefined) return undefined;
        at = string.end;
        tree = { type: 'scalar', text: string.text, start, end: at };
        break;
      }
      default: {
        at = after(word, text, at);
        const scalar = text.slice(start, at);
        if (!/^(?:true|false|null|-?\d[-+.\deE]*)$/.test(scalar)) return undefined;
        tree = scalar === 'null' ? { type: 'null', start, end: at } : { type: 'scalar', text: scalar, start, end: at };
      }
    }
    const parent = open.at(-1);
    if (parent === undefined) return { tree, end: at };
    if (!add(parent, tree)) return undefined;
    at = after(space, text, at);
    if (text[at] === ',') at++;
    else if (text[at] !== '}' && text[at] !== ']') return undefined;
  }
}

function add(parent: OpenMapping | OpenSequence, tree: Tree): boolean {
  if (parent.type === 'sequence') {
    parent.items.push(tree);
    return true;
  }
  const { key } = parent;
  if (key === undefined) return false;
  parent.entries.push({ key: key.text, keyStart: key.start, keyEnd: key.end, value: tree });
  parent.key = undefined;
  return true;
}

function readString(text: string, at: number): { readonly text: string; readonly end: number } | undefined {
  if (text[at] !== '"') return undefined;
  let end = at + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) return undefined;
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    end++;
    if (backslashes % 2 === 0) break;
  }
  const written = text.slice(at, end);
  if (!written.includes('\\') && !written.includes('\n')) return { text: written.slice(1, -1), end };
  try {
    return { text: String(JSON.parse(written)), end };
  } catch {
    return undefined;
  }
}

/** The end of a map or list, without a look at what it holds. */
function skipContainer(text: string, at: number): number {
  let depth = 0;
  let end = at;
  while (end < text.length) {
    switch (text[end]) {
      case '{':
      case '[':
        depth++;
        end++;
        break;
      case '}':
      case ']':
        end++;
        if (--depth === 0) return end;
        break;
      case '"':
        end = readString(text, end)?.end ?? text.length;
        break;
      default:
        end = after(plainParts, text, end);
    }
  }
  return end;
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
