import { describe, expect, test } from 'vitest';
import { GoCompanionSearch } from '../../../src/loaders/go/companions.ts';
import { createGoLoader } from '../../../src/loaders/go/index.ts';
import { importText } from '../../../src/loaders/go/imports.ts';
import { functionsOf, withoutLeftOut } from '../../../src/loaders/go/left-out.ts';
import { mayHaveGoFacts } from '../../../src/loaders/go/prefilter.ts';
import { astOf, check, factsOf, severities, type Files } from './helper.ts';

const leak =
  'package a\n\nimport "net/http"\n\nfunc one() {\n\tc := http.Client{Transport: &http.Transport{}}\n\tc.Get("http://a/")\n}\n';

describe('the look before parsing', () => {
  test.each([
    ['a literal', leak, true],
    ['new', 'import "net/http"\nvar t = new(http.Transport)', true],
    ['a variable', 'import "net/http"\nvar t http.Transport', true],
    ['a copy', 'import "net/http"\nvar t = http.DefaultTransport.(*http.Transport).Clone()', true],
    ['only its type', 'import "net/http"\nfunc f(t *http.Transport) {}', false],
    ['another package', 'type Transport struct{}\nvar t = a.Transport{}', false],
    ['a command of the bus in a loop', 'for { exec.Command("hostnamectl")\ntime.Sleep(1) }', true],
    ['another command', 'for { exec.Command("ls")\ntime.Sleep(1) }', false],
    ['nothing', '', false],
  ])('%s', (_name, text, expected) => {
    expect(mayHaveGoFacts(text, 'a.go')).toBe(expected);
  });

  test('of what is for tests only the commands matter', () => {
    expect(mayHaveGoFacts(leak, 'test/e2e/a.go')).toBe(false);
    expect(mayHaveGoFacts('for { exec.Command("hostnamectl")\ntime.Sleep(1) }', 'test/e2e/a.go')).toBe(true);
  });

  test('the other files of a package matter where they name what makes a Transport', () => {
    const kept = 'package b\n\nimport "net/http"\n\nvar t = &http.Transport{}\n';
    const files = {
      'pkg/agent/a.go': leak,
      'pkg/agent/b.go': 'package a\n\nfunc two() { one() }\n',
      'pkg/kept/b.go': kept,
    };
    const others = {
      'pkg/agent/calls.go': 'func f() { one() }',
      'pkg/agent/calls-the-caller.go': 'func f() { two() }',
      'pkg/agent/other-name.go': 'func f() { someone() }',
      'pkg/agent/other-method.go': 'func f() { x.one() }',
      'pkg/agent/other_test.go': 'one()',
      'pkg/agent/deeper/other.go': 'one()',
      'pkg/kept/other.go': 't',
    };
    expect(companions(files, others)).toEqual(['pkg/agent/calls.go', 'pkg/agent/calls-the-caller.go']);
  });

  test('of a program, the files that show whether it stays matter', () => {
    const files = { 'main.go': leak.replace('package a', 'package main') };
    expect(companions(files, { 'serve.go': 'http.ListenAndServe(":80", nil)', 'print.go': 'fmt.Println()' })).toEqual([
      'serve.go',
    ]);
  });

  test('the files of other packages of the module matter where they call an exported maker', () => {
    const files = {
      'go.mod': 'module example.org/agent\n\ngo 1.19\n',
      'pkg/client/new.go': leak.replace('func one() {', 'func New() *http.Client {'),
    };
    const others = {
      'pkg/server/serve.go': 'package s\n\nimport "example.org/agent/pkg/client"\n\nfunc f() { client.New() }\n',
      'pkg/server/other.go': 'package s\n\nimport "example.org/agent/pkg/client"\n\nfunc f() { client.Old() }\n',
      'pkg/server/foreign.go': 'package s\n\nimport "example.org/other/pkg/client"\n\nfunc f() { client.New() }\n',
      'pkg/server/serve_test.go': 'package s\n\nimport "example.org/agent/pkg/client"\n\nfunc f() { client.New() }\n',
    };
    expect(companions(files, others)).toEqual(['pkg/server/serve.go']);
  });
});

describe('of a file that matters because of others, functions are left out', () => {
  test.each([
    ['that mention nothing', 'func two() { one() }\n\nfunc three() { four() }\n', ['three']],
    ['that only methods of the name are called in', 'func two() { one() }\n\nfunc three() { x.one() }\n', ['three']],
    [
      'but none that calls one which matters',
      'func three() { two() }\n\nfunc two() { one() }\n\nfunc four() {}\n',
      ['four'],
    ],
    ['but none that hands one on', 'func two() { use(one) }\n', []],
    ['but none with such a name', 'func two() { one() }\n\nfunc (T) one() {}\n\nfunc (T) three() {}\n', ['three']],
    ['but no RoundTrip', 'func two() { one() }\n\nfunc (T) RoundTrip() {}\n', []],
    ['but none that may say something itself', 'func two() { one() }\n\nfunc three() { c.Timeout = 5 }\n', []],
    ['unless they may be quoted', 'const t = `\nfunc x() {\n`\n\nfunc two() { one() }\n\nfunc three() {}\n', []],
    ['unless they may be in a comment', 'func two() { one() }\n/*\nfunc three() {}\n*/\n', []],
    ['but beside literals', 'func two() { one(`a`) }\n\nfunc three() { a(`/*`) }\n', []],
    ['where literals end', 'func two() { one(`a`) }\n\nfunc three() { a(`b`) }\n', ['three']],
  ])('%s', (_name, text, expected) => {
    const all = `package a\n\n${text}`;
    const [[, leftOut] = ['', 'nothing is read']] = search({ 'b.go': all }).find(factsOf({ 'a.go': leak }));
    const shown = withoutLeftOut(all, leftOut);
    expect(functionsOf(all).flatMap(({ name, start }) => (shown.startsWith('//', start) ? [name] : []))).toEqual(
      expected.map((name) => (text.includes(`) ${name}`) ? `.${name}` : name)),
    );
    expect(shown).toHaveLength(all.length);
  });

  test('and calls of what does not matter', () => {
    const text = 'package a\n\nfunc two() {\n\tbefore()\n\tone()\n\tafter(later)\n}\n';
    const [[, leftOut] = ['', '']] = search({ 'b.go': text }).find(factsOf({ 'a.go': leak }));
    const facts = createGoLoader().facts({ path: 'b.go', kind: 'go', text, companion: true, leftOut });
    expect(facts.flatMap((fact) => (fact.kind === 'go.function' ? fact.calls.map(({ name }) => name) : []))).toEqual([
      'one',
    ]);
  });

  test('of a program none', () => {
    const files = { 'a.go': leak.replace('package a', 'package main') };
    const found = search({ 'b.go': 'package main\n\nfunc two() { one() }\n\nfunc three() {}\n' });
    expect(found.find(factsOf(files))).toEqual(new Map([['b.go', '']]));
  });

  test('a file is read anew where more of it matters', () => {
    const files: Files = { 'a.go': leak };
    const text = 'package a\n\nfunc two() { one() }\n\nfunc three() { four() }\n\nfunc five() {}\n';
    const found = search({ 'b.go': text, 'c.go': 'package a\n\nfunc four() { one() }\n\nfunc six() { seven() }\n' });
    const paths = found.find(factsOf(files));
    expect([...paths.keys()]).toEqual(['b.go', 'c.go']);
    expect(withoutLeftOut(text, paths.get('b.go') ?? '')).toContain('four()');
    expect(withoutLeftOut(text, paths.get('b.go') ?? '')).not.toContain('five()');
    expect(found.find(factsOf(files)).size).toBe(0);
  });

  test('of a package in which very much matters none, and of what imports it', () => {
    const files = {
      'go.mod': 'module example.org/agent\n\ngo 1.19\n',
      'client/new.go': leak.replace('func one() {', 'func New() *http.Client {'),
    };
    const chain = (count: number): Files => ({
      'client/chain.go': `package a\n\n${Array.from({ length: count }, (_, at) => `func F${at}() { ${at === 0 ? 'New' : `F${at - 1}`}() }\n`).join('\n')}\nfunc other() {}\n`,
      'client/next.go': 'package a\n\nfunc next() { New() }\n\nfunc other() {}\n',
      'server/serve.go':
        'package s\n\nimport "example.org/agent/client"\n\nfunc f() { client.New() }\n\nfunc other() {}\n',
    });
    const leftOuts = (count: number) => [...search(chain(count)).find(factsOf(files)).values()];
    expect(leftOuts(3).filter((leftOut) => leftOut === '')).toEqual([]);
    expect(leftOuts(200)).toEqual(['', '', '']);
  });

  test('a caller in a package that imports the module counts', () => {
    const files = {
      'go.mod': 'module example.org/agent\n\ngo 1.19\n',
      'client/new.go': leak.replace('func one() {', 'func New() *http.Client {'),
    };
    const text =
      'package s\n\nimport "example.org/agent/client"\n\nfunc f() { client.New() }\n\nfunc g() { New() }\n\nfunc h() { f() }\n';
    const [[, leftOut] = ['', '']] = search({ 'server/serve.go': text }).find(factsOf(files));
    const shown = withoutLeftOut(text, leftOut);
    expect(shown).toContain('client.New()');
    expect(shown).toContain('{ f() }');
    expect(shown).not.toContain('{ New() }');
  });
});

/** Which of some files are companions of others. */
function companions(files: Files, others: Files): readonly string[] {
  return [...search(others).find(factsOf(files)).keys()];
}

function search(others: Files): GoCompanionSearch {
  const text = (path: string) => others[path] ?? '';
  return new GoCompanionSearch({ paths: Object.keys(others), text, head: (path) => importText(text(path)) });
}

describe('the tree', () => {
  test('types, fields and places', () => {
    expect(astOf('a.go', 'package a\n')).toEqual({
      type: 'source_file',
      start: 0,
      end: 10,
      children: [
        {
          type: 'package_clause',
          start: 0,
          end: 9,
          children: [{ type: 'package_identifier', start: 8, end: 9, text: 'a' }],
        },
      ],
    });
  });

  test('of Markdown: one for each block, placed in the file', () => {
    expect(astOf('a.md', 'x\n\n```go\na()\n```\n\n```go\nb()\n```\n')).toMatchObject([
      { type: 'source_file', start: 9, end: 13 },
      { type: 'source_file', start: 24, end: 28 },
    ]);
  });

  test('deep nesting is cut', () => {
    const shown = JSON.stringify(astOf('a.go', `package a\n\nvar x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\n`));
    expect(shown.split('parenthesized_expression').length).toBeGreaterThan(100);
    expect(shown.split('parenthesized_expression').length).toBeLessThan(300);
  });
});

describe('bad input', () => {
  test.each([
    ['empty', ''],
    ['blank', ' \r\n\t'],
    ['binary', '\u0000\u0001\ufffd\u0000ELF\ufffd'.repeat(100)],
    [
      'prototype keys',
      'package a\n\nfunc __proto__() { constructor := http.Transport{__proto__: 1}\nconstructor.toString() }\nfunc toString() { hasOwnProperty() }',
    ],
    ['open brackets', `package a\nimport "net/http"\nvar t = ${'&http.Transport{'.repeat(2000)}`],
    ['closed brackets', `package a\nfunc f() {${')]}'.repeat(3000)}`],
    [
      'nested functions',
      `package a\nimport "net/http"\nfunc f() {${'func() { x := &http.Transport{}; '.repeat(300)}${'}()'.repeat(300)}}`,
    ],
    ['nested calls', `package a\nfunc f() { ${'g('.repeat(5000)}1${')'.repeat(5000)} }`],
    [
      'nested operators',
      `package a\nimport "time"\nfunc f() { for { time.Sleep(${'('.repeat(5000)}1${'+1)'.repeat(5000)}) } }`,
    ],
    ['a string that is not closed', 'package a\nimport "net/http"\nvar t = http.Transport{A: "'],
    ['only quotes', '`'.repeat(9999)],
    [
      'a constant of itself',
      'package a\nimport "net/http"\nconst a = b\nconst b = a\nfunc f() { c := http.Client{Transport: &http.Transport{IdleConnTimeout: a}}\nc.Get("") }',
    ],
    ['a closure that calls itself', 'package a\nfunc f() { var g func()\ng = func() { g() }\ng() }'],
    [
      'functions that call each other',
      'package a\nimport "net/http"\nfunc f() *http.Client { return g() }\nfunc g() *http.Client { if x { return &http.Client{Transport: &http.Transport{}} }\nreturn f() }',
    ],
  ])('%s', (_name, text) => {
    expect(() => check({ 'a.go': text, 'b.md': '```go\n' + text })).not.toThrow();
  });

  test('a byte order mark is taken off before, carriage returns are not', () => {
    expect(severities({ 'a.go': leak.replaceAll('\n', '\r\n') })).toEqual(['warning']);
  });

  test('a damaged function costs itself', () => {
    expect(severities({ 'a.go': leak.replace('func one', 'func broken( { if x := ; }\n\nfunc one') })).toEqual([
      'warning',
    ]);
  });

  test('a line of 2 MiB', () => {
    expect(
      severities({
        'a.go': `package a\n\nvar x = "${'x'.repeat(2 ** 21)}"; var y = []int{${'1, '.repeat(100_000)}}\n`,
      }),
    ).toEqual([]);
  });

  const repeat = (line: (index: number) => string) =>
    Array.from({ length: 4000 }, (_, index) => line(index)).join('\n');
  test.each([
    [
      'Transports in one function',
      `func f() {\n${repeat(() => 'tr := &http.Transport{}\nc := http.Client{Transport: tr}\nc.Get("")')}\n}`,
    ],
    ['calls of one variable', `func f() {\nx := 1\n${repeat(() => 'x = g(x)')}\n}`],
    ['declarations of one name', `func f() {\n${repeat(() => '{ x := g(); x.Stop() }')}\n}`],
    [
      'commands that wait for fields',
      repeat((index) => `func f${String(index)}() { for { exec.Command("hostnamectl"); <-s.t${String(index)}.C } }`),
    ],
    [
      'constructors in a row',
      `func f0() *http.Client { return &http.Client{Transport: &http.Transport{}} }\n${repeat((index) => `func f${String(index + 1)}() *http.Client { return f${String(index)}() }`)}`,
    ],
    [
      'callers of many constructors',
      `func c() *http.Client {\n${repeat(() => 'if a { return &http.Client{Transport: &http.Transport{}} }')}\nreturn nil }\n${repeat((index) => `func f${String(index)}() { x := c(); x.Get("") }`)}`,
    ],
  ])('many %s take no square of the time', (_name, body) => {
    const text = `package a\n\nimport (\n"net/http"\n"os/exec"\n"time"\n)\n\n${body}\n`;
    expect(() => check({ 'a.go': text })).not.toThrow();
  });

  test('many values that hold each other', () => {
    const names = Array.from({ length: 60 }, (_, index) => `a${String(index)}`);
    const holders = names.map((name, index) => `${name} := holder${String(index)}{tr: tr}`).join('\n');
    const each = names.map((name) => names.map((other) => `${name}.tr = ${other}`).join('\n')).join('\n');
    const text = `package a\n\nimport "net/http"\n\nfunc f() {\ntr := &http.Transport{}\n${holders}\n${each}\n}\n`;
    expect(() => check({ 'a.go': text })).not.toThrow();
  });
});
