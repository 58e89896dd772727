import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { all, only, parse, place } from './helper.ts';
import { brokenInvariants } from './invariants.ts';

const snippets = join(import.meta.dirname, '..', '..', 'oracle');

describe('every node stands where it says', () => {
  it.each([
    ['puppet-manifests.txt', { tasks: false }, 600],
    ['puppet-plans.txt', { tasks: true }, 10],
    ['puppet-templates.txt', { epp: true }, 30],
  ] as const)('%s', (file, options, least) => {
    let read = 0;
    for (const text of readFileSync(join(snippets, file), 'utf8').split('\n----\n')) {
      const { program, errors, source } = parse(text, options);
      if (errors.length > 0) continue;
      read++;
      expect(brokenInvariants(program, source), text).toEqual([]);
    }
    expect(read).toBeGreaterThan(least);
  });

  it('is not said of a tree that belongs to another text', () => {
    const { program } = parse("file { '/a': ensure => $x }");
    const { source } = parse("file { '/bcd': ensure => $xyz }");
    expect(brokenInvariants(program, source)).not.toEqual([]);
  });
});

describe('places', () => {
  it('of attributes, their names and values', () => {
    const text = "class a {\n  exec { 'x':\n    unless  => '/bin/true',\n    * => $rest,\n  }\n}\n";
    const operations = all(parse(text).program, 'AttributeOperation');
    expect(
      operations.map(({ name, operator, nameStart, nameEnd, value }) => [
        name,
        operator,
        place(text, nameStart),
        place(text, nameEnd),
        place(text, value.start),
      ]),
    ).toEqual([
      ['unless', '=>', '3:5', '3:11', '3:16'],
      ['*', '* =>', '4:5', '4:6', '4:10'],
    ]);
  });

  it('of the definition and its names', () => {
    const text = 'class a {\n  class b inherits a::base { }\n  define c(String *$x = 1) { }\n}\n';
    const { program } = parse(text);
    expect(
      all(program, 'ClassDefinition').map(({ name, qualifiedName, parent }) => [
        name.name,
        qualifiedName,
        parent && place(text, parent.start),
      ]),
    ).toEqual([
      ['a', 'a', null],
      ['b', 'a::b', '2:20'],
    ]);
    expect(only(program, 'DefinedType').qualifiedName).toBe('a::c');
    const parameter = only(program, 'Parameter');
    expect([place(text, parameter.start), place(text, parameter.nameStart), parameter.splat]).toEqual([
      '3:12',
      '3:20',
      true,
    ]);
  });

  it('of interpolations: the braces belong to them, the name is the variable', () => {
    const text = "$a = \"x ${name} $::os ${facts['os']['family']}\"";
    const { program } = parse(text);
    expect(all(program, 'Interpolation').map(({ start, end }) => text.slice(start, end))).toEqual([
      '${name}',
      '$::os',
      "${facts['os']['family']}",
    ]);
    expect(all(program, 'Variable').map(({ start, end }) => text.slice(start, end))).toEqual([
      '$a',
      'name',
      '$::os',
      'facts',
    ]);
  });

  it('of elsif: an If of its own that reaches to the end', () => {
    const text = 'if $a { } elsif $b { } else { }';
    const [outer, inner] = all(parse(text).program, 'If');
    expect(outer?.else).toEqual([inner]);
    expect(text.slice(inner?.start, inner?.end)).toBe('elsif $b { } else { }');
  });

  it('of comments, also in interpolations', () => {
    const text = '# a\n$x = 1 /* b\n */ # c\n$y = "${ # d\n x } # no"\n';
    const { comments } = parse(text);
    expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(['# a', '/* b\n */', '# c', '# d']);
  });

  it('of the offsets of a template cut out of a file', async () => {
    const { fileTemplate, sliceTemplate, spanOf } = await import('../../../src/core/template.ts');
    const { parsePuppet } = await import('../../../src/loaders/puppet/parser.ts');
    const file = "prefix $v = 'ab' suffix";
    const source = sliceTemplate(fileTemplate('a.md', file), 7, 16);
    const { program } = parsePuppet(source);
    const literal = only(program, 'StringLiteral');
    const span = spanOf(source, literal.start, literal.end);
    expect(file.slice(span.start, span.end)).toBe("'ab'");
  });
});

describe('plans', () => {
  it.each([
    ['plans/restart.pp', 'apply($t) { notice(1) }', 'ApplyBlock'],
    ['site/fleet/plans/restart.pp', 'apply($t) { notice(1) }', 'ApplyBlock'],
    ['manifests/init.pp', 'plan a::b($t) { apply($t) { notice(1) } }', 'ApplyBlock'],
    ['manifests/init.pp', "apply('x')", 'Call'],
  ] as const)('%s: %s', (file, text, type) => {
    const { program, errors } = parse(text, {}, file);
    expect(errors).toEqual([]);
    expect(all(program, type).length).toBeGreaterThan(0);
  });
});
