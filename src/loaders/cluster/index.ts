/**
 * YAML and JSON that says something of kernel parameters (Ansible tasks, Talos, files that cloud-init, Butane or Ansible
 * write), of the cluster's network (kubeadm, kube-proxy, network plugins) and of containers (Compose). A document is looked at
 * before it is parsed.
 */
import type { Fact } from '../../core/fact.ts';
import { spanOf, type Template } from '../../core/template.ts';
import { readJson } from '../kubelet/read-json.ts';
import { loadYaml, readYaml, yamlDocuments } from '../kubelet/read-yaml.ts';
import { mappingsOf, scalarAt, scalarTemplate, valueAt, type ReadDocument, type Tree } from '../kubelet/tree.ts';
import { ansibleSysctlFacts, talosSysctlFacts, writtenFileFacts } from './kernel-parameters.ts';
import { hasClusterWords, mayHaveClusterTree } from './prefilter.ts';
import { programFacts } from './programs.ts';
import { addAll } from '../../core/lists.ts';

/** Loads what `clusterFacts` needs for a text. */
export async function prepareCluster(text: string): Promise<void> {
  if (hasClusterWords(text) && mayHaveClusterTree(text)) await loadYaml();
}

/** The facts of a YAML or JSON text. */
export function clusterFacts(template: Template): readonly Fact[] {
  const known = knownDocuments(template);
  const parsed = known.some(({ text }) => mayHaveClusterTree(text)) ? treesOf(template, known) : [];
  return [...known.flatMap(textFacts), ...parsed.flatMap(clusterTreeFacts)].sort((a, b) => a.span.start - b.span.start);
}

/** The documents that have a word of ours. */
function knownDocuments(template: Template): readonly Template[] {
  if (!hasClusterWords(template.text) || template.text.includes('nodeInfo')) return [];
  return yamlDocuments(template).filter(({ text }) => hasClusterWords(text));
}

function treesOf(template: Template, documents: readonly Template[]): readonly ReadDocument[] {
  const json = /^\s*[{[]/.test(template.text) ? readJson(template) : undefined;
  return json ?? documents.filter(({ text }) => mayHaveClusterTree(text)).map(readYaml);
}

/** What the text of a document says, without a parser. */
function textFacts(document: Template): readonly Fact[] {
  return [...kubeProxyConfigFacts(document), ...moduleFacts(document)];
}

/** What a parsed document says. */
export function clusterTreeFacts({ template: document, root }: ReadDocument): readonly Fact[] {
  const facts: Fact[] = [
    ...networkFacts(document, root),
    ...pluginFacts(document, root),
    ...composeFacts(document, root),
    ...talosSysctlFacts(document, root),
  ];
  for (const mapping of mappingsOf(root)) {
    addAll(facts, ansibleSysctlFacts(document, mapping));
    addAll(facts, writtenFileFacts(document, mapping));
    addAll(facts, programFacts(document, mapping));
  }
  return facts;
}

function kubeProxyConfigFacts(document: Template): readonly Fact[] {
  if (!document.text.includes('KubeProxyConfiguration')) return [];
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
  if (!document.text.includes('br_netfilter')) return [];
  const match = /^[^#\r\n\u2028\u2029]*\bbr_netfilter\b/m.exec(document.text);
  if (match === null) return [];
  const end = match.index + match[0].length;
  const span = spanOf(document, end - 'br_netfilter'.length, end);
  return [{ kind: 'kernel.module-mention', span, name: 'br_netfilter' }];
}
