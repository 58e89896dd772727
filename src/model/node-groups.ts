/** Nodes that run the same versions, so that a rule says one thing once. */
import type { NodeFact, Stated } from '../core/facts/node.ts';
import { compareVersions, parseVersion } from '../core/version.ts';
import type { Fleet, FleetKernel } from './fleet.ts';
import type { Kubelets, StatedVersion } from './kubelets.ts';

/** Nodes with the same kernel, kubelet and container runtime. */
export interface NodeGroup {
  /** Empty if the tree names no nodes, only a kernel for all. */
  readonly names: readonly string[];
  /** How many nodes these are; more than names where a name is a pattern. */
  readonly count: number;
  /** How many nodes are known, in this group or not. */
  readonly total: number;
  /** Boot parameters that the nodes themselves are known to have. */
  readonly parameters: Stated | undefined;
  /** Version of the control groups, where it is known. */
  readonly cgroup: 1 | 2 | undefined;
  readonly kernel: FleetKernel;
  /** `undefined` if nothing says it, or files disagree. */
  readonly kubelet: StatedVersion | undefined;
  readonly runtime: NodeRuntime | undefined;
}

export interface NodeRuntime extends StatedVersion {
  /** The package that brings runc, where it is another one than the runtime's: containerd.io for Docker. */
  readonly runcFrom?: StatedVersion;
}

/**
 * Known nodes by what they run. What a node does not say comes from the tree, where that is unambiguous. Nodes whose kernel
 * is unknown are in no group.
 */
export function nodeGroups({
  fleet,
  kubelets,
}: {
  readonly fleet: Fleet;
  readonly kubelets: Kubelets;
}): readonly NodeGroup[] {
  const treeKubelet = onlyOne(kubelets.versions());
  const treeRuntime = runtimeOfTree(kubelets);
  const groups = new Map<
    string,
    { readonly names: string[]; readonly rest: Omit<NodeGroup, 'names' | 'count' | 'total'> }
  >();
  const kernelOf = new Map(fleet.kernels().flatMap((kernel) => kernel.nodes.map((name) => [name, kernel] as const)));
  const cgroupOf = new Map(
    fleet.cgroups().flatMap(({ version, nodes }) => nodes.map((name) => [name, version] as const)),
  );
  for (const node of fleet.nodes) {
    const kernel = kernelOf.get(node.name);
    if (kernel === undefined) continue;
    const cgroup = cgroupOf.get(node.name);
    const parameters = node.kernelParameters;
    const versions = [kernel.release.text, node.kubeletVersion?.text, node.runtime?.text];
    const key = JSON.stringify([...versions, parameters?.text, cgroup]);
    const group = groups.get(key);
    if (group !== undefined) group.names.push(node.name);
    else {
      const kubelet = kubeletOf(node, treeKubelet);
      const runtime = runtimeOf(node) ?? treeRuntime;
      groups.set(key, { names: [node.name], rest: { kernel, kubelet, runtime, parameters, cgroup } });
    }
  }
  const total = fleet.count(fleet.nodes.map(({ name }) => name));
  if (groups.size > 0) {
    return [...groups.values()].map(({ names, rest }) => ({ names, count: fleet.count(names), total, ...rest }));
  }
  const kernel = onlyOne(fleet.kernels());
  if (kernel === undefined) return [];
  const rest = { kubelet: treeKubelet, runtime: treeRuntime, parameters: undefined, cgroup: undefined };
  return [{ names: [], count: 0, total, kernel, ...rest }];
}

/** `node 'a'`, `2 of 5 nodes (a, b)`, `all 5 nodes`, `these nodes` where no names are known. */
export function groupText({ names, count, total }: Pick<NodeGroup, 'names' | 'count' | 'total'>): string {
  if (names.length === 0) return 'these nodes';
  if (names.length === 1 && total === 1) return `node '${names[0] ?? ''}'`;
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
  return `${count === total ? `all ${total} nodes` : `${count} of ${total} nodes`} (${shown.join(', ')})`;
}

/** ` on 12 of 40 nodes (el7-*)`; empty where no names are known. */
export function onNodes(fleet: Fleet, names: readonly string[]): string {
  const total = fleet.count(fleet.nodes.map(({ name }) => name));
  return names.length === 0 ? '' : ` on ${groupText({ names, count: fleet.count(names), total })}`;
}

/** What the node says; where the tree asks for the same version, its place, for that is where it can be changed. */
function kubeletOf({ kubeletVersion }: NodeFact, ofTree: StatedVersion | undefined): StatedVersion | undefined {
  const version = kubeletVersion === undefined ? undefined : parseVersion(kubeletVersion.text);
  if (kubeletVersion === undefined || version === undefined) return ofTree;
  if (ofTree !== undefined && compareVersions(ofTree.version, version) === 0) return ofTree;
  return { name: 'kubelet', version, ...kubeletVersion };
}

function runtimeOf({ runtime }: NodeFact): StatedVersion | undefined {
  const [, name = '', text = ''] = /^([a-z][a-z-]*):\/\/(.+)$/.exec(runtime?.text ?? '') ?? [];
  const version = parseVersion(text);
  return runtime === undefined || version === undefined ? undefined : { name, version, text, span: runtime.span };
}

function runtimeOfTree(kubelets: Kubelets): NodeRuntime | undefined {
  const runtimes = kubelets.runtimes();
  const docker = runtimes.filter(({ name }) => name === 'docker');
  const containerd = onlyOne(runtimes.filter(({ name }) => name === 'containerd'));
  if (docker.length === 0) return containerd;
  const [only] = docker;
  if (only === undefined || docker.length > 1) return undefined;
  return containerd === undefined ? only : { ...only, runcFrom: containerd };
}

function onlyOne<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}
