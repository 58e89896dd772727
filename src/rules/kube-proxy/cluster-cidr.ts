import { containsRange, parseAddressRange, type AddressRange } from '../../core/address-range.ts';
import { defineRule } from '../../core/define-rule.ts';
import type { KubernetesNetworkFact, KubernetesProgramFact } from '../../core/facts/cluster.ts';
import type { Evidence } from '../../core/finding.ts';
import { flagsOf } from '../../core/flags.ts';
import type { Span } from '../../core/span.ts';
import { literalText } from '../../core/template.ts';
import { commandArguments } from '../../model/command-arguments.ts';
import { kubeProxies, kubeProxyFacts, type KubeProxy } from '../../model/kube-proxy.ts';

/** A range of addresses with the place that states it. */
interface StatedRange {
  readonly range: AddressRange;
  readonly text: string;
  readonly span: Span;
}

export default defineRule({
  id: 'kube-proxy/cluster-cidr',
  severity: 'error',
  confidence: 'high',
  summary: "kube-proxy's range of pods is missing, or is the range of Services, so traffic is masqueraded wrongly.",
  needs: [...kubeProxyFacts, 'kubernetes.network'],
  startsFrom: ['kube-proxy.config', 'kubernetes.program', 'command'],
  startsFromPrograms: ['kube-proxy', 'kube-apiserver', 'kube-controller-manager', 'hyperkube'],
  messages: {
    services:
      "kube-proxy's range of pods '{pods}' lies in the range of Services '{services}', so it takes every pod for a stranger and hides its address, or gives a Service and a pod the same one.",
    overlap:
      "kube-proxy's range of pods '{pods}' contains the range of Services '{services}', so a pod may get the address of a Service.",
    elsewhere:
      "kube-proxy's range of pods '{pods}' does not contain the range '{subnet}' that pods get their addresses from, so it takes every pod for a stranger and hides its address.",
    missing:
      'kube-proxy is not told the range of pods, so it cannot tell their traffic from that of others and does not masquerade what comes from outside: on some networks a node, or a host beyond it, cannot reach a Service by its address.',
  },
  check({ model, report, trace }) {
    const networks = model.facts('kubernetes.network');
    const flags = [
      ...programFlags(model.facts('kubernetes.program')),
      ...commandFlags(model.commands(['kube-apiserver', 'kube-controller-manager', 'hyperkube'])),
    ];
    const services = [
      ...rangesOf(networks, 'services'),
      ...flags.filter(({ name }) => name === 'service-cluster-ip-range').flatMap(statedRanges),
    ];
    const pods = rangesOf(networks, 'pods');
    for (const proxy of kubeProxies(model)) {
      const stated = proxy.value('clusterCIDR');
      if (stated === undefined || stated.text === '') {
        const reason = whyNotMissed(proxy, networks);
        if (reason !== undefined) trace(proxy.span, reason);
        else {
          report({
            message: 'missing',
            at: stated?.span ?? proxy.span,
            severity: 'info',
            evidence: [
              {
                note: "Neither 'masqueradeAll' nor another 'detectLocalMode' makes up for it.",
                source: 'kube-proxy, --cluster-cidr',
              },
            ],
            help: "Set 'clusterCIDR' to the range that the controller manager's '--cluster-cidr' or the network plugin gives pods.",
            key: 'missing',
          });
        }
        continue;
      }
      for (const own of statedRanges(stated)) {
        const service = sameCluster(services, own);
        const subnet = sameCluster(pods, own);
        const base = { at: own.span, help: "Set 'clusterCIDR' to the range that pods get their addresses from." };
        const evidence: Evidence[] =
          service === undefined
            ? []
            : [{ span: service.span, note: `Services get their addresses from '${service.text}'.` }];
        if (service !== undefined && containsRange(service.range, own.range)) {
          report({
            ...base,
            message: 'services',
            data: { pods: own.text, services: service.text },
            evidence,
            key: 'services',
          });
        } else if (service !== undefined && containsRange(own.range, service.range)) {
          report({
            ...base,
            message: 'overlap',
            severity: 'warning',
            data: { pods: own.text, services: service.text },
            evidence,
            key: 'overlap',
          });
        } else if (subnet !== undefined && !containsRange(own.range, subnet.range)) {
          const note = `Pods get their addresses from '${subnet.text}'.`;
          report({
            ...base,
            message: 'elsewhere',
            data: { pods: own.text, subnet: subnet.text },
            evidence: [{ span: subnet.span, note }],
            key: 'elsewhere',
          });
        } else if (service === undefined)
          trace(own.span, 'The range of Services is not known, or several clusters have different ones.');
      }
    }
  },
});

/** Why nothing is wrong although the range is missing. */
function whyNotMissed(proxy: KubeProxy, networks: readonly KubernetesNetworkFact[]): string | undefined {
  if (!proxy.complete) return 'A part of its configuration is not in this tree.';
  if (
    proxy.value('iptables.masqueradeAll')?.text !== undefined &&
    proxy.value('iptables.masqueradeAll')?.text !== 'false'
  )
    return "'masqueradeAll' makes up for it.";
  const mode = proxy.value('detectLocalMode');
  if (mode !== undefined && mode.text !== 'ClusterCIDR' && mode.text !== '')
    return "'detectLocalMode' makes up for it.";
  if (networks.some(({ range, span }) => range === 'pods' && span.file === proxy.span.file))
    return "kubeadm fills it in from 'podSubnet'.";
  return proxy.isDocument ? 'The document may be joined with another one, by kubeadm or by a tool.' : undefined;
}

/** The one range of this family that the same file states, else the one that all of the tree agrees on. */
function sameCluster(ranges: readonly StatedRange[], own: StatedRange): StatedRange | undefined {
  const family = ranges.filter(({ range }) => range.family === own.range.family);
  const near = family.filter(({ span }) => span.file === own.span.file);
  const candidates = near.length > 0 ? near : family;
  const [first] = candidates;
  return candidates.every(({ text }) => text === first?.text) ? first : undefined;
}

function rangesOf(networks: readonly KubernetesNetworkFact[], range: 'pods' | 'services'): readonly StatedRange[] {
  return networks
    .filter((network) => network.range === range)
    .flatMap(({ value, span }) => statedRanges({ text: literalText(value), span }));
}

/** One, or two with a comma between them. */
function statedRanges({
  text,
  span,
}: {
  readonly text: string | undefined;
  readonly span: Span;
}): readonly StatedRange[] {
  return (text ?? '').split(',').flatMap((part) => {
    const range = parseAddressRange(part);
    return range === undefined ? [] : [{ range, text: part.trim(), span }];
  });
}

interface NamedFlag {
  readonly name: string;
  readonly text: string | undefined;
  readonly span: Span;
}

function programFlags(programs: readonly KubernetesProgramFact[]): readonly NamedFlag[] {
  return programs.flatMap((program) => namedFlags(program.arguments));
}

function commandFlags(
  commands: readonly { readonly words: Parameters<typeof commandArguments>[0] }[],
): readonly NamedFlag[] {
  return commands.flatMap(({ words }) =>
    namedFlags(
      commandArguments(words, 'kube-apiserver', 'apiserver') ??
        commandArguments(words, 'kube-controller-manager', 'controller-manager') ??
        [],
    ),
  );
}

function namedFlags(words: Parameters<typeof flagsOf>[0]): readonly NamedFlag[] {
  return flagsOf(words).map(({ name, value, span }) => ({ name, text: value && literalText(value), span }));
}
