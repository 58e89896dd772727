import { defineRule } from '../../core/define-rule.ts';
import { sysctlName } from '../../core/sysctl-key.ts';
import { automaticConntrackMax, conntrackDefaults } from '../../knowledge/conntrack.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeProxies, kubeProxyFacts, type KubeProxy } from '../../model/kube-proxy.ts';
import { sysctlSettings, sysctlSettingFacts } from '../../model/sysctl.ts';

const keys = ['net/netfilter/nf_conntrack_max', 'net/nf_conntrack_max', 'net/ipv4/netfilter/ip_conntrack_max'];

export default defineRule({
  id: 'sysctl/conntrack-overridden-by-kube-proxy',
  severity: 'warning',
  confidence: 'high',
  summary: "'nf_conntrack_max' is set as a kernel parameter, but kube-proxy sets it to a value of its own.",
  needs: [...sysctlSettingFacts, ...kubeProxyFacts, ...fleetFacts],
  startsFrom: ['kube-proxy.config', 'kubernetes.program', 'command'],
  startsFromPrograms: ['kube-proxy', 'hyperkube'],
  messages: {
    overridden:
      "'{name} = {value}' does not stay: kube-proxy sets it to {own} when it starts, so the table of connections is not as large as this file says.",
  },
  check({ model, report, trace }) {
    const settings = sysctlSettings(model).filter(({ key }) => keys.includes(key));
    if (settings.length === 0) return;
    const proxies = kubeProxies(model);
    const settingItself = proxies.map((proxy) => ({ proxy, own: ownValue(proxy) }));
    const known = settingItself.flatMap(({ proxy, own }) => (own === undefined ? [] : [{ proxy, ...own }]));
    for (const { key, value, span, source } of settings) {
      const name = sysctlName(key);
      const [first] = known;
      if (first === undefined || known.length < proxies.length) {
        trace(span, "No kube-proxy of this tree sets it, or one of them may leave it: 'conntrack.maxPerCore' is 0.");
        continue;
      }
      const same = model.fleet
        .processors()
        .some(({ count }) => value === String(automaticConntrackMax(count, first.perCore, first.min)));
      if (same) {
        trace(span, 'kube-proxy comes to the same value on these nodes.');
        continue;
      }
      report({
        message: 'overridden',
        data: { name, value: value ?? '...', own: `${first.perCore} for each processor, at least ${first.min},` },
        at: span,
        confidence: first.stated ? 'high' : 'medium',
        evidence: [{ span: first.proxy.span, note: first.note, source: 'kube-proxy, getConntrackMax and SetMax' }],
        help: "Set 'conntrack.maxPerCore' of kube-proxy to 0, which makes it leave the parameter alone; or say there what you want and take it out here.",
        key: `${source}/${key}`,
      });
    }
  },
});

interface OwnValue {
  readonly perCore: number;
  readonly min: number;
  /** Whether the configuration says it; else it is the default. */
  readonly stated: boolean;
  readonly note: string;
}

/** What kube-proxy makes of it; `undefined` if it leaves it alone or that is not known. */
function ownValue(proxy: KubeProxy): OwnValue | undefined {
  const perCore = proxy.value('conntrack.maxPerCore');
  const min = proxy.value('conntrack.min');
  if (!proxy.complete || proxy.value('conntrack.max') !== undefined) return undefined;
  const numbers = [perCore?.text ?? conntrackDefaults.maxPerProcessor, min?.text ?? conntrackDefaults.min].map(Number);
  if ((perCore !== undefined && perCore.text === undefined) || (min !== undefined && min.text === undefined))
    return undefined;
  const [perCoreNumber = Number.NaN, minNumber = Number.NaN] = numbers;
  if (!(perCoreNumber > 0) || !Number.isInteger(minNumber)) return undefined;
  const stated = perCore !== undefined;
  return {
    perCore: perCoreNumber,
    min: minNumber,
    stated,
    note: stated
      ? `kube-proxy has 'conntrack.maxPerCore' of ${perCoreNumber}.`
      : `kube-proxy does not say 'conntrack.maxPerCore', so it is ${perCoreNumber}.`,
  };
}
