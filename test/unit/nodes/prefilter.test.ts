/** What decides whether a document is parsed never leaves out one that says something. */
import glob from 'fast-glob';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileKind } from '../../../src/config/file-kind.ts';
import { fileTemplate, type Template } from '../../../src/core/template.ts';
import { isApiDescription } from '../../../src/loaders/api-description.ts';
import { fileTreeFacts, unitTreeFacts } from '../../../src/loaders/cloud/index.ts';
import { mayHaveFileTree, mayHaveUnitTree } from '../../../src/loaders/cloud/prefilter.ts';
import { clusterTreeFacts } from '../../../src/loaders/cluster/index.ts';
import { mayHaveClusterTree } from '../../../src/loaders/cluster/prefilter.ts';
import { kubeletFacts, loader as kubelet } from '../../../src/loaders/kubelet/index.ts';
import { readJson } from '../../../src/loaders/kubelet/read-json.ts';
import { loadYaml, readYaml, yamlDocuments } from '../../../src/loaders/kubelet/read-yaml.ts';
import type { ReadDocument } from '../../../src/loaders/kubelet/tree.ts';
import { loadShellParser } from '../../../src/loaders/shell/commands.ts';
import { parseCases } from '../../../src/testing/cases.ts';

beforeAll(async () => {
  await loadYaml();
  await loadShellParser();
});

/** Every document of the YAML and JSON files in the cases and pages of rules. */
const documents: readonly Template[] = glob
  .sync(['test/cases/*/*.md', 'docs/rules/*/*.md'])
  .flatMap((file) => parseCases(readFileSync(file, 'utf8')))
  .flatMap(({ files }) => files.filter(({ path }) => fileKind(path) === 'yaml'))
  .flatMap(({ path, text }) => yamlDocuments(fileTemplate(path, text)));

function read(document: Template): readonly ReadDocument[] {
  return readJson(document) ?? [readYaml(document)];
}

describe('cluster objects, tasks and Compose files', () => {
  const says = (document: Template) => read(document).some((each) => clusterTreeFacts(each).length > 0);

  it('in the cases of all rules', () => {
    const telling = documents.filter(says);
    expect(telling.length).toBeGreaterThan(20);
    expect(telling.filter(({ text }) => !mayHaveClusterTree(text))).toEqual([]);
    expect(documents.filter(({ text }) => !mayHaveClusterTree(text)).length).toBeGreaterThan(40);
  });

  it.each([
    'sysctl: {name: vm.a, value: 1}',
    'sysctl: name=vm.a value=1',
    '- {"ansible.posix.sysctl": {"name": "vm.a", "value": "1"}}',
    "- 'ansible.builtin.sysctl' : {key: vm.a, val: 1}",
    '? sysctl\n: {name: vm.a, value: 1}',
    '- !!str sysctl: {name: vm.a, value: 1}',
    '- &here sysctl: {name: vm.a, value: 1}',
    'machine:\n  sysctls:\n    vm.a: 1',
    '{"machine": {"sysctls": {"vm.a": "1"}}}',
    'base: &base {sysctls: {vm.a: 1}}\nmachine:\n  <<: *base',
    'path: /etc/sysctl.d/1.conf\ncontent: |\n  vm.a = 1',
    'dest: "/etc/sysctl.conf"\nblock: |\n  vm.a = 1',
    'path: >-\n  /etc/sysctl.d/1.conf\ncontents:\n  inline: |\n    vm.a = 1',
    'kind: ClusterConfiguration\nnetworking: {podSubnet: 10.0.0.0/8}',
    'kind: MasterConfiguration\nnetworking:\n  serviceSubnet: 10.0.0.0/8',
    'kind: DaemonSet\nmetadata: {name: cilium}',
    '"kind" : "DaemonSet"\n"metadata" : {"name": "calico-node"}',
    'kind: !!str DaemonSet\nmetadata: {name: cilium}',
    'kind: &kind # of workload\n  DaemonSet\nmetadata: {name: kube-flannel-ds}',
    'kind: |-\n  DaemonSet\nmetadata: {name: cilium}',
    'first: &kind DaemonSet\nkind: *kind\nmetadata: {name: cilium}',
    'kube_network_plugin: calico',
    'services: {a: {image: x, kernel_memory: 1g}}',
    'a:\n  build: .\n  "kernel_memory": 1g',
    'command: [kube-proxy, --v=1]',
    'command: [/usr/bin/kube-proxy]',
    '{"command":["kube-proxy"],"args":[]}',
    '{"command":["\\/usr\\/bin\\/kube-proxy"]}',
    'command:\n- kube-apiserver # here\n- --x',
    'command:\n-\n  kube-apiserver',
    'command:\n- &p kube-controller-manager\n',
    'command:\n- !!str kube-proxy',
    'command:\n- |-\n  kube-proxy\n',
    'command:\n- "kube-proxy"\r\n- --x',
    'command:\n- >-\n  {{ bin }}/kube-proxy',
    'program: &p kube-proxy\ncommand: [*p]',
    'args:\n- /hyperkube\n- proxy',
    'command: [ hyperkube ]\nargs: [apiserver]',
  ])('however it is written: %j', (text) => {
    const document = fileTemplate('a.yaml', text);
    expect(says(document)).toBe(true);
    expect(mayHaveClusterTree(text)).toBe(true);
  });

  it.each([
    'properties:\n  Sysctls:\n    description: sysctls are namespaced kernel parameters\n',
    'sysctls:\n  description: A list of sysctls of /etc/sysctl.conf\n',
    'command:\n  description: Set by kube-proxy, if it runs as a DaemonSet; kube-apiserver\n    says otherwise\nkind: CustomResourceDefinition\n',
    'kind: Deployment\nmetadata:\n  name: cilium\n  description: no DaemonSet\n',
    'description: Kernel memory of kernel_memory bytes\n',
    'kind: ClusterConfiguration\n',
  ])('not in what only describes it: %j', (text) => {
    expect(mayHaveClusterTree(text)).toBe(false);
  });
});

describe('units and other files that are written to a node', () => {
  const holdsUnit = (document: Template) => read(document).some((each) => unitTreeFacts(each).length > 0);
  const holdsFile = (document: Template) => read(document).some((each) => fileTreeFacts(each).length > 0);

  it('in the cases of all rules', () => {
    for (const [says, may] of [
      [holdsUnit, mayHaveUnitTree],
      [holdsFile, mayHaveFileTree],
    ] as const) {
      const telling = documents.filter(says);
      expect(telling.length).toBeGreaterThan(0);
      expect(telling.filter(({ text }) => !may(text))).toEqual([]);
      expect(documents.filter(({ text }) => !may(text)).length).toBeGreaterThan(40);
    }
  });

  it.each([
    'path: /etc/systemd/system/a.service\ncontent: |\n  [Service]\n  KillMode=none',
    '"dest" : "/etc/systemd/system/a.service"\n"content" : "[Service]\\nKillMode=none"',
    'name: a.timer\ncontents: |\n  [Timer]\n  OnCalendar=daily',
    'name: service\ndropins:\n- name: 1.conf\n  contents: |\n    [Service]\n    KillMode=none',
    '# [Unit]\nname: a.service\nmask: true',
    '# [Unit]\nname: a.service\ncommand: mask',
    '# [Unit]\nname: a.service\ncommand: "mask"',
    'kind: ConfigMap\ndata:\n  a.service: |\n    [Service]\n    KillMode=none',
    '{"kind":"ConfigMap","data":{"a.service":"[Service]\\nKillMode=none"}}',
  ])('a unit, however it is written: %j', (text) => {
    expect(holdsUnit(fileTemplate('a.yaml', text))).toBe(true);
    expect(mayHaveUnitTree(text)).toBe(true);
  });

  it('no unit in a description', () => {
    expect(mayHaveUnitTree('description: See [Service] and [Path].\nname: a.service\n')).toBe(false);
  });

  it.each([
    'path: /etc/fstab\ncontent: |\n  /dev/sdb none swap sw 0 0',
    'path: /etc/systemd/zram-generator.conf\ncontent: |\n  [zram0]\n',
    'dest: /etc/default/kubelet\ncontent: |\n  A=--v=1',
    'path: /var/lib/kubelet/kubeadm-flags.env\ncontents:\n  inline: |\n    A=--v=1',
    'path: /etc/kubeadm.yaml\ncontent: |\n  apiVersion: kubeadm.k8s.io/v1\n  kind: ClusterConfiguration\n  kubernetesVersion: v1.2.3',
    'path: /etc/kubelet.conf\ncontent: |\n  kind: KubeletConfiguration\n  maxPods: 1',
  ])('another file: %j', (text) => {
    expect(holdsFile(fileTemplate('a.yaml', text))).toBe(true);
    expect(mayHaveFileTree(text)).toBe(true);
  });
});

describe('lists and ConfigMaps', () => {
  const facts = (text: string) => kubeletFacts(fileTemplate('a.yaml', text)).map(({ kind }) => kind);

  it('are read where they have nodes or a configuration in them', () => {
    const node = '- kind: Node\n  metadata: {name: a}\n  status: {nodeInfo: {kernelVersion: 5.4.0}}\n';
    expect(facts(`kind: List\nitems:\n${node}`)).toEqual(['node']);
    expect(facts(`items:\n${node}kind: NodeList\n`)).toEqual(['node']);
    const config =
      'data:\n  a: |\n    apiVersion: kubeadm.k8s.io/v1\n    kind: ClusterConfiguration\n    kubernetesVersion: v1.2.3\n';
    expect(facts(`kind: ConfigMap\n${config}`)).toEqual(['kubernetes.version']);
    expect(facts(`${config}kind: ConfigMap\n`)).toEqual(['kubernetes.version']);
  });

  it('are not parsed otherwise, so their faults are not ours', () => {
    const broken = 'items:\n- metadata: {name: kubelet-arg\n';
    expect(facts(`apiVersion: v1\nkind: List\n${broken}`)).toEqual([]);
    expect(facts(`apiVersion: v1\nkind: List\nnodeInfo: 1\n${broken}`)).toEqual(['syntax.error']);
  });
});

describe('documents of other programs', () => {
  it.each([
    '{"facts":{"kernelrelease":"5.4.0"}}',
    '{"exec-opts" : ["native.cgroupdriver=systemd"]}',
    '{"kubelet-arg+": ["v=1"]}',
    '{"machine":{"install":{"extraKernelArgs":["a=1"]}}}',
    '{"kernelArguments":{"shouldExist":["a=1"]}}',
    '{"storage":{"filesystems":[{"device":"/dev/a","format":"swap","with_mount_unit":true}]}}',
    "{'kube_version': v1.2.3}",
    '{"kubernetes::kubernetes_version": "1.2.3"}',
    '{"apiVersion":"v1","kind"\n:"Node","status":{"nodeInfo":{}}}',
  ])('say something: %j', (text) => {
    expect(kubeletFacts(fileTemplate('a.yaml', text)).length).toBeGreaterThan(0);
  });

  it('are not parsed where a word only stands in a text', () => {
    const file = (text: string) => kubelet.ast({ path: 'a.json', kind: 'yaml', text });
    expect(file('{"expr": "sum(kubernetes_version) by (kube_version)", "kind": "Panel"}')).toEqual([]);
    expect(file('{"kube_version": "v1.2.3"}')).toHaveLength(1);
  });
});

describe('a description of an HTTP interface', () => {
  it.each([
    ['YAML', '# comment\n\nswagger: "2.0"\nhost: a\n'],
    ['YAML after its start', '---\nopenapi: 3.0.3\ninfo: {}\n'],
    ['JSON', '{\n  "openapi": "3.1.0",\n  "info": {}\n}\n'],
    ['JSON on one line', '{"swagger":"2.0","info":{}}'],
  ])('is known: %s', (_what, text) => {
    expect(isApiDescription(text)).toBe(true);
  });

  it.each([
    ['another document after it', 'openapi: 3.0.3\n---\nkind: KubeletConfiguration\n'],
    ['a key of something else', 'settings:\n  openapi: 3.0.3\n'],
    ['after other keys', 'kind: KubeletConfiguration\nopenapi: 3.0.3\n'],
    ['no version', 'openapi: true\n'],
    ['in a list', '[{"openapi":"3.0.3"}]'],
  ])('is none: %s', (_what, text) => {
    expect(isApiDescription(text)).toBe(false);
  });
});
