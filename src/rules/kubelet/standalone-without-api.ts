import { defineRule } from '../../core/define-rule.ts';
import { isInRange } from '../../core/version.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { howToSayVersion, versionsWhere } from '../../model/kubelet-versions.ts';

export default defineRule({
  id: 'kubelet/standalone-without-api',
  severity: 'error',
  confidence: 'high',
  summary:
    "A kubelet up to 1.7 with '--kubeconfig' but without '--require-kubeconfig': it runs by itself and never joins.",
  needs: [...fleetFacts, ...kubeletsFacts],
  startsFrom: ['command'],
  startsFromPrograms: ['kubelet', 'hyperkube'],
  messages: {
    standalone:
      "'--kubeconfig' alone does not connect kubelet '{version}'{nodes} to an API server: without '--require-kubeconfig' it runs standalone, and the node never registers.",
  },
  check({ model, report, trace }) {
    for (const { command, flags, complete } of model.kubelets.commands()) {
      const kubeconfig = flags.find(({ name }) => name === 'kubeconfig');
      if (kubeconfig === undefined || command.origin.type !== 'unit') continue;
      if (flags.some(({ name }) => name === 'require-kubeconfig' || name === 'api-servers')) continue;
      const match = versionsWhere(model, kubeconfig.span, (version) => isInRange(version, [1, 4], [1, 7]));
      if (match === undefined) {
        trace(kubeconfig.span, `Nothing says that the kubelet is 1.4 to 1.7: ${howToSayVersion}.`);
      } else if (!complete) {
        trace(command.span, 'A part of the command line is not in the tree and may hold the flag.');
      } else {
        report({
          message: 'standalone',
          data: { version: match.stated.text, nodes: match.nodes },
          at: kubeconfig.span,
          evidence: [
            ...match.evidence,
            {
              note: "Up to 1.7 only '--api-servers' or '--require-kubeconfig' ends standalone mode; from 1.8 on '--kubeconfig' does.",
              source: 'kubernetes/kubernetes#40050',
            },
          ],
          help: "Add '--require-kubeconfig'; remove it again before 1.10, which no longer knows it.",
          key: 'standalone',
        });
      }
    }
  },
});
