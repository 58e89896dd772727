/** Kernel-memory accounting: which combinations of kernel, kubelet, runtime, cgroup driver and boot parameters leak cgroup ids. */
import { isKernelBelow, type KernelRelease } from '../core/kernel-release.ts';
import { compareVersions, isInRange, numbers, parseVersion, type Version } from '../core/version.ts';
import knowledge from './kmem.json' with { type: 'json' };

export type KmemVerdict =
  /** This kernel does not leak. */
  | 'not-affected'
  /** Too little is known. */
  | 'unknown'
  /** The kernel would leak, but nothing turns accounting on. */
  | 'mitigated'
  /** Nothing is known to turn accounting on, but nobody confirmed it either. */
  | 'unlikely'
  /** Every pod leaks. */
  | 'leaks'
  /** Containers with a memory limit leak. */
  | 'leaks-runtime'
  /** Containers with a memory limit leak, unless the runtime's runc was built without accounting. */
  | 'leaks-runtime-unless-nokmem';

/** What is known of a node; `undefined` for what is not. */
export interface KmemInputs {
  readonly kernel: KernelRelease | undefined;
  readonly cgroupVersion?: 1 | 2 | undefined;
  readonly kubelet: Version | undefined;
  /** The kubelet is a build without kernel-memory accounting. */
  readonly kubeletNokmem?: boolean | undefined;
  readonly cgroupDriver: string | undefined;
  readonly runtime: ContainerRuntime | undefined;
  /** As on the kernel's command line. */
  readonly bootParameters: string | undefined;
}

export interface ContainerRuntime {
  readonly name: string;
  readonly version: Version;
  /** The containerd.io package whose runc it uses: counts for Docker from 18.09.1 on. */
  readonly runcFrom?: { readonly version: Version } | undefined;
}

export interface KmemDecision {
  readonly verdict: KmemVerdict;
  /** Rows of the decision table that decide, as in the research: `1` to `11`. */
  readonly rows: readonly string[];
  /** The boot parameter is there, but this kernel is too old for it. */
  readonly parameterIgnored: boolean;
}

type Accounting = 'on' | 'off' | 'on-unless-nokmem' | 'unknown';

/** What is known from outside, with its sources, for evidence. */
export const kmemSources = {
  kernel: { note: knowledge.kernel.note, source: knowledge.kernel.source },
  bootParameter: { note: knowledge.bootParameter.note, source: knowledge.bootParameter.source },
  cgroupDriver: { note: knowledge.cgroupDriver.note, source: knowledge.cgroupDriver.source },
  kubelet: knowledge.kubelet.source,
  docker: knowledge.docker.source,
  containerd: knowledge.containerd.source,
} as const;

/** Decides by the table of the research; the first row that fits wins. */
export function decideKmem(inputs: KmemInputs): KmemDecision {
  const { kernel } = inputs;
  const decision = (verdict: KmemVerdict, ...rows: string[]): KmemDecision => ({
    verdict,
    rows,
    parameterIgnored: false,
  });
  if (inputs.cgroupVersion === 2) return decision('not-affected', '1');
  if (kernel === undefined) return decision('unknown', '3');
  if (!isKernelBelow(kernel, 4, 0) || isKernelBelow(kernel, 3, 8)) return decision('not-affected', '2');
  if (!kernel.enterpriseLinux7) return decision('unknown', '11');
  const parameter = turnsAccountingOff(inputs.bootParameters ?? '', kernel);
  if (parameter === 'honoured') return decision('mitigated', '4');
  const { verdict, rows } = decideByPrograms(inputs);
  return parameter === 'ignored'
    ? { verdict, rows: ['5', ...rows], parameterIgnored: true }
    : decision(verdict, ...rows);
}

/** Rows 6 to 10: an affected kernel without a boot parameter that helps. */
function decideByPrograms(inputs: KmemInputs): Pick<KmemDecision, 'verdict' | 'rows'> {
  const kubelet = kubeletAccounting(inputs.kubelet, inputs.kubeletNokmem === true);
  const runtime = runtimeAccounting(inputs.runtime);
  const mayBeCgroupfs = inputs.cgroupDriver === undefined || inputs.cgroupDriver === 'cgroupfs';
  switch (kubelet) {
    case 'on':
      if (mayBeCgroupfs) return { verdict: 'leaks', rows: ['7'] };
      return inputs.cgroupDriver === 'systemd'
        ? { verdict: 'unlikely', rows: ['8'] }
        : { verdict: 'unknown', rows: [] };
    case 'off':
      if (runtime === 'off') return { verdict: 'mitigated', rows: ['6'] };
      if (!mayBeCgroupfs) return { verdict: 'unknown', rows: [] };
      if (runtime === 'on') return { verdict: 'leaks-runtime', rows: ['9'] };
      if (runtime === 'on-unless-nokmem') return { verdict: 'leaks-runtime-unless-nokmem', rows: ['9'] };
      return { verdict: 'unknown', rows: [] };
    default:
      return { verdict: runtime === 'on' && mayBeCgroupfs ? 'leaks-runtime' : 'unknown', rows: ['10'] };
  }
}

/** Whether boot parameters turn kernel-memory accounting off on an Enterprise Linux 7 kernel. */
function turnsAccountingOff(parameters: string, kernel: KernelRelease): 'honoured' | 'ignored' | 'absent' {
  const words = parameters.split(/\s+/);
  if (words.includes('cgroup_disable=memory')) return 'honoured';
  if (!words.some(hasNokmem)) return 'absent';
  return compareVersions(kernel.build, numbers(knowledge.bootParameter.honouredFromBuild)) >= 0
    ? 'honoured'
    : 'ignored';
}

/** Whether a boot parameter is `cgroup.memory=` with `nokmem` in its list. */
function hasNokmem(parameter: string): boolean {
  return (
    parameter.startsWith('cgroup.memory=') && parameter.slice('cgroup.memory='.length).split(',').includes('nokmem')
  );
}

function kubeletAccounting(version: Version | undefined, nokmem: boolean): Accounting {
  if (nokmem) return 'off';
  return version === undefined ? 'unknown' : accounting(knowledge.kubelet.ranges, version);
}

function runtimeAccounting(runtime: ContainerRuntime | undefined): Accounting {
  if (runtime === undefined || (runtime.name !== 'docker' && runtime.name !== 'containerd')) return 'unknown';
  const own = accounting(knowledge[runtime.name].ranges, runtime.version);
  if (own !== 'on-unless-nokmem' || runtime.runcFrom === undefined) return own;
  return accounting(knowledge.containerd.ranges, runtime.runcFrom.version);
}

function accounting(
  ranges: readonly { readonly from: string | null; readonly to: string | null; readonly kmem: string }[],
  version: Version,
): Accounting {
  const end = (text: string | null): Version | undefined => (text === null ? undefined : parseVersion(text));
  const range = ranges.find(({ from, to }) => isInRange(version, end(from), end(to)));
  return (range?.kmem ?? 'unknown') as Accounting;
}
