import { defineRule, type ModelFor } from '../../core/define-rule.ts';
import type { Evidence } from '../../core/finding.ts';
import type { Span } from '../../core/span.ts';
import { compareVersions } from '../../core/version.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { howToSayVersion, versionsWhere } from '../../model/kubelet-versions.ts';

export default defineRule({
  id: 'kubelet/swap-conflict',
  severity: 'error',
  confidence: 'high',
  summary: 'Swap on the node, and a kubelet that does not start with it.',
  needs: [...fleetFacts, ...kubeletsFacts, 'unit.file', 'unit.link', 'swap.device', 'kernel.parameters'],
  startsFrom: ['kubelet.config', 'kubelet.flag'],
  messages: {
    swap: "'{device}' turns swap on, and 'failSwapOn' is true{how}, so the kubelet exits at start: 'running with swap on is not supported'.",
    unlimited:
      "'swapBehavior' is 'UnlimitedSwap', which kubelets from 1.30 on do not know, and the kubelet is '{version}'{nodes}, so it exits at start.",
    cgroup:
      "'swapBehavior' is 'LimitedSwap' and the nodes run cgroup v1, and a kubelet from 1.30 on, here '{version}'{nodes}, exits at start on such a node.",
  },
  check({ model, report, trace }) {
    const { fleet, kubelets } = model;
    const swaps = swapsOf(model);
    const off = model.facts('command').find(({ words }) => words[0]?.text.endsWith('swapoff') === true);
    for (const document of kubelets.documents()) {
      const fails = kubelets.effective(document, 'failSwapOn');
      const [first] = swaps;
      if (first !== undefined && fails.text !== 'true') {
        trace(first.evidence.span, "'failSwapOn' is not true, or its value is not known.");
      } else if (first !== undefined && off !== undefined) {
        trace(off.span, 'A command of the tree turns swap off.');
      } else if (first !== undefined) {
        report({
          message: 'swap',
          data: { device: first.device, how: fails.from === 'default' ? ' by default' : '' },
          at: fails.span ?? document.fact.span,
          confidence: first.isUnit ? 'high' : 'medium',
          evidence: swaps.slice(0, 5).map(({ evidence }) => evidence),
          help: "Take the swap away, or set 'failSwapOn: false' and, on cgroup v2, 'memorySwap.swapBehavior'.",
          key: first.device,
        });
      }
      const behavior = document.setting('memorySwap.swapBehavior');
      const text = kubelets.effective(document, 'memorySwap.swapBehavior').text;
      if (behavior === undefined || (text !== 'UnlimitedSwap' && text !== 'LimitedSwap')) continue;
      const match = versionsWhere(model, behavior.span, (version) => compareVersions(version, [1, 30]) >= 0);
      const old = fleet.cgroups().find(({ version }) => version === 1);
      if (match === undefined || (text === 'LimitedSwap' && (old === undefined || fleet.cgroups().length > 1))) {
        trace(
          behavior.span,
          match === undefined
            ? `Nothing says that the kubelet is 1.30 or later: ${howToSayVersion}.`
            : "Nothing says that all nodes run cgroup v1: name their control groups with '--fleet'.",
        );
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

interface Swap {
  readonly device: string;
  readonly isUnit: boolean;
  readonly evidence: Evidence & { readonly span: Span };
}

/** What turns swap on: units that are not masked, fstab, zram-generator, the file systems of Butane and Ignition. */
function swapsOf(model: ModelFor<'unit.file' | 'unit.link' | 'swap.device'>): readonly Swap[] {
  const masked = new Set(
    model.facts('unit.link').flatMap(({ unit, target }) => (target === '/dev/null' ? [unit] : [])),
  );
  const units = model
    .facts('unit.file')
    .filter(({ unit, type, role, masks }) => type === 'swap' && role === 'unit' && !masks && !masked.has(unit))
    .map(({ unit, span }): Swap => {
      const start = { ...span, end: Math.min(span.end, span.start + 1) };
      return { device: unit, isUnit: true, evidence: { span: start, note: `'${unit}' is a swap unit.` } };
    });
  const devices = model.facts('swap.device').map(({ device, source, span }): Swap => {
    const note =
      source === 'fstab'
        ? `fstab swaps to '${device}' from the boot on.`
        : source === 'zram-generator'
          ? `zram-generator makes '${device}' a swap device.`
          : `'${device}' is formatted as swap, with a unit that turns it on.`;
    return { device, isUnit: false, evidence: { span, note } };
  });
  return [...units, ...devices];
}
