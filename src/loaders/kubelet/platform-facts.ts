/** Facts of the documents in which other programs keep versions, kubelet settings and boot parameters of the nodes they make. */
import type { Fact } from '../../core/fact.ts';
import { sliceTemplate, spanOf, type Template } from '../../core/template.ts';
import { flagListFacts, flagMapFacts, settingFacts, versionFact } from './kubernetes-facts.ts';
import { scalarAt, scalarTemplate, valueAt, type ScalarTree, type Tree } from './tree.ts';

/** Settings that kOps names after the flag instead of the field. */
const kopsPaths: ReadonlyMap<string, string> = new Map([
  ['anonymousAuth', 'authentication.anonymous.enabled'],
  ['authenticationTokenWebhook', 'authentication.webhook.enabled'],
  ['authorizationMode', 'authorization.mode'],
  ['readOnlyPort', 'readOnlyPort'],
  ['cgroupDriver', 'cgroupDriver'],
  ['cpuManagerPolicy', 'cpuManagerPolicy'],
  ['failSwapOn', 'failSwapOn'],
  ['maxPods', 'maxPods'],
  ['protectKernelDefaults', 'protectKernelDefaults'],
  ['resolvConf', 'resolvConf'],
  ['shutdownGracePeriod', 'shutdownGracePeriod'],
  ['shutdownGracePeriodCriticalPods', 'shutdownGracePeriodCriticalPods'],
]);

/** A kOps `Cluster` or `InstanceGroup`. kOps leaves out what a version of Kubernetes no longer knows. */
export function kopsFacts(template: Template, root: Tree): readonly Fact[] {
  const parts = ['kubelet', 'controlPlaneKubelet', 'masterKubelet'].flatMap((key) => {
    const part = valueAt(root, 'spec', key);
    return part === undefined ? [] : settingFacts(template, part, 'kops', true, (path) => kopsPaths.get(path));
  });
  return [...versionFact(template, scalarAt(root, 'spec', 'kubernetesVersion')), ...parts];
}

/** A `Plan` of the system-upgrade-controller for k3s or RKE2; its version may also be the channel's or an operating system's. */
export function upgradePlanFacts(template: Template, root: Tree): readonly Fact[] {
  const version = scalarAt(root, 'spec', 'version');
  return version !== undefined && /^v?1\.\d+\.\d+[+-](?:k3s|rke2)/.test(version.text)
    ? versionFact(template, version)
    : [];
}

/** k3s' and RKE2's configuration: a list of `kubelet-arg`. */
export function k3sFacts(template: Template, root: Tree): readonly Fact[] {
  const list = valueAt(root, 'kubelet-arg') ?? valueAt(root, 'kubelet-arg+');
  return list === undefined ? [] : flagListFacts(template, list, 'k3s');
}

/** Talos' machine configuration. */
export function talosFacts(template: Template, root: Tree): readonly Fact[] {
  const kubelet = valueAt(root, 'machine', 'kubelet');
  const flags = valueAt(kubelet, 'extraArgs');
  const extra = valueAt(kubelet, 'extraConfig');
  return [
    ...imageVersion(template, scalarAt(kubelet, 'image')),
    ...(flags === undefined ? [] : flagMapFacts(template, flags, 'talos')),
    ...(extra === undefined ? [] : settingFacts(template, extra, 'talos', true)),
    ...parameterFacts(template, valueAt(root, 'machine', 'install', 'extraKernelArgs')),
    ...moduleFacts(template, valueAt(root, 'machine', 'kernel', 'modules')),
  ];
}

/** The version in the tag of an image: `ghcr.io/siderolabs/kubelet:v1.27.3`. */
function imageVersion(template: Template, image: ScalarTree | undefined): readonly Fact[] {
  if (image === undefined) return [];
  const tag = /:(v1\.\d[\w.+-]*)(?:@|$)/.exec(image.text)?.[1];
  if (tag === undefined) return [];
  const text = scalarTemplate(template, image);
  const at = text.text.lastIndexOf(`:${tag}`) + 1;
  const version = sliceTemplate(text, at, at + tag.length);
  return [{ kind: 'kubernetes.version', span: spanOf(version), component: 'cluster', version }];
}

/** nodeadm's NodeConfig on EKS. Its settings are merged into those that nodeadm makes. */
export function nodeadmFacts(template: Template, root: Tree): readonly Fact[] {
  const config = valueAt(root, 'spec', 'kubelet', 'config');
  const flags = valueAt(root, 'spec', 'kubelet', 'flags');
  return [
    ...(config === undefined ? [] : settingFacts(template, config, 'nodeadm', true)),
    ...(flags === undefined ? [] : flagListFacts(template, flags, 'nodeadm')),
  ];
}

/** OpenShift's KubeletConfig. Its settings are merged into those of the release. */
export function openshiftKubeletFacts(template: Template, root: Tree): readonly Fact[] {
  const config = valueAt(root, 'spec', 'kubeletConfig');
  return config === undefined ? [] : settingFacts(template, config, 'openshift', true);
}

/** OpenShift's MachineConfig: boot parameters. */
export function machineConfigFacts(template: Template, root: Tree): readonly Fact[] {
  return parameterFacts(template, valueAt(root, 'spec', 'kernelArguments'));
}

/** Butane and Ignition: boot parameters, and file systems that are swap. */
export function ignitionFacts(template: Template, root: Tree): readonly Fact[] {
  return [
    ...parameterFacts(template, valueAt(root, 'kernel_arguments', 'should_exist')),
    ...parameterFacts(template, valueAt(root, 'kernelArguments', 'shouldExist')),
    ...swapFacts(template, valueAt(root, 'storage', 'filesystems')),
  ];
}

/** Butane's file systems with `format: swap` and `with_mount_unit: true`, which makes a swap unit. */
function swapFacts(template: Template, list: Tree | undefined): readonly Fact[] {
  if (list?.type !== 'sequence') return [];
  return list.items.flatMap((item): Fact[] => {
    const device = scalarAt(item, 'device');
    const isSwap = scalarAt(item, 'format')?.text === 'swap' && scalarAt(item, 'with_mount_unit')?.text === 'true';
    if (device === undefined || !isSwap) return [];
    const span = spanOf(template, device.start, device.end);
    return [{ kind: 'swap.device', span, device: device.text, source: 'machine' }];
  });
}

type VariableReader = (template: Template, value: Tree) => readonly Fact[];

/** Variables of kubespray, and Hiera data of Puppet's Kubernetes modules: those of Vox Pupuli and Puppet Labs. */
const variables: ReadonlyMap<string, VariableReader> = new Map<string, VariableReader>([
  ['kube_version', versionFact],
  ['k8s::version', versionFact],
  ['kubernetes::kubernetes_version', versionFact],
  ['kubernetes::kubernetes_package_version', versionFact],
  ['k8s::node::kubelet::config', (template, value) => settingFacts(template, value, 'puppet', true)],
  ['k8s::node::kubelet::arguments', (template, value) => flagMapFacts(template, value, 'puppet')],
  ['kubernetes::kubelet_extra_config', (template, value) => settingFacts(template, value, 'puppet', true)],
  ['kubernetes::kubelet_extra_arguments', (template, value) => flagListFacts(template, value, 'puppet')],
  ['kubelet_config_extra_args', (template, value) => settingFacts(template, value, 'kubespray', true)],
  ['kubelet_node_config_extra_args', (template, value) => settingFacts(template, value, 'kubespray', true)],
  ['kubelet_custom_flags', (template, value) => flagListFacts(template, value, 'kubespray')],
  ['kubelet_node_custom_flags', (template, value) => flagListFacts(template, value, 'kubespray')],
]);

/** Names of the variables that `variableFacts` reads. */
export const variableNames: readonly string[] = [...variables.keys()];

/** What the variables of other programs say of a cluster's version and of its kubelets. */
export function variableFacts(template: Template, root: Tree): readonly Fact[] {
  if (root.type !== 'mapping') return [];
  return root.entries.flatMap(({ key, value }) => variables.get(key)?.(template, value) ?? []);
}

/** The image of a kind node: `kindest/node:v1.27.3`. */
export function kindImageFacts(template: Template, root: Tree): readonly Fact[] {
  const nodes = valueAt(root, 'nodes');
  if (nodes?.type !== 'sequence') return [];
  return nodes.items.flatMap((node) => imageVersion(template, scalarAt(node, 'image')));
}

function parameterFacts(template: Template, list: Tree | undefined): readonly Fact[] {
  if (list?.type !== 'sequence') return [];
  return list.items.flatMap((item): Fact[] => {
    if (item.type !== 'scalar') return [];
    const text = scalarTemplate(template, item);
    return [{ kind: 'kernel.parameters', span: spanOf(template, item.start, item.end), text, source: 'machine' }];
  });
}

function moduleFacts(template: Template, list: Tree | undefined): readonly Fact[] {
  if (list?.type !== 'sequence') return [];
  return list.items.flatMap((item): Fact[] => {
    const name = scalarAt(item, 'name');
    if (name === undefined) return [];
    const span = spanOf(template, name.start, name.end);
    return [{ kind: 'kernel.module', span, name: name.text.replaceAll('-', '_'), source: 'modules-load' }];
  });
}
