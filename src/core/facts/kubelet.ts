/** What a file says about Kubernetes' node programs: kubelet and kube-proxy. */
import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

/** A KubeletConfiguration document. */
export interface KubeletConfigFact {
  readonly kind: 'kubelet.config';
  /** The value of `kind:`. */
  readonly span: Span;
  /** The whole document. */
  readonly document: Span;
  readonly apiVersion: string | undefined;
}

/** One setting of a KubeletConfiguration document. */
export interface KubeletSettingFact {
  readonly kind: 'kubelet.setting';
  /** The value; the key where the value is empty. */
  readonly span: Span;
  readonly key: Span;
  /** Document it stands in: the `document` of its `kubelet.config` fact. */
  readonly document: Span;
  /** `cgroupDriver`, `authentication.anonymous.enabled`, `enforceNodeAllocatable[0]`. */
  readonly path: string;
  /** `undefined` for null and for an empty map or list. */
  readonly value: Template | undefined;
}

/**
 * A flag that kubeadm gives the kubelet (`kubeletExtraArgs`). Those of command lines are in `command` facts and those of
 * environment files in `environment.variable` facts; the model joins them.
 */
export interface KubeletFlagFact {
  readonly kind: 'kubelet.flag';
  /** The flag with its value. */
  readonly span: Span;
  /** Without dashes: `cgroup-driver`. */
  readonly name: string;
  /** `undefined` for a flag without a value, which means `true`. */
  readonly value: Template | undefined;
  readonly source: 'kubeadm';
}

/** A version of Kubernetes or of one of its programs that the configuration asks for. */
export interface KubernetesVersionFact {
  readonly kind: 'kubernetes.version';
  readonly span: Span;
  /** `cluster`: kubeadm's `kubernetesVersion`. */
  readonly component: 'cluster';
  /** As written: `v1.19.3`, `stable-1`. */
  readonly version: Template;
}

/** One setting of a KubeProxyConfiguration document. */
export interface KubeProxySettingFact {
  readonly kind: 'kube-proxy.setting';
  /** The value. */
  readonly span: Span;
  /** `mode`, `conntrack.maxPerCore`. */
  readonly path: string;
  readonly value: Template;
}

export interface KubeletFacts {
  'kubelet.config': KubeletConfigFact;
  'kubelet.setting': KubeletSettingFact;
  'kubelet.flag': KubeletFlagFact;
  'kubernetes.version': KubernetesVersionFact;
  'kube-proxy.setting': KubeProxySettingFact;
}
