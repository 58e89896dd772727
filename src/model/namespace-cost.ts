/** What a new network namespace costs on the nodes we know of. */
import type { Evidence } from '../core/finding.ts';
import { conntrackCostPerNamespace } from '../knowledge/conntrack.ts';
import { fleetFacts, type Fleet } from './fleet.ts';

export const namespaceCostFacts = fleetFacts;

export interface NamespaceCost {
  /** Why it is high: a kernel that keeps conntrack tables for each namespace, `ip_vs` that logs each; empty if nothing says so. */
  readonly high: readonly Evidence[];
  /** To follow "makes a network namespace" in a message; empty if nothing is known. */
  readonly text: string;
}

/** Where only newer kernels run. */
export const noCost: NamespaceCost = { high: [], text: '' };

/** Before 4.7 each namespace has conntrack tables of its own; before 4.14 `ip_vs` logs each one. */
export function namespaceCost(fleet: Fleet): NamespaceCost {
  const old = fleet.kernelBelow(4, 7);
  const logs = fleet.allKernelsAtLeast(4, 14) === 'yes' ? [] : fleet.ipvs();
  const costs: string[] = [];
  const bytes = tableBytes(fleet);
  if (bytes !== undefined) costs.push(`${bytes / 1024 / 1024} MiB of conntrack tables`);
  else if (old.length > 0) costs.push('conntrack tables of its own');
  if (logs.length > 0) costs.push("a kernel line 'IPVS: Creating netns'");
  return {
    high: [
      ...old.map(({ evidence }) => ({
        ...evidence,
        note: `${evidence.note} Before 4.7 every network namespace gets conntrack tables of its own.`,
      })),
      ...logs,
    ],
    text: costs.length === 0 ? '' : `, which costs ${costs.join(' and ')} on these nodes`,
  };
}

/** On the dearest of the known nodes: kube-proxy sizes the tables by the number of processors, so only where there is one. */
function tableBytes(fleet: Fleet): number | undefined {
  const [kernel] = fleet.kernelBelow(4, 7);
  if (kernel === undefined || !fleet.nodes.some((node) => node.kubeletVersion !== undefined)) return undefined;
  const sizes = fleet.processors().map(({ count }) => conntrackCostPerNamespace(count, kernel.release)?.bytes ?? 0);
  const largest = Math.max(0, ...sizes);
  return largest === 0 ? undefined : largest;
}
