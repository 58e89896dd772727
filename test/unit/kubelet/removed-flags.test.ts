import { describe, expect, test } from 'vitest';
import { Session } from '../../../src/session.ts';
import { removedKubeletFlags } from '../../../src/knowledge/kubelet.ts';

/** Findings of a tree in which a kubelet of a version gets a flag. */
async function findings(flag: string, version: string): Promise<readonly string[]> {
  const session = new Session({ only: ['kubelet/removed-flag'] });
  const unit = `[Service]\nExecStart=/usr/bin/kubelet --config=/etc/kubelet.yaml --${flag}=x\n`;
  const fleet = `nodes:\n  - name: node\n    kubelet: v${version}.0\n`;
  session.update([
    { path: 'kubelet.service', read: () => unit },
    { path: 'fleet.yaml', given: true, read: () => fleet },
  ]);
  return (await session.run()).findings.map(({ message }) => message);
}

function versionBefore(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return `${major}.${Number(minor) - 1}`;
}

describe('every removed flag', () => {
  test('is known', () => {
    expect(removedKubeletFlags.size).toBe(47);
  });

  test.each([...removedKubeletFlags.values()].map(({ flag, removed }) => [flag, removed] as const))(
    '--%s is found at %s and silent before',
    async (flag, removed) => {
      expect(await findings(flag, removed)).toEqual([
        expect.stringContaining(`The kubelet has no flag '--${flag}' from ${removed} on, and it is 'v${removed}.0'`),
      ]);
      expect(await findings(flag, versionBefore(removed))).toEqual([]);
    },
  );
});
