import { defineRule } from '../../core/define-rule.ts';
import { displayText, literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { combinationFaults, valueFaults } from '../../model/kubelet-validation.ts';

/** Surfaces whose values reach the kubelet as they are. */
const surfaces: ReadonlySet<string> = new Set(['kubelet', 'kind', 'puppet', 'kubespray']);

export default defineRule({
  id: 'kubelet/invalid-value',
  severity: 'error',
  confidence: 'high',
  summary: 'A value that the kubelet refuses: it exits at start.',
  needs: kubeletsFacts,
  startsFrom: ['kubelet.setting'],
  messages: {
    invalid: "'{path}' {fault}, and it is '{value}', so the kubelet refuses its configuration and exits at start.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    for (const document of kubelets.documents()) {
      const { surface, partial, apiVersion, span } = document.fact;
      if (!surfaces.has(surface) || (apiVersion !== undefined && !apiVersion.endsWith('/v1beta1'))) {
        trace(span, 'Another program checks these settings, or they are of an older API.');
        continue;
      }
      const combinations = partial
        ? []
        : combinationFaults(document, (path) => kubelets.effective(document, path).text);
      for (const { setting, fault, other } of [...valueFaults(document), ...combinations]) {
        const value = setting.value === undefined ? '' : (literalText(setting.value) ?? displayText(setting.value));
        report({
          message: 'invalid',
          data: { path: setting.path, fault, value },
          at: setting.span,
          ...(setting.conditional === true ? { severity: 'warning', confidence: 'medium' } : {}),
          evidence: [
            ...(other === undefined ? [] : [{ span: other.span, note: `'${other.path}' is set here.` }]),
            {
              note: 'The kubelet checks its configuration before it starts.',
              source: 'pkg/kubelet/apis/config/validation/validation.go',
            },
          ],
          key: `${setting.path}/${fault}`,
        });
      }
    }
  },
});
