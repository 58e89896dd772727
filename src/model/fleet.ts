/** What is known of the nodes, with the places that say so. */
import type { FactKind, FactTypes } from '../core/fact.ts';
import type { NodeFact, Stated } from '../core/facts/node.ts';
import type { Evidence } from '../core/finding.ts';
import type { Span } from '../core/span.ts';
import { flagsOf } from '../core/flags.ts';
import { isKernelBelow, parseKernelRelease, type KernelRelease } from '../core/kernel-release.ts';
import { literalText, type Answer } from '../core/template.ts';
import { isEnterpriseLinux7, systemdVersionOf } from '../knowledge/kernel-distributions.ts';
import { commandArguments } from './command-arguments.ts';
import { once } from '../core/once.ts';

/** Where the model's parts get their facts: a `Model`, or part of one. */
export interface FactSource {
  facts<Kind extends FactKind>(kind: Kind): readonly FactTypes[Kind][];
}

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
    ipvs: once(() => ipvsEvidence(source)),
    isEnterpriseLinux7: once(() => enterpriseLinux7Evidence(source, nodes, kernels())),
    systemd: once(() =>
      groupNodes(nodes, 'osImage', systemdVersionOf).map(({ value, stated, names }) => ({
        version: value,
        nodes: names,
        evidence: {
          span: stated.span,
          note: `${nodeNames(names)} ${names.length === 1 ? 'runs' : 'run'} '${stated.text}', which ships systemd ${value}.`,
        },
      })),
    ),
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

/** Descriptions of nodes that tests of a module bring along: no node of this fleet. */
function isFixture(path: string): boolean {
  return /(?:^|\/)(?:spec|tests?|fixtures)\//.test(path);
}

function mergeByName(facts: readonly NodeFact[]): readonly NodeFact[] {
  const byName = new Map<string, NodeFact>();
  for (const fact of facts) byName.set(fact.name, { ...fact, ...byName.get(fact.name) });
  return [...byName.values()];
}

interface NodeGroup<Value> {
  readonly value: Value;
  /** As the first node states it. */
  readonly stated: Stated;
  readonly names: string[];
}

/** Nodes by what `read` makes of one part of them; those that do not state it, or not readably, are left out. */
function groupNodes<Value>(
  nodes: readonly NodeFact[],
  part: 'kernelRelease' | 'osImage' | 'processors',
  read: (text: string) => Value | undefined,
): readonly NodeGroup<Value>[] {
  const groups = new Map<string, NodeGroup<Value> | undefined>();
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

function ipvsEvidence(source: FactSource): readonly Evidence[] {
  const evidence: Evidence[] = [];
  const files = new Set<string>();
  for (const { name, span } of source.facts('kernel.module')) {
    if (!/^ip_vs(?:_|$)/.test(name) || files.has(span.file)) continue;
    files.add(span.file);
    evidence.push({ span, note: `Module '${name}' is loaded.` });
  }
  for (const { path, value, span } of source.facts('kube-proxy.setting')) {
    if (path === 'mode' && literalText(value) === 'ipvs') {
      evidence.push({ span, note: "kube-proxy runs in mode 'ipvs', which loads 'ip_vs'." });
    }
  }
  for (const command of source.facts('command')) {
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

function positiveInteger(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
