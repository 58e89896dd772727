import { defineRule } from '../../core/define-rule.ts';
import { compareVersions } from '../../core/version.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { kubeletVersionsAt } from '../../model/kubelet-versions.ts';

export default defineRule({
  id: 'kubelet/no-pod-pid-limit',
  severity: 'info',
  confidence: 'high',
  profile: 'strict',
  summary: "No limit of processes for a pod: one pod can take all of the node's process ids.",
  needs: [...fleetFacts, ...kubeletsFacts],
  startsFrom: ['kubelet.config'],
  messages: {
    unlimited:
      "'podPidsLimit' is {value}, so one pod that forks without end takes all process ids of the node, and nothing on it can start a process any more.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    for (const document of kubelets.documents()) {
      const { fact } = document;
      const limit = kubelets.effective(document, 'podPidsLimit');
      if (fact.partial && limit.from === 'default') {
        trace(fact.span, 'Another program joins these settings with its own and may set the limit.');
        continue;
      }
      const grouped = kubelets.effective(document, 'cgroupsPerQOS');
      if (grouped.text === 'false') {
        trace(grouped.span ?? fact.span, "Without 'cgroupsPerQOS' no pod has a control group that could be limited.");
        continue;
      }
      if (limit.text === undefined || !/^(?:-\d+|0)$/.test(limit.text)) continue;
      const old = kubeletVersionsAt(model, fact.span).find(
        ({ stated }) => compareVersions(stated.version, [1, 14]) < 0,
      );
      if (old !== undefined) {
        trace(old.stated.span, 'Before 1.14 the limit is behind a feature gate that is off by default.');
        continue;
      }
      report({
        message: 'unlimited',
        data: { value: limit.from === 'default' ? 'not set' : `'${limit.text}'` },
        at: limit.span ?? fact.span,
        evidence:
          limit.from === 'default'
            ? [
                {
                  note: "'podPidsLimit' is -1 by default, which means no limit.",
                  source: 'KubeletConfiguration v1beta1',
                },
              ]
            : [],
        help: "Set 'podPidsLimit' to more than the busiest pod needs, such as 4096.",
        key: 'podPidsLimit',
      });
    }
  },
});
