/** What the parser makes of damaged text; whole text is compared with other parsers in test/oracle. */
import { describe, expect, test } from 'vitest';
import { parseGo } from '../../../src/loaders/go/parser.ts';
import type { GoNode } from '../../../src/loaders/go/syntax.ts';

function all(root: GoNode): readonly GoNode[] {
  const nodes = [root];
  for (let index = 0; index < nodes.length; index++) {
    for (const child of nodes[index]?.children ?? []) nodes.push(child);
  }
  return nodes;
}

/** The tree on one line, names and literals as they are written. */
function shown(text: string, node: GoNode = parseGo(text)): string {
  const field = node.field === undefined ? '' : `${node.field}:`;
  if (node.children.length === 0) return `${field}${node.type}‹${text.slice(node.start, node.end)}›`;
  return `${field}${node.type}(${node.children.map((child) => shown(text, child)).join(' ')})`;
}

/** The text of the nodes of a type. */
function texts(text: string, type: string): readonly string[] {
  return all(parseGo(text))
    .filter((node) => node.type === type)
    .map(({ start, end }) => text.slice(start, end))
    .sort();
}

describe('a tree', () => {
  test('of statements', () => {
    expect(shown('x := &http.Client{Timeout: 5}')).toBe(
      'source_file(short_var_declaration(left:expression_list(identifier‹x›) right:expression_list(' +
        'unary_expression(operator:&‹&› operand:composite_literal(type:qualified_type(package:package_identifier‹http› ' +
        'name:type_identifier‹Client›) body:literal_value(keyed_element(key:literal_element(identifier‹Timeout›) ' +
        'value:literal_element(int_literal‹5›)))))))))'.slice(0, -1),
    );
  });

  test('of a call: with an index, with type arguments', () => {
    expect(shown('handlers[kind](r)')).toContain(
      'call_expression(function:index_expression(operand:identifier‹handlers›',
    );
    expect(shown('get[*bundle.Bundle](r)')).toContain('call_expression(function:identifier‹get› type_arguments:');
    expect(shown('get[k, v](r)')).toContain('call_expression(function:identifier‹get› type_arguments:');
  });

  test.each(['', ' \n\t', '// c', '\ufeff'])('of nothing: %j', (text) => {
    expect(parseGo(text)).toMatchObject({ type: 'source_file', children: [] });
  });
});

/** Damage in the first function, and the names that are called there although. */
const damaged: readonly (readonly [name: string, body: string, called: readonly string[]])[] = [
  ['an operand is missing', 'a()\nx := ;\nb()', ['a', 'b']],
  ['a selector is missing', 'a()\nx.\n', ['a']],
  ['an argument list is not closed', 'a(\nb()\nc()', ['a', 'b', 'c']],
  ['an argument list is not closed before a statement', 'a(x\ny := b()\nc()', ['a', 'b', 'c']],
  ['a comma is missing in a call', 'a(b() c())', ['a', 'b', 'c']],
  ['a comma is missing at the end of a line', 'x = T{\nA: a()\nB: b(),\n}\nc()', ['a', 'b', 'c']],
  ['a value is left out', 'x = T{A: ..., B: b()}\nc()', ['b', 'c']],
  ['a wrong bracket', 'x = T{A: ]a(), B: b()}\nc()', ['a', 'b', 'c']],
  ['a literal is not closed', 'x = T{\nA: a(),\n\ny, err := b()\nc()', ['a', 'b', 'c']],
  ['a bracket is not closed in a function literal', 'a(func() {\nb(\n})\nc()', ['a', 'b', 'c']],
  ['a block is not closed in a function literal', 'a(func() {\nif x {\nb()\n})\nc()', ['a', 'b', 'c']],
  ['a condition is missing', 'if x := ; {\na()\n}\nif {\nb()\n}', ['a', 'b']],
  ['a condition is wrong', 'if x y z {\na()\n}\nb()', ['a', 'b']],
  ['a brace on the next line', 'if x\n{\na()\n}\nfor y\n{\nb()\n}', ['a', 'b']],
  ['an else without an if', 'else {\na()\n}\nelse if b() {\nc()\n}', ['a', 'b', 'c']],
  ['a case without a switch', 'case x:\na()\ndefault:\nb()', ['a', 'b']],
  ['a colon is missing', 'switch x {\ncase 1\na()\ndefault:\nb()\n}', ['a', 'b']],
  ['a statement between cases', 'switch x {\na()\ncase 1:\nb()\n}', ['a', 'b']],
  ['two statements on a line', 'a() b()', ['a', 'b']],
  ['a quote is not closed', 'x := "a\nb()', ['b']],
  ['a raw string is not closed', 'a()\nx := `b\n', ['a']],
  ['an apostrophe', "don't\na()", ['a']],
  ['a comment is not closed', 'a()\n/* b\n', ['a']],
  ['other characters', 'a() … b()\n# c\n$ d\nc()', ['a', 'b', 'c']],
  ['a merge conflict', 'a()\n<<<<<<< HEAD\nb(x)\n=======\nb(y)\n>>>>>>> other\nc()', ['a', 'b', 'b', 'c']],
  [
    'a merge conflict in a literal',
    'x = T{\nA: a(),\n<<<<<<< HEAD\nB: b(),\n=======\nC: c(),\n>>>>>>> other\n}',
    ['a', 'b', 'c'],
  ],
  ['a template', 'a()\n{{ range .Names }}\nb()\n{{ end }}\nc()', ['a', 'b', 'c']],
  ['a keyword', 'a()\nrange\nb()', ['a', 'b']],
];

describe('damage in a function', () => {
  test.each(damaged)('%s', (_name, body, called) => {
    const text = `package a\n\nfunc one() {\n${body.replace(/^/gm, '\t')}\n}\n\nfunc (t *T) two() {\n\tdone()\n}\n`;
    const root = parseGo(text);
    expect(root.children.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['package_clause', 'function_declaration', 'method_declaration']),
    );
    const names = all(root)
      .filter(({ type, field }) => field === 'function' && type === 'identifier')
      .map(({ start, end }) => text.slice(start, end));
    expect(names.sort()).toEqual([...called, 'done'].sort());
    expect(texts(text, 'ERROR')).not.toEqual([]);
  });

  test('an end that is missing: the next declaration is none of the function', () => {
    for (const end of [
      '',
      '\tif x {\n',
      '\tf(\n',
      '\tx = T{\n',
      '\tx = []int{1,\n',
      '\tswitch x {\n\tcase 1:\n',
      '\tf(func() {\n',
    ]) {
      for (const next of ['func two() {}', 'func (t *T) two() {}', 'func two[T any]() {}']) {
        const types = parseGo(`package a\n\nfunc one() {\n${end}\n${next}\n`).children.map(({ type }) => type);
        expect(types.slice(0, 2)).toEqual(['package_clause', 'function_declaration']);
        expect(types.at(-1)).toMatch(/^(?:function|method)_declaration$/);
      }
    }
  });

  test('a function literal at the start of a line is none', () => {
    const text = 'func one() {\nx = f(\nfunc(a int) T {\nreturn b\n},\nfunc (a int) (T) { return c })\n}\n';
    expect(texts(text, 'func_literal')).toHaveLength(2);
    expect(texts(text, 'ERROR')).toEqual([]);
  });
});

describe('damaged declarations', () => {
  test.each([
    ['a signature', 'func broken( {\n\ta()\n}'],
    ['a parameter without a comma', 'func broken(a int\n\tb int) {\n\ta()\n}'],
    ['a result', 'func broken() *.T {\n\ta()\n}'],
    ['a brace on the next line', 'func broken()\n{\n\ta()\n}'],
    ['a template for a name', 'func {{ .Name }}() {\n\ta()\n}'],
    ['an import', 'import (\n\t<- "a"\n\t("b"\n\t"c"\n)'],
    ['a group that is not closed', 'import (\n\t"a"\n\t"b"\n'],
    ['a struct', 'type T struct {\n\ta int b\n\t...\n\tc'],
    ['an interface', 'type T interface {\n\ta( int\n\t5\n}'],
    ['a variable', 'var x int = \nvar'],
    ['a type', 'type = \ntype T ['],
    ['brackets', ')]}'],
    ['words', 'This is no Go, but it was said to be.'],
  ])('%s', (_name, declaration) => {
    const text = `package a\n\n${declaration}\n\nfunc two() {\n\tdone()\n}\n`;
    const last = parseGo(text).children.at(-1);
    expect(last?.type).toBe('function_declaration');
    expect(text.slice(last?.start, last?.end)).toBe('func two() {\n\tdone()\n}');
    expect(texts(text, 'ERROR')).not.toEqual([]);
    if (declaration.includes('a()')) expect(texts(text, 'call_expression')).toContain('a()');
  });
});

describe('nesting', () => {
  const open = [
    '(',
    '[',
    '{',
    'func() {',
    'f(',
    'a[',
    'T{',
    'if x {',
    'else if x {',
    'struct { a ',
    'map[',
    'chan ',
    '[]',
    '<-',
  ];
  const others = [
    '-',
    '!',
    '*',
    '&',
    'a + ',
    'a || b && ',
    'a.b',
    '()',
    '[1]',
    'x: ',
    'switch { case x: ',
    'func f(',
    'go ',
  ];

  test.each([...open, ...others])('%s many times', (piece) => {
    const count = 50_000;
    for (const before of ['', 'x = ', 'var x ', 'func f() {\n']) {
      const text = before + piece.repeat(count);
      const nodes = all(parseGo(text));
      expect(nodes.length).toBeLessThan(10 * count);
      expect(nodes.every(({ start, end }) => 0 <= start && start <= end && end <= text.length)).toBe(true);
      expect(
        nodes.every(({ start, end, parent }) => parent === undefined || (parent.start <= start && end <= parent.end)),
      ).toBe(true);
    }
  });

  test('what is too deep is skipped, and what follows is read', () => {
    const text = `func one() {\n\tx = ${'('.repeat(1000)}1${')'.repeat(1000)}\n\tdone()\n}\n\nfunc two() {}\n`;
    expect(texts(text, 'call_expression')).toEqual(['done()']);
    expect(texts(text, 'ERROR')).toHaveLength(1);
    expect(parseGo(text).children).toHaveLength(2);
  });
});
