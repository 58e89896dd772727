import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import type { KernelModuleFact, NodeFact, PackageFact } from '../../../src/core/facts/node.ts';
import { fileTemplate } from '../../../src/core/template.ts';
import { createFleet, nodeNames } from '../../../src/model/fleet.ts';
import { createModel } from '../../../src/model/model.ts';
import { createKubelets } from '../../../src/model/kubelets.ts';
import { groupText, nodeGroups } from '../../../src/model/node-groups.ts';

const span = (file: string) => ({ file, start: 0, end: 1 });

const source = (...facts: readonly Fact[]) => createModel(facts);

function node(
  name: string,
  parts: Partial<Record<'kernelRelease' | 'kubeletVersion' | 'osImage' | 'runtime' | 'processors', string>>,
  file = 'nodes.json',
): NodeFact {
  const stated = Object.entries(parts).map(([part, text]) => [part, { text, span: span(file) }] as const);
  return { kind: 'node', name, span: span(file), ...Object.fromEntries(stated) };
}

const packaged = (name: string, version?: string): PackageFact => ({
  kind: 'package',
  source: 'puppet',
  name,
  version: version === undefined ? undefined : fileTemplate('site.pp', version),
  span: span('site.pp'),
});

const kernelModule = (name: string, file: string): KernelModuleFact => ({
  kind: 'kernel.module',
  name,
  source: 'modules-load',
  span: span(file),
});

describe('kernels', () => {
  const mixed = createFleet(
    source(
      node('a', { kernelRelease: '3.10.0-1160.el7.x86_64' }),
      node('b', { kernelRelease: '5.4.278-1.el7.elrepo.x86_64' }),
      node('c', { kernelRelease: '3.10.0-1160.el7.x86_64' }),
    ),
  );

  test('distinct ones with their nodes', () => {
    expect(mixed.kernels().map(({ release, nodes }) => [release.text, nodes])).toEqual([
      ['3.10.0-1160.el7.x86_64', ['a', 'c']],
      ['5.4.278-1.el7.elrepo.x86_64', ['b']],
    ]);
    expect(mixed.kernels()[0]?.evidence.note).toBe("Nodes 'a' and 'c' run kernel '3.10.0-1160.el7.x86_64'.");
  });

  test('older than, and at least', () => {
    expect(mixed.kernelBelow(4, 7).map(({ nodes }) => nodes)).toEqual([['a', 'c']]);
    expect(mixed.allKernelsAtLeast(4, 14)).toBe('no');
    expect(mixed.allKernelsAtLeast(3, 10)).toBe('yes');
    expect(createFleet(source()).allKernelsAtLeast(4, 14)).toBe('unknown');
    const partly = createFleet(source(node('a', { kernelRelease: '5.4.1' }), node('b', {})));
    expect(partly.allKernelsAtLeast(4, 14)).toBe('unknown');
    const unreadable = createFleet(source(node('a', { kernelRelease: 'latest' })));
    expect([unreadable.kernels().length, unreadable.allKernelsAtLeast(4, 14)]).toEqual([0, 'unknown']);
  });

  test('given nodes beat those of the tree', () => {
    const fleet = createFleet(
      source(node('a', { kernelRelease: '3.10.0-1160.el7.x86_64' }), {
        ...node('b', { kernelRelease: '5.4.1' }),
        given: true,
      }),
    );
    expect([fleet.given, fleet.nodes.map(({ name }) => name), fleet.allKernelsAtLeast(4, 14)]).toEqual([
      true,
      ['b'],
      'yes',
    ]);
  });

  test('two descriptions of one node are one node', () => {
    const fleet = createFleet(
      source(node('a', { kernelRelease: '5.4.1' }), node('a', { kernelRelease: '9', osImage: 'x' })),
    );
    expect(fleet.nodes).toMatchObject([{ name: 'a', kernelRelease: { text: '5.4.1' }, osImage: { text: 'x' } }]);
  });

  test('packages say it where no node does', () => {
    const fleet = createFleet(
      source(
        packaged('kernel', '3.10.0-693.el7'),
        packaged('kernel-devel', '9.9'),
        packaged('kernel'),
        packaged('kernel-lt-5.4.278-1.el7.elrepo'),
      ),
    );
    expect(fleet.kernels().map(({ release, nodes }) => [release.text, nodes])).toEqual([
      ['3.10.0-693.el7', []],
      ['5.4.278-1.el7.elrepo', []],
    ]);
    expect(fleet.isEnterpriseLinux7().map(({ note }) => note)).toEqual([
      "Package 'kernel' is pinned to kernel '3.10.0-693.el7'.",
    ]);
  });

  test('5,000 nodes', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) =>
      node(`n${index}`, { kernelRelease: `3.10.0-${index % 7}.el7.x86_64` }),
    );
    const fleet = createFleet(source(...nodes));
    expect(fleet.kernels()).toHaveLength(7);
    expect(nodeGroups({ fleet, kubelets: createKubelets(source()) })).toHaveLength(7);
    expect(fleet.kernels()[0]?.evidence.note).toBe(
      "Nodes 'n0', 'n7', 'n14' and 712 more run kernel '3.10.0-0.el7.x86_64'.",
    );
  });
});

test('names of nodes', () => {
  expect([['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map(nodeNames)).toEqual([
    "Node 'a'",
    "Nodes 'a' and 'b'",
    "Nodes 'a', 'b' and 'c'",
    "Nodes 'a', 'b', 'c' and 1 more",
  ]);
});

describe('ip_vs', () => {
  test('modules, once a file', () => {
    const fleet = createFleet(
      source(
        kernelModule('ip_vs', 'a.conf'),
        kernelModule('ip_vs_rr', 'a.conf'),
        kernelModule('ip_vsx', 'b.conf'),
        kernelModule('ip_vs_sh', 'c.conf'),
      ),
    );
    expect(fleet.ipvs()).toEqual([
      { span: span('a.conf'), note: "Module 'ip_vs' is loaded." },
      { span: span('c.conf'), note: "Module 'ip_vs_sh' is loaded." },
    ]);
  });

  test('the mode of kube-proxy, from its configuration and from its flags', () => {
    const setting = (value: string): Fact => ({
      kind: 'kube-proxy.setting',
      path: 'mode',
      value: fileTemplate('p.yaml', value),
      span: span('p.yaml'),
    });
    const command = (...words: string[]): Fact => ({
      kind: 'command',
      always: 'yes',
      span: span('u'),
      words: words.map((word) => fileTemplate('u', word)),
      origin: { type: 'cron', at: span('u'), schedule: undefined, written: '' },
    });
    expect(createFleet(source(setting('ipvs'))).ipvs()).toHaveLength(1);
    expect(createFleet(source(setting('iptables'))).ipvs()).toHaveLength(0);
    expect(createFleet(source(command('/usr/bin/kube-proxy', '--v=2', '--proxy-mode=ipvs'))).ipvs()).toHaveLength(1);
    expect(createFleet(source(command('/hyperkube', 'proxy', '--proxy-mode', 'ipvs'))).ipvs()).toHaveLength(1);
    expect(
      createFleet(source(command('kube-proxy', '--proxy-mode=ipvs', '--proxy-mode=iptables'))).ipvs(),
    ).toHaveLength(0);
    expect(createFleet(source(command('echo', '--proxy-mode=ipvs'))).ipvs()).toHaveLength(0);
  });
});

describe('Enterprise Linux 7', () => {
  const notes = (...facts: Fact[]) =>
    createFleet(source(...facts))
      .isEnterpriseLinux7()
      .map(({ note }) => note);

  test('by the kernel, the operating system, or a package', () => {
    expect(notes(node('a', { kernelRelease: '3.10.0-1160.el7.x86_64' }))).toEqual([
      "Node 'a' runs kernel '3.10.0-1160.el7.x86_64'.",
    ]);
    expect(notes(node('a', { osImage: 'CentOS Linux 7 (Core)' }))).toEqual(["Node 'a' runs 'CentOS Linux 7 (Core)'."]);
    expect(notes(packaged('docker-ce', '18.06.3.ce-3.el7'))).toHaveLength(1);
  });

  test('not with a kernel of another maker, and not another release', () => {
    expect(
      notes(node('a', { kernelRelease: '5.4.278-1.el7.elrepo.x86_64', osImage: 'CentOS Linux 7 (Core)' })),
    ).toEqual([]);
    expect(notes(node('a', { osImage: 'CentOS Linux 8' }))).toEqual([]);
    expect(notes(packaged('kernel-lt', '5.4.278-1.el7.elrepo'))).toEqual([]);
    expect(notes(node('a', { osImage: 'CentOS Linux 8' }), packaged('docker-ce', '18.06.3.ce-3.el7'))).toEqual([]);
  });
});

test('systemd and processors', () => {
  const fleet = createFleet(
    source(
      node('a', { osImage: 'CentOS Linux 7 (Core)', processors: '64' }),
      node('b', { osImage: 'Flatcar', processors: '3920m' }),
    ),
  );
  expect(fleet.systemd().map(({ version, nodes }) => [version, nodes])).toEqual([[219, ['a']]]);
  expect(fleet.processors().map(({ count, nodes }) => [count, nodes])).toEqual([[64, ['a']]]);
});

describe('groups of nodes', () => {
  test('what a node does not say comes from the tree, if the tree is unambiguous', () => {
    const facts = [
      node('a', { kernelRelease: '5.4.1' }),
      node('b', { kernelRelease: '5.4.1', kubeletVersion: 'v1.20.0' }),
    ];
    const group = (...more: Fact[]) => {
      const all = source(...facts, ...more);
      return nodeGroups({ fleet: createFleet(all), kubelets: createKubelets(all) }).map((each) => [
        groupText(each),
        each.kubelet?.text,
        each.runtime?.name,
        each.runtime?.runcFrom?.text,
      ]);
    };
    expect(
      group(packaged('kubelet', '1.19.3-0'), packaged('docker-ce', '19.03.13'), packaged('containerd.io', '1.4.3')),
    ).toEqual([
      ['1 of 2 nodes (a)', '1.19.3-0', 'docker', '1.4.3'],
      ['1 of 2 nodes (b)', 'v1.20.0', 'docker', '1.4.3'],
    ]);
    expect(
      group(packaged('kubelet', '1.19.3-0'), packaged('kubelet', '1.18.0-0'), packaged('docker-ce', 'latest')),
    ).toEqual([
      ['1 of 2 nodes (a)', undefined, undefined, undefined],
      ['1 of 2 nodes (b)', 'v1.20.0', undefined, undefined],
    ]);
  });
});
