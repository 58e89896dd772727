import { describe, expect, it } from 'vitest';
import { toPn } from '../../../src/loaders/puppet/pn.ts';
import { all, parse } from './helper.ts';

const many = 10_000;

describe('bad input costs no crash and no hang', () => {
  it.each(
    [
      '[',
      '{',
      '(',
      '$x = [',
      'f(',
      '{ a => ',
      '"${',
      'if $x { ',
      'class a { ',
      'case $x { 1: { ',
      '$x ? { 1 => ',
      '!',
      '-',
      'a[',
      '@(X)\n',
      '$x.map |$y| { ',
      'file { "a": b => ',
      'class{',
      '@',
      '$x = ',
      '"${[',
      '"a${"b',
      'unless ',
      'if ',
      'elsif ',
      'else {',
      '}',
      ')',
      ']',
      '|',
      '->',
      '=>',
      ',',
      ';',
      '\\/',
      '/',
      '"',
      "'",
      '$',
      '@(',
      '<|',
      'a <| ',
      '%',
      '~',
      '/*',
      '#',
      'é',
      '\0',
      '::',
      'a::',
      '0',
      '1.',
      'Foo[',
      'Foo {',
      'type A = B[',
      'function a(',
      'node ',
      '$a::',
      'define x($a = ',
      '| ',
      'a : ',
      '$a = @(A)\n',
      "$a = '${\n",
      'x { y: ',
      '"\\',
    ].map((piece) => [piece]),
  )('%j, ten thousand times', { timeout: 5000 }, (piece) => {
    const { program } = parse(piece.repeat(many));
    expect(() => toPn(program)).not.toThrow();
  });

  it.each([
    ['a', ' + a'],
    ['$a', '.b'],
    ['$a', '[1]'],
    ['A', ' -> A'],
    ['a', ' ? { 1 => 2 }'],
    ['f(1)', '.g |$x| { }'],
    ['$x = 1', ' and 2'],
  ])('%s and then %s, without end', { timeout: 5000 }, (start, piece) => {
    const { program, errors } = parse(start + piece.repeat(many));
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(/^Expressions are nested more than \d+ deep\.$/);
    expect(() => toPn(program)).not.toThrow();
  });

  it('long rows that people write are read', () => {
    const { errors } = parse(`if $a { include b }${' elsif $b { }'.repeat(400)}\n$x = 1${' + 1'.repeat(400)}`);
    expect(errors).toEqual([]);
  });

  it('10,000 nested brackets are one clear error', () => {
    const { errors } = parse('$x = ' + '['.repeat(many) + ']'.repeat(many));
    expect(errors.map(({ message }) => message)).toEqual(['Blocks and brackets are nested more than 250 deep.']);
  });

  it('a line of 2 MiB is read', { timeout: 5000 }, () => {
    expect(parse(`$x = "${'a'.repeat(2 << 20)}"`).errors).toEqual([]);
    expect(parse('$x = 1 '.repeat(300_000)).errors).toEqual([]);
  });

  it('bytes that are no text give errors, and not without end', () => {
    const text = Array.from({ length: 200_000 }, (_, index) => String.fromCharCode((index * 7919) % 256)).join('');
    const { errors } = parse(text);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('CRLF, an empty text and names of the prototype are nothing special', () => {
    expect(parse("file { '/a':\r\n  ensure => file,\r\n}\r\n").errors).toEqual([]);
    expect(parse('').program.body).toEqual([]);
    const { program, errors } = parse("$__proto__ = { __proto__ => 1 }\nfile { '/a': constructor => $__proto__ }\n");
    expect(errors).toEqual([]);
    expect(all(program, 'AttributeOperation').map(({ name }) => name)).toEqual(['constructor']);
  });

  it('the tree is plain JSON', () => {
    const { program } = parse('class a { $x = @("E")\n  ${b}\n  | E\n  file { $x: * => {} } }');
    expect(JSON.parse(JSON.stringify(program))).toEqual(program);
  });
});

describe('EPP', () => {
  it('text around comment tags is one piece of text with several places', () => {
    const text = '<%- | String $a | -%>\na\n  <%# no -%>\nb <%= $a %>\n';
    const { program, errors } = parse(text, { epp: true });
    expect(errors).toEqual([]);
    expect(program.parameters?.map(({ name }) => name)).toEqual(['a']);
    const [first] = all(program, 'EppText');
    expect(first?.value).toBe('a\n  b ');
    expect(first?.pieces.map(({ start, end }) => text.slice(start, end))).toEqual(['a\n  ', 'b ']);
    expect(all(program, 'EppRender').map(({ start, end }) => text.slice(start, end))).toEqual(['<%= $a %>']);
  });

  it.each(['<%= ', '<% [ %> ', '<%# ', '<%- -%>\n', '<% if $a { %>'])(
    '%j, ten thousand times',
    { timeout: 5000 },
    (piece) => {
      const { program } = parse(piece.repeat(many), { epp: true });
      expect(() => toPn(program)).not.toThrow();
    },
  );
});
