import { defineRule } from '../../core/define-rule.ts';
import type { Evidence } from '../../core/finding.ts';
import type { Span } from '../../core/span.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

/** Which setting names the control group that an enforcement needs. */
const needed = [
  { enforces: /^system-reserved(?:-compressible)?$/, setting: 'systemReservedCgroup', flag: 'system-reserved-cgroup' },
  { enforces: /^kube-reserved(?:-compressible)?$/, setting: 'kubeReservedCgroup', flag: 'kube-reserved-cgroup' },
];

export default defineRule({
  id: 'kubelet/enforce-reserved-without-cgroup',
  severity: 'error',
  confidence: 'high',
  summary: 'Reservations are enforced on a control group that is not named: the kubelet exits at start.',
  needs: kubeletsFacts,
  startsFrom: ['kubelet.config', 'kubelet.flag', 'environment.variable', 'command'],
  startsFromPrograms: ['kubelet', 'hyperkube'],
  messages: {
    unnamed:
      "'enforceNodeAllocatable' holds '{value}' and '{setting}' is not set, so the kubelet exits at start: its configuration is invalid.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    const flags = kubelets.flags();
    const documents = kubelets.documents();
    const look = (value: string, at: Span, isNamed: (setting: string, flag: string) => boolean): void => {
      const need = needed.find(({ enforces }) => enforces.test(value));
      if (need === undefined || isNamed(need.setting, need.flag)) return;
      const evidence: readonly Evidence[] = [
        { note: `'${value}' needs '${need.setting}'.`, source: 'pkg/kubelet/apis/config/validation/validation.go' },
      ];
      const help = `Set '${need.setting}' to a control group that a slice unit makes, or leave '${value}' out: reservations count for scheduling without it.`;
      report({ message: 'unnamed', data: { value, setting: need.setting }, at, evidence, help, key: value });
    };
    for (const document of documents) {
      for (const item of document.below('enforceNodeAllocatable').values()) {
        const value = item.value && literalText(item.value);
        if (value === undefined) continue;
        if (document.fact.partial) trace(item.span, 'Another program joins these settings with its own.');
        else if (flags.some(({ name }) => name === 'enforce-node-allocatable'))
          trace(item.span, "A flag '--enforce-node-allocatable' of the tree beats this list.");
        else
          look(value, item.span, (path) => {
            const { from, text } = kubelets.effective(document, path);
            return from !== 'default' && text !== '';
          });
      }
    }
    for (const { name, value, span } of flags) {
      const text = name === 'enforce-node-allocatable' ? value && literalText(value) : undefined;
      for (const item of text?.split(',') ?? []) {
        look(
          item.trim(),
          span,
          (setting, flag) =>
            flags.some((each) => each.name === flag) ||
            documents.some((document) => document.fact.partial || document.setting(setting) !== undefined),
        );
      }
    }
  },
});
