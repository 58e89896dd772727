/** Kernel-memory accounting on the known nodes: what turns it on or off there, and what comes of it. */
import type { KernelParametersFact } from '../core/facts/node.ts';
import type { Evidence } from '../core/finding.ts';
import type { Span } from '../core/span.ts';
import { displayText } from '../core/template.ts';
import { decideKmem, kmemSources, type KmemDecision } from '../knowledge/kmem.ts';
import { fleetFacts, type Fleet } from './fleet.ts';
import { kubeletsFacts, type CgroupDriver, type Kubelets } from './kubelets.ts';
import { nodeGroups, type NodeGroup } from './node-groups.ts';
import { addAll } from '../core/lists.ts';

/** Facts that the assessments are made from. */
export const kernelMemoryFacts = [...fleetFacts, ...kubeletsFacts, 'kernel.parameters'] as const;

/** What comes of kernel-memory accounting on nodes that run the same. */
export interface KernelMemoryAssessment {
  readonly group: NodeGroup;
  readonly decision: KmemDecision;
  /** Whether every reading of the tree leads to this decision. */
  readonly isSure: boolean;
  readonly driver: CgroupDriver;
  /** What it rests on, in order; never empty. */
  readonly evidence: readonly Evidence[];
}

/** Boot parameters that go together: those of one file, with what Puppet adds to every file. */
interface BootParameters {
  readonly text: string;
  /** `false`: a part of it is unknown. */
  readonly complete: boolean;
  /** `undefined` where nothing sets any. */
  readonly span: Span | undefined;
}

/** One assessment for each group of nodes whose kernel is known. */
export function assessKernelMemory(
  model: { readonly fleet: Fleet; readonly kubelets: Kubelets },
  kernelParameters: readonly KernelParametersFact[],
): readonly KernelMemoryAssessment[] {
  const ofTree = joinParameters(kernelParameters);
  return nodeGroups(model).flatMap((group): readonly KernelMemoryAssessment[] => {
    const driver = model.kubelets.cgroupDriver(group.kubelet?.version);
    const ofNodes = group.parameters;
    const parameters = ofNodes === undefined ? ofTree : [{ ...ofNodes, complete: true }];
    const decisions = parameters.map(({ text }) => decide(group, driver, text));
    const [decision] = decisions;
    if (decision === undefined) return [];
    const isSure =
      driver.driver !== undefined &&
      parameters.every(({ complete }) => complete) &&
      decisions.every(({ verdict }) => verdict === decision.verdict);
    return [{ group, decision, isSure, driver, evidence: evidenceOf(group, driver, decision, parameters) }];
  });
}

function decide(group: NodeGroup, { driver }: CgroupDriver, bootParameters: string): KmemDecision {
  return decideKmem({
    kernel: group.kernel.release,
    cgroupVersion: group.cgroup,
    kubelet: group.kubelet?.version,
    kubeletNokmem: group.kubelet?.text.includes('nokmem') === true,
    cgroupDriver: driver,
    runtime: group.runtime,
    bootParameters,
  });
}

/** One for each file that sets boot parameters; never empty. */
function joinParameters(facts: readonly KernelParametersFact[]): readonly BootParameters[] {
  const ofFiles = new Map<string, BootParameters>();
  let everywhere: BootParameters = { text: '', complete: true, span: undefined };
  for (const { text, span, source, conditions } of facts) {
    const before = source === 'puppet' ? everywhere : ofFiles.get(span.file);
    const joined = join(before, {
      text: displayText(text),
      complete: text.holes.length === 0 && conditions === undefined,
      span,
    });
    if (source === 'puppet') everywhere = joined;
    else ofFiles.set(span.file, joined);
  }
  return ofFiles.size === 0 ? [everywhere] : [...ofFiles.values()].map((file) => join(file, everywhere));
}

function join(a: BootParameters | undefined, b: BootParameters): BootParameters {
  if (a === undefined) return b;
  return { text: `${a.text} ${b.text}`, complete: a.complete && b.complete, span: a.span ?? b.span };
}

function evidenceOf(
  { kernel, kubelet, runtime }: NodeGroup,
  driver: CgroupDriver,
  { verdict, parameterIgnored }: KmemDecision,
  parameters: readonly BootParameters[],
): readonly Evidence[] {
  const isOfKubelet = verdict === 'leaks' || verdict === 'unlikely';
  const steps: Evidence[] = [kernel.evidence, kmemSources.kernel];
  if (kubelet !== undefined) {
    const effect =
      verdict === 'leaks'
        ? 'turns accounting on'
        : verdict === 'unlikely'
          ? 'can turn accounting on'
          : 'leaves accounting off';
    const range = isOfKubelet ? ', as 1.8 to 1.21 do' : '';
    steps.push({
      span: kubelet.span,
      note: `kubelet '${kubelet.text}' ${effect}${range}.`,
      source: kmemSources.kubelet,
    });
  }
  if (runtime !== undefined && !isOfKubelet) {
    const source = runtime.name === 'containerd' ? kmemSources.containerd : kmemSources.docker;
    steps.push({ span: runtime.span, note: `The container runtime is ${runtime.name} '${runtime.text}'.`, source });
  }
  addAll(steps, driver.evidence);
  if (verdict === 'unlikely') steps.push(kmemSources.cgroupDriver);
  for (const { span } of parameters) {
    if (span === undefined) continue;
    if (parameterIgnored) steps.push({ span, ...kmemSources.bootParameter });
    else steps.push({ span, note: 'These boot parameters do not turn accounting off.' });
  }
  return steps;
}
