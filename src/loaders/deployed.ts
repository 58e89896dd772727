/** What a text says of a node by the place it is written to: for the loaders of files that write others. */
import type { Fact } from '../core/fact.ts';
import type { Template } from '../core/template.ts';
import { environmentFileFacts } from './kubelet/environment-file.ts';
import { kubeletFacts } from './kubelet/index.ts';
import { fstabFacts, zramGeneratorFacts } from './nodes/swap.ts';

/** @param destination absolute path on the node */
export type DeployedReader = (text: Template, destination: string) => readonly Fact[];

/** Destinations with the readers of what lies there. The YAML library must be loaded. */
export const deployedReaders: readonly (readonly [RegExp, DeployedReader])[] = [
  [/^\/etc\/fstab$/, (text) => fstabFacts(text)],
  [/\/systemd\/zram-generator\.conf(?:\.d\/[^/]+\.conf)?$/, (text) => zramGeneratorFacts(text)],
  [/^\/etc\/(?:sysconfig|default)\/kubelet$/, (text) => environmentFileFacts(text)],
  [/\/(?:kubeadm-flags|kubelet)\.env$/, (text) => environmentFileFacts(text)],
  [
    /\.(?:ya?ml|json|conf|config)$|\/kubelet[^/.]*$/,
    (text) => (mayHoldKubernetes(text.text) ? kubeletFacts(text) : []),
  ],
];

function mayHoldKubernetes(text: string): boolean {
  return /KubeletConfiguration|kubeadm\.k8s\.io|KubeProxyConfiguration/.test(text);
}
