/**
 * YAML and JSON files that say something of nodes: KubeletConfiguration, kubeadm, KubeProxyConfiguration, Node objects, facter's
 * output and Docker's daemon.json. Most YAML of a repository is none of them, so a document is looked at before it is parsed.
 */
import type { Fact } from '../../core/fact.ts';
import type { SyntaxErrorFact } from '../../core/facts/syntax.ts';
import type { Loader } from '../../core/loader.ts';
import { fileTemplate, spanOf, type Template } from '../../core/template.ts';
import { kubeadmFacts, kubeletConfigurationFacts, kubeProxyFacts } from './kubernetes-facts.ts';
import { dockerDaemonFacts, facterFacts, nodeFacts } from './node-facts.ts';
import { readJson } from './read-json.ts';
import { loadYaml, readYaml, withoutLargeParts, yamlDocuments } from './read-yaml.ts';
import { blockTemplate, hasPlaceholder, scalarAt, valueAt, type ReadDocument, type Tree } from './tree.ts';

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

/** By the value of `kind:`. */
const documentKinds: ReadonlyMap<string, DocumentKind> = new Map([
  ['KubeletConfiguration', kubelet],
  ['InitConfiguration', kubeadm],
  ['JoinConfiguration', kubeadm],
  ['ClusterConfiguration', kubeadm],
  ['MasterConfiguration', kubeadm],
  ['NodeConfiguration', kubeadm],
  ['KubeProxyConfiguration', kubeProxy],
  ['Node', nodes],
  ['List', nodes],
  ['NodeList', nodes],
  ['ConfigMap', { read: configMapFacts, api: [], format: 'kubelet' }],
]);

/** One of these words is in every document that is worth parsing. */
const words = [
  'KubeletConfiguration',
  'kubeadm.k8s.io',
  'KubeProxyConfiguration',
  'nodeInfo',
  'kernelrelease',
  'native.cgroupdriver',
];
const kindNames = [...documentKinds.keys()].join('|');
const kindLine = new RegExp(
  `^[ \\t]*(?:-[ \\t]+)?["']?kind["']?[ \\t]*:[ \\t]*["']?(${kindNames})["']?[ \\t]*(?:#.*)?\\r?$`,
  'm',
);
const kindKey = new RegExp(`"kind"\\s*:\\s*"(${kindNames})"`);
const kernelReleaseKey = /^[ \t]*(?:-[ \t]+)?["']?kernelrelease["']?[ \t]*:/m;

/** The facts of a YAML or JSON text: a file, or a text inside another file. */
export function kubeletFacts(template: Template): readonly Fact[] {
  return readDocuments(template).flatMap(({ document, kind }) => [
    ...faults(document, kind),
    ...(kind?.read ?? otherFacts)(document.template, document.root),
  ]);
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
    const kind = documentKinds.get(scalarAt(document.root, 'kind')?.text ?? '');
    return { document, kind: kind ?? (document.error === undefined ? undefined : kindOf(document.template.text)) };
  });
}

function readPart(template: Template): ReadDocument {
  return readYaml(kindOf(template.text) === nodes ? withoutLargeParts(template) : template);
}

function isWorthParsing(text: string): boolean {
  return words.some((word) => text.includes(word));
}

/** Whether a YAML document, unread, looks like one of ours. */
function isKnown(text: string): boolean {
  if (!isWorthParsing(text)) return false;
  return kindOf(text) !== undefined || kernelReleaseKey.test(text) || /^\s*\{/.test(text);
}

/** The kind of a document, unread. */
function kindOf(text: string): DocumentKind | undefined {
  return documentKinds.get((kindLine.exec(text) ?? (/^\s*\{/.test(text) ? kindKey.exec(text) : null))?.[1] ?? '');
}

/** Documents without a known `kind`. */
function otherFacts(template: Template, root: Tree): readonly Fact[] {
  return valueAt(root, 'kind') === undefined
    ? [...facterFacts(template, root), ...dockerDaemonFacts(template, root)]
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

/** The fault of a document, if it is clearly ours and no template that another program fills in. */
function faults({ template, error }: ReadDocument, kind: DocumentKind | undefined): readonly Fact[] {
  if (error === undefined || kind === undefined || hasPlaceholder(template.text)) return [];
  const apiVersion = /(?:^[ \t]*|["'])apiVersion["']?[ \t]*:[ \t]*["']?([\w./-]+)/m.exec(template.text)?.[1] ?? '';
  if (!kind.api.some((api) => (api.endsWith('/') ? apiVersion.startsWith(api) : apiVersion === api))) return [];
  const span = spanOf(template, error.start, Math.min(template.text.length, Math.max(error.start + 1, error.end)));
  return [{ kind: 'syntax.error', format: kind.format, message: error.message, span }];
}

export const loader: Loader = {
  async prepare({ text }) {
    if (!isJson(text) || text.includes('ConfigMap')) await loadYaml();
  },
  facts: ({ path, text }) => kubeletFacts(fileTemplate(path, text)),
  ast: ({ path, text }) =>
    readDocuments(fileTemplate(path, text)).map(({ document: { root, error } }) => ({ root, error })),
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
