import { describe, expect, test } from 'vitest';
import { kubeletVersionsAt, versionsWhere } from '../../../src/model/kubelet-versions.ts';
import { Session } from '../../../src/session.ts';

const document = (settings: string) =>
  `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${settings}\n`;
const unit = (flags: string) => `[Service]\nExecStart=/usr/bin/kubelet ${flags}\n`;
const cluster = (version: string) =>
  `apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: ${version}\n`;

async function model(files: Readonly<Record<string, string>>, fleet?: string) {
  const session = new Session();
  session.update(Object.entries(files).map(([path, text]) => ({ path, read: () => text })));
  if (fleet !== undefined) session.update([{ path: 'fleet.yaml', given: true, read: () => fleet }]);
  const [first] = await session.models();
  if (first === undefined) throw new Error('There is no model.');
  return first;
}

async function effective(files: Readonly<Record<string, string>>, path: string) {
  const { kubelets } = await model(files);
  const [main] = kubelets.documents().filter(({ fact }) => !fact.partial);
  if (main === undefined) throw new Error('There is no document.');
  const { text, from } = kubelets.effective(main, path);
  return `${from} ${text ?? 'unknown'}`;
}

describe('what holds of a setting', () => {
  test.each([
    ['the default', { 'kubelet.yaml': document('maxPods: 50') }, 'readOnlyPort', 'default 0'],
    ['the document beats the default', { 'kubelet.yaml': document('maxPods: 50') }, 'maxPods', 'document 50'],
    [
      'a flag beats the document',
      { 'kubelet.yaml': document('maxPods: 50'), 'kubelet.service': unit('--config=/kubelet.yaml --max-pods=70') },
      'maxPods',
      'flag 70',
    ],
    [
      'a flag in an environment file',
      {
        'kubelet.yaml': document('maxPods: 50'),
        'kubelet.service':
          '[Service]\nEnvironmentFile=-/etc/default/kubelet\nExecStart=/usr/bin/kubelet $KUBELET_EXTRA_ARGS\n',
        'etc/default/kubelet': 'KUBELET_EXTRA_ARGS=--max_pods=80\n',
      },
      'maxPods',
      'flag 80',
    ],
    [
      'unknown where a flag may be of another kubelet',
      {
        'a.yaml': document('maxPods: 50'),
        'b.yaml': document('maxPods: 60'),
        'kubelet.service': unit('--max-pods=70'),
      },
      'maxPods',
      'document unknown',
    ],
    [
      'a flag whose command names another document',
      {
        'a.yaml': document('maxPods: 50'),
        'b.yaml': document('maxPods: 60'),
        'kubelet.service': unit('--config=/a.yaml --max-pods=70'),
      },
      'maxPods',
      'flag 70',
    ],
    [
      'unknown where a drop-in sets it too',
      { 'kubelet.yaml': document('maxPods: 50'), 'kubelet.conf.d/10.conf': document('maxPods: 60') },
      'maxPods',
      'document unknown',
    ],
    [
      'the default of a command that a drop-in replaces',
      {
        'kubelet.yaml': document('address: 127.0.0.1'),
        'kubelet.service': unit('--max-pods=70'),
        'kubelet.service.d/10-kubeadm.conf': '[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --v=2\n',
      },
      'maxPods',
      'default 110',
    ],
  ])('%s', async (_, files, path, expected) => {
    expect(await effective(files as Readonly<Record<string, string>>, path)).toBe(expected);
  });
});

describe('which versions a place is for', () => {
  const at = (file: string) => ({ file, start: 0, end: 1 });
  const tree = { 'old/kubeadm.yaml': cluster('v1.22.0'), 'new/kubeadm.yaml': cluster('v1.30.0') };

  test('the nearest of several, and only if all lead to the same', async () => {
    const known = await model(tree);
    const versions = (file: string) => kubeletVersionsAt(known, at(file)).map(({ stated }) => stated.text);
    expect(versions('old/kubelet.service')).toEqual(['v1.22.0']);
    expect(versions('new/kubeadm.yaml')).toEqual(['v1.30.0']);
    expect(versions('other.service')).toEqual(['v1.30.0', 'v1.22.0']);
    expect(versionsWhere(known, at('other.service'), ([, minor = 0]) => minor >= 24)).toBeUndefined();
    expect(versionsWhere(known, at('other.service'), ([, minor = 0]) => minor >= 20)?.stated.text).toBe('v1.30.0');
  });

  test('given nodes beat the tree, and some are enough', async () => {
    const fleet = 'nodes:\n  - name: a\n    count: 3\n    kubelet: v1.25.0\n  - name: b\n    kubelet: v1.19.0\n';
    const match = versionsWhere(await model(tree, fleet), at('other.service'), ([, minor = 0]) => minor >= 24);
    expect(match).toMatchObject({ stated: { text: 'v1.25.0' }, nodes: ' on 3 of 4 nodes (a)' });
    expect(match?.evidence.map(({ note }) => note)).toEqual(["Node 'a' runs kubelet 'v1.25.0'."]);
  });

  test('a package manager names it, a fixture does not', async () => {
    const install = '[Service]\nType=oneshot\nExecStart=/usr/bin/apt-get install -y kubelet=1.20.2-00\n';
    const known = await model({ 'prepare.service': install, 'spec/fixtures/kubeadm.yaml': cluster('v1.30.0') });
    expect(kubeletVersionsAt(known, at('x')).map(({ stated }) => stated.text)).toEqual(['1.20.2-00']);
  });
});
