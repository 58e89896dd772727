import { expect, test } from 'vitest';
import { Session } from '../../../src/session.ts';

const files = {
  'manifests/node.pp': "package { 'kubelet':\n  ensure => '1.18.8-0',\n}\n",
  'kubeadm.yaml':
    'apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nkubernetesVersion: v1.18.8\n---\n' +
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: cgroupfs\n',
  'files/etc/default/grub': 'GRUB_CMDLINE_LINUX="quiet cgroup.memory=nokmem"\n',
};

async function findings(kernelVersion: string) {
  const node = {
    kind: 'Node',
    metadata: { name: 'a' },
    status: { nodeInfo: { kernelVersion, kubeletVersion: 'v1.18.8' } },
  };
  const session = new Session({ only: ['kubelet/kmem-accounting'] });
  session.update([
    ...Object.entries(files).map(([path, text]) => ({ path, read: () => text })),
    { path: 'nodes.json', given: true, read: () => JSON.stringify({ kind: 'List', items: [node] }) },
  ]);
  return (await session.run()).findings;
}

test('one finding on kernel-memory accounting, with evidence in all four files', async () => {
  const found = await findings('3.10.0-957.1.3.el7.x86_64');
  expect(found).toHaveLength(1);
  const named = new Set(found[0]?.evidence.flatMap(({ span }) => (span === undefined ? [] : [span.file])));
  expect([...named].sort()).toEqual(['files/etc/default/grub', 'kubeadm.yaml', 'manifests/node.pp', 'nodes.json']);
});

test('kernel 4.18 in nodes.json clears it', async () => {
  expect(await findings('4.18.0-553.el8.x86_64')).toEqual([]);
});
