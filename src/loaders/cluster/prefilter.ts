/** What the registry knows of the loader without importing it. */
import type { FactKind } from '../../core/fact.ts';

/** Words without any of which a document has nothing to say here. */
export const clusterWords: readonly (readonly string[])[] = [
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
