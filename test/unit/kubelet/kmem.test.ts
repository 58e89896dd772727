import { describe, expect, test } from 'vitest';
import { parseKernelRelease } from '../../../src/core/kernel-release.ts';
import { parseVersion } from '../../../src/core/version.ts';
import { decideKmem } from '../../../src/knowledge/kmem.ts';

interface Vector {
  readonly kernel?: string;
  readonly kubelet?: string;
  readonly runtime?: readonly [name: string, version: string];
  readonly driver?: string;
  readonly parameters?: string;
  readonly cgroupVersion?: 1 | 2;
  readonly verdict: string;
  readonly rows: readonly string[];
  readonly ignored?: true;
}

const el7 = '3.10.0-1160.el7.x86_64';

const vectors: readonly Vector[] = [
  {
    kernel: '3.10.0-514.el7.x86_64',
    kubelet: 'v1.7.16',
    driver: 'cgroupfs',
    runtime: ['docker', '1.12.6'],
    verdict: 'leaks-runtime',
    rows: ['9'],
  },
  {
    kernel: '3.10.0-514.10.2.el7.x86_64',
    kubelet: '1.9.0',
    runtime: ['docker', '17.03.2'],
    verdict: 'leaks',
    rows: ['7'],
  },
  {
    kernel: '3.10.0-693.el7.x86_64',
    kubelet: 'v1.11.0',
    driver: 'cgroupfs',
    runtime: ['docker', '18.06.0'],
    verdict: 'leaks',
    rows: ['7'],
  },
  { kernel: el7, kubelet: 'v1.19.3', runtime: ['docker', '19.03.13'], verdict: 'leaks', rows: ['7'] },
  {
    kernel: '3.10.0-1160.21.1.el7.x86_64',
    kubelet: '1.19.3',
    parameters: 'ro quiet cgroup.memory=nokmem',
    verdict: 'mitigated',
    rows: ['4'],
  },
  {
    kernel: '3.10.0-957.1.3.el7.x86_64',
    kubelet: '1.14.0',
    parameters: 'cgroup.memory=nokmem',
    verdict: 'leaks',
    rows: ['5', '7'],
    ignored: true,
  },
  {
    kernel: '3.10.0-1062.el7.x86_64',
    kubelet: '1.14.0',
    parameters: 'cgroup.memory=nokmem,nosocket',
    verdict: 'leaks',
    rows: ['5', '7'],
    ignored: true,
  },
  {
    kernel: '3.10.0-1062.4.1.el7.x86_64',
    kubelet: '1.14.0',
    parameters: 'cgroup.memory=nosocket,nokmem',
    verdict: 'mitigated',
    rows: ['4'],
  },
  { kernel: '5.4.278-1.el7.elrepo.x86_64', kubelet: '1.20.0', verdict: 'not-affected', rows: ['2'] },
  { kernel: '4.4.248-1.el7.elrepo.x86_64', kubelet: '1.12.4', verdict: 'not-affected', rows: ['2'] },
  { kernel: '4.1.12-124.el7uek.x86_64', kubelet: '1.12.4', verdict: 'not-affected', rows: ['2'] },
  { kernel: el7, kubelet: '1.22.0', runtime: ['docker', '20.10.8'], verdict: 'mitigated', rows: ['6'] },
  {
    kernel: el7,
    kubelet: '1.22.0',
    driver: 'cgroupfs',
    runtime: ['containerd', '1.4.4'],
    verdict: 'leaks-runtime-unless-nokmem',
    rows: ['9'],
  },
  {
    kernel: el7,
    kubelet: '1.20.4',
    driver: 'systemd',
    runtime: ['containerd', '1.4.4'],
    verdict: 'unlikely',
    rows: ['8'],
  },
  {
    kernel: '3.10.0-862.el7.x86_64',
    kubelet: '1.7.0',
    runtime: ['docker', '17.03.1'],
    verdict: 'mitigated',
    rows: ['6'],
  },
  { kernel: '3.13.0-24-generic', kubelet: '1.12.0', verdict: 'unknown', rows: ['11'] },
  { kubelet: '1.12.0', verdict: 'unknown', rows: ['3'] },
  { kernel: el7, cgroupVersion: 2, kubelet: '1.18.0', verdict: 'not-affected', rows: ['1'] },
  { kernel: '3.10.0-1160.90.1.vz7.200.7', kubelet: '1.18.0', verdict: 'unknown', rows: ['11'] },
  { kernel: '4.18.0-348.el8.x86_64', kubelet: '1.18.0', verdict: 'not-affected', rows: ['2'] },
  // Beyond the research's own vectors.
  { kernel: '3.6.11-4.fc16.x86_64', kubelet: '1.8.0', verdict: 'not-affected', rows: ['2'] },
  { kernel: el7, kubelet: '1.13.12', parameters: 'cgroup_disable=memory', verdict: 'mitigated', rows: ['4'] },
  { kernel: el7, kubelet: '1.13.12', parameters: 'cgroup.memory=nosocket', verdict: 'leaks', rows: ['7'] },
  { kernel: el7, kubelet: '1.21.14', verdict: 'leaks', rows: ['7'] },
  { kernel: el7, kubelet: '1.8.0', verdict: 'leaks', rows: ['7'] },
  { kernel: el7, runtime: ['docker', '18.6.3'], verdict: 'leaks-runtime', rows: ['10'] },
  { kernel: el7, runtime: ['docker', '19.3.13'], verdict: 'unknown', rows: ['10'] },
  { kernel: el7, runtime: ['docker', '18.6.3'], driver: 'systemd', verdict: 'unknown', rows: ['10'] },
  { kernel: el7, kubelet: '1.22.1', runtime: ['cri-o', '1.22.0'], verdict: 'unknown', rows: [] },
  { kernel: el7, kubelet: '1.22.1', runtime: ['containerd', '1.4.13'], verdict: 'mitigated', rows: ['6'] },
  {
    kernel: el7,
    kubelet: '1.22.1',
    runtime: ['containerd', '1.5.0'],
    verdict: 'leaks-runtime-unless-nokmem',
    rows: ['9'],
  },
];

describe('kernel-memory accounting', () => {
  test.each(vectors.map((vector) => [JSON.stringify(vector), vector] as const))('%s', (_name, vector) => {
    const { kernel, kubelet, runtime, driver, parameters, cgroupVersion } = vector;
    const version = parseVersion(runtime?.[1] ?? '');
    const decision = decideKmem({
      kernel: kernel === undefined ? undefined : parseKernelRelease(kernel),
      kubelet: kubelet === undefined ? undefined : parseVersion(kubelet),
      cgroupDriver: driver,
      cgroupVersion,
      runtime: runtime === undefined || version === undefined ? undefined : { name: runtime[0], version },
      bootParameters: parameters,
    });
    expect(decision).toEqual({ verdict: vector.verdict, rows: vector.rows, parameterIgnored: vector.ignored === true });
  });

  test('a build without accounting counts as a kubelet that leaves it off', () => {
    const decision = decideKmem({
      kernel: parseKernelRelease(el7),
      kubelet: [1, 19, 3],
      kubeletNokmem: true,
      cgroupDriver: undefined,
      runtime: { name: 'docker', version: [20, 10, 8] },
      bootParameters: undefined,
    });
    expect(decision.verdict).toBe('mitigated');
  });

  test("Docker from 18.09.1 on uses the runc of containerd.io's package", () => {
    const verdict = (runcFrom: readonly number[]) =>
      decideKmem({
        kernel: parseKernelRelease(el7),
        kubelet: [1, 22, 0],
        cgroupDriver: 'cgroupfs',
        runtime: { name: 'docker', version: [19, 3, 13], runcFrom: { version: runcFrom } },
        bootParameters: undefined,
      }).verdict;
    expect(verdict([1, 4, 9])).toBe('mitigated');
    expect(verdict([1, 4, 3])).toBe('leaks-runtime-unless-nokmem');
  });
});
