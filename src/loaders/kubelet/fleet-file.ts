/** The file of `--fleet`: what `kubectl get nodes -o json` and facter print, or a short list of nodes written by hand. */
import type { Fact } from '../../core/fact.ts';
import type { NodeFact, Stated } from '../../core/facts/node.ts';
import type { Loader } from '../../core/loader.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { fileTemplate, spanOf, type Template } from '../../core/template.ts';
import { kubeletFacts, loader as kubeletLoader } from './index.ts';
import { readJson } from './read-json.ts';
import { loadYaml, readYaml } from './read-yaml.ts';
import { characterEnd, scalarAt, valueAt, type MappingEntry, type Tree } from './tree.ts';

/** What a node of the list may say, in the order of docs/fleet.md. */
export const nodeKeys = [
  'name',
  'count',
  'kernel',
  'os',
  'kubelet',
  'runtime',
  'systemd',
  'cgroup',
  'processors',
  'modules',
  'kernelParameters',
] as const;

type NodeKey = (typeof nodeKeys)[number];

const statedParts = {
  kernel: 'kernelRelease',
  os: 'osImage',
  kubelet: 'kubeletVersion',
  runtime: 'runtime',
  systemd: 'systemd',
  cgroup: 'cgroup',
  processors: 'processors',
} as const;

/** What a value must look like, and how to say so. */
const forms: ReadonlyMap<NodeKey, { readonly pattern: RegExp; readonly example: string }> = new Map([
  ['count', { pattern: /^[1-9]\d{0,5}$/, example: "a number such as '12'" }],
  ['kernel', { pattern: /^\d+\.\d+/, example: "what 'uname -r' prints, such as '5.15.0-91-generic'" }],
  ['kubelet', { pattern: /^v?1\.\d+/, example: "a version such as 'v1.27.3'" }],
  ['runtime', { pattern: /^[a-z][a-z-]*:\/\/.+/, example: "a name and a version such as 'containerd://1.7.2'" }],
  ['systemd', { pattern: /^\d{2,4}(?:\D|$)/, example: "a version such as '252'" }],
  ['cgroup', { pattern: /^v?[12]$/, example: "'1' or '2'" }],
  ['processors', { pattern: /^[1-9]\d{0,5}$/, example: "a number such as '64'" }],
]);

/** The facts of a fleet file, of whatever form it is. Faults of the hand-written form are `syntax.error` facts. */
export function fleetFileFacts(template: Template): readonly Fact[] {
  const known = kubeletFacts(template);
  if (known.length > 0) return known;
  const document = readJson(template)?.[0] ?? readYaml(template);
  if (document.error !== undefined) {
    return [fault(template, document.error.start, document.error.end, document.error.message)];
  }
  return handWrittenFacts(template, document.root);
}

function handWrittenFacts(template: Template, root: Tree): readonly Fact[] {
  const list = valueAt(root, 'nodes');
  if (root.type !== 'mapping' || list?.type !== 'sequence') {
    const message =
      "This is neither a list of 'nodes:' nor the output of 'kubectl get nodes -o json' or 'facter --json', so nothing is known of the fleet.";
    return [fault(template, 0, characterEnd(template.text, 0), message)];
  }
  const others = root.entries.filter(({ key }) => key !== 'nodes');
  return [
    ...others.map((entry) => unknownKey(template, entry, ['nodes'])),
    ...list.items.flatMap((item) => handWrittenNode(template, item)),
  ];
}

function handWrittenNode(template: Template, item: Tree): readonly Fact[] {
  if (item.type !== 'mapping') {
    return [fault(template, item.start, item.end, "A node is a map with a 'name' and what is known of it.")];
  }
  const faults = item.entries.flatMap((entry) => nodeFaults(template, entry));
  const name = scalarAt(item, 'name');
  if (name === undefined) {
    return [...faults, fault(template, item.start, item.end, "A node needs a 'name'; it may be a pattern: 'web-*'.")];
  }
  const stated: Partial<Record<(typeof statedParts)[keyof typeof statedParts], Stated>> = {};
  for (const [key, part] of Object.entries(statedParts) as [keyof typeof statedParts, 'kernelRelease'][]) {
    const value = statedAt(template, item, key);
    if (value !== undefined) stated[part] = key === 'cgroup' ? { ...value, text: value.text.replace('v', '') } : value;
  }
  const modules = listAt(template, item, 'modules').map((each) => ({ ...each, text: each.text.replaceAll('-', '_') }));
  const parameters = listAt(template, item, 'kernelParameters');
  const [first] = parameters;
  const count = statedAt(template, item, 'count');
  const node: NodeFact = {
    kind: 'node',
    span: spanOf(template, name.start, name.end),
    name: name.text,
    ...stated,
    ...(modules.length === 0 ? {} : { modules }),
    ...(first === undefined
      ? {}
      : { kernelParameters: { text: parameters.map(({ text }) => text).join(' '), span: first.span } }),
    ...(count === undefined ? {} : { count: Number(count.text) }),
  };
  return [...faults, node];
}

function nodeFaults(template: Template, entry: MappingEntry): readonly Fact[] {
  const key = nodeKeys.find((each) => each === entry.key);
  if (key === undefined) return [unknownKey(template, entry, nodeKeys)];
  const form = forms.get(key);
  if (form === undefined || (entry.value.type === 'scalar' && form.pattern.test(entry.value.text))) return [];
  const message = `'${key}' must be ${form.example}; it is left out.`;
  return [fault(template, entry.keyStart, Math.max(entry.keyEnd, entry.value.end), message)];
}

function unknownKey(template: Template, { key, keyStart, keyEnd }: MappingEntry, known: readonly string[]): Fact {
  const near = nearestName(key, known);
  const hint =
    near === undefined ? `Known are ${known.map((each) => `'${each}'`).join(', ')}.` : `Did you mean '${near}'?`;
  return fault(template, keyStart, keyEnd, `'${key}' is not known here and is left out. ${hint}`);
}

/** A value of the right form. */
function statedAt(template: Template, item: Tree, key: NodeKey): Stated | undefined {
  const value = scalarAt(item, key);
  if (value === undefined || forms.get(key)?.pattern.test(value.text) === false) return undefined;
  return { text: value.text, span: spanOf(template, value.start, value.end) };
}

/** The texts of a list, or one text. */
function listAt(template: Template, item: Tree, key: NodeKey): readonly Stated[] {
  const value = valueAt(item, key);
  const items = value?.type === 'sequence' ? value.items : value === undefined ? [] : [value];
  return items.flatMap((each) =>
    each.type === 'scalar' ? [{ text: each.text, span: spanOf(template, each.start, each.end) }] : [],
  );
}

function fault(template: Template, start: number, end: number, message: string): Fact {
  return { kind: 'syntax.error', format: 'nodes', message, span: spanOf(template, start, Math.max(end, start)) };
}

export const loader: Loader = {
  async prepare(file) {
    await kubeletLoader.prepare?.(file);
    await loadYaml();
  },
  facts: ({ path, text }) => fleetFileFacts(fileTemplate(path, text)),
  ast: (file) => kubeletLoader.ast(file),
};
