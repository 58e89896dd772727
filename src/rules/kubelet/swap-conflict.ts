import { defineRule } from '../../core/define-rule.ts';
import { compareVersions } from '../../core/version.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { versionsWhere } from '../../model/kubelet-versions.ts';

export default defineRule({
  id: 'kubelet/swap-conflict',
  severity: 'error',
  confidence: 'high',
  summary: 'Swap on the node, and a kubelet that does not start with it.',
  needs: [...fleetFacts, ...kubeletsFacts, 'unit.file', 'kernel.parameters'],
  startsFrom: ['kubelet.config', 'kubelet.flag'],
  messages: {
    swap: "'{unit}' turns swap on, and 'failSwapOn' is true{how}, so the kubelet exits at start: 'running with swap on is not supported'.",
    unlimited:
      "'swapBehavior' is 'UnlimitedSwap', which kubelets from 1.30 on do not know, and the kubelet is '{version}'{nodes}, so it exits at start.",
    cgroup:
      "'swapBehavior' is 'LimitedSwap' and the nodes run cgroup v1, and a kubelet from 1.30 on, here '{version}'{nodes}, exits at start on such a node.",
  },
  check({ model, report, trace }) {
    const { fleet, kubelets } = model;
    const units = model
      .facts('unit.file')
      .filter(({ type, role, masks }) => type === 'swap' && role === 'unit' && !masks);
    const off = model.facts('command').find(({ words }) => words[0]?.text.endsWith('swapoff') === true);
    for (const document of kubelets.documents()) {
      const fails = kubelets.effective(document, 'failSwapOn');
      for (const { unit, span } of units) {
        if (fails.text !== 'true') continue;
        if (off !== undefined) {
          trace(off.span, 'A command of the tree turns swap off.');
          continue;
        }
        report({
          message: 'swap',
          data: { unit, how: fails.from === 'default' ? ' by default' : '' },
          at: fails.span ?? document.fact.span,
          evidence: [{ span: { ...span, end: Math.min(span.end, span.start + 1) }, note: `'${unit}' is a swap unit.` }],
          help: "Mask the swap unit, or set 'failSwapOn: false' and, on cgroup v2, 'memorySwap.swapBehavior'.",
          key: unit,
        });
      }
      const behavior = document.setting('memorySwap.swapBehavior');
      const text = kubelets.effective(document, 'memorySwap.swapBehavior').text;
      if (behavior === undefined || (text !== 'UnlimitedSwap' && text !== 'LimitedSwap')) continue;
      const match = versionsWhere(model, behavior.span, (version) => compareVersions(version, [1, 30]) >= 0);
      const old = fleet.cgroups().find(({ version }) => version === 1);
      if (match === undefined || (text === 'LimitedSwap' && (old === undefined || fleet.cgroups().length > 1))) {
        trace(behavior.span, 'Nothing says that the kubelet is 1.30 or later, or that all nodes run cgroup v1.');
        continue;
      }
      const source = text === 'UnlimitedSwap' ? 'kubernetes/kubernetes#122745' : 'kubernetes/kubernetes#123738';
      report({
        message: text === 'UnlimitedSwap' ? 'unlimited' : 'cgroup',
        data: { version: match.stated.text, nodes: match.nodes },
        at: behavior.span,
        evidence: [
          ...match.evidence,
          ...(text === 'LimitedSwap' && old !== undefined ? [old.evidence] : []),
          { note: `'${text}' is refused from 1.30 on${text === 'LimitedSwap' ? ' on cgroup v1' : ''}.`, source },
        ],
        help: "Use 'NoSwap', or 'LimitedSwap' on cgroup v2.",
        key: text,
      });
    }
  },
});
