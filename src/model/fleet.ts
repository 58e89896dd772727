/** What is known of the nodes, with the places that say so. */
import type { FactKind } from '../core/fact.ts';
import type { NodeFact, Stated } from '../core/facts/node.ts';
import type { Evidence } from '../core/finding.ts';
import type { Span } from '../core/span.ts';
import { flagsOf } from '../core/flags.ts';
import { isKernelBelow, parseKernelRelease, type KernelRelease } from '../core/kernel-release.ts';
import { literalText, type Answer } from '../core/template.ts';
import { cgroupVersionOf, isEnterpriseLinux7, systemdVersionOf } from '../knowledge/kernel-distributions.ts';
import { commandArguments, kubeProxyPrograms } from './command-arguments.ts';
import type { FactsOf } from './facts-of.ts';
import { once } from '../core/once.ts';
import { allowsKernelBelow, conditionEvidence } from './guards.ts';
import { addAll } from '../core/lists.ts';

/** Where the model's parts get their facts: a `Model`, or part of one. */
export type FactSource = FactsOf<FactKind>;

/** Facts that a fleet is made from: what a rule that asks for it needs. */
export const fleetFacts = ['node', 'package', 'kernel.module', 'kube-proxy.setting', 'command'] as const;

/** A kernel that nodes run. */
export interface FleetKernel {
  readonly release: KernelRelease;
  /** Names of the nodes, by place; empty if only a package says it. */
  readonly nodes: readonly string[];
  readonly evidence: Evidence & { readonly span: Span };
}

/** A systemd that nodes run, by their distribution. */
export interface FleetSystemd {
  /** Major version. */
  readonly version: number;
  readonly nodes: readonly string[];
  readonly evidence: Evidence;
}

/** Version of the control groups that nodes run with. */
export interface FleetCgroup {
  readonly version: 1 | 2;
  readonly nodes: readonly string[];
  readonly evidence: Evidence & { readonly span: Span };
}

/** How many processors nodes have. */
export interface FleetProcessors {
  readonly count: number;
  readonly nodes: readonly string[];
  readonly evidence: Evidence;
}

/** The nodes as they are given (`--fleet`), else as the tree describes them. Every list is in the order of its places. */
export interface Fleet {
  /** One for each name. */
  readonly nodes: readonly NodeFact[];
  /** Whether the user gave them. */
  readonly given: boolean;
  /** Distinct kernels that are known. */
  kernels(): readonly FleetKernel[];
  /** Known kernels older than `major.minor`. */
  kernelBelow(major: number, minor: number): readonly FleetKernel[];
  /** Whether every node runs at least this kernel; `unknown` if some node's kernel is unknown and none is older. */
  allKernelsAtLeast(major: number, minor: number): Answer;
  /** What loads `ip_vs`: a module list, a Puppet resource, kube-proxy in its ipvs mode. Empty if nothing is known to. */
  ipvs(): readonly Evidence[];
  /** What says that nodes run Enterprise Linux 7 with a kernel of its own. Empty if nothing does. */
  isEnterpriseLinux7(): readonly Evidence[];
  systemd(): readonly FleetSystemd[];
  processors(): readonly FleetProcessors[];
  /**
   * By what nodes say, by their boot parameters, by their distribution; where no node is known by the tree's boot parameters. A rule
   * that asks needs the facts of kind `kernel.parameters`.
   */
  cgroups(): readonly FleetCgroup[];
  /** How many nodes there are behind these names, some of which may be patterns. */
  count(names: readonly string[]): number;
}

/** Joins what is known of the nodes. Works nothing out before it is asked. */
export function createFleet(source: FactSource): Fleet {
  const facts = source.facts('node');
  const given = facts.some((fact) => fact.given === true);
  const nodes = mergeByName(facts.filter((fact) => (given ? fact.given === true : !isFixture(fact.span.file))));
  const kernels = once(() => {
    const ofNodes = nodeKernels(nodes);
    return ofNodes.length > 0 ? ofNodes : packageKernels(source);
  });
  const countOf = once(() => new Map(nodes.map(({ name, count }) => [name, count ?? 1])));
  const kernelBelow = (major: number, minor: number): readonly FleetKernel[] =>
    kernels().filter(({ release }) => isKernelBelow(release, major, minor));
  return {
    nodes,
    given,
    kernels,
    kernelBelow,
    allKernelsAtLeast: (major, minor) => {
      if (kernelBelow(major, minor).length > 0) return 'no';
      if (kernels().length === 0) return 'unknown';
      const known = kernels().reduce((sum, kernel) => sum + kernel.nodes.length, 0);
      return known === nodes.length ? 'yes' : 'unknown';
    },
    ipvs: once(() => ipvsEvidence(source, nodes)),
    isEnterpriseLinux7: once(() => enterpriseLinux7Evidence(source, nodes, kernels())),
    systemd: once(() => fleetSystemd(nodes)),
    cgroups: once(() => fleetCgroups(source, nodes)),
    count: (names) => {
      const counts = countOf();
      return names.reduce((sum, name) => sum + (counts.get(name) ?? 1), 0);
    },
    processors: once(() =>
      groupNodes(nodes, 'processors', positiveInteger).map(({ value, stated, names }) => ({
        count: value,
        nodes: names,
        evidence: {
          span: stated.span,
          note: `${nodeNames(names)} ${names.length === 1 ? 'has' : 'have'} ${value} processors.`,
        },
      })),
    ),
  };
}

/** `Node 'a'`, `Nodes 'a' and 'b'`, `Nodes 'a', 'b', 'c' and 4,997 more`. */
export function nodeNames(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length === 1) return `Node '${first}'`;
  if (names.length === 2) return `Nodes '${first}' and '${second}'`;
  const shown = names.slice(0, 3).map((name) => `'${name}'`);
  if (names.length === 3) return `Nodes ${shown.slice(0, 2).join(', ')} and ${shown[2] ?? ''}`;
  return `Nodes ${shown.join(', ')} and ${(names.length - 3).toLocaleString('en-US')} more`;
}

/** Descriptions of nodes that tests or libraries of others bring along: no node of this fleet. */
export function isFixture(path: string): boolean {
  return /(?:^|\/)(?:spec|tests?|testdata|fixtures|vendor|node_modules)\//.test(path);
}

function mergeByName(facts: readonly NodeFact[]): readonly NodeFact[] {
  const byName = new Map<string, NodeFact>();
  for (const fact of facts) byName.set(fact.name, { ...fact, ...byName.get(fact.name) });
  return [...byName.values()];
}

export interface NodesWith<Value> {
  readonly value: Value;
  /** As the first node states it. */
  readonly stated: Stated;
  readonly names: string[];
}

/** Nodes by what `read` makes of one part of them; those that do not state it, or not readably, are left out. */
export function groupNodes<Value>(
  nodes: readonly NodeFact[],
  part: 'kernelRelease' | 'osImage' | 'processors' | 'systemd' | 'kubeletVersion',
  read: (text: string) => Value | undefined,
): readonly NodesWith<Value>[] {
  const groups = new Map<string, NodesWith<Value> | undefined>();
  for (const node of nodes) {
    const stated = node[part];
    if (stated === undefined) continue;
    if (!groups.has(stated.text)) {
      const value = read(stated.text);
      groups.set(stated.text, value === undefined ? undefined : { value, stated, names: [] });
    }
    groups.get(stated.text)?.names.push(node.name);
  }
  return [...groups.values()].filter((group) => group !== undefined);
}

function nodeKernels(nodes: readonly NodeFact[]): readonly FleetKernel[] {
  return groupNodes(nodes, 'kernelRelease', parseKernelRelease).map(({ value, stated, names }) => ({
    release: value,
    nodes: names,
    evidence: {
      span: stated.span,
      note: `${nodeNames(names)} ${names.length === 1 ? 'runs' : 'run'} kernel '${value.text}'.`,
    },
  }));
}

/** Kernels that packages pin: `kernel` with a version, or a name such as `kernel-3.10.0-1160.el7`. */
function packageKernels(source: FactSource): readonly FleetKernel[] {
  const kernels = new Map<string, FleetKernel>();
  for (const { name, version, span } of source.facts('package')) {
    const match = /^kernel(?:-(?:lt|ml|core|uek))?(?:-(\d.*))?$/.exec(name);
    if (match === null) continue;
    const text = match[1] ?? (version === undefined ? undefined : literalText(version));
    const release = text === undefined ? undefined : parseKernelRelease(text);
    if (release === undefined || kernels.has(release.text)) continue;
    const note = `Package '${name}' is pinned to kernel '${release.text}'.`;
    kernels.set(release.text, { release, nodes: [], evidence: { span, note } });
  }
  return [...kernels.values()];
}

function ipvsEvidence(source: FactSource, nodes: readonly NodeFact[]): readonly Evidence[] {
  const evidence: Evidence[] = [];
  const files = new Set<string>();
  for (const fact of source.facts('kernel.module')) {
    const { name, span } = fact;
    // Only before 4.14 does it matter to anybody who asks.
    if (!/^ip_vs(?:_|$)/.test(name) || files.has(span.file) || !allowsKernelBelow(fact, 4, 14)) continue;
    files.add(span.file);
    evidence.push({ span, note: `Module '${name}' is loaded.` });
    addAll(evidence, conditionEvidence(fact));
  }
  for (const node of nodes) {
    const module = node.modules?.find(({ text }) => /^ip_vs(?:_|$)/.test(text));
    if (module === undefined || files.has(module.span.file)) continue;
    files.add(module.span.file);
    evidence.push({ span: module.span, note: `Module '${module.text}' is loaded on node '${node.name}'.` });
  }
  for (const { path, value, span } of source.facts('kube-proxy.setting')) {
    if (path === 'mode' && literalText(value) === 'ipvs') {
      evidence.push({ span, note: "kube-proxy runs in mode 'ipvs', which loads 'ip_vs'." });
    }
  }
  for (const command of source.commands(kubeProxyPrograms)) {
    const flags = flagsOf(commandArguments(command.words, 'kube-proxy', 'proxy') ?? []);
    const mode = flags.findLast(({ name }) => name === 'proxy-mode');
    if (mode?.value !== undefined && literalText(mode.value) === 'ipvs') {
      evidence.push({ span: mode.span, note: "kube-proxy runs in mode 'ipvs', which loads 'ip_vs'." });
    }
  }
  return evidence;
}

function enterpriseLinux7Evidence(
  source: FactSource,
  nodes: readonly NodeFact[],
  kernels: readonly FleetKernel[],
): readonly Evidence[] {
  const ofKernels = kernels.filter(({ release }) => release.enterpriseLinux7).map(({ evidence }) => evidence);
  const unknownKernel = nodes.filter((node) => node.kernelRelease === undefined);
  const ofNodes = groupNodes(unknownKernel, 'osImage', (text) => (isEnterpriseLinux7(text) ? text : undefined)).map(
    ({ value, stated, names }) => ({
      span: stated.span,
      note: `${nodeNames(names)} ${names.length === 1 ? 'runs' : 'run'} '${value}'.`,
    }),
  );
  if (nodes.length > 0 || ofKernels.length > 0) return [...ofKernels, ...ofNodes];
  const builds = source.facts('package').filter(({ version }) => /\.el7(?!\.elrepo|uek)/.test(version?.text ?? ''));
  return builds.slice(0, 1).map(({ name, version, span }) => ({
    span,
    note: `Package '${name}' is pinned to '${version?.text ?? ''}', a build for Enterprise Linux 7.`,
  }));
}

/** What nodes state of systemd; for the others what their distribution ships. */
function fleetSystemd(nodes: readonly NodeFact[]): readonly FleetSystemd[] {
  const run = (names: readonly string[]): string => `${nodeNames(names)} ${names.length === 1 ? 'runs' : 'run'}`;
  const stated = groupNodes(nodes, 'systemd', leadingNumber).map(({ value, stated: { span }, names }) => ({
    version: value,
    nodes: names,
    evidence: { span, note: `${run(names)} systemd ${value}.` },
  }));
  const others = nodes.filter(({ systemd }) => systemd === undefined);
  const shipped = groupNodes(others, 'osImage', systemdVersionOf).map(({ value, stated: { span, text }, names }) => ({
    version: value,
    nodes: names,
    evidence: { span, note: `${run(names)} '${text}', which ships systemd ${value}.` },
  }));
  return [...stated, ...shipped];
}

function leadingNumber(text: string): number | undefined {
  const digits = /^\d{1,4}/.exec(text)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

function fleetCgroups(source: FactSource, nodes: readonly NodeFact[]): readonly FleetCgroup[] {
  const groups = new Map<string, { readonly cgroup: Omit<FleetCgroup, 'nodes'>; readonly names: string[] }>();
  for (const node of nodes) {
    const key = JSON.stringify([node.cgroup?.text, node.kernelParameters?.text, node.osImage?.text]);
    const group = groups.get(key);
    if (group !== undefined) {
      group.names.push(node.name);
      continue;
    }
    const cgroup = cgroupOfNode(node);
    if (cgroup !== undefined) groups.set(key, { cgroup, names: [node.name] });
  }
  if (nodes.length > 0) return [...groups.values()].map(({ cgroup, names }) => ({ ...cgroup, nodes: names }));
  const ofTree = source
    .facts('kernel.parameters')
    .flatMap(({ text, span }) => cgroupOfParameters({ text: literalText(text) ?? '', span }));
  const [first] = ofTree;
  return first === undefined || ofTree.some(({ version }) => version !== first.version)
    ? []
    : [{ ...first, nodes: [] }];
}

function cgroupOfNode({ cgroup, kernelParameters, osImage }: NodeFact): Omit<FleetCgroup, 'nodes'> | undefined {
  if (cgroup !== undefined) {
    const version = cgroup.text === '2' ? 2 : 1;
    return { version, evidence: { span: cgroup.span, note: `These nodes run cgroup v${version}.` } };
  }
  const [ofParameters] = kernelParameters === undefined ? [] : cgroupOfParameters(kernelParameters);
  if (ofParameters !== undefined) return ofParameters;
  const version = osImage === undefined ? undefined : cgroupVersionOf(osImage.text);
  if (osImage === undefined || (version !== 1 && version !== 2)) return undefined;
  return { version, evidence: { span: osImage.span, note: `'${osImage.text}' boots with cgroup v${version}.` } };
}

function cgroupOfParameters({ text, span }: Stated): readonly Omit<FleetCgroup, 'nodes'>[] {
  const value = /(?:^|\s)systemd\.unified_cgroup_hierarchy=(0|1|false|true|no|yes)(?=\s|$)/.exec(text)?.[1];
  if (value === undefined) return [];
  const version = /^(?:1|true|yes)$/.test(value) ? 2 : 1;
  return [
    { version, evidence: { span, note: `'systemd.unified_cgroup_hierarchy=${value}' boots with cgroup v${version}.` } },
  ];
}

function positiveInteger(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
