/** What a file says about Kubernetes' node programs: kubelet and kube-proxy. */
import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

/**
 * Where a kubelet is configured: a KubeletConfiguration of its own (`kubelet`), one that a program puts into what it makes
 * itself (`kind`, `talos`, `nodeadm`, `openshift`, `kubespray`, a module of `puppet`), or settings in that program's own words (`kubeadm`,
 * `k3s`, `kops`, `bottlerocket`).
 */
export type KubeletSurface =
  | 'kubelet'
  | 'kubeadm'
  | 'kind'
  | 'kops'
  | 'k3s'
  | 'talos'
  | 'nodeadm'
  | 'openshift'
  | 'bottlerocket'
  | 'puppet'
  | 'kubespray';

/** A KubeletConfiguration document, or the part of another document that holds one. */
export interface KubeletConfigFact {
  readonly kind: 'kubelet.config';
  readonly surface: KubeletSurface;
  /** Joined with settings that are not in the tree, so nothing can be said of what is absent. */
  readonly partial: boolean;
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
  /** The value stands in quotes or is a block of text: never a number or a switch. */
  readonly quoted: boolean;
  /** It stands in a condition or loop of a template, so it may not be there, or another one in its place. */
  readonly conditional?: true;
}

/**
 * A flag that another program gives the kubelet, such as kubeadm by its `kubeletExtraArgs`. Those of command lines are in `command` facts and those of
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
  readonly source: KubeletSurface;
}

/** Arguments that kubeadm is to give a program: a map up to v1beta3, a list of names and values from v1beta4 on. */
export interface KubeadmArgumentsFact {
  readonly kind: 'kubernetes.kubeadm-arguments';
  /** The key. */
  readonly span: Span;
  /** `nodeRegistration.kubeletExtraArgs`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly shape: 'map' | 'list';
}

/** A version of Kubernetes or of one of its programs that the configuration asks for. */
export interface KubernetesVersionFact {
  readonly kind: 'kubernetes.version';
  readonly span: Span;
  /** `cluster`: the version of all programs, such as kubeadm's `kubernetesVersion`. */
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
  'kubernetes.kubeadm-arguments': KubeadmArgumentsFact;
  'kubernetes.version': KubernetesVersionFact;
  'kube-proxy.setting': KubeProxySettingFact;
}
