import { describe, expect, it } from 'vitest';
import { displayText, fileTemplate, HOLE, TemplateBuilder } from '../../../src/core/template.ts';
import { stringTemplate } from '../../../src/loaders/puppet/strings.ts';
import { only, parse, placeIn } from './helper.ts';

describe('the text of a heredoc', () => {
  const text = [
    'file { "/etc/systemd/system/a.service":', // 1
    '  content => @("UNIT"/L),', // 2
    '    [Service]', // 3
    '    ExecStart=/usr/bin/agent \\', // 4
    '      --name ${facts["fqdn"]} --port $port', // 5
    '      Restart=always', // 6
    '  loose', // 7
    '    | UNIT', // 8
    '  mode => "0644",', // 9
    '}', // 10
  ].join('\n');
  const { program, errors, source } = parse(text);
  const heredoc = only(program, 'Heredoc');
  const template = stringTemplate(heredoc, source);

  it('has no margin, joins escaped line ends and has a hole for each interpolation', () => {
    expect(errors).toEqual([]);
    expect(template.text).toBe(
      `[Service]\nExecStart=/usr/bin/agent   --name ${HOLE} --port ${HOLE}\n  Restart=always\n  loose\n`,
    );
    expect(displayText(template)).toContain('--name ${facts["fqdn"]} --port $port');
  });

  it.each([
    ['[Service]', '3:5'],
    ['ExecStart', '4:5'],
    ['--name', '5:7'],
    ['Restart', '6:7'],
    ['loose', '7:3'],
  ])("'%s' stands at %s", (part, expected) => {
    expect(placeIn(text, template, template.text.indexOf(part))).toBe(expected);
  });

  it('maps its holes to the interpolations', () => {
    expect(template.holes.map(({ at, label }) => [label, placeIn(text, template, at)])).toEqual([
      ['${facts["fqdn"]}', '5:14'],
      ['$port', '5:38'],
    ]);
  });

  it('knows how it is read', () => {
    const { tag, syntax, escapes, interpolates, margin, trim } = heredoc;
    expect({ tag, syntax, escapes, interpolates, margin, trim }).toEqual({
      tag: 'UNIT',
      syntax: '',
      escapes: 'L',
      interpolates: true,
      margin: 4,
      trim: false,
    });
  });

  it('takes what an interpolation is known to be', () => {
    const known = stringTemplate(heredoc, source, (part) => {
      if (source.text.slice(part.start, part.end) !== '$port') return undefined;
      return new TemplateBuilder(source.file, part.start).text('8080', part.start, part.end - part.start).build();
    });
    expect(known.text).toContain(`--name ${HOLE} --port 8080\n`);
    expect(placeIn(text, known, known.text.indexOf('8080'))).toBe('5:38');
    expect(known.holes).toHaveLength(1);
  });
});

describe('heredocs on one line', () => {
  it('follow each other below it', () => {
    const text = 'f(@(A), @("B"/t:json), 3)\n  one\n  |- A\n  ${two}\\t\n  | B\n$c = 1\n'.replace('/t:json', ':json/t');
    const { program, errors, source } = parse(text);
    expect(errors).toEqual([]);
    const call = only(program, 'Call');
    const texts = call.arguments.map((argument) =>
      argument.type === 'Heredoc' ? displayText(stringTemplate(argument, source)) : argument.type,
    );
    expect(texts).toEqual(['one', '${two}\t\n', 'NumberLiteral']);
    expect(only(program, 'Assignment').value.type).toBe('NumberLiteral');
  });

  it('keep CRLF, and lose it where they are trimmed', () => {
    const { program, source } = parse('$a = @(A)\r\n  x\r\n  y\r\n  |- A\r\n$b = 1\r\n');
    expect(stringTemplate(only(program, 'Heredoc'), source).text).toBe('x\r\ny');
  });

  it('are empty where the end tag follows at once', () => {
    const text = '$a = @(A)\n  | A\n';
    const { program, source } = parse(text);
    const template = stringTemplate(only(program, 'Heredoc'), source);
    expect([template.text, template.source]).toEqual(['', 10]);
  });
});

describe('quoted strings', () => {
  it.each([
    [String.raw`'a\'b\\c\n'`, String.raw`a'b\c\n`],
    [String.raw`"a\tb\"\\\$x\s\u00e9\u{1F600}\q"`, 'a\tb"\\$x é😀\\q'],
    ['"a\\\nb"', 'ab'],
    ["''", ''],
    ['en-us', 'en-us'],
  ])('%s', (written, expected) => {
    const { program, source } = parse(`$a = ${written}`);
    const literal = only(program, 'StringLiteral');
    expect([literal.value, stringTemplate(literal, source).text]).toEqual([expected, expected]);
  });

  it('map characters behind escapes', () => {
    const text = String.raw`$a = "\\\n x\u{1F600}y"`;
    const { program, source } = parse(text);
    const template = stringTemplate(only(program, 'StringLiteral'), source);
    expect(placeIn(text, template, template.text.indexOf('x'))).toBe(`1:${String(text.indexOf('x') + 1)}`);
    expect(placeIn(text, template, template.text.indexOf('y'))).toBe(`1:${String(text.indexOf('y') + 1)}`);
  });

  it('keep the holes of the text they were read from', () => {
    const source = new TemplateBuilder('a.erb', 0).text("$a = 'x", 0).hole('<%= y %>', 7, 8).text("z'", 15).build();
    const { program } = parse(source.text);
    const template = stringTemplate(only(program, 'StringLiteral'), source);
    expect([displayText(template), template.holes.length]).toEqual(['x<%= y %>z', 1]);
  });

  it('names are their own text', () => {
    const source = fileTemplate('a.pp', '$a = present');
    const { program } = parse(source.text);
    expect(stringTemplate(only(program, 'Name'), source)).toMatchObject({ text: 'present', source: 5 });
  });
});
