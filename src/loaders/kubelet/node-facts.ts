/** Facts of the documents that describe nodes: `kubectl get nodes -o json`, facter, Docker's daemon.json. */
import type { Fact } from '../../core/fact.ts';
import type { NodeFact, Stated } from '../../core/facts/node.ts';
import { literalText, spanOf, type Template } from '../../core/template.ts';
import { scalarAt, scalarTemplate, valueAt, type ScalarTree, type Tree } from './tree.ts';

type Part = 'kernelRelease' | 'kubeletVersion' | 'osImage' | 'runtime' | 'processors';

/** A `Node` object, or a `List` or `NodeList` of them. Nodes that say nothing of kernel or versions are left out. */
export function nodeFacts(template: Template, root: Tree): readonly Fact[] {
  const items = valueAt(root, 'items');
  if (items?.type !== 'sequence') return nodeFact(template, root);
  const isNodeList = scalarAt(root, 'kind')?.text === 'NodeList';
  return items.items
    .filter((item) => (isNodeList && valueAt(item, 'kind') === undefined) || scalarAt(item, 'kind')?.text === 'Node')
    .flatMap((item) => nodeFact(template, item));
}

function nodeFact(template: Template, root: Tree): readonly NodeFact[] {
  const information = valueAt(root, 'status', 'nodeInfo');
  if (information?.type !== 'mapping') return [];
  const name = scalarAt(root, 'metadata', 'name');
  return [
    describe(template, name?.text ?? baseName(template.file), name ?? { start: root.start, end: root.start }, {
      kernelRelease: scalarAt(information, 'kernelVersion'),
      kubeletVersion: scalarAt(information, 'kubeletVersion'),
      osImage: scalarAt(information, 'osImage'),
      runtime: scalarAt(information, 'containerRuntimeVersion'),
      processors: scalarAt(root, 'status', 'capacity', 'cpu'),
    }),
  ];
}

/**
 * The output of `facter --json` or `facter --yaml`; also under `facts` (Foreman, PuppetDB inventory) or `values`
 * (`puppet facts`), and a list of such.
 */
export function facterFacts(template: Template, root: Tree): readonly Fact[] {
  const nodes = root.type === 'sequence' ? root.items : [root];
  return nodes.flatMap((node) => {
    const facts = [node, valueAt(node, 'facts'), valueAt(node, 'values')].find(
      (candidate) => scalarAt(candidate, 'kernelrelease') !== undefined,
    );
    return facts === undefined ? [] : [facterNode(template, node, facts)];
  });
}

function facterNode(template: Template, node: Tree, facts: Tree): NodeFact {
  const name =
    scalarAt(node, 'certname') ??
    scalarAt(facts, 'networking', 'fqdn') ??
    scalarAt(facts, 'fqdn') ??
    scalarAt(facts, 'clientcert') ??
    scalarAt(facts, 'hostname') ??
    scalarAt(node, 'name');
  const osName = scalarAt(facts, 'os', 'name') ?? scalarAt(facts, 'operatingsystem');
  const osRelease =
    scalarAt(facts, 'os', 'release', 'full') ??
    scalarAt(facts, 'os', 'release', 'major') ??
    scalarAt(facts, 'operatingsystemrelease');
  const kernelRelease = scalarAt(facts, 'kernelrelease');
  const described = describe(template, name?.text ?? baseName(template.file), name ?? kernelRelease ?? facts, {
    kernelRelease,
    processors: scalarAt(facts, 'processors', 'count') ?? scalarAt(facts, 'processorcount'),
  });
  if (osName === undefined || osRelease === undefined) return described;
  const osImage = { text: `${osName.text} ${osRelease.text}`, span: spanOf(template, osRelease.start, osRelease.end) };
  return { ...described, osImage };
}

function describe(
  template: Template,
  name: string,
  at: { readonly start: number; readonly end: number },
  parts: { readonly [Key in Part]?: ScalarTree | undefined },
): NodeFact {
  const stated: Partial<Record<Part, Stated>> = {};
  for (const part of ['kernelRelease', 'kubeletVersion', 'osImage', 'runtime', 'processors'] as const) {
    const scalar = parts[part];
    const text = scalar === undefined ? undefined : literalText(scalarTemplate(template, scalar));
    if (scalar === undefined || text === undefined) continue;
    stated[part] = { text, span: spanOf(template, scalar.start, scalar.end) };
  }
  return { kind: 'node', span: spanOf(template, at.start, at.end), name, ...stated };
}

/** Docker's daemon.json: the cgroup driver among its `exec-opts`. */
export function dockerDaemonFacts(template: Template, root: Tree): readonly Fact[] {
  const options = valueAt(root, 'exec-opts');
  if (options?.type !== 'sequence') return [];
  return options.items.flatMap((option): Fact[] => {
    const driver = option.type === 'scalar' ? /^native\.cgroupdriver=(\w+)$/.exec(option.text)?.[1] : undefined;
    if (driver === undefined) return [];
    const span = spanOf(template, option.start, option.end);
    return [{ kind: 'runtime.cgroup-driver', span, runtime: 'docker', driver }];
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
}
