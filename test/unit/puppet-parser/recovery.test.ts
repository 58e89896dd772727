import { describe, expect, it } from 'vitest';
import { all, attributes, parse, place } from './helper.ts';

/** A class with three resources; only the one in the middle is broken. */
function around(broken: string): string {
  return `class a (String $x = 'y') {\n  file { '/a': mode => '1' }\n${broken}\n  file { '/b': mode => '2' }\n}\n`;
}

describe('a broken resource costs itself', () => {
  it.each([
    [
      'a value is missing',
      "  exec { 'x':\n    unless  => ,\n    command => '/bin/a',\n  }",
      ["exec command => '/bin/a'"],
      '4:16',
    ],
    [
      'an arrow is missing',
      "  exec { 'x':\n    unless  '/bin/t',\n    command => '/bin/a',\n  }",
      ["exec unless => '/bin/t'", "exec command => '/bin/a'"],
      '4:13',
    ],
    [
      'a comma is missing',
      "  exec { 'x':\n    unless => '/bin/t'\n    command => '/bin/a',\n  }",
      ["exec unless => '/bin/t'", "exec command => '/bin/a'"],
      '5:5',
    ],
    [
      'a name is missing',
      "  exec { 'x':\n    => '/bin/t',\n    command => '/bin/a',\n  }",
      ["exec command => '/bin/a'"],
      '4:5',
    ],
    ['the colon is missing', "  exec { 'x'\n    command => '/bin/a',\n  }", ["exec command => '/bin/a'"], '4:5'],
    ['the title is missing', "  exec {\n    command => '/bin/a',\n  }", ["exec command => '/bin/a'"], '4:5'],
    ['the opening brace is missing', "  exec 'x':\n    command => '/bin/a',\n  }", ["exec command => '/bin/a'"], '3:8'],
    [
      'the closing brace is missing',
      "  exec { 'x':\n    command => '/bin/a',",
      ["exec command => '/bin/a'"],
      undefined,
    ],
    [
      'a closing quote is missing',
      "  exec { 'x':\n    unless  => '/bin/t,\n    command => '/bin/a',\n  }",
      ["exec unless => '/bin/t", "exec command => '/bin/a'"],
      '4:16',
    ],
    [
      'a bracket is missing',
      "  exec { 'x':\n    path    => ['/a', '/b',\n    command => '/bin/a',\n  }",
      ["exec path => ['/a', '/b',", "exec command => '/bin/a'"],
      '5:5',
    ],
    [
      'a brace of a hash is missing',
      "  exec { 'x':\n    env     => { a => 1,\n    command => '/bin/a',\n  }",
      ['exec env => { a => 1,', "exec command => '/bin/a'"],
      '5:5',
    ],
    [
      'a parenthesis is missing',
      "  exec { 'x':\n    unless  => join(['a'], ' ',\n    command => '/bin/a',\n  }",
      ["exec unless => join(['a'], ' ',", "exec command => '/bin/a'"],
      '5:5',
    ],
    ['the type is missing', "  if $y {\n    { 'x': command => '/bin/a' }\n  }", [" command => '/bin/a'"], '4:5'],
    [
      'an interpolation is broken',
      '  exec { "x ${+} y":\n    command => \'/bin/a\',\n  }',
      ["exec command => '/bin/a'"],
      '3:15',
    ],
    ['if is missing', "  $x == 1 {\n    exec { 'x': command => '/bin/a' }\n  }", ["exec command => '/bin/a'"], '3:11'],
    [
      'a condition is missing',
      "  if {\n    exec { 'x': command => '/bin/a' }\n  }",
      ["exec command => '/bin/a'"],
      '3:6',
    ],
    [
      'a colon of case is missing',
      "  case $x {\n    'a' { exec { 'x': command => '/bin/a' } }\n  }",
      ["exec command => '/bin/a'"],
      '4:9',
    ],
    ['a brace too many', "  }\n  exec { 'x': command => '/bin/a' }", ["exec command => '/bin/a'"], undefined],
    ['stray characters', "  exec { 'x': ^^^ command => '/bin/a' }", ["exec command => '/bin/a'"], '3:15'],
    [
      'a lone word before it',
      "  $y = \n  exec { 'x': command => '/bin/a', unless => }",
      ["exec command => '/bin/a'"],
      '4:46',
    ],
  ])('%s', (_what, broken, expected, at) => {
    const text = around(broken);
    const parsed = parse(text);
    expect(parsed.errors.length).toBeGreaterThan(0);
    if (at !== undefined) expect(place(text, parsed.errors[0]?.start ?? 0)).toBe(at);
    expect(attributes(parsed)).toEqual(["file mode => '1'", ...expected, "file mode => '2'"]);
  });
});

describe('messages', () => {
  it.each([
    ["file { '/a' mode => '1' }", "Found 'mode'; expected ':' after the title."],
    ["file { mode => '1' }", "Found 'mode'; expected a title."],
    ['$a = ', 'Found the end of the file; expected a value.'],
    ['$a = [1 2]', "Found '2'; expected ',' or ']'."],
    ['f(1', "Found the end of the file; expected ',' or ')'."],
    ['class a {', "The body of the class 'a' is never closed; expected '}'."],
    ['class { ', 'Found the end of the file; expected a value.'],
    ["$a = 'x", `The string that begins here is never closed; expected "'".`],
    ['$a = "${x', `The string that begins here is never closed; expected '"'.`],
    ['$a = 09', "Found '09'; expected an octal number."],
    ['$a = 0xg', "Found '0xg'; expected a hexadecimal number."],
    ['$a = 7z', "Found '7z'; expected a decimal number."],
    ['$a = Foo::bar', "Found the type 'Foo::bar'; expected a capital letter after each '::'."],
    ['$a = foo::', "Found the name 'foo::'; expected a lower-case name after '::'."],
    ['$a = @(X)\n y', "The heredoc 'X' is never closed; expected a line with only '| X'."],
    ['$a = @(X/q)\n y\n X', "Found the heredoc escapes 'q'; expected some of t, r, n, s, u, L and $, once each."],
    ['/* x', "The comment that begins with '/*' is never closed; expected '*/'."],
    ['\uFEFF$a = 1', 'The file begins with a byte order mark, which Puppet refuses; expected UTF-8 without one.'],
    ['include a,', 'Found the end of the file; expected a value.'],
    ['include a;', "Found the end of the file; expected another statement after ';'."],
    [
      "create_resources 'file', {}",
      "Found ','; expected the next statement; a function with several arguments needs parentheses.",
    ],
    ["@File { mode => '1' }", "Found '@' before something that is no resource; expected a resource with a title."],
    ['if $a { } else if $b { }', "Found 'if'; expected '{' and the body of 'else'."],
    [
      'private',
      "Found 'private'; expected a value; 'private' is a reserved word and stands for itself only in quotes.",
    ],
    ['$a == "b" ? { }', "Found '}'; expected an option."],
    ["$x = 'a' + ) 2", "Found ')'; expected a value."],
  ])('%s', (text, expected) => {
    const { errors } = parse(text);
    expect(errors[0]?.message).toBe(expected);
    for (const { message } of errors) expect(message).toMatch(/^[A-Z].*\.$/);
  });
});

describe('what recovery leaves alone', () => {
  it('hashes indented like the attributes around them, in a correct text', () => {
    const parsed = parse("file { 'x':\n  a => {\n  b => 1,\n  c => [\n  d => 2,\n  ],\n  },\n  e => 3,\n}\n");
    expect(parsed.errors).toEqual([]);
    expect(attributes(parsed)).toHaveLength(2);
  });

  it('strings over several lines, in a correct text', () => {
    const { errors, program } = parse("$a = 'b\nc'in $d\n");
    expect(errors).toEqual([]);
    expect(all(program, 'Binary')).toHaveLength(1);
  });
});
