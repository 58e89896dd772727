import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileKind } from '../../../src/config/file-kind.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { readIgnores, suppress } from '../../../src/core/suppress.ts';
import { commentsOf } from '../../../src/ignores/comments.ts';
import { Session } from '../../../src/session.ts';
import { makeTree, run } from '../cli/support.ts';

/** What each comment of a text covers. */
async function covered(path: string, text: string): Promise<readonly (readonly string[])[]> {
  const kind = fileKind(path);
  if (kind === undefined) throw new Error(path);
  const ignores = readIgnores(path, text, await commentsOf({ path, kind, text }));
  return ignores.map(({ covers }) => covers.map(({ start, end }) => text.slice(start, end)));
}

const mark = 'fleetlint-ignore[a/b] why';

describe('what a comment covers', () => {
  test.each<[string, string, string, readonly (readonly string[])[]]>([
    ['a resource', 'a.pp', `# ${mark}\n\n# more\nfile { '/a': }\nnotice(1)\n`, [["file { '/a': }"]]],
    [
      'an attribute',
      'a.pp',
      `exec { 'a':\n  # ${mark}\n  command => 'b',\n  unless => 'c',\n}\n`,
      [["command => 'b'"]],
    ],
    [
      'a trailing one, its attribute',
      'a.pp',
      `exec { 'a':\n  command => 'b', # ${mark}\n  unless => 'c',\n}\n`,
      [["  command => 'b', ", "command => 'b'"]],
    ],
    [
      'the opening line, the resource',
      'a.pp',
      `exec { 'a': # ${mark}\n  unless => 'c',\n}\n`,
      [["exec { 'a': ", `exec { 'a': # ${mark}\n  unless => 'c',\n}`]],
    ],
    [
      'the closing line, what ends there',
      'a.pp',
      `exec { 'a':\n  unless => 'c',\n} # ${mark}\nnotice(1)\n`,
      [['} ', "exec { 'a':\n  unless => 'c',\n}"]],
    ],
    [
      'a resource in nested bodies',
      'a.pp',
      `class a {\n  if true {\n    # ${mark}\n    exec { 'a': }\n    exec { 'b': }\n  }\n}\n`,
      [["exec { 'a': }"]],
    ],
    ['a resource before an arrow', 'a.pp', `# ${mark}\nexec { 'a': } -> exec { 'b': }\n`, [["exec { 'a': }"]]],
    [
      'a heredoc with its text',
      'a.pp',
      `# ${mark}\n$a = @(END)\n  # fleetlint-ignore[c/d] text\n  | END\nnotice(1)\n`,
      [['$a = @(END)\n  # fleetlint-ignore[c/d] text\n']],
    ],
    [
      'the line a heredoc begins on',
      'a.pp',
      `$a = @(END) # ${mark}\n  text\n  | END\n`,
      [['$a = @(END) ', `$a = @(END) # ${mark}\n  text\n`]],
    ],
    ['no string', 'a.pp', `$a = "\n# ${mark}\n"\n$b = '# ${mark}'\n`, []],
    ['an assignment of a unit', 'a.service', `[Service]\n# ${mark}\nA=1 \\\n 2\nB=2\n`, [['A=1 \\\n 2']]],
    ['a section', 'a.service', `; ${mark}\n[Service]\nA=1\n[Install]\nB=2\n`, [['[Service]\nA=1\n']]],
    [
      'a continued line it stands in',
      'a.service',
      `[Service]\nA=1 \\\n# ${mark}\n 2\nB=2\n`,
      [[`A=1 \\\n# ${mark}\n 2`]],
    ],
    ['nothing behind a value of a unit', 'a.service', `[Service]\nA=1 # ${mark}\n`, []],
    ['an entry', 'a.yaml', `a: 1\n# ${mark}\nb:\n  c: 2\nd: 3\n`, [['b:\n  c: 2\n']]],
    ['an entry below', 'a.yaml', `b:\n  # ${mark}\n  c: 2\n  d: 3\n`, [['c: 2']]],
    ['an item', 'a.yaml', `b:\n  # ${mark}\n  - c: 2\n    d: 3\n  - e\n`, [['c: 2\n    d: 3\n']]],
    ['a trailing one, its entry', 'a.yaml', `b: 1 # ${mark}\nc: 2\n`, [['b: 1 ', 'b: 1']]],
    ['a second document', 'a.yaml', `a: 1\n---\n# ${mark}\nb: 1\n`, [['b: 1']]],
    ['no YAML string', 'a.yaml', `a: |\n  # ${mark}\n  b\nc: "# ${mark}"\nd: x# ${mark}\n`, []],
    ['no JSON string', 'a.json', `{ "a": "# ${mark}" }\n`, []],
    [
      'a Go statement',
      'a.go',
      `package a\n\nfunc f() {\n\t// ${mark}\n\tx := g(\n\t\t1)\n\th()\n}\n`,
      [['x := g(\n\t\t1)']],
    ],
    ['a Go function', 'a.go', `package a\n\n/* ${mark} */\nfunc f() {\n}\n\nfunc g() {}\n`, [['func f() {\n}']]],
    ['a field', 'a.go', `package a\n\nvar x = T{\n\t// ${mark}\n\tA: 1,\n\tB: 2,\n}\n`, [['A: 1']]],
    ['a trailing Go comment', 'a.go', `package a\n\nfunc f() {\n\tg() // ${mark}\n\th()\n}\n`, [['\tg() ', 'g()']]],
    ['no Go string', 'a.go', `package a\n\nvar a = "// ${mark}"\nvar b = \`\n// ${mark}\n\`\n`, []],
    ['a cron line', 'etc/cron.d/a', `# ${mark}\n* * * * * root a # b\n* * * * * root c\n`, [['* * * * * root a # b']]],
    ['a kernel parameter', 'etc/sysctl.d/a.conf', `; ${mark}\nkernel.panic = 1\nb = 2\n`, [['kernel.panic = 1']]],
    [
      'a shell line',
      'etc/default/grub',
      `# ${mark}\nA="x"\nB='# ${mark}'\nC=1 # ${mark}\n`,
      [['A="x"'], ['C=1 ', `C=1 # ${mark}`]],
    ],
    ['a setting of puppet.conf', 'puppet.conf', `[agent]\n; ${mark}\nruninterval = 1m\n`, [['runinterval = 1m']]],
    ['Go in Markdown', 'a.md', `text // ${mark}\n\n\`\`\`go\n// ${mark}\nx := 1\ny := 2\n\`\`\`\n`, [['x := 1']]],
    ['a whole block in Markdown', 'a.md', `<!-- ${mark} -->\n\n\`\`\`go\nx := 1\n\`\`\`\n`, [['x := 1\n']]],
    ['lines that end in CR LF', 'a.service', `[Service]\r\n# ${mark}\r\nA=1\r\nB=2\r\n`, [['A=1']]],
  ])('%s', async (_title, path, text, expected) => {
    expect(await covered(path, text)).toEqual(expected);
  });

  test('ten thousand comments take no square of the time', async () => {
    const text = `exec { 'a': } # ${mark}\n# ${mark}\n`.repeat(10_000);
    expect(await covered('a.pp', text)).toHaveLength(20_000);
  });
});

describe('holding back', () => {
  const finding: Finding = {
    rule: 'a/b',
    severity: 'warning',
    confidence: 'high',
    message: '',
    help: '',
    span: { file: 'one', start: 5, end: 6 },
    evidence: [
      { note: '', span: { file: 'two', start: 10, end: 12 } },
      { note: '', source: 'a book' },
    ],
    fixes: [],
    key: '',
    fingerprint: '',
  };
  const ignore = (file: string, start: number, end: number, ...ids: readonly string[]) => {
    const span = { file, start: 0, end: 0 };
    return {
      file,
      span,
      list: span,
      removal: span,
      reason: 'why',
      rules: ids.map((id) => ({ id, span })),
      covers: [{ start, end }],
    };
  };
  const states = (ignores: Parameters<typeof suppress>[1], ran = true) => {
    const { count, facts } = suppress([finding], ignores, () => ran, ['a/b', 'a/c']);
    return [count, ...facts.flatMap((fact) => fact.rules.map((rule) => rule.state))];
  };

  test('counts at the primary span and at any evidence', () => {
    expect(states([ignore('one', 5, 6, 'a/b')])).toEqual([1, 'used']);
    expect(states([ignore('two', 0, 20, 'a/b')])).toEqual([1, 'used']);
    expect(states([ignore('one', 6, 20, 'a/b')])).toEqual([0, 'unused']);
    expect(states([ignore('three', 0, 20, 'a/b')])).toEqual([0, 'unused']);
  });

  test('each rule of a list for itself, and each comment', () => {
    expect(states([ignore('one', 0, 9, 'a/b', 'a/c', 'a/d')])).toEqual([1, 'used', 'unused', 'unknown']);
    expect(states([ignore('one', 0, 9, 'a/b'), ignore('two', 0, 20, 'a/b')])).toEqual([1, 'used', 'used']);
    expect(states([ignore('one', 0, 9, 'a/c')], false)).toEqual([0, 'not run']);
  });
});

describe('in a run', () => {
  const exec = (comment: string) =>
    `exec { 'name':\n  ${comment}\n  command => 'hostnamectl set-hostname node-1',\n}\n`;

  test('what is held back is counted', async () => {
    const tree = makeTree({ 'a.pp': exec('# fleetlint-ignore[dbus/periodic-activation] Once only.') });
    const outcome = await run(tree, ['-f', 'json']);
    expect(outcome.status).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ findings: [], summary: { suppressed: 1 } });
    expect((await run(tree, [])).stdout).toContain('1 suppressed');
  });

  test('a comment at the evidence, in another file, counts', async () => {
    const unit = '[Service]\nExecStart=/usr/bin/one\n';
    const tree = makeTree({
      'a.service': `[Service]\n# fleetlint-ignore[systemd/unit-not-loadable] Replaced by the next release.\nExecStart=/usr/bin/one\n`,
      'a.service.d/x.conf': '[Service]\nExecStart=/usr/bin/two\n',
      'b.service': unit,
      'b.service.d/x.conf': '[Service]\nExecStart=/usr/bin/two\n',
    });
    const { findings } = JSON.parse((await run(tree, ['-f', 'json'])).stdout) as { findings: { file: string }[] };
    expect(findings.map(({ file }) => file)).toEqual(['b.service.d/x.conf']);
  });

  test('--fix removes what is unused: a line, a trailing comment, a name of a list', async () => {
    const tree = makeTree({
      'a.pp': [
        '# fleetlint-ignore[dbus/periodic-activation] Nothing.',
        "notice('a') # fleetlint-ignore[dbus/periodic-activation] Nothing.",
        exec('# fleetlint-ignore[systemd/unit-not-loadable, dbus/periodic-activation] Once.'),
        exec('# fleetlint-ignore[dbus/periodic-activations] Misspelt.'),
      ].join('\n'),
      'a.service': '[Service]\r\n; fleetlint-ignore[systemd/unit-not-loadable] Old.\r\nExecStart=/usr/bin/one\r\n',
    });
    const { status, stdout } = await run(tree, ['--fix']);
    expect(readFileSync(join(tree, 'a.service'), 'utf8')).toBe('[Service]\r\nExecStart=/usr/bin/one\r\n');
    expect(readFileSync(join(tree, 'a.pp'), 'utf8')).toBe(
      [
        "notice('a')",
        exec('# fleetlint-ignore[dbus/periodic-activation] Once.'),
        exec('# fleetlint-ignore[dbus/periodic-activations] Misspelt.'),
      ].join('\n'),
    );
    expect(status).toBe(1);
    expect(stdout).toContain("did you mean 'dbus/periodic-activation'?");
  });

  test('a rule that did not run leaves its comments alone, and so does a file that could not be read', async () => {
    const tree = makeTree({ 'a.pp': '# fleetlint-ignore[dbus/periodic-activation] Nothing.\nnotice(1)\n' });
    expect((await run(tree, [])).status).toBe(1);
    expect((await run(tree, ['--only', 'puppet/syntax-error', '--only', 'core/unused-ignore'])).status).toBe(0);
  });

  test('files without the word are not looked at for comments', async () => {
    let reads = 0;
    const session = new Session();
    session.update([
      { path: 'a.service', read: () => (reads++, '[Service]\n# fleetlint: a comment\nExecStart=/bin/a\n') },
    ]);
    await session.run();
    expect(reads).toBe(1);
  });
});
