import { isKernelBelow, type KernelRelease } from '../core/kernel-release.ts';
import { numbers } from '../core/version.ts';
import knowledge from './conntrack.json' with { type: 'json' };

/** What one new network namespace costs where each has its own conntrack tables. */
export interface ConntrackCost {
  /** Of one table. */
  readonly buckets: number;
  /** Of all tables of the namespace. */
  readonly bytes: number;
  /** The kernel asks for 2 to the power of this many pages in one piece, for each table. */
  readonly allocationOrder: number;
  /** The piece is larger than the page allocator can ever give, so `falling back to vmalloc` is logged every time. */
  readonly alwaysVmalloc: boolean;
  readonly source: string;
}

/** What kube-proxy does by default: entries for each processor, and at least so many. */
export const conntrackDefaults = knowledge.kubeProxy;

/** `nf_conntrack_max` as kube-proxy works it out, and from it the buckets of the table. */
export function automaticConntrackMax(processors: number, perProcessor: number, min: number): number {
  return Math.max(perProcessor * processors, min);
}

/** How many entries kube-proxy counts for a bucket. */
export const { entriesPerBucket } = knowledge;

/**
 * Cost of a network namespace on a node with this many processors and kube-proxy with its default conntrack settings;
 * `undefined` for kernels that have one table for all namespaces.
 */
export function conntrackCostPerNamespace(processors: number, kernel: KernelRelease): ConntrackCost | undefined {
  const max = automaticConntrackMax(processors, conntrackDefaults.maxPerProcessor, conntrackDefaults.min);
  return conntrackTableCost(max / entriesPerBucket, kernel);
}

/** Cost of a network namespace with tables of so many buckets; `undefined` for kernels with one table for all namespaces. */
export function conntrackTableCost(buckets: number, kernel: KernelRelease): ConntrackCost | undefined {
  const [major = 0, minor = 0] = numbers(knowledge.globalTableSince.kernel);
  if (!isKernelBelow(kernel, major, minor)) return undefined;
  const { bytesPerBucket, pageBytes, tablesPerNamespace } = knowledge;
  const pages = Math.ceil((buckets * bytesPerBucket) / pageBytes);
  const allocationOrder = Math.ceil(Math.log2(pages));
  return {
    buckets,
    bytes: pages * pageBytes * tablesPerNamespace,
    allocationOrder,
    alwaysVmalloc: allocationOrder > knowledge.largestAllocationOrder,
    source: knowledge.sources.join('; '),
  };
}
