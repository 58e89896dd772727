/**
 * YAML and JSON files that say something of nodes: KubeletConfiguration, kubeadm, KubeProxyConfiguration, Node objects, facter's
 * output, Docker's daemon.json and what kOps, kind, k3s, Talos, nodeadm, OpenShift and Ignition read. Most YAML of a repository is
 * none of them, so a document is looked at before it is parsed.
 */
import type { Fact } from '../../core/fact.ts';
import type { SyntaxErrorFact } from '../../core/facts/syntax.ts';
import type { Loader } from '../../core/loader.ts';
import { fileTemplate, spanOf, type Template } from '../../core/template.ts';
import { textSearch, type Sign } from '../../core/text-search.ts';
import { kubeadmFacts, kubeletConfigurationFacts, kubeProxyFacts, settingFacts } from './kubernetes-facts.ts';
import { dockerDaemonFacts, facterFacts, nodeFacts } from './node-facts.ts';
import {
  ignitionFacts,
  k3sFacts,
  kindImageFacts,
  kopsFacts,
  machineConfigFacts,
  nodeadmFacts,
  openshiftKubeletFacts,
  talosFacts,
  upgradePlanFacts,
  variableFacts,
  variableNames,
} from './platform-facts.ts';
import { keySign, valueSign } from '../yaml-signs.ts';
import { fillIn, withUncertainty } from './fill-in.ts';
import { readJson } from './read-json.ts';
import { loadYaml, readYaml, withoutLargeParts, yamlDocuments } from './read-yaml.ts';
import { words } from './words.ts';
import {
  blockTemplate,
  characterEnd,
  hasPlaceholder,
  scalarAt,
  valueAt,
  type ReadDocument,
  type Tree,
} from './tree.ts';

type Reader = (template: Template, root: Tree) => readonly Fact[];

interface DocumentKind {
  readonly read: Reader;
  /** API groups, with a `/` at their end, or whole versions. Where one stands in the document too, its faults are reported. */
  readonly api: readonly string[];
  readonly format: SyntaxErrorFact['format'];
}

const kubelet: DocumentKind = {
  read: kubeletConfigurationFacts,
  api: ['kubelet.config.k8s.io/', 'kubeletconfig/'],
  format: 'kubelet',
};
const kubeadm: DocumentKind = { read: kubeadmFacts, api: ['kubeadm.k8s.io/'], format: 'kubelet' };
const kubeProxy: DocumentKind = { read: kubeProxyFacts, api: ['kubeproxy.config.k8s.io/'], format: 'kubelet' };
const nodes: DocumentKind = { read: nodeFacts, api: ['v1'], format: 'nodes' };

const nothing: readonly string[] = [];

/** By the value of `kind:`. Of several, the one whose API group the document names; without any, the first. */
const documentKinds: ReadonlyMap<string, readonly DocumentKind[]> = new Map([
  ['KubeletConfiguration', [kubelet]],
  ['InitConfiguration', [kubeadm]],
  ['JoinConfiguration', [kubeadm]],
  ['ClusterConfiguration', [kubeadm]],
  ['MasterConfiguration', [kubeadm]],
  ['NodeConfiguration', [kubeadm]],
  ['KubeProxyConfiguration', [kubeProxy]],
  ['Node', [nodes]],
  ['List', [nodes]],
  ['NodeList', [nodes]],
  ['ConfigMap', [{ read: configMapFacts, api: nothing, format: 'kubelet' }]],
  [
    'Cluster',
    [
      { read: kopsFacts, api: ['kops.k8s.io/'], format: 'kubelet' },
      { read: kindFacts, api: ['kind.x-k8s.io/'], format: 'kubelet' },
    ],
  ],
  ['InstanceGroup', [{ read: kopsFacts, api: ['kops.k8s.io/'], format: 'kubelet' }]],
  ['NodeConfig', [{ read: nodeadmFacts, api: ['node.eks.aws/'], format: 'kubelet' }]],
  ['KubeletConfig', [{ read: openshiftKubeletFacts, api: ['machineconfiguration.openshift.io/'], format: 'kubelet' }]],
  ['MachineConfig', [{ read: machineConfigFacts, api: ['machineconfiguration.openshift.io/'], format: 'kubelet' }]],
  ['Plan', [{ read: upgradePlanFacts, api: ['upgrade.cattle.io/'], format: 'kubelet' }]],
]);

/** Kinds whose name others use too: only their API group tells them. */
const needsGroup: ReadonlySet<string> = new Set([
  'Cluster',
  'InstanceGroup',
  'NodeConfig',
  'KubeletConfig',
  'MachineConfig',
  'Plan',
]);

function documentKind(kind: string, apiVersion: string): DocumentKind | undefined {
  const candidates = documentKinds.get(kind) ?? [];
  const named = candidates.find(({ api }) => api.some((group) => apiVersion.startsWith(group)));
  return needsGroup.has(kind) ? named : candidates[0];
}

/** Kinds of objects that most often have nothing to do with nodes: a list of any, and text of any sort. */
const ofAnything: ReadonlySet<string> = new Set(['Node', 'List', 'NodeList', 'ConfigMap']);

const kindNames = [...documentKinds.keys()].join('|');
/** What a document of those kinds has in it, if not `nodeInfo`, where it says something. */
const otherKind = valueSign('kind', [...documentKinds.keys()].filter((kind) => !ofAnything.has(kind)).join('|'));
const kindLine = new RegExp(
  `^[ \\t]*(?:-[ \\t]+)?["']?kind["']?[ \\t]*:[ \\t]*["']?(${kindNames})["']?[ \\t]*(?:#.*)?\\r?$`,
  'm',
);
const topKindLine = new RegExp(`^["']?kind["']?[ \\t]*:[ \\t]*["']?(${kindNames})["']?[ \\t]*(?:#.*)?\\r?$`, 'm');
const kindKey = new RegExp(`"kind"\\s*:\\s*"(${kindNames})"`);
const kernelReleaseKey = /^[ \t]*(?:-[ \t]+)?["']?kernelrelease["']?[ \t]*:/m;
const otherKeyNames = ['machine', 'storage', 'kubelet-arg', 'kernel_arguments', 'kernelArguments', ...variableNames];
const otherKeys = new RegExp(`^["']?(?:${otherKeyNames.join('|')})\\+?["']?[ \\t]*:`, 'm');

/** The facts of a YAML or JSON text: a file, or a text inside another file. */
export function kubeletFacts(template: Template): readonly Fact[] {
  if (!isWorthParsing(template.text)) return [];
  const { text, uncertain } = fillIn(template);
  const facts = readDocuments(text).flatMap(({ document, kind }) => [
    ...(text === template ? faults(document, kind) : []),
    ...(kind?.read ?? otherFacts)(document.template, document.root),
  ]);
  return withUncertainty(facts, uncertain);
}

interface KnownDocument {
  readonly document: ReadDocument;
  readonly kind: DocumentKind | undefined;
}

function readDocuments(template: Template): readonly KnownDocument[] {
  if (!isWorthParsing(template.text)) return [];
  const json = /^\s*[{[]/.test(template.text) ? readJson(template) : undefined;
  const documents =
    json ??
    yamlDocuments(template)
      .filter(({ text }) => isKnown(text))
      .map(readPart);
  return documents.map((document) => {
    const kind = documentKind(
      scalarAt(document.root, 'kind')?.text ?? '',
      scalarAt(document.root, 'apiVersion')?.text ?? '',
    );
    return { document, kind: kind ?? (document.error === undefined ? undefined : topKindOf(document.template.text)) };
  });
}

function readPart(template: Template): ReadDocument {
  return readYaml(kindOf(template.text) === nodes ? withoutLargeParts(template) : template);
}

/** Whether a text has one of our words, and a kind or key that we read somewhere; the name of a label in a dashboard is neither. */
function isWorthParsing(text: string): boolean {
  return hasWords(text) && mayTell(text);
}

const hasWords = textSearch(words.map((word) => [word]));
const mayTell = textSearch([
  ['kind', valueSign('kind', kindNames)],
  ...[...otherKeyNames, 'kernelrelease', 'exec-opts'].map((key): Sign => [key, keySign(`${key}\\+?`)]),
]);

/** Whether a YAML document, unread, looks like one of ours. */
function isKnown(text: string): boolean {
  if (!isWorthParsing(text)) return false;
  const top = topKindLine.exec(text)?.[1];
  if (top !== undefined && ofAnything.has(top) && !text.includes('nodeInfo') && !otherKind.test(text)) return false;
  return kindOf(text) !== undefined || kernelReleaseKey.test(text) || otherKeys.test(text) || /^\s*\{/.test(text);
}

/** The kind of a document, unread. */
function kindOf(text: string): DocumentKind | undefined {
  const kind = (kindLine.exec(text) ?? (/^\s*\{/.test(text) ? kindKey.exec(text) : null))?.[1] ?? '';
  return documentKind(kind, apiVersionOf(text));
}

/** The kind that a document that cannot be parsed states for itself, not for a text in it. */
function topKindOf(text: string): DocumentKind | undefined {
  const kind = topKindLine.exec(text)?.[1];
  return kind === undefined && /^\s*\{/.test(text) ? kindOf(text) : documentKind(kind ?? '', apiVersionOf(text));
}

/** Documents without a known `kind`. */
function otherFacts(template: Template, root: Tree): readonly Fact[] {
  return valueAt(root, 'kind') === undefined
    ? [facterFacts, dockerDaemonFacts, k3sFacts, talosFacts, ignitionFacts, variableFacts].flatMap((read) =>
        read(template, root),
      )
    : [];
}

/** kubeadm and kube-proxy keep their configuration in ConfigMaps, as block scalars. */
function configMapFacts(template: Template, root: Tree): readonly Fact[] {
  const data = valueAt(root, 'data');
  if (data?.type !== 'mapping') return [];
  return data.entries.flatMap(({ value }) => {
    if (value.type !== 'scalar' || value.block !== true || !isWorthParsing(value.text)) return [];
    return readDocuments(blockTemplate(template, value)).flatMap(({ document, kind }) =>
      kind === undefined || kind.read === configMapFacts ? [] : kind.read(document.template, document.root),
    );
  });
}

/** kind joins kubeadm documents, written as texts in a list, with those it makes. */
function kindFacts(template: Template, root: Tree): readonly Fact[] {
  const nodes = valueAt(root, 'nodes');
  const places = [root, ...(nodes?.type === 'sequence' ? nodes.items : [])];
  const patches = places.map((place) => valueAt(place, 'kubeadmConfigPatches')).flatMap(itemsOf);
  return [
    ...kindImageFacts(template, root),
    ...patches.flatMap((patch) => {
      if (patch.type !== 'scalar' || patch.block !== true) return [];
      return yamlDocuments(blockTemplate(template, patch)).flatMap((part) => {
        const { template: text, root: content } = readYaml(part);
        const kind = scalarAt(content, 'kind')?.text ?? '';
        if (kind === 'KubeletConfiguration') return settingFacts(text, content, 'kind', true);
        return documentKinds.get(kind)?.[0] === kubeadm ? kubeadmFacts(text, content) : [];
      });
    }),
  ];
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.type === 'sequence' ? tree.items : [];
}

/** The API version of a document, unread. */
function apiVersionOf(text: string): string {
  return /(?:^[ \t]*|["'])apiVersion["']?[ \t]*:[ \t]*["']?([\w./-]+)/m.exec(text)?.[1] ?? '';
}

/** The fault of a document, if it is clearly ours and no template that another program fills in. */
function faults({ template, error }: ReadDocument, kind: DocumentKind | undefined): readonly Fact[] {
  if (error === undefined || kind === undefined || hasPlaceholder(template.text)) return [];
  const apiVersion = apiVersionOf(template.text);
  if (!kind.api.some((api) => (api.endsWith('/') ? apiVersion.startsWith(api) : apiVersion === api))) return [];
  const span = spanOf(template, error.start, Math.max(characterEnd(template.text, error.start), error.end));
  return [{ kind: 'syntax.error', format: kind.format, message: error.message, span }];
}

export const loader: Loader = {
  async prepare({ text }) {
    if (!isWorthParsing(text)) return;
    if (!isJson(text) || /ConfigMap|kubeadmConfigPatches/.test(text)) await loadYaml();
  },
  facts: ({ path, text }) => kubeletFacts(fileTemplate(path, text)),
  ast: ({ path, text }) =>
    readDocuments(fillIn(fileTemplate(path, text)).text).map(({ document: { root, error } }) => ({ root, error })),
};

/** JSON is read without the YAML library, but for the YAML texts that a ConfigMap may hold. */
function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
