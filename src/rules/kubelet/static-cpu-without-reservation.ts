import { defineRule } from '../../core/define-rule.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

/** Flags that reserve processors. */
const reserving: ReadonlySet<string> = new Set(['kube-reserved', 'system-reserved', 'reserved-cpus']);

export default defineRule({
  id: 'kubelet/static-cpu-without-reservation',
  severity: 'error',
  confidence: 'high',
  summary: 'The static CPU manager without any reserved CPU: the kubelet exits at start.',
  needs: kubeletsFacts,
  startsFrom: ['kubelet.config'],
  messages: {
    unreserved:
      "'cpuManagerPolicy' is 'static' and no CPU is reserved, so the kubelet exits at start: 'the static policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero'.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    for (const document of kubelets.documents()) {
      const policy = kubelets.effective(document, 'cpuManagerPolicy');
      if (policy.text !== 'static' || policy.span === undefined) continue;
      const flag = kubelets.flags().find(({ name }) => reserving.has(name));
      if (document.fact.partial) {
        trace(policy.span, 'Another program joins these settings with its own and may reserve CPUs.');
      } else if (flag !== undefined) {
        trace(flag.span, `'--${flag.name}' may reserve CPUs.`);
      } else {
        const stated = ['reservedSystemCPUs', 'kubeReserved.cpu', 'systemReserved.cpu'].map((path) =>
          document.setting(path),
        );
        if (stated.some((setting) => setting !== undefined && !isNothing(setting.value && literalText(setting.value))))
          continue;
        const reserved = stated.find((setting) => setting !== undefined);
        report({
          message: 'unreserved',
          at: policy.span,
          evidence: [
            ...(reserved === undefined ? [] : [{ span: reserved.span, note: 'This reserves nothing.' }]),
            {
              note: 'The static policy keeps the reserved CPUs for the system and refuses to start without any.',
              source: 'pkg/kubelet/cm/cpumanager/policy_static.go',
            },
          ],
          help: "Set 'reservedSystemCPUs', or 'cpu' in 'kubeReserved' or 'systemReserved'.",
          key: 'static',
        });
      }
    }
  },
});

/** Whether a quantity is surely none. */
function isNothing(text: string | undefined): boolean {
  return text !== undefined && /^(?:0+(?:\.0+)?m?)?$/.test(text);
}
