import { describe, expect, it } from 'vitest';
import { indexLines } from '../../../src/core/line-index.ts';
import { activationHover } from '../../../src/lsp/activation-hover.ts';
import { Session } from '../../../src/session.ts';

const files: Readonly<Record<string, string>> = {
  'units/a.timer': '[Timer]\nOnCalendar=*:0/2\n',
  'units/a.service': '[Service]\nType=oneshot\nExecStart=/usr/bin/hostnamectl status\n',
  'units/b.service': '[Service]\nExecStart=/usr/bin/b\n',
  'a.pp': "exec { 'a': command => '/bin/a' }\nexec { 'b': command => '/bin/b', refreshonly => true }\n",
  'puppet.conf': '[agent]\nruninterval = 10m\n',
  'etc/cron.d/a': '*/5 * * * * root /usr/bin/c\n',
};

/** What is shown on the first of some words in a file. */
async function hover(path: string, words: string) {
  const session = new Session();
  session.update(Object.entries(files).map(([name, text]) => ({ path: name, read: () => text })));
  const context = {
    lines: (file: string) => indexLines(files[file] ?? ''),
    uri: (file: string) => `file:///${file}`,
    hasPage: () => true,
    version: '1.2.3',
    showsRelated: true,
  };
  return activationHover(await session.models(), path, (files[path] ?? '').indexOf(words) + 1, context);
}

describe('hover on an activation', () => {
  it('says how often a command of a unit runs, and why', async () => {
    expect(await hover('units/a.service', '/usr/bin/hostnamectl')).toEqual({
      range: { start: { line: 2, character: 10 }, end: { line: 2, character: 37 } },
      markdown: expect.stringMatching(
        /^This runs every 2 minutes \(30 an hour\)\.\n\n- \[a\.timer:2\]\(file:\/\/\/units\/a\.timer#L2\): .*\.$/s,
      ) as string,
    });
  });

  it('says on the head of a section and on a timer how often the unit starts', async () => {
    for (const [path, words] of [
      ['units/a.service', '[Service]'],
      ['units/a.timer', 'OnCalendar'],
    ] as const) {
      expect((await hover(path, words))?.markdown).toMatch(/^`a\.service` starts every 2 minutes \(30 an hour\)\./);
    }
    expect(await hover('units/b.service', '[Service]')).toBeUndefined();
    expect(await hover('units/a.service', 'Type=')).toBeUndefined();
  });

  it('says how often Puppet runs a command, or why it does not', async () => {
    expect((await hover('a.pp', '/bin/a'))?.markdown).toMatch(
      /^This runs every 10 minutes \(6 an hour\)\.\n\n- \[puppet\.conf:2\]/,
    );
    expect((await hover('a.pp', '/bin/b'))?.markdown).toBe(
      "Not at every agent run: It is 'refreshonly', so it runs only when notified.",
    );
  });

  it('says how often cron runs a command', async () => {
    expect((await hover('etc/cron.d/a', '/usr/bin/c'))?.markdown).toMatch(
      /^This runs every 5 minutes \(12 an hour\)\./,
    );
  });
});
