/** Our trees of Go against those of the grammar tree-sitter-go, on the standard library and on text of our own. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import { parseGo } from '../../src/loaders/go/parser.ts';
import type { GoNode } from '../../src/loaders/go/syntax.ts';

const gofmt = spawnSync('gofmt', ['-h'], { encoding: 'utf8' });
const goRoot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
const oracle = (gofmt.error ?? goRoot.error) === undefined || process.env.CI !== undefined ? describe : describe.skip;

type Tree = Omit<GoNode, 'parent' | 'children'> & { readonly children: Tree[] };

const parser = await createParser();

async function createParser(): Promise<Parser> {
  const { resolve } = createRequire(import.meta.filename);
  await Parser.init();
  const language = await Language.load(readFileSync(resolve('tree-sitter-go/tree-sitter-go.wasm')));
  return new Parser().setLanguage(language);
}

/** The tree of the grammar, as ours are: named nodes without comments, and operators. */
function treeOf(text: string): Tree {
  const tree = parser.parse(text);
  if (tree === null) throw new Error('tree-sitter gave no tree.');
  const cursor = tree.walk();
  try {
    return copyTree(cursor);
  } finally {
    cursor.delete();
    tree.delete();
  }
}

function copyTree(cursor: TreeCursor): Tree {
  const root = copyNode(cursor);
  const open = [root];
  let entered = cursor.gotoFirstChild();
  while (entered) {
    const kept = cursor.nodeIsNamed ? cursor.nodeType !== 'comment' : cursor.currentFieldName === 'operator';
    const node = copyNode(cursor);
    if (kept) open.at(-1)?.children.push(node);
    if (kept && cursor.gotoFirstChild()) {
      open.push(node);
      continue;
    }
    while (entered && !cursor.gotoNextSibling()) {
      open.pop();
      entered = open.length > 0 && cursor.gotoParent();
    }
  }
  return root;
}

function copyNode(cursor: TreeCursor): Tree {
  const { nodeType: type, currentFieldName: field, startIndex: start, endIndex: end } = cursor;
  return { type, field: field ?? undefined, start, end, children: [] };
}

/** A place where the grammar reads something else than we do. */
interface Exception {
  readonly reason: string;
  readonly example: string;
  fits(theirs: Tree, ours: GoNode): boolean;
}

const calls = ['call_expression', 'index_expression', 'type_conversion_expression', 'type_instantiation_expression'];

/** Where we differ on purpose; the names and literals below are the same, in the same places. */
const exceptions: readonly Exception[] = [
  {
    reason:
      'Whether an index or type arguments stand in `a[b](c)` and `a[b[c]]`, and whether a call or a conversion is in ' +
      '`(*a.b)(c)`, says no syntax. The grammar takes the one or the other by what is around; we, a call, and an index but ' +
      'before a call with a type of another package.',
    example: 'handlers[kind](request)',
    fits: (theirs, ours) =>
      calls.includes(theirs.type) && (ours.type === 'call_expression' || ours.type === 'index_expression'),
  },
  {
    reason: 'In `*(*[]byte)(p)`, `*` is applied to the conversion; the grammar takes it for a part of the type.',
    example: 'x = *(*[]byte)(p)',
    fits: (theirs, ours) => ours.type === 'unary_expression' && someBelow(theirs, 'pointer_type'),
  },
  {
    reason: 'The `<-` in `chan<- chan int` belongs to the `chan` before it.',
    example: 'var c chan<- chan int',
    fits: (theirs, ours) => theirs.type === 'channel_type' && ours.type === 'channel_type',
  },
  {
    reason: 'The grammar follows only so many readings at a time, and takes the first of ten names for a type.',
    example: 'func f(a, b, c, d, e, f, g, h, i, j int) {}',
    fits: (theirs, ours) =>
      theirs.type === 'parameter_list' && ours.children.some(({ children }) => children.length > 10),
  },
  {
    reason: 'The type in `(*T[K, V]).m` is one in parentheses.',
    example: 'x = (*T[K, V]).m',
    fits: (theirs, ours) => theirs.type === 'parenthesized_expression' && ours.type === 'parenthesized_type',
  },
];

function someBelow(node: Tree, type: string): boolean {
  return node.type === type || node.children.some((child) => someBelow(child, type));
}

/** Places of the names and literals, in their order. */
function leaves(node: Tree | GoNode, all: string[] = []): string[] {
  if (node.children.length === 0 && node.field !== 'operator') all.push(`${node.start}-${node.end}`);
  for (const child of node.children) leaves(child, all);
  return all;
}

function exceptionOf(theirs: Tree, ours: GoNode): Exception | undefined {
  if (theirs.end !== ours.end) return undefined;
  const found = exceptions.find((exception) => exception.fits(theirs, ours));
  if (found === undefined) return undefined;
  // An argument list without arguments is one in a call only.
  const named = (node: Tree | GoNode) => leaves(node).filter((place) => !/^(\d+)-\1$/.test(place));
  return JSON.stringify(named(theirs)) === JSON.stringify(named(ours)) ? found : undefined;
}

/** The first place where the trees differ, with the text there; `undefined` where they are the same. */
function difference(text: string, used = new Set<Exception>()): string | undefined {
  const open: (readonly [Tree, GoNode])[] = [[treeOf(text), parseGo(text)]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [theirs, ours] = pair;
    const same =
      theirs.type === ours.type &&
      theirs.field === ours.field &&
      theirs.start === ours.start &&
      theirs.end === ours.end &&
      theirs.children.length === ours.children.length &&
      theirs.children.every(({ field }, index) => field === ours.children[index]?.field);
    if (!same) {
      const exception = exceptionOf(theirs, ours);
      if (exception === undefined) return `${shown(theirs, text)} is ${shown(ours, text)} to us`;
      used.add(exception);
      continue;
    }
    theirs.children.forEach((child, index) => {
      const other = ours.children[index];
      if (other !== undefined) open.push([child, other]);
    });
  }
  return undefined;
}

function shown(node: Tree | GoNode, text: string): string {
  const children = node.children.map(({ type, field }) => (field === undefined ? type : `${field}: ${type}`));
  return `${node.type} ${node.start}-${node.end} (${children.join(', ')}) ${JSON.stringify(text.slice(node.start, node.end).slice(0, 200))}`;
}

function hasError(root: Tree | GoNode): boolean {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'ERROR') return true;
    for (const child of node.children) open.push(child);
  }
  return false;
}

function read(path: string): string {
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
}

/** All Go files below a directory, also those that are meant to be wrong. */
function goFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return goFiles(path);
      return entry.isFile() && entry.name.endsWith('.go') ? [path] : [];
    });
}

/** The files that gofmt can parse. */
function accepted(paths: readonly string[]): readonly string[] {
  const { stderr } = spawnSync('gofmt', ['-l', ...paths], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const refused = new Set(stderr.split('\n').map((line) => line.slice(0, Math.max(0, line.indexOf('.go:') + 3))));
  return paths.filter((path) => !refused.has(path));
}

/** What gofmt leaves to the type checker: they are no Go all the same. */
const onlyAfterParsing = new Set(['issue24470.go', 'issue4470.go']);

/** Statements and declarations that are easily misread. */
const misread = join(import.meta.dirname, 'go-tree/misread.go');

describe('text that is easily misread', () => {
  const text = read(misread);
  // Comments and carriage returns would be a part of a string.
  const plain = text.replace(/^func literals\(\) \{\n[^]*?\n\}\n/m, '');
  const body = /^func statements\(\) \{\n([^]*?)\nM: \}/m.exec(text)?.[1] ?? '';

  it.each([
    ['as it is', text],
    ['with carriage returns', plain.replaceAll('\n', '\r\n')],
    ['with comments and blank lines', plain.replaceAll('\n', ' // c\n\n// d\n\n\n/* e */\n')],
    ['statements without a function', `${body}\n`],
    ['without the last line feed', plain.trimEnd()],
  ])('%s', (_, variant) => {
    expect(variant.length).toBeGreaterThan(500);
    expect(difference(variant)).toBe(undefined);
    expect(hasError(parseGo(variant))).toBe(false);
  });
});

describe('the exceptions', () => {
  it.each(exceptions)('$example', (exception) => {
    const used = new Set<Exception>();
    expect(difference(`package a\n\nfunc f() {\n\t${exception.example}\n}\n`.replace(/\tfunc/, '}\nfunc'), used)).toBe(
      undefined,
    );
    expect([...used]).toEqual([exception]);
  });
});

oracle('the standard library', () => {
  let files: readonly string[];

  beforeAll(() => {
    // Debian's package joins its directories with symbolic links.
    files = accepted(goFiles(realpathSync(join(goRoot.stdout.trim(), 'src'))));
  }, 120_000);

  it('what gofmt accepts is read without an error', () => {
    expect(files.length).toBeGreaterThan(5000);
    const wrong = files.filter((path) => hasError(parseGo(read(path))));
    expect(wrong.filter((path) => !onlyAfterParsing.has(path.slice(path.lastIndexOf('/') + 1)))).toEqual([]);
  }, 120_000);

  it('what is easily misread is Go', () => {
    expect(accepted([misread])).toEqual([misread]);
  });

  it('every fifth file is the same tree', () => {
    const sample = files.filter((_, index) => index % 5 === 0);
    const different: string[] = [];
    let refused = 0;
    for (const path of sample) {
      const text = read(path);
      const found = difference(text);
      if (found === undefined) continue;
      // The grammar refuses a few things that gofmt accepts; there is nothing to compare then.
      if (hasError(treeOf(text))) refused++;
      else different.push(`${path}: ${found}`);
    }
    expect(different).toEqual([]);
    expect(refused).toBeLessThan(sample.length / 200);
  }, 300_000);
});
