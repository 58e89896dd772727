/** What is known of cluster objects, Ansible's tasks and Compose files before they are parsed. */
import type { FactKind } from '../../core/fact.ts';
import { textSearch, type Sign } from '../../core/text-search.ts';
import { keySign, valueSign } from '../yaml-signs.ts';

/** Words without any of which a document has nothing to say here. */
export const clusterWords: readonly Sign[] = [
  ['sysctl'],
  ['br_netfilter'],
  ['KubeProxyConfiguration'],
  ['kube-proxy'],
  ['service-cluster-ip-range'],
  ['kubeadm.k8s.io'],
  ['kernel_memory'],
  ['kube_network_plugin'],
  ['DaemonSet', 'flannel'],
  ['DaemonSet', 'cilium'],
  ['DaemonSet', 'calico-node'],
  ['hyperkube'],
];

export const clusterKinds: readonly FactKind[] = [
  'sysctl.setting',
  'kernel.module-mention',
  'kube-proxy.config',
  'kubernetes.network',
  'kubernetes.network-plugin',
  'kubernetes.program',
  'container.kernel-memory',
];

/** Whether a document has one of the words. */
export const hasClusterWords = textSearch(clusterWords);

const pathKey = keySign('path|dest');
const clusterKind = valueSign('kind', '(?:Cluster|Master)Configuration');
const programKey = keySign('command|args');
/** An item of a list that is the name or path of a program. */
const programItem =
  /kube(?:-proxy|-apiserver|-controller-manager|(?<=hyperkube))(?=["']?[ \t]*(?:[,\]#]|$))(?<=(?:^|[[,"'/]|-[ \t]|[!&]\S*[ \t])[ \t]*["']?(?:hyper)?kube[a-z-]*)/m;

/**
 * For each fact that the tree of a document can yield, what must then stand in its text. Descriptions in the schemas of custom
 * resources and of HTTP interfaces, which are by far the largest YAML there is, have the words and not this.
 */
export const clusterSigns: readonly Sign[] = [
  // Ansible's module.
  ['sysctl', keySign('sysctl')],
  // Talos' `machine.sysctls`.
  ['sysctls', keySign('sysctls'), keySign('machine')],
  // A file that something writes.
  ['/sysctl.conf', pathKey],
  ['/sysctl.d/', pathKey],
  ['podSubnet', clusterKind],
  ['serviceSubnet', clusterKind],
  ['DaemonSet', valueSign('kind', 'DaemonSet'), /kube-flannel|cilium|calico-node/],
  ['kube_network_plugin', keySign('kube_network_plugin')],
  ['kernel_memory', keySign('kernel_memory')],
  ['hyperkube', programItem, programKey],
  ['kube-proxy', programItem, programKey],
  ['kube-apiserver', programItem, programKey],
  ['kube-controller-manager', programItem, programKey],
];

/** Words of what is found in a text without its tree. */
export const clusterTextSigns: readonly Sign[] = [['br_netfilter'], ['KubeProxyConfiguration']];

/** Whether parsing a document, or a whole JSON text, can bring anything. */
export const mayHaveClusterTree = textSearch(clusterSigns);
