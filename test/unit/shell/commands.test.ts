import { describe, expect, test } from 'vitest';
import { commandsOf } from '../../../src/loaders/shell/commands.ts';
import { displayText, fileTemplate, spanOf, TemplateBuilder, type Template } from '../../../src/core/template.ts';

/** `?` before a command: it may not run. */
function show(script: string | Template): readonly string[] {
  const template = typeof script === 'string' ? fileTemplate('script', script) : script;
  return commandsOf(template).map(
    ({ words, always }) => (always === 'yes' ? '' : '?') + words.map((word) => displayText(word)).join('|'),
  );
}

describe('commandsOf', () => {
  test.each([
    ['a b', ['a|b']],
    ['a; b\nc & d', ['a', 'b', 'c', 'd']],
    ['a | b |& c', ['a', 'b', 'c']],
    ['a && b || c', ['a', '?b', '?c']],
    ['cd /x && a', ['cd|/x', 'a']],
    ['[ -x /bin/a ] && /bin/a b', ['[|-x|/bin/a|]', '/bin/a|b']],
    ['[ -f /etc/a ] && a', ['[|-f|/etc/a|]', '?a']],
    ['command -v a >/dev/null && a', ['command|-v|a', 'a']],
    ['test `a --static` == "b"', ['a|--static', 'test|`a --static`|==|b']],
    ['x=$(a) b="$(c)" d', ['a', 'c', 'd']],
    ['if a; then b; elif c; then d; else e; fi', ['a', '?b', '?c', '?d', '?e']],
    ['while a; do b; done', ['a', '?b']],
    ['for i in 1 2; do a; done', ['a']],
    ['for i in $(a); do b; done', ['a', '?b']],
    ['case $(a) in x) b;; esac', ['a', '?b']],
    ['(a); { b; }', ['a', 'b']],
    ['[[ $(a) == b ]]', ['a']],
    ['a <(b) > $(c)', ['b', 'c', 'a|<(b)']],
    ['f() { a; }; f', ['a']],
    ['a; exit 0; b', ['a', 'exit|0']],
    ['! a', ['a']],
    ['cat <<EOF\n$(a)\nEOF', ['a', 'cat']],
    ["echo 'a; b' \"c d\" e\\ f $'g'", ['echo|a; b|c d|e f|g']],
    ['echo "a\\"b\\$c"', ['echo|a"b$c']],
    ['', []],
    ['# nothing', []],
  ])('%s', (script, expected) => {
    expect(show(script)).toEqual(expected);
  });

  test.each([
    ['sudo -u root -- a b', ['a|b']],
    ['sudo -E FOO=1 a', ['a']],
    ['sudo -l', ['sudo|-l']],
    ['env -i A=1 B=2 a b', ['a|b']],
    ['timeout -k 5 10s a', ['a']],
    ['nice -n 10 ionice -c3 a', ['a']],
    ["sh -c 'a; b'", ['a', 'b']],
    ["bash -lc 'a && b'", ['a', '?b']],
    ["/bin/sh -ec 'sudo a'", ['a']],
    ['sh -x script.sh', ['sh|-x|script.sh']],
    ["su - user -c 'a b'", ['a|b']],
    ["runuser -u user -- a 'b c'", ['a|b c']],
    ["flock -n /run/lock -c 'a'", ['a']],
    ['flock -w 5 /run/lock a b', ['a|b']],
    ['eval "a $b"', ['a|$b']],
    ['nohup setsid a &', ['a']],
    ['xargs -n 1 a', ['?a']],
    ['busybox sh -c "a"', ['a']],
    ['command a', ['a']],
    ['exec a', ['a']],
    ['ssh host a', ['ssh|host|a']],
  ])('takes wrappers off: %s', (script, expected) => {
    expect(show(script)).toEqual(expected);
  });

  test('holes are parts of words', () => {
    const script = new TemplateBuilder('x.pp', 0)
      .text('a --name="', 0)
      .hole('${name}', 10, 7)
      .text('-x" ', 17)
      .hole('$b', 21, 2)
      .build();
    expect(show(script)).toEqual(['a|--name=${name}-x|$b']);
    expect(commandsOf(script)[0]?.words.map((word) => word.holes.length)).toEqual([0, 1, 1]);
  });

  test('places point into the outer file, also in a script in a script', () => {
    const text = 'unless => "sh -c \'x; hostnamectl --static\'"';
    const start = text.indexOf('sh');
    const script = new TemplateBuilder('x.pp', start).text(text.slice(start, -1), start).build();
    const places = commandsOf(script).map(({ span, words }) => [
      text.slice(span.start, span.end),
      words.map((word) => spanOf(word)).map((place) => text.slice(place.start, place.end)),
    ]);
    expect(places).toEqual([
      ['x', ['x']],
      ['hostnamectl --static', ['hostnamectl', '--static']],
    ]);
  });

  test('an escaped substitution points at the whole of it', () => {
    const text = 'echo `a \\`b\\``';
    const [inner] = commandsOf(fileTemplate('s', text));
    expect(inner?.words[0]?.text).toBe('b');
    expect(text.slice(inner?.span.start, inner?.span.end)).toContain('b');
  });

  test('broken and deeply nested text gives no error', () => {
    expect(show('a "unclosed')).toBeInstanceOf(Array);
    expect(show('$('.repeat(10_000))).toBeInstanceOf(Array);
    expect(show('('.repeat(10_000))).toBeInstanceOf(Array);
    expect(show(`f() { f; }; f`)).toBeInstanceOf(Array);
    expect(show("sh -c '" + 'x '.repeat(1_000_000) + "'")).toHaveLength(1);
  });
});
