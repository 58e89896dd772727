import { defineRule } from '../../core/define-rule.ts';
import { literalText } from '../../core/template.ts';
import { timeSpanMicroseconds } from '../../core/time-span.ts';
import { compareText } from '../../core/span.ts';
import { goDuration } from '../../model/kubelet-validation.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

/** The file in which the kubelet asks logind for the time it needs. */
const ownFile = '99-kubelet.conf';

export default defineRule({
  id: 'kubelet/shutdown-exceeds-inhibit-delay',
  severity: 'error',
  confidence: 'high',
  summary: "logind gives the kubelet less time than its 'shutdownGracePeriod': graceful shutdown is off.",
  needs: [...kubeletsFacts, 'logind.inhibit-delay'],
  startsFrom: ['kubelet.config'],
  messages: {
    short:
      "'shutdownGracePeriod' is {period}, and '{file}' limits it to {limit} after the kubelet's own '99-kubelet.conf', so the kubelet gives graceful shutdown up and pods are killed when the node goes down.",
    package:
      "'shutdownGracePeriod' is {period}, and the package 'unattended-upgrades' limits it to 30 s in a file that is read after the kubelet's own '99-kubelet.conf', so the kubelet gives graceful shutdown up and pods are killed when the node goes down.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    const delays = model.facts('logind.inhibit-delay');
    const later = delays.filter(({ fileName }) => compareText(fileName, ownFile) > 0);
    const last = later.toSorted((a, b) => compareText(a.fileName, b.fileName)).at(-1);
    const upgrades = model.facts('package').find(({ name }) => name === 'unattended-upgrades');
    for (const document of kubelets.documents()) {
      const period = kubelets.effective(document, 'shutdownGracePeriod');
      const seconds = (goDuration(period.text ?? '') ?? 0) / 1e9;
      if (period.span === undefined || period.text === undefined || seconds <= 0) continue;
      const help =
        "Put 'InhibitDelayMaxSec=' with at least this time into /etc/systemd/logind.conf.d/ under a name that sorts last, such as 'zz-kubelet.conf', or shorten 'shutdownGracePeriod'.";
      if (last !== undefined) {
        const limit = (timeSpanMicroseconds(literalText(last.value) ?? '') ?? Infinity) / 1e6;
        if (limit >= seconds) continue;
        report({
          message: 'short',
          data: { period: period.text, file: last.fileName, limit: `${limit} s` },
          at: period.span,
          evidence: [
            { span: last.span, note: `'${last.fileName}' sorts after '${ownFile}', so it wins.` },
            { note: 'The kubelet writes what it needs into 99-kubelet.conf.', source: 'kubernetes/kubernetes#102818' },
          ],
          help,
          key: last.fileName,
        });
      } else if (upgrades !== undefined && seconds > 30) {
        report({
          message: 'package',
          data: { period: period.text },
          at: period.span,
          severity: 'warning',
          confidence: 'medium',
          evidence: [
            {
              span: upgrades.span,
              note: "It brings 'unattended-upgrades-logind-maxdelay.conf' with 'InhibitDelayMaxSec=30'.",
              source: 'kubernetes/kubernetes#102818',
            },
          ],
          help,
          key: 'unattended-upgrades',
        });
      } else {
        trace(period.span, "No file of logind's is known that is read after the kubelet's own.");
      }
    }
  },
});
