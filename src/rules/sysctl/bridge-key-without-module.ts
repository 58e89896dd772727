import { defineRule } from '../../core/define-rule.ts';
import { sysctlName } from '../../core/sysctl-key.ts';
import type { FactsOf } from '../../model/facts-of.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubernetesEvidence, kubernetesFacts } from '../../model/kube-proxy.ts';
import { sysctlSettings, sysctlSettingFacts } from '../../model/sysctl.ts';

export default defineRule({
  id: 'sysctl/bridge-key-without-module',
  severity: 'warning',
  confidence: 'medium',
  summary: "A kernel parameter of bridges is set, but nothing loads 'br_netfilter', without which it does not exist.",
  needs: [...sysctlSettingFacts, ...fleetFacts, ...kubernetesFacts, 'kernel.module-mention', 'docker.daemon'],
  startsFrom: ['sysctl.setting'],
  messages: {
    absent:
      "'{name}' exists only while the module 'br_netfilter' is loaded, and nothing in this tree loads it before kernel parameters are set at boot: after a reboot the traffic of pods on a bridge passes kube-proxy's rules by, and Services cannot be reached.",
  },
  check({ model, report, trace }) {
    const wanted = sysctlSettings(model).filter(({ key }) => key.startsWith('net/bridge/bridge-nf-call-'));
    const kubernetes = kubernetesEvidence(model);
    const files = new Set<string>();
    for (const { key, value, span, source, ignoreErrors } of wanted) {
      if (source === 'command' || source === 'talos') continue;
      const reason =
        value !== '1'
          ? 'Nothing is lost while the module is not loaded: only 1 needs it.'
          : ignoreErrors
            ? "A '-' before the key says that it may be absent."
            : kubernetes === undefined
              ? 'Nothing in this tree says that these are nodes of Kubernetes.'
              : loader(model);
      if (reason !== undefined || kubernetes === undefined) {
        trace(span, reason ?? '');
        continue;
      }
      if (files.has(span.file)) continue;
      files.add(span.file);
      report({
        message: 'absent',
        data: { name: sysctlName(key) },
        at: span,
        evidence: [
          kubernetes,
          {
            note: 'systemd-sysctl runs after modules-load.d, once, and skips what does not exist.',
            source: 'systemd-sysctl.service(8); sysctl.d(5)',
          },
        ],
        help: "Load it at boot: a file such as /etc/modules-load.d/kubernetes.conf with the line 'br_netfilter'.",
        key: span.file,
      });
    }
  },
});

/** What loads the module, or may; `undefined` if nothing does. */
function loader(
  model: FactsOf<'kernel.module' | 'kernel.module-mention' | 'command' | 'package' | 'docker.daemon'>,
): string | undefined {
  const modules = [...model.facts('kernel.module'), ...model.facts('kernel.module-mention')];
  if (modules.some(({ name }) => name === 'br_netfilter')) return "Something in this tree loads 'br_netfilter'.";
  const commands = model.facts('command');
  if (commands.some(({ words }) => words.some(({ text }) => text === 'br_netfilter')))
    return "A command loads 'br_netfilter'.";
  const docker = model.facts('package').some(({ name }) => /^docker/.test(name));
  return docker || model.facts('docker.daemon').length > 0
    ? "Docker loads 'br_netfilter' and sets the parameters itself."
    : undefined;
}
