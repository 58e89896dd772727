/** Classes of well-known modules that are told what to configure a kubelet with, where the module is not in the tree. */
import type { Fact } from '../../core/fact.ts';
import { literalText } from '../../core/template.ts';
import { flagListFacts, flagMapFacts, settingFacts, versionFact } from '../kubelet/kubernetes-facts.ts';
import { readYaml } from '../kubelet/read-yaml.ts';
import type { Tree } from '../kubelet/tree.ts';
import { dataText } from './data-text.ts';
import type { EvaluatedAttribute, EvaluatedResource } from './evaluated.ts';
import type { Template } from '../../core/template.ts';

type Reader = (template: Template, root: Tree) => readonly Fact[];

const settings: Reader = (template, root) => settingFacts(template, root, 'puppet', true);
const flags: Reader = (template, root) =>
  root.type === 'mapping' ? flagMapFacts(template, root, 'puppet') : flagListFacts(template, root, 'puppet');

/** By class and parameter: puppet-k8s of Vox Pupuli, puppetlabs-kubernetes. The same keys stand in Hiera. */
const parameters: ReadonlyMap<string, Reader> = new Map([
  ['k8s::version', versionFact],
  ['k8s::node::kubelet::config', settings],
  ['k8s::node::kubelet::arguments', flags],
  ['kubernetes::kubernetes_version', versionFact],
  ['kubernetes::kubelet_extra_config', settings],
  ['kubernetes::kubelet_extra_arguments', flags],
]);

/** `class { 'k8s::node::kubelet': config => { 'maxPods' => 200 } }`. The YAML library must be loaded. */
export function kubeletClassFacts({ type, title, attributes }: EvaluatedResource): readonly Fact[] {
  const [text] = title;
  const name = text === undefined ? undefined : literalText(text)?.replace(/^::/, '');
  if (type !== 'class' || name === undefined) return [];
  return [...parameters].flatMap(([parameter, reader]) => {
    if (!parameter.startsWith(`${name}::`)) return [];
    const attribute = attributes.get(parameter.slice(name.length + 2));
    return attribute === undefined ? [] : read(attribute, reader);
  });
}

function read({ value, span }: EvaluatedAttribute, reader: Reader): readonly Fact[] {
  const { template, root, error } = readYaml(dataText(value, span));
  return error === undefined ? reader(template, root) : [];
}
