import { defineRule } from '../../core/define-rule.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

/** What the kubelet demands, by the path below /proc/sys. */
const demanded: ReadonlyMap<string, string> = new Map([
  ['vm/overcommit_memory', '1'],
  ['vm/panic_on_oom', '0'],
  ['kernel/panic', '10'],
  ['kernel/panic_on_oops', '1'],
  ['kernel/keys/root_maxkeys', '1000000'],
  ['kernel/keys/root_maxbytes', '25000000'],
]);

export default defineRule({
  id: 'kubelet/protect-kernel-defaults-conflict',
  severity: 'error',
  confidence: 'high',
  summary: "A kernel parameter differs from what the kubelet demands with 'protectKernelDefaults': it exits at start.",
  needs: [...kubeletsFacts, 'sysctl.setting'],
  startsFrom: ['sysctl.setting'],
  messages: {
    conflict:
      "'{key}' is set to {value}, and a kubelet with 'protectKernelDefaults' demands {wanted}, so it exits at start: 'invalid kernel flag: {key}'.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    const settings = model.facts('sysctl.setting').filter(({ key }) => demanded.has(key));
    if (settings.length === 0) return;
    const switches = kubelets.values('protectKernelDefaults', 'protect-kernel-defaults');
    const [protection] = switches;
    const values = switches.map(({ text }) => text ?? 'true');
    for (const setting of settings) {
      const wanted = demanded.get(setting.key);
      const value = literalText(setting.value)?.trim();
      if (wanted === undefined || value === undefined || value === wanted) continue;
      const key = setting.key.replaceAll('/', '.');
      if (protection === undefined || values.some((text) => text !== 'true')) {
        trace(setting.span, "No kubelet of the tree sets 'protectKernelDefaults', or not all do.");
      } else if (
        settings.some(
          (other) => other.key === setting.key && other !== setting && literalText(other.value)?.trim() !== value,
        )
      ) {
        trace(setting.span, `Files disagree on '${key}'.`);
      } else {
        report({
          message: 'conflict',
          data: { key, value, wanted },
          at: setting.span,
          evidence: [
            { span: protection.span, note: "The kubelet checks the node's kernel parameters instead of setting them." },
            { note: `It wants '${key}' to be ${wanted}.`, source: 'pkg/kubelet/cm/container_manager_linux.go' },
          ],
          help: `Set '${key}' to ${wanted}, or leave it to the kubelet by 'protectKernelDefaults: false'.`,
          key,
        });
      }
    }
  },
});
