import { defineRule } from '../../core/define-rule.ts';
import { compareVersions } from '../../core/version.ts';
import { removedKubeletFlags } from '../../knowledge/kubelet.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { howToSayVersion, versionsWhere } from '../../model/kubelet-versions.ts';

export default defineRule({
  id: 'kubelet/removed-flag',
  severity: 'error',
  confidence: 'high',
  summary: 'A flag that this version of the kubelet no longer knows: it exits at start.',
  needs: [...fleetFacts, ...kubeletsFacts],
  startsFrom: ['kubelet.flag', 'environment.variable', 'command'],
  startsFromPrograms: ['kubelet', 'hyperkube'],
  messages: {
    removed:
      "The kubelet has no flag '--{flag}' from {removed} on, and it is '{version}'{nodes}, so it exits at start: 'failed to parse kubelet flag: unknown flag: --{flag}'.",
  },
  check({ model, report, trace }) {
    for (const { name, span } of model.kubelets.flags()) {
      const removed = removedKubeletFlags.get(name);
      if (removed === undefined) continue;
      const match = versionsWhere(model, span, (version) => compareVersions(version, removed.version) >= 0);
      if (match === undefined) {
        trace(
          span,
          `'--${name}' is gone from ${removed.removed} on, but nothing says that kubelets of that version run here: ${howToSayVersion}.`,
        );
        continue;
      }
      report({
        message: 'removed',
        data: { flag: name, removed: removed.removed, version: match.stated.text, nodes: match.nodes },
        at: span,
        confidence: removed.verified ? 'high' : 'medium',
        evidence: [
          ...match.evidence,
          { note: `'--${name}' was removed in Kubernetes ${removed.removed}.`, source: removed.source },
        ],
        help:
          removed.replacement === undefined
            ? 'Remove the flag before the upgrade; what it set is gone with it or has a setting in KubeletConfiguration.'
            : `Use ${removed.replacement} in its place.`,
        key: name,
      });
    }
  },
});
