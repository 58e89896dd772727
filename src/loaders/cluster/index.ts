/**
 * YAML and JSON that says something of kernel parameters (Ansible tasks, Talos, files that cloud-init, Butane or Ansible
 * write), of the cluster's network (kubeadm, kube-proxy, network plugins) and of containers (Compose). A document is looked at
 * before it is parsed.
 */
import type { Fact } from '../../core/fact.ts';
import { spanOf, type Template } from '../../core/template.ts';
import { readJson } from '../kubelet/read-json.ts';
import { readYaml, yamlDocuments } from '../kubelet/read-yaml.ts';
import { mappingsOf, scalarAt, scalarTemplate, valueAt, type Tree } from '../kubelet/tree.ts';
import { ansibleSysctlFacts, talosSysctlFacts, writtenFileFacts } from './kernel-parameters.ts';
import { clusterWords } from './prefilter.ts';
import { programFacts } from './programs.ts';
import { addAll } from '../../core/lists.ts';

/** The facts of a YAML or JSON text. The YAML library must be loaded. */
export function clusterFacts(template: Template): readonly Fact[] {
  if (!hasWords(template.text) || template.text.includes('nodeInfo')) return [];
  const json = /^\s*[{[]/.test(template.text) ? readJson(template) : undefined;
  const documents =
    json ??
    yamlDocuments(template)
      .filter(({ text }) => hasWords(text))
      .map(readYaml);
  return documents.flatMap(({ template: document, root }) => documentFacts(document, root));
}

function hasWords(text: string): boolean {
  return clusterWords.some((group) => group.every((word) => text.includes(word)));
}

function documentFacts(document: Template, root: Tree): readonly Fact[] {
  const facts: Fact[] = [
    ...kubeProxyConfigFacts(document),
    ...networkFacts(document, root),
    ...pluginFacts(document, root),
    ...composeFacts(document, root),
    ...talosSysctlFacts(document, root),
    ...moduleFacts(document),
  ];
  for (const mapping of mappingsOf(root)) {
    addAll(facts, ansibleSysctlFacts(document, mapping));
    addAll(facts, writtenFileFacts(document, mapping));
    addAll(facts, programFacts(document, mapping));
  }
  return facts.sort((a, b) => a.span.start - b.span.start);
}

function kubeProxyConfigFacts(document: Template): readonly Fact[] {
  const match = /\bkind["']?[ \t]*:[ \t]*["']?(KubeProxyConfiguration)\b/.exec(document.text);
  if (match?.[1] === undefined) return [];
  const start = match.index + match[0].length - match[1].length;
  const span = spanOf(document, start, start + match[1].length);
  return [{ kind: 'kube-proxy.config', span, document: spanOf(document) }];
}

/** kubeadm's `networking`. */
function networkFacts(document: Template, root: Tree): readonly Fact[] {
  if (!/^(?:Cluster|Master)Configuration$/.test(scalarAt(root, 'kind')?.text ?? '')) return [];
  return (['pods', 'services'] as const).flatMap((range): Fact[] => {
    const scalar = scalarAt(root, 'networking', range === 'pods' ? 'podSubnet' : 'serviceSubnet');
    if (scalar === undefined) return [];
    const value = scalarTemplate(document, scalar);
    return [{ kind: 'kubernetes.network', span: spanOf(document, scalar.start, scalar.end), range, value }];
  });
}

const pluginOfDaemonSet: ReadonlyMap<string, 'calico' | 'cilium' | 'flannel'> = new Map([
  ['kube-flannel-ds', 'flannel'],
  ['kube-flannel-ds-amd64', 'flannel'],
  ['kube-flannel', 'flannel'],
  ['cilium', 'cilium'],
  ['calico-node', 'calico'],
]);

/** The plugin's own DaemonSet, or Kubespray's choice. */
function pluginFacts(document: Template, root: Tree): readonly Fact[] {
  const isDaemonSet = scalarAt(root, 'kind')?.text === 'DaemonSet';
  const chosen = isDaemonSet ? scalarAt(root, 'metadata', 'name') : scalarAt(root, 'kube_network_plugin');
  if (chosen === undefined) return [];
  const name = isDaemonSet
    ? pluginOfDaemonSet.get(chosen.text)
    : (['calico', 'cilium', 'flannel'] as const).find((plugin) => plugin === chosen.text);
  if (name === undefined) return [];
  return [{ kind: 'kubernetes.network-plugin', span: spanOf(document, chosen.start, chosen.end), name }];
}

/** `kernel_memory` of a Compose file's services. */
function composeFacts(document: Template, root: Tree): readonly Fact[] {
  const services = valueAt(root, 'services');
  const ofVersion1 = services === undefined && root.type === 'mapping' ? root : services;
  if (ofVersion1?.type !== 'mapping' || !document.text.includes('kernel_memory')) return [];
  return ofVersion1.entries.flatMap(({ key, value }): Fact[] => {
    const limit = scalarAt(value, 'kernel_memory');
    if (limit === undefined || (scalarAt(value, 'image') ?? valueAt(value, 'build')) === undefined) return [];
    return [
      {
        kind: 'container.kernel-memory',
        span: spanOf(document, limit.start, limit.end),
        container: key,
        value: scalarTemplate(document, limit),
      },
    ];
  });
}

/**
 * A document that names `br_netfilter` outside of comments has something to do with loading it: a task of Ansible, a list in
 * cloud-init, a variable. Which of them matters less than that nobody is told it is missing.
 */
function moduleFacts(document: Template): readonly Fact[] {
  const match = /^[^#\r\n\u2028\u2029]*\bbr_netfilter\b/m.exec(document.text);
  if (match === null) return [];
  const end = match.index + match[0].length;
  const span = spanOf(document, end - 'br_netfilter'.length, end);
  return [{ kind: 'kernel.module-mention', span, name: 'br_netfilter' }];
}
