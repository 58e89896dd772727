import { defineRule } from '../../core/define-rule.ts';
import { sysctlName } from '../../core/sysctl-key.ts';
import { sysctlSettings, sysctlSettingFacts, type SysctlSetting } from '../../model/sysctl.ts';

const all = 'net/ipv4/conf/all/rp_filter';
const own = /^net\/ipv4\/conf\/((?!all\/|default\/|\*\/)[^/]+)\/rp_filter$/;

export default defineRule({
  id: 'sysctl/strict-reverse-path',
  severity: 'warning',
  confidence: 'medium',
  summary: 'Strict reverse path filtering for all interfaces drops packets of pods that come in on another interface.',
  needs: [...sysctlSettingFacts, 'kubernetes.network-plugin'],
  startsFrom: ['sysctl.setting', 'command'],
  startsFromPrograms: ['sysctl', 'echo', 'printf'],
  messages: {
    defeated:
      "'{name} = 0' has no effect: the kernel takes the larger of the values of 'all' and of the interface, and 'all' is 1, so packets that come in on '{interface}' from addresses routed elsewhere are dropped.",
    plugin:
      "'{name} = 1' turns strict reverse path filtering on for every interface, so with {plugin} packets between nodes and pods that come back on another interface than they left by are dropped without a word.",
  },
  check({ model, report, trace }) {
    const settings = sysctlSettings(model);
    const strict = settings.filter(({ key, value }) => key === all && value === '1');
    const [first] = strict;
    if (first === undefined) return;
    const evidence = (span: SysctlSetting['span']) => [
      { span, note: "Strict filtering is on for 'all' here." },
      {
        note: 'The larger of conf/all and conf/INTERFACE is used.',
        source: 'Documentation/networking/ip-sysctl.rst, rp_filter',
      },
    ];
    if (settings.some(({ key, value }) => key === all && value !== '1')) {
      trace(first.span, "Another place sets 'all' to another value; which one a node gets is not known.");
      return;
    }
    const help =
      "Set net.ipv4.conf.all.rp_filter to 0 and say 1 or 2 for each interface that faces outside; or 2 ('loose') for all, which Calico refuses unless IgnoreLooseRPF is on.";
    for (const setting of settings) {
      const name = own.exec(setting.key)?.[1];
      const together = strict.find(({ span }) => span.file === setting.span.file);
      if (name === undefined || setting.value !== '0') continue;
      if (together === undefined) {
        trace(setting.span, "'all' is 1 in another file, which may be for other nodes.");
        continue;
      }
      report({
        message: 'defeated',
        data: { name: sysctlName(setting.key), interface: name },
        at: setting.span,
        confidence: 'high',
        evidence: evidence(together.span),
        help,
        key: setting.key,
      });
    }
    const plugins = model.facts('kubernetes.network-plugin').filter(({ name }) => name !== 'calico');
    const [plugin] = plugins;
    if (plugin === undefined || model.facts('kubernetes.network-plugin').length > plugins.length) {
      trace(first.span, 'Whether this drops packets depends on the network plugin, which is not known or is Calico.');
      return;
    }
    for (const { key, span, source } of strict) {
      report({
        message: 'plugin',
        data: { name: sysctlName(key), plugin: plugin.name },
        at: span,
        evidence: [
          { span: plugin.span, note: `The cluster's network plugin is ${plugin.name}.` },
          ...evidence(span).slice(1),
        ],
        help,
        key: `${source}/${plugin.name}`,
      });
    }
  },
});
