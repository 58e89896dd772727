/** What a file says about a node itself: its kernel, packages, modules, boot parameters and container runtime. */
import type { Conditional } from './condition.ts';
import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

/** A text with the place that states it. */
export interface Stated {
  readonly text: string;
  readonly span: Span;
}

/** Said by a file of `--fleet`, so it beats what the tree suggests. The session sets it. */
export interface MaybeGiven {
  readonly given?: true;
}

/** One node as `kubectl get nodes` or facter describes it. What the file does not say is absent. */
export interface NodeFact extends MaybeGiven {
  readonly kind: 'node';
  /** The name, or where the description begins if it has none. */
  readonly span: Span;
  /** `metadata.name`, or facter's host name; the file's name if there is neither. */
  readonly name: string;
  /** As `uname -r` prints it. */
  readonly kernelRelease?: Stated;
  /** As the kubelet reports it: `v1.19.3`. */
  readonly kubeletVersion?: Stated;
  /** `CentOS Linux 7 (Core)`; from facter the name and the full release: `CentOS 7.9.2009`. */
  readonly osImage?: Stated;
  /** Name and version as the kubelet reports them: `docker://19.3.13`. */
  readonly runtime?: Stated;
  /** Number of processors, as text: `64`. */
  readonly processors?: Stated;
  /** Major version of systemd, as text: `219`. */
  readonly systemd?: Stated;
  /** Version of the control groups, `1` or `2`. */
  readonly cgroup?: Stated;
  /** Boot parameters of the kernel, as one line. */
  readonly kernelParameters?: Stated;
  /** Kernel modules that are loaded, with `_`. */
  readonly modules?: readonly Stated[];
  /** How many nodes this stands for, where its name is a pattern; else 1. */
  readonly count?: number;
}

/** A package that the configuration installs. */
export interface PackageFact extends MaybeGiven, Conditional {
  readonly kind: 'package';
  /** Where a finding points: the version, else the package's name. */
  readonly span: Span;
  readonly name: string;
  /** `1.19.3-0`; `undefined` if none is asked for (`present`, `latest`, `installed`). Never `absent` packages. */
  readonly version: Template | undefined;
  /** What installs it, or pins its version. */
  readonly source: 'puppet' | 'apt';
}

/** A kernel module that the configuration loads. */
export interface KernelModuleFact extends MaybeGiven, Conditional {
  readonly kind: 'kernel.module';
  readonly span: Span;
  /** With `_`, never `-`: the kernel takes both for the same. */
  readonly name: string;
  /** A modules-load.d file, or a Puppet resource. */
  readonly source: 'modules-load' | 'puppet';
}

/** Boot parameters of the kernel, as one line or a part of it. */
export interface KernelParametersFact extends MaybeGiven, Conditional {
  readonly kind: 'kernel.parameters';
  readonly span: Span;
  readonly text: Template;
  /** The defaults file of GRUB, a Puppet resource, or what describes a machine: Butane, Ignition, a MachineConfig, Talos. */
  readonly source: 'grub-default' | 'puppet' | 'machine';
}

/** The cgroup driver of a container runtime. */
export interface RuntimeCgroupDriverFact extends MaybeGiven {
  readonly kind: 'runtime.cgroup-driver';
  readonly span: Span;
  readonly runtime: 'docker' | 'containerd';
  /** `cgroupfs`, `systemd`. */
  readonly driver: string;
}

/** An assignment in an environment file, such as `KUBELET_EXTRA_ARGS=...` in /etc/sysconfig/kubelet. */
export interface EnvironmentVariableFact {
  readonly kind: 'environment.variable';
  /** The value. */
  readonly span: Span;
  readonly name: string;
  /** Without quotes and escapes. */
  readonly value: Template;
}

/** How long logind lets programs delay a shutdown. */
export interface InhibitDelayFact {
  readonly kind: 'logind.inhibit-delay';
  /** The value. */
  readonly span: Span;
  /** A time span as systemd reads it: `30`, `1min`. */
  readonly value: Template;
  /** Files are read in the order of their names: `unattended-upgrades-logind-maxdelay.conf`; `logind.conf` itself comes first. */
  readonly fileName: string;
}

/** A device that the node swaps to from its boot on; swap units are `unit.file` facts. */
export interface SwapDeviceFact extends Conditional {
  readonly kind: 'swap.device';
  readonly span: Span;
  /** As it is written: `/dev/sda2`, `UUID=...`, `zram0`. */
  readonly device: string;
  /** The file that says so, or Butane's and Ignition's file systems. */
  readonly source: 'fstab' | 'zram-generator' | 'machine';
}

export interface NodeFacts {
  'swap.device': SwapDeviceFact;
  'logind.inhibit-delay': InhibitDelayFact;
  node: NodeFact;
  package: PackageFact;
  'kernel.module': KernelModuleFact;
  'kernel.parameters': KernelParametersFact;
  'runtime.cgroup-driver': RuntimeCgroupDriverFact;
  'environment.variable': EnvironmentVariableFact;
}
