import { expect, test } from 'vitest';
import { Session } from '../../../src/session.ts';

/** What a rule says where it stopped in a file of a tree. */
async function steps(rule: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const session = new Session({ only: [rule] });
  session.update(Object.entries(files).map(([path, text]) => ({ path, read: () => text })));
  const [first = ''] = Object.keys(files);
  return (await session.trace(first)).steps.map(({ note }) => note);
}

const kubelet = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['kubelet/removed-flag', '1.24', { 'etc/default/kubelet': 'KUBELET_EXTRA_ARGS=--network-plugin=cni\n' }],
  ['kubelet/unknown-field', '1.31', { 'kubelet.yaml': `${kubelet}failCgroupV1: false\n` }],
  ['kubelet/swap-conflict', '1.30', { 'kubelet.yaml': `${kubelet}memorySwap: { swapBehavior: UnlimitedSwap }\n` }],
  [
    'kubelet/standalone-without-api',
    '1.4 to 1.7',
    { 'kubelet.service': '[Service]\nExecStart=/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf\n' },
  ],
  [
    'kubelet/cgroup-v1-unsupported',
    '1.35',
    { 'etc/default/grub': 'GRUB_CMDLINE_LINUX="systemd.unified_cgroup_hierarchy=0"\n' },
  ],
  [
    'kubelet/kmem-accounting',
    'kernel',
    {
      'node.yaml':
        'apiVersion: v1\nkind: Node\nmetadata: { name: a }\nstatus:\n  nodeInfo: { kubeletVersion: v1.19.3 }\n',
    },
  ],
  [
    'runtime/kernel-memory-limit',
    'Enterprise Linux 7',
    { 'docker-compose.yml': 'services:\n  a:\n    image: a\n    kernel_memory: 50m\n' },
  ],
])('%s says which fact would help', async (rule, part, files) => {
  const said = await steps(rule, files);
  expect(said).toEqual([expect.stringContaining(part)]);
  expect(said).toEqual([expect.stringContaining("'--fleet'")]);
});
