/** What our rules say of single lines against what `systemd-analyze verify` 252 says of them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/session.ts';
import { lineGroups } from './systemd-lines.ts';

const version = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
const installed = version.error === undefined && version.stdout.startsWith('systemd 252');
const oracle = installed || process.env.CI !== undefined ? describe : describe.skip;

/** A message of `verify`, and the rules of which one has to report the same line. */
const meanings: readonly (readonly [message: RegExp, rules: readonly string[]])[] = [
  [/^Unknown key/, ['unknown-directive', 'misplaced-directive', 'removed-directive', 'too-new-directive']],
  [/^Support for option .* has been removed/, ['removed-directive']],
  [/^Unknown section/, ['unknown-section']],
  [/^(?:Missing '='|Missing key name before '=')/, ['broken-continuation']],
  [/^Assignment outside of section/, ['broken-continuation']],
  // It takes the line all the same.
  [/^(?:Unit uses|Standard (?:output|input|error) type .* is obsolete)/, []],
  [/./, ['invalid-value', 'inline-comment']],
];

const rules = [...new Set(meanings.flatMap(([, names]) => names))].map((name) => `systemd/${name}`);

/** verify may take the words of a comment as more entries of a list. */
const mayBeTaken = /^[A-Z][A-Za-z]+=.* # x$/;

/** An empty value is told only where it follows another. */
const isEmpty = /^[A-Za-z]+=$/;

const units = lineGroups.map(({ type, head, lines }, index) => ({
  name: `lines-${index}.${type}`,
  text: `${head}${lines.map((line) => `${line}\n`).join('')}`,
  first: head.split('\n').length,
  lines,
}));

const cases = units.flatMap(({ name, first, lines }) =>
  lines.map((line, index) => ({ title: `${name} ${line}`, name, line, number: first + index })),
);

oracle('lines of units', () => {
  const theirs = new Map<string, string>();
  const ours = new Map<string, string[]>();

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fleetlint-lines-'));
    try {
      writeFileSync(join(directory, 'base.service'), '[Service]\nExecStart=/bin/true\n');
      for (const { name, text } of units) writeFileSync(join(directory, name), text);
      const shown = spawnSync('systemd-analyze', ['verify', '--man=no', ...units.map(({ name }) => name)], {
        cwd: directory,
        encoding: 'utf8',
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${directory}:`, SYSTEMD_COLORS: '0', LC_ALL: 'C.UTF-8' },
      }).stderr;
      for (const [, name = '', line = '', message = ''] of shown.matchAll(/^(?:.*\/)?(lines-[^/:]+):(\d+): (.*)$/gm)) {
        theirs.set(`${name}:${line}`, message);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    const session = new Session({ only: rules });
    const nodes =
      'kind: Node\nmetadata: { name: a }\nstatus: { nodeInfo: { osImage: Debian GNU/Linux 12 (bookworm) } }\n';
    session.update([
      { path: 'nodes.yaml', given: true, read: () => nodes },
      ...units.map(({ name, text }) => ({ path: name, read: () => text })),
    ]);
    for (const { rule, span } of (await session.run()).findings) {
      const text = units.find(({ name }) => name === span.file)?.text ?? '';
      const place = `${span.file}:${text.slice(0, span.start).split('\n').length}`;
      ours.set(place, [...(ours.get(place) ?? []), rule.replace('systemd/', '')]);
    }
  }, 60_000);

  it('are many', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(theirs.size).toBeGreaterThanOrEqual(100);
  });

  it.each(cases.map((each) => [each.title, each] as const))('%s', (_title, { name, line, number }) => {
    const message = theirs.get(`${name}:${number}`);
    const found = ours.get(`${name}:${number}`) ?? [];
    const expected = message === undefined ? [] : (meanings.find(([pattern]) => pattern.test(message))?.[1] ?? []);
    if (found.length === 0 && isEmpty.test(line)) return;
    if (expected.length === 0 && found.join() === 'inline-comment' && mayBeTaken.test(line)) return;
    expect({ line, message, found: found.length > 0 && found.every((rule) => expected.includes(rule)) }).toEqual({
      line,
      message,
      found: expected.length > 0,
    });
    if (expected.length === 0) expect(found).toEqual([]);
  });
});
