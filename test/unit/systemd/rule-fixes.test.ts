import { describe, expect, it } from 'vitest';
import { Session } from '../../../src/session.ts';

/** The file after the first fix of the only finding of a rule. */
async function fixed(rule: string, path: string, text: string): Promise<string | undefined> {
  const session = new Session({ only: [rule] });
  session.update([{ path, read: () => text }]);
  const { findings } = await session.run();
  expect(findings).toHaveLength(1);
  const [edit, ...others] = findings[0]?.fixes[0]?.edits ?? [];
  expect(others).toEqual([]);
  return edit && text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end);
}

const unit = 'etc/systemd/system/docker.service';

describe('fixes', () => {
  it.each([
    [
      'systemd/network-online-without-wants',
      '[Unit]\nAfter=a.target \\\n  network-online.target\n[Service]\nExecStart=/bin/a\n',
      '[Unit]\nWants=network-online.target\nAfter=a.target \\\n  network-online.target\n[Service]\nExecStart=/bin/a\n',
    ],
    [
      'systemd/runtime-without-delegate',
      '[Service]\nExecStart=/usr/bin/dockerd\n',
      '[Service]\nDelegate=yes\nExecStart=/usr/bin/dockerd\n',
    ],
    [
      'systemd/unlimited-nofile',
      '[Service]\nExecStart=/usr/bin/dockerd\nLimitNOFILE=infinity\n',
      '[Service]\nExecStart=/usr/bin/dockerd\nLimitNOFILE=1024:524288\n',
    ],
    [
      'systemd/kill-mode-none',
      '[Service]\nExecStart=/bin/a\nKillMode = none\n',
      '[Service]\nExecStart=/bin/a\nKillMode = mixed\n',
    ],
  ])('of %s', async (rule, before, after) => {
    expect(await fixed(rule, unit, before)).toBe(after);
  });

  it('add no line inside another file, where lines are indented', async () => {
    const text = `path: /etc/systemd/system/a.service\ncontent: |\n  [Unit]\n  After=network-online.target\n  [Service]\n  ExecStart=/bin/a\n`;
    expect(await fixed('systemd/network-online-without-wants', 'a.yaml', text)).toBeUndefined();
  });
});
