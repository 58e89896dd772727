import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTree, run } from './support.ts';

/** One file of each kind that is searched for. */
const paths = [
  'a.pp',
  'a.service',
  'a.timer',
  'a.service.d/b.conf',
  'a.yaml',
  'a.json',
  'a.go',
  'a.md',
  'crontab',
  'etc/cron.d/job',
  'etc/modules-load.d/a.conf',
  'etc/default/grub',
  'etc/default/kubelet',
  'puppet.conf',
];

/** A finding that must not get lost, whatever stands beside it. */
const witness = { 'witness/w.pp': "exec { 'w': command => 'true', unless => 'hostnamectl | grep a' }\n" };

// Each begins with words that make the loaders look at it.
const words = [
  'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
  'package a\nimport "net/http"\nvar t = &http.Transport{}\n',
  '[Service]\nExecStart=/bin/hostnamectl\n',
  "exec { 'hostnamectl': }\n",
  '```go\nhttp.Transport{}\n```\n',
  '{"kind":"KubeletConfiguration","nodeInfo":1}\n',
].join('\n');

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghijklmnop'
  .split('')
  .map((name, index) => {
    const before = String.fromCharCode('a'.charCodeAt(0) + index);
    return `${name}: &${name} [${`*${before},`.repeat(9)}]\n`;
  })
  .join('')}kind: KubeletConfiguration\n`;

const inputs: Readonly<Record<string, string | Uint8Array>> = {
  empty: '',
  'only a line end': '\n',
  binary: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0xff, 0xfe, 0, 0]),
  'a SELinux module': Buffer.from([0x8d, 0xff, 0x7c, 0xf9, 0, 0, 0, 8]),
  'CRLF line ends': words.replaceAll('\n', '\r\n'),
  'a byte order mark': `\uFEFF${words}`,
  'UTF-16': Buffer.from(`\uFEFF${words}`, 'utf16le'),
  'invalid UTF-8': Buffer.concat([Buffer.from(words), Buffer.from([0xc3, 0x28, 0xff, 0x0a])]),
  'a line of 2 MiB': words + 'x'.repeat(2 * 1024 * 1024),
  'a line of 2 MiB of blanks': words + ' '.repeat(2 * 1024 * 1024),
  '10,000 nested brackets': words + '['.repeat(10_000),
  '10,000 nested braces': words + '{'.repeat(10_000),
  '10,000 nested parentheses': words + '('.repeat(10_000),
  '10,000 closed brackets': `${words}x = ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  '10,000 substitutions': words + '"${'.repeat(10_000),
  '10,000 backticks': words + '`'.repeat(10_000),
  '10,000 quotes': words + '"'.repeat(10_000),
  '10,000 continuations': words + '\\\n'.repeat(10_000),
  '10,000 heredocs': words + '@(A)\n'.repeat(10_000),
  'an alias bomb': bomb,
  'names of JavaScript itself': `${words}\n__proto__: {constructor: 1}\n__proto__=1\n[__proto__]\nconstructor=1\n{"__proto__":{"x":1}}\n`,
  'line ends of every kind': words.replaceAll('\n', '\r') + '\u2028\u2029\u0085\v\f',
  'lonely surrogates': `${words}\ud800 \udc00`,
};

describe('bad input costs itself, not the run', () => {
  test.each(Object.keys(inputs))('%s', { timeout: 60_000 }, async (name) => {
    const content = inputs[name] ?? '';
    const tree = makeTree({ ...Object.fromEntries(paths.map((path) => [path, content])), ...witness });
    const { status, stdout, stderr } = await run(tree, ['-f', 'json']);
    expect(stderr).not.toContain('fault of fleetlint');
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; file: string }[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'dbus/periodic-activation', file: 'witness/w.pp' }),
    );
    expect([1, 2]).toContain(status);
    for (const format of ['text', 'sarif']) {
      const other = await run(tree, ['-f', format]);
      expect(other.status).toBe(status);
      expect(other.stdout).toContain('witness/w.pp');
    }
  });

  test('a circle of links', async () => {
    const tree = makeTree(witness);
    mkdirSync(join(tree, 'a'));
    symlinkSync('..', join(tree, 'a/up'));
    symlinkSync('self.service', join(tree, 'self.service'));
    symlinkSync('two.service', join(tree, 'one.service'));
    symlinkSync('one.service', join(tree, 'two.service'));
    const { status, stdout } = await run(tree, ['.']);
    expect(status).toBe(1);
    expect(stdout).toContain('witness/w.pp');
  });
});
