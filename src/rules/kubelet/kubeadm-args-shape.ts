import { defineRule } from '../../core/define-rule.ts';

export default defineRule({
  id: 'kubelet/kubeadm-args-shape',
  severity: 'error',
  confidence: 'high',
  summary: "kubeadm's extra arguments have the shape of another API version: kubeadm refuses the file.",
  needs: ['kubernetes.kubeadm-arguments'],
  messages: {
    map: "'{path}' is a map, and in '{version}' it is a list of items with 'name' and 'value', so kubeadm refuses the file: 'cannot unmarshal object into Go struct field'.",
    list: "'{path}' is a list, and in '{version}' it is a map from names to values, so kubeadm refuses the file: 'cannot unmarshal array into Go struct field'.",
  },
  check({ model, report, trace }) {
    for (const { span, path, apiVersion, shape } of model.facts('kubernetes.kubeadm-arguments')) {
      const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
      const generation = /^v1(?:alpha|beta)(\d+)$/.exec(version)?.[1];
      if (generation === undefined) {
        trace(span, `'${version}' is no version of kubeadm's that is known here.`);
        continue;
      }
      const wanted = version.startsWith('v1beta') && Number(generation) >= 4 ? 'list' : 'map';
      if (shape === wanted) continue;
      report({
        message: shape,
        data: { path, version },
        at: span,
        evidence: [
          {
            note: 'Extra arguments are a list from v1beta4 (Kubernetes 1.31) on, and a map before.',
            source: 'kubernetes/kubernetes#125029',
          },
        ],
        help: 'Rewrite the arguments, or let `kubeadm config migrate` do it for the whole file.',
        key: path,
      });
    }
  },
});
