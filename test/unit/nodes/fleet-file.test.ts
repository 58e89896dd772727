import { beforeAll, describe, expect, test } from 'vitest';
import { fileTemplate } from '../../../src/core/template.ts';
import { fleetFileFacts } from '../../../src/loaders/kubelet/fleet-file.ts';
import { loadYaml } from '../../../src/loaders/kubelet/read-yaml.ts';

beforeAll(loadYaml);

const read = (text: string) => fleetFileFacts(fileTemplate('fleet.yaml', text));
const faults = (text: string) => read(text).flatMap((fact) => (fact.kind === 'syntax.error' ? [fact.message] : []));

describe('a fleet file written by hand', () => {
  test('says all that a node can say', () => {
    const [node] = read(`nodes:
  - name: el7-*
    count: 12
    kernel: 3.10.0-1160.el7.x86_64
    os: CentOS Linux 7
    kubelet: v1.19.3
    runtime: docker://19.3.13
    systemd: 219
    cgroup: v1
    processors: 64
    modules: [ip-vs, br_netfilter]
    kernelParameters: [quiet, cgroup.memory=nokmem]
`);
    expect(node).toMatchObject({
      kind: 'node',
      name: 'el7-*',
      count: 12,
      kernelRelease: { text: '3.10.0-1160.el7.x86_64' },
      osImage: { text: 'CentOS Linux 7' },
      kubeletVersion: { text: 'v1.19.3' },
      runtime: { text: 'docker://19.3.13' },
      systemd: { text: '219' },
      cgroup: { text: '1' },
      processors: { text: '64' },
      modules: [{ text: 'ip_vs' }, { text: 'br_netfilter' }],
      kernelParameters: { text: 'quiet cgroup.memory=nokmem' },
    });
  });

  test('may be JSON', () => {
    expect(read('{"nodes": [{"name": "a", "kernel": "5.15.0"}]}')).toMatchObject([{ kind: 'node', name: 'a' }]);
  });

  test.each([
    ['nodes:\n  - name: a\n    kernal: 5.15.0\n', "'kernal' is not known here and is left out. Did you mean 'kernel'?"],
    ['nodes:\n  - name: a\n    kernelparameters: quiet\n', "Did you mean 'kernelParameters'?"],
    ['nodes:\n  - name: a\n    zone: b\n', "'zone' is not known here and is left out."],
    ['node:\n  - name: a\n', "This is neither a list of 'nodes:'"],
    ['nodes:\n  - kernel: 5.15.0\n', "A node needs a 'name'"],
    ['nodes:\n  - a\n', "A node is a map with a 'name'"],
    ['nodes:\n  - name: a\n    count: many\n', "'count' must be a number such as '12'; it is left out."],
    ['nodes:\n  - name: a\n    kubelet: latest\n', "'kubelet' must be a version such as 'v1.27.3'"],
    ['nodes: [', 'This is not YAML'],
    ['', "This is neither a list of 'nodes:'"],
    ['\u0000\u0001binary', "This is neither a list of 'nodes:'"],
  ])('a fault is named: %j', (text, message) => {
    expect(faults(text).join('\n')).toContain(message);
  });

  test('keys of every object are harmless', () => {
    expect(read('nodes:\n  - name: a\n    __proto__: 1\n    constructor: 2\n').map(({ kind }) => kind)).toEqual([
      'syntax.error',
      'syntax.error',
      'node',
    ]);
  });

  test('10,000 brackets and an alias bomb are notices', () => {
    expect(faults('['.repeat(10_000))).not.toEqual([]);
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghij'.split('').map(
        (key, index) =>
          `${key}: &${key} [${Array(9)
            .fill(`*${'abcdefghi'[index] ?? 'a'}`)
            .join(',')}]`,
      ),
    ];
    expect(faults(bomb.join('\n'))).not.toEqual([]);
  });
});
