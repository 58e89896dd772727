import { defineRule } from '../../core/define-rule.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

/** Settings that keep memory for the system, and their flags. */
const reserving = ['kubeReserved.memory', 'systemReserved.memory'];
const flags: ReadonlySet<string> = new Set(['kube-reserved', 'system-reserved', 'reserved-memory']);

export default defineRule({
  id: 'kubelet/no-reservations',
  severity: 'warning',
  confidence: 'high',
  profile: 'strict',
  summary: 'No memory is reserved for the system: pods may be promised all of the node.',
  needs: kubeletsFacts,
  startsFrom: ['kubelet.config'],
  messages: {
    unreserved:
      "Neither 'kubeReserved' nor 'systemReserved' reserves memory, so pods may be promised all of the node but what 'evictionHard' keeps free, and under load the kernel kills the kubelet, the container runtime or sshd.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    for (const document of kubelets.documents()) {
      const { fact } = document;
      const flag = kubelets.flags().find(({ name }) => flags.has(name));
      if (fact.partial) {
        trace(fact.span, 'Another program joins these settings with its own and may reserve memory.');
      } else if (flag !== undefined) {
        trace(flag.span, `'--${flag.name}' may reserve memory.`);
      } else if (document.below('reservedMemory').size === 0) {
        const stated = reserving.map((path) => document.setting(path));
        if (stated.some((setting) => setting !== undefined && !isNothing(setting.value && literalText(setting.value))))
          continue;
        const cpuOnly = document.setting('kubeReserved.cpu') ?? document.setting('systemReserved.cpu');
        report({
          message: 'unreserved',
          at: stated.find((setting) => setting !== undefined)?.span ?? fact.span,
          evidence:
            cpuOnly === undefined ? [] : [{ span: cpuOnly.span, note: 'Processor time is reserved, memory is not.' }],
          help: "Set 'memory' in 'kubeReserved' and 'systemReserved' to what the kubelet, the container runtime and the services of the node use.",
          key: 'memory',
        });
      }
    }
  },
});

/** Whether a quantity is surely none. */
function isNothing(text: string | undefined): boolean {
  return text !== undefined && /^(?:0+(?:\.0+)?[A-Za-z]{0,2})?$/.test(text);
}
