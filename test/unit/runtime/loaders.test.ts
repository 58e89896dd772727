import { beforeAll, describe, expect, it } from 'vitest';
import { displayText, fileTemplate } from '../../../src/core/template.ts';
import { clusterFacts } from '../../../src/loaders/cluster/index.ts';
import { daemonFacts } from '../../../src/loaders/docker/index.ts';
import { loadYaml } from '../../../src/loaders/kubelet/read-yaml.ts';
import { moduleOptionFacts } from '../../../src/loaders/nodes/modprobe.ts';

beforeAll(loadYaml);

const read = (text: string, path = 'a.yaml') => clusterFacts(fileTemplate(path, text));
const settings = (text: string) =>
  read(text).flatMap((fact) =>
    fact.kind === 'sysctl.setting'
      ? [`${fact.key}=${displayText(fact.value)} ${fact.fileName ?? '?'} ${text.slice(fact.span.start, fact.span.end)}`]
      : [],
  );

describe('kernel parameters in YAML', () => {
  it('tasks of Ansible: both names of the module, files, loops, one line', () => {
    expect(
      settings(`- sysctl: {name: vm.a, value: 1, sysctl_file: /etc/sysctl.d/10-a.conf}
- ansible.posix.sysctl:
    key: vm/b.c
    val: "2"
- sysctl: name={{ item.name }} value={{ item['value'] }}
  with_items:
    - { name: vm.d, value: 3 }
    - { name: '{{ unknown }}', value: 4 }
- sysctl: name=vm.e value=5
- sysctl: {name: vm.f, value: 6}
  loop: "{{ unknown }}"
- sysctl: {name: vm.g, value: 7, state: absent}
- sysctl: name=vm.h
`),
    ).toEqual(['vm/a=1 10-a.conf 1', 'vm/b.c=2 sysctl.conf "2"', 'vm/d=3 sysctl.conf 3', 'vm/e=5 sysctl.conf 5']);
  });

  it('files that Butane, cloud-init and Ansible write, and Talos', () => {
    expect(
      settings(`storage:
  files:
    - path: /etc/sysctl.d/90-a.conf
      contents:
        inline: |
          vm.a = 1
          # vm.b = 2
write_files:
  - path: /etc/other.conf # sysctl
    content: |
      vm.c = 1
machine:
  sysctls:
    net.ipv4.ip_forward: "1"
`),
    ).toEqual(['vm/a=1 90-a.conf 1', 'net/ipv4/ip_forward=1 ? "1"']);
  });
});

describe('cluster', () => {
  const facts = (text: string) => read(text).map((fact) => [fact.kind, text.slice(fact.span.start, fact.span.end)]);

  it('kubeadm, kube-proxy, containers, plugins, Compose, modules', () => {
    expect(
      facts(`apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
networking: { podSubnet: 10.244.0.0/16, serviceSubnet: "10.96.0.0/12" }
---
kind: KubeProxyConfiguration
mode: ipvs
---
kind: DaemonSet
metadata: { name: cilium }
---
kind: Pod
spec:
  containers:
    - command: [/hyperkube, proxy]
      args: [--v=2]
    - command: [sh, -c, kube-proxy --v=9]
---
services:
  web: { image: a, kernel_memory: 4m }
  none: { kernel_memory: 4m }
---
# br_netfilter
- modprobe: { name: br_netfilter }
`),
    ).toEqual([
      ['kubernetes.network', '10.244.0.0/16'],
      ['kubernetes.network', '"10.96.0.0/12"'],
      ['kube-proxy.config', 'KubeProxyConfiguration'],
      ['kubernetes.network-plugin', 'cilium'],
      ['kubernetes.program', 'proxy'],
      ['container.kernel-memory', '4m'],
      ['kernel.module-mention', 'br_netfilter'],
    ]);
  });

  it('JSON, and descriptions of nodes, which have nothing for it', () => {
    expect(facts('{"kind":"DaemonSet","metadata":{"name":"kube-flannel-ds"}}')).toEqual([
      ['kubernetes.network-plugin', '"kube-flannel-ds"'],
    ]);
    expect(facts('{"kind":"Node","status":{"nodeInfo":{},"images":[{"names":["kube-proxy"]}]}}')).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['brackets', `sysctl: ${'['.repeat(10_000)}`],
    ['binary', 'sysctl\u0000\uFFFD\u0001: kube-proxy'],
    [
      'aliases',
      `a: &a [sysctl, sysctl]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}`,
    ],
    ['a long line', `sysctl: ${'x=1 '.repeat(500_000)}`],
    ['a name of the prototype', 'sysctl: { __proto__: 1, name: __proto__, value: 1 }'],
  ])('bad input: %s', (_, text) => {
    expect(() => read(text)).not.toThrow();
  });
});

describe("Docker's daemon.json", () => {
  const daemon = (text: string) => daemonFacts(fileTemplate('daemon.json', text));

  it('log options and cgroup driver, with places', () => {
    const text = '{"exec-opts":["native.cgroupdriver=systemd"],"log-driver":"json-file","log-opts":{"max-size":"1m"}}';
    const [driver, logs] = daemon(text);
    expect(driver).toMatchObject({ kind: 'runtime.cgroup-driver', driver: 'systemd' });
    expect(logs).toMatchObject({ kind: 'docker.daemon', logDriver: { text: 'json-file' }, maxSize: { text: '1m' } });
    expect(text.slice(logs?.span.start, logs?.span.end)).toBe('json-file');
  });

  it.each(['', '[]', '{', '{"log-driver": {{ x }} }', '1', '{"log-opts": []}{'])('says nothing of %s', (text) => {
    expect(daemon(text)).toEqual([]);
  });
});

describe('modprobe.d', () => {
  it('reads options', () => {
    const text =
      'options nf-conntrack hashsize=1 expect_hashsize=2\r\n# options a b=1\nblacklist x\noptions a\noptions a b\n';
    expect(
      moduleOptionFacts(fileTemplate('a.conf', text)).map((fact) => text.slice(fact.span.start, fact.span.end)),
    ).toEqual(['hashsize=1', 'expect_hashsize=2']);
  });
});
