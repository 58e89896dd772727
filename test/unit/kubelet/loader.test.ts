import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import { displayText, fileTemplate, TemplateBuilder } from '../../../src/core/template.ts';
import { kubeletFacts, loader } from '../../../src/loaders/kubelet/index.ts';

const read = (text: string, path = 'a.yaml'): readonly Fact[] => loader.facts({ path, kind: 'yaml', text });
const at = (text: string, { span }: Fact) => text.slice(span.start, span.end);

/** Path, value and the place's text of every setting. */
const settings = (text: string) =>
  read(text).flatMap((fact) =>
    fact.kind === 'kubelet.setting' || fact.kind === 'kube-proxy.setting'
      ? [[fact.path, fact.value && displayText(fact.value), at(text, fact)]]
      : [],
  );
const flags = (text: string) =>
  read(text).flatMap((fact) => (fact.kind === 'kubelet.flag' ? [[fact.name, fact.value?.text, at(text, fact)]] : []));
const kinds = (text: string) => read(text).map((fact) => fact.kind);

describe('KubeletConfiguration', () => {
  test('YAML: nested settings, lists, quotes, null and empty values, with places', () => {
    const text = `# kubelet
apiVersion: kubelet.config.k8s.io/v1beta1
kind: "KubeletConfiguration" # yes
cgroupDriver: 'systemd'
maxPods: 250
authentication:
  anonymous:
    enabled: false
enforceNodeAllocatable: [pods, "kube-reserved"]
clusterDNS:
evictionHard: {}
clusterDomain: "a\\tb"
`;
    expect(settings(text)).toEqual([
      ['cgroupDriver', 'systemd', "'systemd'"],
      ['maxPods', '250', '250'],
      ['authentication.anonymous.enabled', 'false', 'false'],
      ['enforceNodeAllocatable[0]', 'pods', 'pods'],
      ['enforceNodeAllocatable[1]', 'kube-reserved', '"kube-reserved"'],
      ['clusterDNS', undefined, 'clusterDNS'],
      ['evictionHard', undefined, 'evictionHard'],
      ['clusterDomain', 'a\tb', '"a\\tb"'],
    ]);
    const config = read(text)[0];
    expect(config).toMatchObject({ kind: 'kubelet.config', apiVersion: 'kubelet.config.k8s.io/v1beta1' });
    expect(config && at(text, config)).toBe('"KubeletConfiguration"');
  });

  test('JSON, with places', () => {
    const text = `{"kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1",
      "cgroupDriver": "cgroupfs", "evictionHard": {"memory.available": "100Mi"}, "x": "\\u0061", "failSwapOn": null }`;
    expect(settings(text)).toEqual([
      ['cgroupDriver', 'cgroupfs', '"cgroupfs"'],
      ['evictionHard.memory.available', '100Mi', '"100Mi"'],
      ['x', 'a', '"\\u0061"'],
      ['failSwapOn', undefined, '"failSwapOn"'],
    ]);
  });

  test('several documents in one file, only ours are read', () => {
    const text = `kind: Deployment
broken: [
---
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterConfiguration
kubernetesVersion: v1.19.3
---
kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
cgroupDriver: systemd
...
---
kind: KubeProxyConfiguration
apiVersion: kubeproxy.config.k8s.io/v1alpha1
mode: ipvs
conntrack: {maxPerCore: 0}
`;
    expect(kinds(text)).toEqual([
      'kubernetes.version',
      'kubelet.config',
      'kubelet.setting',
      'kube-proxy.setting',
      'kube-proxy.setting',
    ]);
    expect(settings(text)).toEqual([
      ['cgroupDriver', 'systemd', 'systemd'],
      ['mode', 'ipvs', 'ipvs'],
      ['conntrack.maxPerCore', '0', '0'],
    ]);
  });

  test('CRLF line ends', () => {
    const text = 'kind: KubeletConfiguration\r\ncgroupDriver: systemd\r\n---\r\nkind: KubeletConfiguration\r\na: b\r\n';
    expect(settings(text)).toEqual([
      ['cgroupDriver', 'systemd', 'systemd'],
      ['a', 'b', 'b'],
    ]);
  });

  test('anchors, aliases and merge keys are written out; an own key beats a merged one', () => {
    const text = `kind: KubeletConfiguration
base: &base {x: 1, y: 2}
used: *base
own: {<<: *base, y: 3}
lost: *nothing
`;
    expect(settings(text)).toEqual([
      ['base.x', '1', '1'],
      ['base.y', '2', '2'],
      ['used.x', '1', '1'],
      ['used.y', '2', '2'],
      ['own.x', '1', '1'],
      ['own.y', '3', '3'],
      ['lost', undefined, 'lost'],
    ]);
  });

  test('keys that mean something to JavaScript are keys like others', () => {
    const yaml = 'kind: KubeletConfiguration\n__proto__: {polluted: yes}\nconstructor: x\n';
    const json = '{"kind": "KubeletConfiguration", "__proto__": {"polluted": true}}';
    expect(settings(yaml).map(([path]) => path)).toEqual(['__proto__.polluted', 'constructor']);
    expect(settings(json).map(([path]) => path)).toEqual(['__proto__.polluted']);
    expect('polluted' in {}).toBe(false);
  });

  test('a value that another program fills in is unknown', () => {
    const text = `kind: KubeletConfiguration
cgroupDriver: "{{ driver }}"
clusterDomain: a.\${DOMAIN}.b
nested: "{{ x | default({}) }}"
`;
    const values = read(text).flatMap((fact) => (fact.kind === 'kubelet.setting' && fact.value ? [fact.value] : []));
    expect(values.map((value) => value.holes.map(({ label }) => label))).toEqual([
      ['{{ driver }}'],
      ['${DOMAIN}'],
      ['{{ x | default({}) }}'],
    ]);
    expect(values.map(displayText)).toEqual(['{{ driver }}', 'a.${DOMAIN}.b', '{{ x | default({}) }}']);
  });

  test('a text inside another file points into that file', () => {
    const outer = 'xx kind: KubeletConfiguration|cgroupDriver: systemd';
    const template = new TemplateBuilder('site.pp', 3)
      .text('kind: KubeletConfiguration', 3)
      .text('\n', 29, 1)
      .text('cgroupDriver: systemd', 30)
      .build();
    const found = kubeletFacts(template).find((fact) => fact.kind === 'kubelet.setting');
    expect(found?.span).toEqual({ file: 'site.pp', start: 44, end: 51 });
    expect(outer.slice(44, 51)).toBe('systemd');
  });
});

describe('kubeadm', () => {
  test('arguments of the kubelet as a map and as a list', () => {
    const text = `apiVersion: kubeadm.k8s.io/v1beta2
kind: InitConfiguration
nodeRegistration:
  kubeletExtraArgs:
    cgroup-driver: systemd
    v: 2
    fail-swap-on:
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
nodeRegistration:
  kubeletExtraArgs:
  - name: node-labels
    value: "a=b"
  - name: v
  - value: lost
`;
    expect(flags(text)).toEqual([
      ['cgroup-driver', 'systemd', 'cgroup-driver: systemd'],
      ['v', '2', 'v: 2'],
      ['fail-swap-on', undefined, 'fail-swap-on:'],
      ['node-labels', 'a=b', 'name: node-labels\n    value: "a=b"'],
      ['v', undefined, ''],
    ]);
  });

  test('ConfigMaps that hold configurations', () => {
    const text = `apiVersion: v1
kind: ConfigMap
data:
  config.conf: |-
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration

    mode: "ipvs"
  ClusterConfiguration: |
    apiVersion: kubeadm.k8s.io/v1beta2
    kind: ClusterConfiguration
    kubernetesVersion: v1.18.8
  other: KubeletConfiguration
`;
    expect(settings(text)).toEqual([['mode', 'ipvs', '"ipvs"']]);
    expect(read(text).flatMap((fact) => (fact.kind === 'kubernetes.version' ? [at(text, fact)] : []))).toEqual([
      'v1.18.8',
    ]);
  });
});

describe('nodes', () => {
  const node = (name: string, kernel: string) =>
    `{"kind":"Node","metadata":{"name":"${name}"},"status":{"capacity":{"cpu":"64"},"images":[{"names":["}]\\""]}],` +
    `"nodeInfo":{"kernelVersion":"${kernel}","kubeletVersion":"v1.19.3","osImage":"CentOS Linux 7 (Core)",` +
    `"containerRuntimeVersion":"docker://19.3.13"}}}`;

  test('a List in JSON, with places', () => {
    const text = `{"apiVersion":"v1","items":[${node('a', '3.10.0-1160.el7.x86_64')},{"kind":"Pod"},${node('b', '5.4.1')}],"kind":"List"}`;
    const found = read(text, 'nodes.json');
    expect(found).toHaveLength(2);
    const [first] = found;
    if (first?.kind !== 'node') throw new Error('no node');
    expect([
      first.name,
      first.kernelRelease?.text,
      first.kubeletVersion?.text,
      first.osImage?.text,
      first.runtime?.text,
    ]).toEqual(['a', '3.10.0-1160.el7.x86_64', 'v1.19.3', 'CentOS Linux 7 (Core)', 'docker://19.3.13']);
    expect(first.processors?.text).toBe('64');
    expect(first.kubeletVersion && text.slice(first.kubeletVersion.span.start, first.kubeletVersion.span.end)).toBe(
      '"v1.19.3"',
    );
  });

  test('a Node in YAML, a NodeList whose items have no kind, several JSON documents', () => {
    const yaml = `apiVersion: v1
kind: Node
metadata: {name: a}
status:
  nodeInfo: {kernelVersion: 5.4.1}
`;
    const list = `{"kind":"NodeList","items":[{"metadata":{"name":"c"},"status":{"nodeInfo":{"kernelVersion":"5.4.1"}}}]}`;
    const names = (text: string) => read(text).map((fact) => (fact.kind === 'node' ? fact.name : fact.kind));
    expect(names(yaml)).toEqual(['a']);
    expect(names(list)).toEqual(['c']);
    expect(names(node('d', '1.2') + '\n' + node('e', '1.2'))).toEqual(['d', 'e']);
  });

  test('large parts of nodes in YAML are passed over', () => {
    const text = `apiVersion: v1
items:
- apiVersion: v1
  kind: Node
  metadata:
    annotations:
      kind: x
    name: a
  status:
    images:
    - names: [x
    - sizeBytes: 3

    conditions:
      - type: Ready
    nodeInfo:
      kernelVersion: 5.4.1
- kind: Node
  metadata:
    name: b
  status:
    nodeInfo:
      kernelVersion: 5.4.2
    images:
    - names: [y]
kind: List
`;
    const found = read(text).flatMap((fact) => (fact.kind === 'node' ? [fact] : []));
    expect(found.map(({ name, kernelRelease }) => [name, kernelRelease?.text])).toEqual([
      ['a', '5.4.1'],
      ['b', '5.4.2'],
    ]);
    expect(
      found.map((fact) => fact.kernelRelease && text.slice(fact.kernelRelease.span.start, fact.kernelRelease.span.end)),
    ).toEqual(['5.4.1', '5.4.2']);
    expect(kinds(text)).toEqual(['node', 'node']);
  });

  test('facter: plain, nested, a list; the name of a file where there is none inside', () => {
    const facts = `{"kernelrelease":"3.10.0-957.el7.x86_64","os":{"name":"CentOS","release":{"full":"7.6.1810","major":"7"}},"processors":{"count":8}}`;
    expect(read(facts, 'facts/web-1.json')).toMatchObject([
      {
        kind: 'node',
        name: 'web-1',
        kernelRelease: { text: '3.10.0-957.el7.x86_64' },
        osImage: { text: 'CentOS 7.6.1810' },
        processors: { text: '8' },
      },
    ]);
    expect(read(`{"name":"x.example.org","values":${facts}}`)).toMatchObject([{ name: 'x.example.org' }]);
    expect(read(`[{"certname":"c1","facts":${facts}},{"certname":"c2","facts":${facts}}]`)).toMatchObject([
      { name: 'c1' },
      { name: 'c2' },
    ]);
    expect(read('---\nkernelrelease: 5.4.1\nhostname: y\n')).toMatchObject([{ kind: 'node', name: 'y' }]);
    expect(read('hierarchy:\n  - "%{facts.kernelrelease}"\n')).toEqual([]);
  });

  test("Docker's daemon.json", () => {
    const text = '{"log-driver": "json-file", "exec-opts": ["native.cgroupdriver=systemd"]}';
    const found = read(text, 'daemon.json');
    expect(found).toMatchObject([{ kind: 'runtime.cgroup-driver', runtime: 'docker', driver: 'systemd' }]);
    expect(found.map((fact) => at(text, fact))).toEqual(['"native.cgroupdriver=systemd"']);
  });
});

describe('faults', () => {
  const errors = (text: string) =>
    read(text).flatMap((fact) => (fact.kind === 'syntax.error' ? [[fact.format, fact.message, at(text, fact)]] : []));

  test('a document that is clearly ours; what stands before the fault is read', () => {
    const text =
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: systemd\n\tmaxPods: 3\n';
    expect(errors(text)).toEqual([['kubelet', 'This is not YAML: Tabs are not allowed as indentation.', '\t']]);
    expect(settings(text)[0]).toEqual(['cgroupDriver', 'systemd', 'systemd']);
  });

  test('a fault at the end of the text', () => {
    const text = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\na: "b';
    expect(errors(text)).toEqual([['kubelet', 'This is not YAML: Missing closing quote ".', '']]);
    expect(read(text).at(-1)).toMatchObject({ kind: 'kubelet.setting', path: 'a' });
  });

  test('JSON that is broken', () => {
    const text = '{"kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1", "x": [}';
    expect(errors(text.replaceAll(', ', ',\n'))).toHaveLength(1);
  });

  test('not for templates, other kinds, or kinds of the same name', () => {
    expect(errors('apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n{% if x %}\na: b\n')).toEqual(
      [],
    );
    expect(errors('apiVersion: apps/v1\nkind: Deployment # nodeInfo\na: [\n')).toEqual([]);
    expect(errors('apiVersion: example.org/v1\nkind: ClusterConfiguration # kubeadm.k8s.io\na: [\n')).toEqual([]);
    expect(errors('{"kernelrelease": "5.4.1", "os": [}')).toEqual([]);
  });

  test.each([
    ['open brackets', 'a: ' + '['.repeat(10_000)],
    ['brackets', 'a: ' + '['.repeat(10_000) + ']'.repeat(10_000)],
    ['lists on one line', '- '.repeat(10_000) + 'a'],
    ['maps in maps', Array.from({ length: 2000 }, (_, depth) => ' '.repeat(depth) + 'a:').join('\n')],
    [
      'maps in maps with empty lines',
      Array.from({ length: 2000 }, (_, depth) => ' '.repeat(depth) + 'a:\n').join('\n'),
    ],
    ['keys of keys', 'b: x[\n' + '? '.repeat(10_000) + 'a'],
  ])('deep nesting: %s', (_name, nested) => {
    const text = `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${nested}\n`;
    expect(errors(text).map(([, message]) => message)).toEqual(['It nests more than 100 levels deep.']);
  });

  test('deep nesting in JSON', () => {
    const open = '{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","a":';
    expect(kinds(open + '['.repeat(10_000) + ']'.repeat(10_000) + '}')).toEqual(['syntax.error']);
    expect(settings(open + '['.repeat(50) + ']'.repeat(50) + '}')).toHaveLength(1);
  });

  test('an alias bomb is not written out', () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0
        ? 'l0: &l0 [x]'
        : `l${level}: &l${level} [${Array(10)
            .fill(`*l${level - 1}`)
            .join(',')}]`,
    );
    const found = read(`kind: KubeletConfiguration\n${levels.join('\n')}\n`);
    expect(found.length).toBeLessThan(20_000);
  });

  test('binary, empty and odd text gives nothing', () => {
    expect(read('')).toEqual([]);
    expect(read('\uFFFD\u0001nodeInfo\uFFFD')).toEqual([]);
    expect(read('---\n---\n...\n# KubeletConfiguration\n')).toEqual([]);
    expect(read('{}')).toEqual([]);
    expect(read('kind: KubeletConfiguration')).toHaveLength(1);
  });

  test.each([
    ['plain', 'x'.repeat(2 << 20)],
    ['quoted', `"${'\\\\'.repeat(1 << 20)}"`],
    ['placeholders', '{{'.repeat(1 << 20)],
    ['blanks', ' '.repeat(2 << 20)],
    ['quotes', `'${"''".repeat(1 << 20)}'`],
  ])('a line of 2 MiB: %s', (_name, line) => {
    expect(() => read(`kind: KubeletConfiguration\nx: ${line}\ny: 1\n`)).not.toThrow();
  });

  test('the facts of 5,000 nodes, with the images that kubectl lists', () => {
    const images = Array.from(
      { length: 40 },
      (_, i) => `{"names":["registry.example.org/team/image-${i}@sha256:0123456789"]}`,
    );
    const one = `{"kind":"Node","metadata":{"name":"n"},"status":{"images":[${images.join(',')}],"nodeInfo":{"kernelVersion":"5.4.1"}}}`;
    const text = `{"kind":"List","items":[${Array(5000).fill(one).join(',')}]}`;
    expect(loader.facts({ path: 'n.json', kind: 'yaml', text })).toHaveLength(5000);
  });
});

test('the tree for `fleetlint ast` is plain JSON', () => {
  const tree = loader.ast({ path: 'a.yaml', kind: 'yaml', text: 'kind: KubeletConfiguration\na: [1]\n' });
  expect(JSON.parse(JSON.stringify(tree))).toMatchObject([
    { root: { type: 'mapping', entries: [{ key: 'kind' }, { key: 'a' }] } },
  ]);
});

test('a whole file without holes keeps its private-use characters as holes', () => {
  expect(kubeletFacts(fileTemplate('a', 'kind: KubeletConfiguration\na: \uE000\n'))[1]).toMatchObject({
    value: { holes: [{ at: 0 }] },
  });
});
