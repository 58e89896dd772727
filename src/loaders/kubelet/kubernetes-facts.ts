/** Facts of the documents that configure kubelet, kubeadm and kube-proxy. */
import type { Fact } from '../../core/fact.ts';
import { spanOf, type Template } from '../../core/template.ts';
import { scalarAt, scalarTemplate, valueAt, type MappingEntry, type Tree } from './tree.ts';

/** A setting of a document with the dotted path that leads to it. */
interface Setting extends Omit<MappingEntry, 'key'> {
  readonly path: string;
}

/** What a KubeletConfiguration says. Reads every setting, also those that no Kubernetes knows. */
export function kubeletConfigurationFacts(template: Template, root: Tree): readonly Fact[] {
  if (root.type !== 'mapping') return [];
  const document = spanOf(template);
  const version = scalarAt(root, 'apiVersion');
  const kind = scalarAt(root, 'kind') ?? root;
  const facts: Fact[] = [
    { kind: 'kubelet.config', span: spanOf(template, kind.start, kind.end), document, apiVersion: version?.text },
  ];
  for (const { path, keyStart, keyEnd, value } of settings(root)) {
    const key = spanOf(template, keyStart, keyEnd);
    const text = value.type === 'scalar' ? scalarTemplate(template, value) : undefined;
    const span = text === undefined ? key : spanOf(template, value.start, value.end);
    facts.push({ kind: 'kubelet.setting', span, key, document, path, value: text });
  }
  return facts;
}

/** What a KubeProxyConfiguration says. */
export function kubeProxyFacts(template: Template, root: Tree): readonly Fact[] {
  return settings(root).flatMap(({ path, value }): Fact[] =>
    value.type === 'scalar'
      ? [
          {
            kind: 'kube-proxy.setting',
            span: spanOf(template, value.start, value.end),
            path,
            value: scalarTemplate(template, value),
          },
        ]
      : [],
  );
}

/** What a kubeadm document says of versions and of the kubelet's flags. */
export function kubeadmFacts(template: Template, root: Tree): readonly Fact[] {
  const facts: Fact[] = [];
  const version = scalarAt(root, 'kubernetesVersion');
  if (version !== undefined) {
    facts.push({
      kind: 'kubernetes.version',
      span: spanOf(template, version.start, version.end),
      component: 'cluster',
      version: scalarTemplate(template, version),
    });
  }
  const flags = valueAt(root, 'nodeRegistration', 'kubeletExtraArgs');
  if (flags?.type === 'mapping') {
    for (const { key, keyStart, value } of flags.entries) addFlag(facts, template, key, keyStart, value);
  } else if (flags?.type === 'sequence') {
    for (const item of flags.items) {
      const name = scalarAt(item, 'name');
      if (name !== undefined) addFlag(facts, template, name.text, item.start, valueAt(item, 'value'));
    }
  }
  return facts;
}

function addFlag(facts: Fact[], template: Template, name: string, start: number, value: Tree | undefined): void {
  const text = value?.type === 'scalar' ? scalarTemplate(template, value) : undefined;
  const span = spanOf(template, start, Math.max(start, value?.end ?? start));
  facts.push({ kind: 'kubelet.flag', span, name, value: text, source: 'kubeadm' });
}

/** The scalars, nulls and empty collections of a document in the order of its text; lists count from 0. */
function settings(root: Tree): readonly Setting[] {
  const found: Setting[] = [];
  const visit = (path: string, keyStart: number, keyEnd: number, value: Tree): void => {
    if (value.type === 'mapping' && value.entries.length > 0) {
      for (const entry of value.entries) visit(`${path}.${entry.key}`, entry.keyStart, entry.keyEnd, entry.value);
    } else if (value.type === 'sequence' && value.items.length > 0) {
      value.items.forEach((item, index) => {
        visit(`${path}[${index}]`, keyStart, keyEnd, item);
      });
    } else {
      found.push({ path, keyStart, keyEnd, value });
    }
  };
  if (root.type === 'mapping') {
    for (const { key, keyStart, keyEnd, value } of root.entries) {
      if (key !== 'apiVersion' && key !== 'kind') visit(key, keyStart, keyEnd, value);
    }
  }
  return found;
}
