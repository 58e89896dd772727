/** What decides whether a document is parsed never leaves out one that says something. */
import glob from 'fast-glob';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileKind } from '../../../src/config/file-kind.ts';
import { fileTemplate, type Template } from '../../../src/core/template.ts';
import { clusterTreeFacts } from '../../../src/loaders/cluster/index.ts';
import { mayHaveClusterTree } from '../../../src/loaders/cluster/prefilter.ts';
import { readJson } from '../../../src/loaders/kubelet/read-json.ts';
import { loadYaml, readYaml, yamlDocuments } from '../../../src/loaders/kubelet/read-yaml.ts';
import type { ReadDocument } from '../../../src/loaders/kubelet/tree.ts';
import { parseCases } from '../../../src/testing/cases.ts';

beforeAll(loadYaml);

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
