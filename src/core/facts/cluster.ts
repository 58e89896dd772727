/** What a file says about the network of a Kubernetes cluster and about the containers on its nodes. */
import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

/** A KubeProxyConfiguration. Its settings are the `kube-proxy.setting` facts within `document`. */
export interface KubeProxyConfigFact {
  readonly kind: 'kube-proxy.config';
  /** The word `KubeProxyConfiguration`. */
  readonly span: Span;
  /** The YAML document that holds it. */
  readonly document: Span;
}

/** Addresses that kubeadm gives pods or services. */
export interface KubernetesNetworkFact {
  readonly kind: 'kubernetes.network';
  /** The value. */
  readonly span: Span;
  readonly range: 'pods' | 'services';
  /** `10.96.0.0/12`; two with a comma between them for two address families. */
  readonly value: Template;
}

/** The network plugin that the cluster is told to use. */
export interface NetworkPluginFact {
  readonly kind: 'kubernetes.network-plugin';
  readonly span: Span;
  readonly name: 'calico' | 'cilium' | 'flannel';
}

/** A program of Kubernetes that a container runs, with its arguments; those that units run are in `command` facts. */
export interface KubernetesProgramFact {
  readonly kind: 'kubernetes.program';
  /** The program's name in the command. */
  readonly span: Span;
  readonly program: 'kube-proxy' | 'kube-apiserver' | 'kube-controller-manager';
  readonly arguments: readonly Template[];
}

/** A limit of kernel memory for a container in a Compose file. */
export interface KernelMemoryLimitFact {
  readonly kind: 'container.kernel-memory';
  /** The value. */
  readonly span: Span;
  /** Name of the service. */
  readonly container: string;
  readonly value: Template;
}

/** Docker's daemon.json: where the logs of containers go. */
export interface DockerDaemonFact {
  readonly kind: 'docker.daemon';
  /** The file's first character, or the log driver where it is stated. */
  readonly span: Span;
  /** `json-file` by default. */
  readonly logDriver: Template | undefined;
  /** Of `log-opts`. */
  readonly maxSize: Template | undefined;
  readonly maxFile: Template | undefined;
}

/** A file that names a kernel module in a place that no other fact knows: something there has to do with loading it. */
export interface KernelModuleMentionFact {
  readonly kind: 'kernel.module-mention';
  readonly span: Span;
  /** With `_`. */
  readonly name: string;
}

/** An option that a modprobe.d file gives a kernel module. */
export interface KernelModuleOptionFact {
  readonly kind: 'kernel.module-option';
  /** `name=value` */
  readonly span: Span;
  /** With `_`. */
  readonly module: string;
  readonly name: string;
  readonly value: string;
}

export interface ClusterFacts {
  'kernel.module-option': KernelModuleOptionFact;
  'kernel.module-mention': KernelModuleMentionFact;
  'kube-proxy.config': KubeProxyConfigFact;
  'kubernetes.network': KubernetesNetworkFact;
  'kubernetes.network-plugin': NetworkPluginFact;
  'kubernetes.program': KubernetesProgramFact;
  'container.kernel-memory': KernelMemoryLimitFact;
  'docker.daemon': DockerDaemonFact;
}
