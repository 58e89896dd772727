/** How the tree configures kube-proxy, and what says that it is about Kubernetes at all. */
import type { Evidence } from '../core/finding.ts';
import { flagsOf } from '../core/flags.ts';
import type { Span } from '../core/span.ts';
import { literalText, type Template } from '../core/template.ts';
import { commandArguments, kubeletPrograms, kubeProxyPrograms } from './command-arguments.ts';
import type { FactsOf } from './facts-of.ts';

/** Facts that kube-proxies are made from: what a rule that asks for them needs. */
export const kubeProxyFacts = ['kube-proxy.config', 'kube-proxy.setting', 'kubernetes.program', 'command'] as const;

/** Facts that show a tree to be about Kubernetes nodes. */
export const kubernetesFacts = [
  'kubelet.config',
  'kubernetes.version',
  'kubernetes.network-plugin',
  'package',
  ...kubeProxyFacts,
] as const;

export interface KubeProxyValue {
  /** `undefined` if a part of it is unknown. */
  readonly text: string | undefined;
  readonly span: Span;
}

/** One configuration of kube-proxy: a document, or a command line. */
export interface KubeProxy {
  /** Where a finding about something absent points. */
  readonly span: Span;
  /** Whether it is a KubeProxyConfiguration; else a command line. */
  readonly isDocument: boolean;
  /** All its settings are here: no file or variable that is not read adds to them. */
  readonly complete: boolean;
  /** A setting by its path in KubeProxyConfiguration; flags have theirs. */
  value(path: string): KubeProxyValue | undefined;
}

/** Paths in KubeProxyConfiguration of the flags that rules ask for. */
const pathOfFlag: ReadonlyMap<string, string> = new Map([
  ['cluster-cidr', 'clusterCIDR'],
  ['masquerade-all', 'iptables.masqueradeAll'],
  ['proxy-mode', 'mode'],
  ['detect-local-mode', 'detectLocalMode'],
  ['conntrack-max-per-core', 'conntrack.maxPerCore'],
  ['conntrack-min', 'conntrack.min'],
  ['conntrack-max', 'conntrack.max'],
  ['v', 'logging.verbosity'],
]);

/** Every configuration of kube-proxy, documents first. */
export function kubeProxies(source: FactsOf<(typeof kubeProxyFacts)[number]>): readonly KubeProxy[] {
  const settings = source.facts('kube-proxy.setting');
  const documents = source.facts('kube-proxy.config').map(({ span, document }): KubeProxy => {
    const own = settings.filter(
      (setting) =>
        setting.span.file === document.file && setting.span.start >= document.start && setting.span.end <= document.end,
    );
    return {
      span,
      isDocument: true,
      complete: own.length > 0,
      value: (path) => {
        const found = own.findLast((setting) => setting.path === path);
        return found && { text: literalText(found.value), span: found.span };
      },
    };
  });
  const containers = source
    .facts('kubernetes.program')
    .filter(({ program }) => program === 'kube-proxy')
    .map(({ span, arguments: words }) => fromArguments(span, words));
  const commands = source.commands(kubeProxyPrograms).flatMap((command) => {
    const words = commandArguments(command.words, 'kube-proxy', 'proxy');
    return words === undefined ? [] : [fromArguments(command.span, words)];
  });
  return [...documents, ...containers, ...commands];
}

function fromArguments(span: Span, words: readonly Template[]): KubeProxy {
  const flags = flagsOf(words);
  const withoutFile = !flags.some(({ name }) => name === 'config');
  const asksOnly = flags.some(({ name }) => ['cleanup', 'cleanup-iptables', 'version', 'help'].includes(name));
  return {
    span,
    isDocument: false,
    complete:
      withoutFile && !asksOnly && words.length > 0 && words.every((word, index) => isOfFlag(word, words[index - 1])),
    value: (path) => {
      // With --config every flag but those for logs is without effect.
      if (!withoutFile && path !== 'logging.verbosity') return undefined;
      const flag = flags.findLast(({ name }) => pathOfFlag.get(name) === path);
      return flag && { text: flag.value === undefined ? 'true' : literalText(flag.value), span: flag.span };
    },
  };
}

/** A flag or the value of one: kube-proxy takes nothing else, so another word may become several, as `$KUBE_PROXY_ARGS`. */
function isOfFlag({ text }: Template, before: Template | undefined): boolean {
  return text.startsWith('-') || (before?.text.startsWith('-') === true && !before.text.includes('='));
}

/** The first thing that says that nodes of this tree run Kubernetes; `undefined` if nothing does. */
export function kubernetesEvidence(source: FactsOf<(typeof kubernetesFacts)[number]>): Evidence | undefined {
  const [config] = source.facts('kubelet.config');
  if (config !== undefined) return { span: config.span, note: 'Nodes run a kubelet with this configuration.' };
  const [version] = source.facts('kubernetes.version');
  if (version !== undefined) return { span: version.span, note: 'Nodes run Kubernetes of this version.' };
  const [proxy] = kubeProxies(source);
  if (proxy !== undefined) return { span: proxy.span, note: 'Nodes run kube-proxy.' };
  const installed = source.facts('package').find(({ name }) => /^(?:kubelet|kubeadm|k3s|rke2)$/.test(name));
  if (installed !== undefined) return { span: installed.span, note: `Nodes have the package '${installed.name}'.` };
  const [plugin] = source.facts('kubernetes.network-plugin');
  if (plugin !== undefined) return { span: plugin.span, note: `The cluster's network plugin is ${plugin.name}.` };
  const kubelet = source
    .commands(kubeletPrograms)
    .find(({ words }) => commandArguments(words, 'kubelet', 'kubelet') !== undefined);
  return kubelet && { span: kubelet.span, note: 'Nodes run a kubelet.' };
}
