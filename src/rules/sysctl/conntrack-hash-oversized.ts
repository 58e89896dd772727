import { defineRule } from '../../core/define-rule.ts';
import type { Evidence } from '../../core/finding.ts';
import type { Span } from '../../core/span.ts';
import {
  automaticConntrackMax,
  conntrackDefaults,
  conntrackTableCost,
  entriesPerBucket,
} from '../../knowledge/conntrack.ts';
import { fleetFacts, type Fleet } from '../../model/fleet.ts';
import { kubeProxies, kubeProxyFacts, type KubeProxy } from '../../model/kube-proxy.ts';
import { sysctlSettings, sysctlSettingFacts } from '../../model/sysctl.ts';
import { howToSayKernel } from '../../model/kubelet-versions.ts';
import { onNodes } from '../../model/node-groups.ts';

/** A place that decides how many buckets the tables have. */
interface TableSize {
  readonly span: Span;
  readonly what: string;
  readonly buckets: number;
  readonly evidence: readonly Evidence[];
}

export default defineRule({
  id: 'sysctl/conntrack-hash-oversized',
  severity: 'error',
  confidence: 'high',
  summary: 'Large conntrack tables on a kernel where every network namespace has tables of its own.',
  needs: [...sysctlSettingFacts, ...kubeProxyFacts, ...fleetFacts, 'kernel.module-option'],
  startsFrom: ['node', 'package'],
  messages: {
    large:
      "{what} gives the conntrack table {buckets} buckets, and on kernel '{kernel}'{nodes} every network namespace has two such tables: each pod and each start of a unit with a private network costs {bytes} bytes{always}.",
    readOnly:
      "'net.netfilter.nf_conntrack_buckets = {value}' cannot be set on kernel '{kernel}'{nodes}, where it is read-only before 4.8: setting it fails, and the table stays as it is.",
  },
  options: {
    // From here on two tables are 4 MiB: more than anybody has noticed and kept.
    'least-buckets': {
      type: 'number',
      default: 262_144,
      minimum: 0,
      description: 'Buckets from which it is reported.',
    },
  },
  check({ model, options, report, trace }) {
    const [old] = model.fleet.kernelBelow(4, 7);
    const sizes: TableSize[] = [
      ...optionSizes(model.facts('kernel.module-option')),
      ...proxySizes(kubeProxies(model), model.fleet),
    ];
    for (const { key, value, span, source } of sysctlSettings(model)) {
      if (key !== 'net/netfilter/nf_conntrack_buckets') continue;
      const [readOnly] = model.fleet.kernelBelow(4, 8);
      if (readOnly === undefined) {
        trace(span, `No kernel before 4.8 is known, and later ones take it: ${howToSayKernel}.`);
        continue;
      }
      report({
        message: 'readOnly',
        data: {
          value: value ?? '...',
          kernel: readOnly.release.text,
          nodes: onNodes(model.fleet, readOnly.nodes),
        },
        at: span,
        evidence: [readOnly.evidence],
        help: "Say it to the module: 'options nf_conntrack hashsize=...' in a file of /etc/modprobe.d.",
        key: `${source}/read-only`,
      });
    }
    for (const { span, what, buckets, evidence } of sizes) {
      const cost = old && conntrackTableCost(buckets, old.release);
      if (old === undefined || cost === undefined || buckets < options(span)['least-buckets']) {
        trace(
          span,
          old === undefined
            ? `No kernel before 4.7 is known; later ones have one table: ${howToSayKernel}.`
            : 'The table is small.',
        );
        continue;
      }
      const always = cost.alwaysVmalloc ? ", and the kernel logs 'falling back to vmalloc' for each table" : '';
      report({
        message: 'large',
        data: {
          what,
          buckets: buckets.toLocaleString('en-US'),
          kernel: old.release.text,
          nodes: onNodes(model.fleet, old.nodes),
          bytes: cost.bytes.toLocaleString('en-US'),
          always,
        },
        at: span,
        severity: cost.alwaysVmalloc ? 'error' : 'warning',
        evidence: [
          old.evidence,
          ...evidence,
          { note: 'Kernels from 4.7 on have one table for all namespaces.', source: cost.source },
        ],
        help: "Give the table fewer buckets ('conntrack.maxPerCore' of kube-proxy, 'hashsize' of nf_conntrack), make fewer namespaces, or run a kernel from 4.7 on.",
        key: what,
      });
    }
  },
});

function optionSizes(
  options: readonly { readonly module: string; readonly name: string; readonly value: string; readonly span: Span }[],
): readonly TableSize[] {
  return options
    .filter(({ module, name, value }) => module === 'nf_conntrack' && name === 'hashsize' && /^\d{1,9}$/.test(value))
    .map(({ span, value }) => ({ span, what: "The option 'hashsize'", buckets: Number(value), evidence: [] }));
}

/** kube-proxy makes the table a quarter of the largest number of connections, which follows the processors. */
function proxySizes(proxies: readonly KubeProxy[], fleet: Fleet): readonly TableSize[] {
  const processors = [...fleet.processors()].sort((a, b) => b.count - a.count)[0];
  if (processors === undefined) return [];
  return proxies.flatMap((proxy) => {
    const perCore = proxy.value('conntrack.maxPerCore');
    const min = proxy.value('conntrack.min');
    const perCoreNumber = Number(perCore === undefined ? conntrackDefaults.maxPerProcessor : perCore.text);
    const minNumber = Number(min === undefined ? conntrackDefaults.min : min.text);
    if (!proxy.complete || !(perCoreNumber > 0) || !Number.isInteger(minNumber)) return [];
    const buckets = Math.floor(automaticConntrackMax(processors.count, perCoreNumber, minNumber) / entriesPerBucket);
    const what = `kube-proxy with ${perCoreNumber.toLocaleString('en-US')} connections for each processor`;
    return [{ span: perCore?.span ?? proxy.span, what, buckets, evidence: [processors.evidence] }];
  });
}
