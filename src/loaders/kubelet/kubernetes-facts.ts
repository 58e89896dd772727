/** Facts of the documents that configure kubelet, kubeadm and kube-proxy. */
import type { Fact } from '../../core/fact.ts';
import type { KubeletFlagFact, KubeletSurface } from '../../core/facts/kubelet.ts';
import { sliceTemplate, spanOf, type Template } from '../../core/template.ts';
import { scalarAt, scalarTemplate, valueAt, type MappingEntry, type Tree } from './tree.ts';

/** A setting of a document with the dotted path that leads to it. */
interface Setting extends Omit<MappingEntry, 'key'> {
  readonly path: string;
}

/** What a KubeletConfiguration says. Reads every setting, also those that no Kubernetes knows. */
export function kubeletConfigurationFacts(template: Template, root: Tree): readonly Fact[] {
  const isDropIn = /(?:^|\/)[^/]+\.d\/[^/]+$/.test(template.file);
  return settingFacts(template, root, 'kubelet', isDropIn);
}

/**
 * The settings of a map that is a KubeletConfiguration, or part of one.
 *
 * @param partial joined with settings that are not here
 * @param toPath the path that a setting has in a KubeletConfiguration; `undefined` for what is no setting
 */
export function settingFacts(
  template: Template,
  root: Tree,
  surface: KubeletSurface,
  partial: boolean,
  toPath: (path: string) => string | undefined = (path) => path,
): readonly Fact[] {
  if (root.type !== 'mapping') return [];
  const isWhole = surface === 'kubelet';
  const document = isWhole ? spanOf(template) : spanOf(template, root.start, root.end);
  const apiVersion = scalarAt(root, 'apiVersion')?.text;
  const place = scalarAt(root, 'kind') ?? root.entries[0]?.value ?? root;
  const span = spanOf(template, place.start, place.end);
  const facts: Fact[] = [{ kind: 'kubelet.config', span, document, apiVersion, surface, partial }];
  for (const setting of settings(root)) {
    const path = toPath(setting.path);
    if (path === undefined) continue;
    const { keyStart, keyEnd, value } = setting;
    const key = spanOf(template, keyStart, keyEnd);
    const text = value.type === 'scalar' ? scalarTemplate(template, value) : undefined;
    const valueSpan = text === undefined ? key : spanOf(template, value.start, value.end);
    const quoted = value.type === 'scalar' && (value.block === true || /^["']/.test(template.text[value.start] ?? ''));
    facts.push({ kind: 'kubelet.setting', span: valueSpan, key, document, path, value: text, quoted });
  }
  return facts;
}

/** What a KubeProxyConfiguration says. */
export function kubeProxyFacts(template: Template, root: Tree): readonly Fact[] {
  return settings(root).flatMap(({ path, value }): Fact[] =>
    value.type === 'scalar'
      ? [
          {
            kind: 'kube-proxy.setting',
            span: spanOf(template, value.start, value.end),
            path,
            value: scalarTemplate(template, value),
          },
        ]
      : [],
  );
}

/** Where kubeadm documents have arguments of programs. */
const argumentPaths: readonly (readonly string[])[] = [
  ['nodeRegistration', 'kubeletExtraArgs'],
  ['apiServer', 'extraArgs'],
  ['controllerManager', 'extraArgs'],
  ['scheduler', 'extraArgs'],
  ['etcd', 'local', 'extraArgs'],
];

/** What a kubeadm document says of versions and of the kubelet's flags. */
export function kubeadmFacts(template: Template, root: Tree): readonly Fact[] {
  const facts: Fact[] = [...versionFact(template, scalarAt(root, 'kubernetesVersion'))];
  const apiVersion = scalarAt(root, 'apiVersion')?.text ?? '';
  for (const path of argumentPaths) {
    const entry = entryAt(root, path);
    if (entry === undefined || apiVersion === '' || !isFilled(entry.value)) continue;
    const span = spanOf(template, entry.keyStart, entry.keyEnd);
    const shape = entry.value.type === 'mapping' ? 'map' : 'list';
    facts.push({ kind: 'kubernetes.kubeadm-arguments', span, path: path.join('.'), apiVersion, shape });
  }
  const flags = valueAt(root, 'nodeRegistration', 'kubeletExtraArgs');
  return [...facts, ...(flags === undefined ? [] : flagMapFacts(template, flags, 'kubeadm'))];
}

function isFilled(tree: Tree): boolean {
  return (tree.type === 'mapping' && tree.entries.length > 0) || (tree.type === 'sequence' && tree.items.length > 0);
}

function entryAt(root: Tree, path: readonly string[]): MappingEntry | undefined {
  const parent = valueAt(root, ...path.slice(0, -1));
  return parent?.type === 'mapping' ? parent.entries.findLast(({ key }) => key === path.at(-1)) : undefined;
}

/** The version that a scalar states for all programs of a cluster; nothing if there is no scalar. */
export function versionFact(template: Template, scalar: Tree | undefined): readonly Fact[] {
  if (scalar?.type !== 'scalar') return [];
  const span = spanOf(template, scalar.start, scalar.end);
  return [{ kind: 'kubernetes.version', span, component: 'cluster', version: scalarTemplate(template, scalar) }];
}

/** Flags of a map from names to values, or of a list of maps with `name` and `value`. */
export function flagMapFacts(template: Template, flags: Tree, source: KubeletSurface): readonly KubeletFlagFact[] {
  if (flags.type === 'mapping') {
    return flags.entries.map(({ key, keyStart, value }) => flagFact(template, source, key, keyStart, value));
  }
  if (flags.type !== 'sequence') return [];
  return flags.items.flatMap((item) => {
    const name = scalarAt(item, 'name');
    return name === undefined ? [] : [flagFact(template, source, name.text, item.start, valueAt(item, 'value'))];
  });
}

function flagFact(
  template: Template,
  source: KubeletSurface,
  name: string,
  start: number,
  value: Tree | undefined,
): KubeletFlagFact {
  const text = value?.type === 'scalar' ? scalarTemplate(template, value) : undefined;
  const span = spanOf(template, start, Math.max(start, value?.end ?? start));
  return { kind: 'kubelet.flag', span, name: name.replace(/^--?/, '').replaceAll('_', '-'), value: text, source };
}

/** Flags of a list of texts such as `max-pods=110`, `--max-pods=110` or `max-pods: 110`. */
export function flagListFacts(template: Template, list: Tree, source: KubeletSurface): readonly KubeletFlagFact[] {
  const items = list.type === 'sequence' ? list.items : [list];
  return items.flatMap((item): KubeletFlagFact[] => {
    if (item.type !== 'scalar') return [];
    const text = scalarTemplate(template, item);
    const match = /^(?:--?)?([A-Za-z][\w.-]*)(?:=|:[ ]+|$)/.exec(text.text);
    if (match === null) return [];
    const [head, name = ''] = match;
    const value = /[= ]$/.test(head) ? sliceTemplate(text, head.length, text.text.length) : undefined;
    const span = spanOf(template, item.start, item.end);
    return [{ kind: 'kubelet.flag', span, name: name.replaceAll('_', '-'), value, source }];
  });
}

/** The scalars, nulls and empty collections of a document in the order of its text; lists count from 0. */
function settings(root: Tree): readonly Setting[] {
  const found: Setting[] = [];
  const visit = (path: string, keyStart: number, keyEnd: number, value: Tree): void => {
    if (value.type === 'mapping' && value.entries.length > 0) {
      for (const entry of value.entries) visit(`${path}.${entry.key}`, entry.keyStart, entry.keyEnd, entry.value);
    } else if (value.type === 'sequence' && value.items.length > 0) {
      value.items.forEach((item, index) => {
        visit(`${path}[${index}]`, keyStart, keyEnd, item);
      });
    } else {
      found.push({ path, keyStart, keyEnd, value });
    }
  };
  if (root.type === 'mapping') {
    for (const { key, keyStart, keyEnd, value } of root.entries) {
      if (key !== 'apiVersion' && key !== 'kind' && key !== 'metadata') visit(key, keyStart, keyEnd, value);
    }
  }
  return found;
}
