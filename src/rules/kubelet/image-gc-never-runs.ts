import { defineRule } from '../../core/define-rule.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

export default defineRule({
  id: 'kubelet/image-gc-never-runs',
  severity: 'warning',
  confidence: 'high',
  summary: 'Unused images are only deleted at a disk usage at which pods are evicted already.',
  needs: kubeletsFacts,
  startsFrom: ['kubelet.config'],
  messages: {
    late: "Images are deleted at {high} % disk usage and pods are evicted at {eviction} % ('imagefs.available' below {available} %), so the kubelet evicts pods before it deletes an unused image in time.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    for (const document of kubelets.documents()) {
      const setting = document.setting('imageGCHighThresholdPercent');
      if (setting === undefined) continue;
      const high = Number(kubelets.effective(document, 'imageGCHighThresholdPercent').text ?? NaN);
      if (document.fact.partial || kubelets.flags().some(({ name }) => name === 'eviction-hard')) {
        trace(setting.span, 'The thresholds of eviction are set elsewhere too.');
        continue;
      }
      const eviction = document.below('evictionHard');
      const stated = eviction.get('imagefs.available');
      const isSet = eviction.size > 0 || document.setting('evictionHard') !== undefined;
      const text = stated === undefined ? (isSet ? undefined : '15%') : stated.value && literalText(stated.value);
      const available = Number(/^(\d+(?:\.\d+)?)%$/.exec(text ?? '')?.[1] ?? NaN);
      if (!Number.isFinite(high) || !Number.isFinite(available) || high >= 100) {
        trace(setting.span, 'Images are never deleted on purpose (100), or a threshold is no percentage.');
        continue;
      }
      if (high <= 100 - available) continue;
      report({
        message: 'late',
        data: { high, available, eviction: 100 - available },
        at: setting.span,
        evidence:
          stated === undefined
            ? [{ note: "'imagefs.available' is 15% by default.", source: 'KubeletConfiguration v1beta1, evictionHard' }]
            : [{ span: stated.span, note: `Pods are evicted when less than ${available} % of the disk are free.` }],
        help: `Set 'imageGCHighThresholdPercent' below ${100 - available}.`,
        key: `${high}/${available}`,
      });
    }
  },
});
