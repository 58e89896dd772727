/** A YAML or JSON document as maps, lists and scalars with their places; offsets count in the template it was read from. */
import { spanOf, sliceTemplate, TemplateBuilder, type Template } from '../../core/template.ts';
import { addAll } from '../../core/lists.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}

export interface ScalarTree extends Place {
  readonly type: 'scalar';
  /** Without quotes and escapes; numbers and booleans as they are written. */
  readonly text: string;
  /** A YAML block scalar: its lines may be another document. */
  readonly block?: true;
}

export interface NullTree extends Place {
  readonly type: 'null';
}

export interface MappingEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Tree;
}

export interface MappingTree extends Place {
  readonly type: 'mapping';
  /** In the order of the text. A list, not an object, so that no key has a meaning of its own. */
  readonly entries: readonly MappingEntry[];
}

export interface SequenceTree extends Place {
  readonly type: 'sequence';
  readonly items: readonly Tree[];
}

export type Tree = ScalarTree | NullTree | MappingTree | SequenceTree;

/** What was read of a text: its documents, and what its own program would refuse. */
export interface ReadDocument {
  /** The text that the offsets count in. */
  readonly template: Template;
  readonly root: Tree;
  /** The first fault; a sentence that ends in a period. */
  readonly error?: { readonly message: string; readonly start: number; readonly end: number };
}

/** Nesting beyond this is refused before anything recurses into it. */
export const deepestNesting = 100;

/** Large parts of a node's status that nothing here asks for: 5,000 nodes have 50 MB of them. */
export const largeKeys: ReadonlySet<string> = new Set([
  'annotations',
  'conditions',
  'images',
  'managedFields',
  'volumesAttached',
  'volumesInUse',
]);

/** Where the character at a place ends; some are two code units. */
export function characterEnd(text: string, at: number): number {
  return Math.min(text.length, at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1));
}

/** The value under a path of keys; of a repeated key the last one, as Kubernetes reads it. */
export function valueAt(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  let at = tree;
  for (const key of keys) {
    if (at?.type !== 'mapping') return undefined;
    at = at.entries.findLast((entry) => entry.key === key)?.value;
  }
  return at;
}

/** The scalar under a path of keys, if there is one and it is not empty. */
export function scalarAt(tree: Tree | undefined, ...keys: readonly string[]): ScalarTree | undefined {
  const found = valueAt(tree, ...keys);
  return found?.type === 'scalar' && found.text !== '' ? found : undefined;
}

/** Placeholders that some program fills in before Kubernetes sees the file: Helm, Jinja, ERB, envsubst. */
const placeholder = /\{\{[^{}]*\}\}|\$\{[^{}]*\}|<%[^<%]*%>|\{%[^{}%]*%\}/g;
const placeholderMark = /\{\{|\$\{|<%|\{%/;

/** Whether some program fills in this text before Kubernetes sees it, so that it need not be valid as it stands. */
export function hasPlaceholder(text: string): boolean {
  return placeholderMark.test(text);
}

/** A scalar's text with its place in the file; placeholders are holes. */
export function scalarTemplate(template: Template, scalar: ScalarTree): Template {
  const exact = exactTemplate(template, scalar);
  if (!hasPlaceholder(exact.text)) return exact;
  const { file, source } = exact;
  const builder = new TemplateBuilder(file, source);
  let done = 0;
  for (const match of exact.text.matchAll(placeholder)) {
    const { start, end } = spanOf(exact, match.index, match.index + match[0].length);
    builder.append(sliceTemplate(exact, done, match.index)).hole(match[0], start, end - start);
    done = match.index + match[0].length;
  }
  const filled = builder.append(sliceTemplate(exact, done, exact.text.length)).build();
  if (!hasPlaceholder(filled.text)) return filled;
  const { start, end } = spanOf(exact);
  return new TemplateBuilder(file, start).hole(exact.text, start, end - start).build();
}

function exactTemplate(template: Template, { text, start, end }: ScalarTree): Template {
  const written = template.text.slice(start, end);
  if (written === text) return sliceTemplate(template, start, end);
  if (written.slice(1, -1) === text) return sliceTemplate(template, start + 1, end - 1);
  const span = spanOf(template, start, end);
  return new TemplateBuilder(template.file, span.start).text(text, span.start, span.end - span.start).build();
}

/** A block scalar's lines without their indentation, so that what they hold can be read with places in the file. */
export function blockTemplate(template: Template, scalar: ScalarTree): Template {
  const builder = new TemplateBuilder(template.file, spanOf(template, scalar.start, scalar.start).start);
  const end = scalar.end;
  let line = template.text.indexOf('\n', scalar.start) + 1;
  const indent = /^ */.exec(template.text.slice(line, Math.min(end, line + 1000)))?.[0].length ?? 0;
  while (line > 0 && line < end) {
    const newline = template.text.indexOf('\n', line);
    const next = newline < 0 || newline >= end ? end : newline + 1;
    const blanks = /^ */.exec(template.text.slice(line, Math.min(next, line + indent)))?.[0].length ?? 0;
    builder.append(sliceTemplate(template, line + blanks, next));
    line = next;
  }
  return builder.build();
}

/** Every mapping of a document, in the order of the text. */
export function mappingsOf(root: Tree): readonly MappingTree[] {
  const found: MappingTree[] = [];
  const waiting: Tree[] = [root];
  for (let tree = waiting.pop(); tree !== undefined; tree = waiting.pop()) {
    if (tree.type === 'mapping') {
      found.push(tree);
      for (const { value } of tree.entries) waiting.push(value);
    } else if (tree.type === 'sequence') addAll(waiting, tree.items);
  }
  return found.sort((a, b) => a.start - b.start);
}
