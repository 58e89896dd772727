import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import { reportText } from '../../../src/reporters/text.ts';
import { makeFinding, makeReport, spanOf, type Files } from './support.ts';

const PLAIN = { color: false };

/** The lines of source and their marks under the only finding of a report. */
function frame(text: string, span: { start: number; end: number }): string[] {
  const files: Files = new Map([['a', text]]);
  const lines = reportText(makeReport(files, [makeFinding({ file: 'a', ...span })]), PLAIN).split('\n');
  return lines.slice(1, lines.indexOf(''));
}

function frameOfPart(text: string, part: string): string[] {
  return frame(text, spanOf(new Map([['a', text]]), 'a', part));
}

describe('text reporter', () => {
  const files: Files = new Map([
    ['manifests/host.pp', "class host {\n\n\n\n\n\n\n\n\n  exec { 'hostnamectl': }\n}\n"],
    ['puppet.conf', '[agent]\nruninterval = 30m\n'],
  ]);
  const finding: Finding = makeFinding(spanOf(files, 'manifests/host.pp', "'hostnamectl'"), {
    rule: 'dbus/periodic-activation',
    message: "'hostnamectl' runs twice an hour.",
    help: 'Use a fact.',
    evidence: [
      { note: 'The agent runs every 30 minutes.', span: spanOf(files, 'puppet.conf', 'runinterval = 30m') },
      { note: 'It exits when idle.', source: 'systemd 219' },
    ],
  });

  it('shows the finding, the chain over several files in order, and the remedy', () => {
    expect(reportText(makeReport(files, [finding], { files: 12 }), PLAIN)).toBe(`\
warning[dbus/periodic-activation]: 'hostnamectl' runs twice an hour.
   --> manifests/host.pp:10:10
10 |   exec { 'hostnamectl': }
   |          ^^^^^^^^^^^^^
why: The agent runs every 30 minutes.
   --> puppet.conf:2:1
 2 | runinterval = 30m
   | -----------------
note: It exits when idle. (systemd 219)
help: Use a fact.

1 problem (1 warning) in 12 files.
`);
  });

  it('shows the same place once in a finding, and again in the next one', () => {
    const evidence = [
      { note: 'It runs here.', span: finding.span },
      { note: 'The agent.', span: spanOf(files, 'puppet.conf', 'runinterval = 30m') },
      { note: 'The agent, once more.', span: spanOf(files, 'puppet.conf', 'runinterval = 30m') },
    ];
    const text = reportText(makeReport(files, [{ ...finding, evidence, help: '' }, finding]), PLAIN);
    expect(text.split('\n\n')[0]).toBe(`\
warning[dbus/periodic-activation]: 'hostnamectl' runs twice an hour.
   --> manifests/host.pp:10:10
10 |   exec { 'hostnamectl': }
   |          ^^^^^^^^^^^^^
why: It runs here.
   --> manifests/host.pp:10:10
why: The agent.
   --> puppet.conf:2:1
 2 | runinterval = 30m
   | -----------------
why: The agent, once more.
   --> puppet.conf:2:1`);
    expect(text.match(/exec \{/g)).toHaveLength(2);
  });

  it('prints the same in colour but for the colours', () => {
    const report = makeReport(files, [finding]);
    const colored = reportText(report, { color: true });
    expect(colored).toContain('\x1b[33m^^^^^^^^^^^^^\x1b[39m');
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(reportText(report, PLAIN));
  });

  it('prints one line when there is nothing to say', () => {
    expect(reportText(makeReport(files, []), PLAIN)).toBe('No problems in 2 files.\n');
    expect(reportText(makeReport(files, [], { files: 1, suppressed: 3 }), PLAIN)).toBe(
      'No problems in 1 file, 3 suppressed.\n',
    );
  });

  it('prints notices before the summary, and does not call an incomplete check clean', () => {
    const notices = [
      { message: 'It is a binary file.', file: 'b\x07.pp' },
      { message: 'It cannot be read.', incomplete: true },
    ];
    expect(reportText(makeReport(files, [], { notices }), PLAIN)).toBe(`\
notice: b\\x07.pp: It is a binary file.
error: It cannot be read.
No problems in 2 files. Not everything could be checked.
`);
    expect(reportText(makeReport(files, [], { notices: notices.slice(0, 1) }), PLAIN)).toContain('in 2 files.\n');
  });

  it('counts by severity', () => {
    const span = { file: 'puppet.conf', start: 0, end: 1 };
    const severities = ['error', 'error', 'warning', 'info', 'info'] as const;
    const findings = severities.map((severity) => makeFinding(span, { severity }));
    const lines = reportText(makeReport(files, findings), PLAIN).trimEnd().split('\n');
    expect(lines.at(-1)).toBe('5 problems (2 errors, 1 warning, 2 info) in 2 files.');
  });

  it('shows no control character of a name, a message, a note or a line of source', () => {
    const name = 'a\x1b[2J\u202e\nb';
    const hostile: Files = new Map([[name, 'x = \x1b]0;owned\x07\u2066\x9b']]);
    const span = { file: name, start: 0, end: 1 };
    const text = reportText(
      makeReport(hostile, [
        makeFinding(span, { message: 'm\x1b\n.', help: 'h\r.', evidence: [{ note: 'n\x07.', span, source: 's\x9b' }] }),
      ]),
      PLAIN,
    );
    expect(text).toContain('--> a\\x1b[2J\\u202e\\nb:1:1\n');
    expect(text).toContain('m\\x1b\\n.\n');
    expect(text).toContain('x = \\x1b]0;owned\\x07\\u2066\\x9b\n');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
  });
});

describe('code frame', () => {
  it('expands tabs and underlines what stands after them', () => {
    expect(frameOfPart('\tA\tkey', 'key')).toEqual(['  --> a:1:4', '1 |     A   key', '  |         ^^^']);
  });

  it('gives wide characters two columns and combining ones none', () => {
    expect(frameOfPart('漢e\u0301字x', '字')).toEqual(['  --> a:1:4', '1 | 漢e\u0301字x', '  |    ^^']);
    expect(frameOfPart('漢e\u0301字x', 'x')[2]).toBe('  |      ^');
    expect(frameOfPart('🙂x', 'x')[2]).toBe('  |   ^');
  });

  it('underlines escapes over their whole width', () => {
    expect(frameOfPart('a\x1bb', '\x1b').slice(1)).toEqual(['1 | a\\x1bb', '  |  ^^^^']);
  });

  it('knows the line ends \\r\\n and \\r, and shows none of them', () => {
    expect(frameOfPart('a\r\nb\rcd\r\n', 'cd')).toEqual(['  --> a:3:1', '3 | cd', '  | ^^']);
    expect(frameOfPart('key\r\nb', 'key\r\n').slice(1)).toEqual(['1 | key', '  | ^^^']);
  });

  it('shows the first and the last line of a span over several', () => {
    expect(frameOfPart('x{\n  a\n  b\n}\n', '{\n  a\n  b\n}').slice(1)).toEqual([
      '1 | x{',
      '  |  ^',
      '  ...',
      '4 | }',
      '  | ^',
    ]);
    expect(frameOfPart('x{\n  ab\n  }', '{\n  ab\n  }').slice(1)).toEqual([
      '1 | x{',
      '  |  ^',
      '2 |   ab',
      '  |   ^^',
      '3 |   }',
      '  |   ^',
    ]);
  });

  it('marks an empty span, also at the end of the file and past it', () => {
    expect(frame('ab', { start: 1, end: 1 }).slice(1)).toEqual(['1 | ab', '  |  ^']);
    expect(frame('ab', { start: 2, end: 2 }).slice(1)).toEqual(['1 | ab', '  |   ^']);
    expect(frame('ab\n', { start: 3, end: 3 })).toEqual(['  --> a:2:1', '2 |', '  | ^']);
    expect(frame('ab\n', { start: 99, end: 120 })).toEqual(['  --> a:2:1', '2 |', '  | ^']);
    expect(frame('', { start: 0, end: 0 }).slice(1)).toEqual(['1 |', '  | ^']);
  });

  it('cuts a long line around the span, never through a character', () => {
    const [, source = '', mark = ''] = frameOfPart(`${'🙂'.repeat(500)}key${'\u0301y'.repeat(500)}`, 'key');
    expect(source).toMatch(/^1 \| …(🙂)+key\u0301(y\u0301)+…$|^1 \| …(🙂)+key(\u0301y)+…$/u);
    expect(source.length).toBeLessThan(130);
    expect(mark.trimEnd().endsWith(' ^^^')).toBe(true);
  });

  it('marks what is seen of a span that is longer than the cut', () => {
    const [, source = '', mark = ''] = frame('x'.repeat(5000), { start: 1000, end: 4000 });
    expect(source).toMatch(/^1 \| …x+…$/);
    expect(mark).toMatch(/^ {2}\| {32}\^{80}$/);
  });

  it('costs nothing on a line of 2 MiB with many findings', () => {
    const text = 'ab'.repeat(1 << 20);
    const files: Files = new Map([['a', text]]);
    const findings = Array.from({ length: 2000 }, (_, at) =>
      makeFinding({ file: 'a', start: at * 1000, end: text.length }),
    );
    const output = reportText(makeReport(files, findings), PLAIN);
    expect(output.length).toBeLessThan(2000 * 500);
  }, 2000);

  it('does without the text of a file', () => {
    const text = reportText(makeReport(new Map(), [makeFinding({ file: 'gone', start: 7, end: 9 })]), PLAIN);
    expect(text).toContain('--> gone:1:1\n');
  });
});
