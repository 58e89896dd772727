import { describe, expect, it } from 'vitest';
import { displayText, fileTemplate, spanOf } from '../../../src/core/template.ts';
import { renderErb } from '../../../src/loaders/puppet/erb.ts';

function render(text: string, values: Readonly<Record<string, string>> = {}): string {
  return displayText(renderErb(fileTemplate('a.erb', text), (name) => values[name]));
}

/** The conditional parts of a template, as text, with the choice and branch they belong to. */
function parts(text: string): readonly string[] {
  const rendered = renderErb(fileTemplate('a.erb', text));
  return rendered.conditional.map(
    ({ start, end, choice, branch }) => `${choice}.${branch} ${JSON.stringify(rendered.text.slice(start, end))}`,
  );
}

describe('text and tags', () => {
  it.each([
    ['what is printed is a hole', 'a <%= @x %> b', 'a <%= @x %> b'],
    ['code gives nothing', 'a<% x = 1 %>b', 'ab'],
    ['a comment gives nothing', 'a<%# x = "%" %>b', 'ab'],
    ['-%> takes the line end', 'a\n<% if x -%>\nb\n<% end -%>\nc', 'a\nb\nc'],
    ['-%> takes a Windows line end', 'a\r\n<% x -%>\r\nb', 'a\r\nb'],
    ['without - the line end stays', 'a\n<% x %>\nb', 'a\n\nb'],
    ['<%- takes the blanks before it', 'a\n  <%- x -%>\nb', 'a\nb'],
    ['<%- leaves blanks behind text', 'a  <%- x -%>\nb', 'a  b'],
    ['<%% is a mark', 'a <%% b %> c', 'a <% b %> c'],
    ['%%> ends no tag', '<%= "%%>" %>b', '<%= "%%>" %>b'],
    ['an open tag runs to the end', 'a <%= @x', 'a <%= @x'],
    ['no tags', 'a\n', 'a\n'],
    ['empty', '', ''],
  ])('%s', (_, text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it.each([
    ['@x', 'value'],
    [' @x ', 'value'],
    ["scope['a::x']", 'qualified'],
    ["scope['::a::x']", 'qualified'],
    ['scope.lookupvar("a::x")', 'qualified'],
    ['@x.to_s', 'value'],
    ['@x.upcase', '<%= @x.upcase %>'],
    ['@y', '<%= @y %>'],
    ['@x + @x', '<%= @x + @x %>'],
  ])('<%%= %s %%>', (ruby, expected) => {
    const tag = ruby.startsWith(' ') ? `<%=${ruby}%>` : `<%= ${ruby} %>`;
    expect(render(tag, { x: 'value', 'a::x': 'qualified' })).toBe(expected);
  });

  it('text points to where it stands, and a known value to its tag', () => {
    const source = 'ab\n<%= @x %> cd\n';
    const rendered = renderErb(fileTemplate('a.erb', source), () => 'value');
    expect(rendered.text).toBe('ab\nvalue cd\n');
    const at = (text: string) =>
      spanOf(rendered, rendered.text.indexOf(text), rendered.text.indexOf(text) + text.length);
    expect(at('cd')).toEqual({ file: 'a.erb', start: source.indexOf('cd'), end: source.indexOf('cd') + 2 });
    expect(at('value')).toEqual({ file: 'a.erb', start: source.indexOf('<%'), end: source.indexOf('%>') + 2 });
  });
});

describe('conditional parts', () => {
  it.each([
    ['if', '<% if x %>a<% end %>b', ['0.0 "a"']],
    ['if and else', '<% if x %>a<% elsif y %>b<% else %>c<% end %>d', ['0.0 "a"', '0.1 "b"', '0.2 "c"']],
    ['a loop', '<% @x.each do |y| %>a<%= y %><% end %>b', ['0.0 "a\uE000"']],
    ['a loop with braces', '<% @x.each { |y| %>a<% } %>b', ['0.0 "a"']],
    ['while with do', '<% while x do %>a<% end %>b', ['0.0 "a"']],
    ['a loop in an if', '<% if x %>a<% y.each do |z| %>b<% end %>c<% end %>d', ['1.0 "b"', '0.0 "abc"']],
    ['case', "<% case x when 'a' %>a<% when 'b' %>b<% end %>c", ['0.1 "a"', '0.2 "b"']],
    ['a modifier opens nothing', '<% x = 1 if y %>a', []],
    ['an assigned if', '<% x = if y then 1 else 2 end %>a', []],
    ['a hash opens nothing', "<% x = { 'a' => 1 } %>a", []],
    ['words in strings and comments', "<% x = 'if do' # if\n y %>a", []],
    ['several lines of code', '<% x = 1\n  if x %>a<% end %>b', ['0.0 "a"']],
    ['a block that is never closed', '<% if x %>a', ['0.0 "a"']],
    ['an end too many', 'a<% end %>b', []],
  ])('%s', (_, text, expected) => {
    expect(parts(text)).toEqual(expected);
  });
});

describe('bad input', () => {
  it.each([
    ['open marks', '<%'.repeat(50_000)],
    ['short tags', '<%=x%>'.repeat(50_000)],
    ['quotes that are never closed', `<% ${'"\''.repeat(50_000)} %>`],
    ['open blocks', '<% if x %>'.repeat(20_000)],
    ['braces', `<% ${'{'.repeat(50_000)} %>`],
    ['one long line', 'x'.repeat(2 << 20)],
    ['invalid text', '\uFFFD\0<%=\uFFFD'],
  ])('%s takes no time', (_, text) => {
    expect(() => renderErb(fileTemplate('a.erb', text))).not.toThrow();
  });
});
