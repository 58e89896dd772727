import { describe, expect, it } from 'vitest';
import { displayText, fileTemplate, spanOf } from '../../../src/core/template.ts';
import { renderEpp } from '../../../src/loaders/puppet/epp.ts';

const render = (text: string): string => displayText(renderEpp(fileTemplate('a.epp', text)));

function parts(text: string): readonly string[] {
  const rendered = renderEpp(fileTemplate('a.epp', text));
  return rendered.conditional.map(
    ({ start, end, choice, branch }) => `${choice}.${branch} ${JSON.stringify(rendered.text.slice(start, end))}`,
  );
}

describe('text and tags', () => {
  it.each([
    ['what is printed is a hole', 'a <%= $x %> b', 'a <%= $x %> b'],
    ['parameters give nothing', '<%- | String $x = "a" | -%>\na', 'a'],
    ['code gives nothing', 'a<% $x = 1 %>b', 'ab'],
    ['a comment gives nothing', 'a<%# x %>b', 'ab'],
    ['trimming', 'a\n  <%- if $x { -%>\nb\n  <%- } -%>\nc', 'a\nb\nc'],
    ['<%% is a mark', 'a <%% b <%%= c', 'a <% b <%= c'],
    ['empty', '', ''],
  ])('%s', (_, text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it('text points to where it stands, and a known value to its tag', () => {
    const source = '<%- | $x | -%>\nab <%% <%= $x %> cd\n';
    const rendered = renderEpp(fileTemplate('a.epp', source), () => 'value');
    expect(rendered.text).toBe('ab <% value cd\n');
    const at = (text: string) =>
      spanOf(rendered, rendered.text.indexOf(text), rendered.text.indexOf(text) + text.length);
    expect(at('cd')).toEqual({ file: 'a.epp', start: source.indexOf('cd'), end: source.indexOf('cd') + 2 });
    expect(at('ab')).toEqual({ file: 'a.epp', start: source.indexOf('ab'), end: source.indexOf('ab') + 2 });
    const tag = source.indexOf('<%=');
    expect(at('value')).toEqual({ file: 'a.epp', start: tag, end: tag + '<%= $x %>'.length });
  });
});

describe('conditional parts', () => {
  it.each([
    ['if', '<% if $x { %>a<% } %>b', ['0.0 "a"']],
    ['if and else', '<% if $x { %>a<% } elsif $y { %>b<% } else { %>c<% } %>d', ['0.0 "a"', '0.1 "b"', '0.2 "c"']],
    ['unless', '<% unless $x { %>a<% } %>b', ['0.0 "a"']],
    ['a loop', '<% $x.each |$y| { %>a<%= $y %><% } %>b', ['0.0 "a\uE000"']],
    ['a loop by a call', '<% each($x) |$y| { %>a<% } %>b', ['0.0 "a"']],
    ['a loop in an if', '<% if $x { %>a<% $y.each |$z| { %>b<% } %>c<% } %>d', ['1.0 "b"', '0.0 "abc"']],
    ['case', "<% case $x { 'a': { %>a<% } default: { %>b<% } } %>c", ['0.0 "a"', '0.1 "b"']],
  ])('%s', (_, text, expected) => {
    expect(parts(text)).toEqual(expected);
  });
});
