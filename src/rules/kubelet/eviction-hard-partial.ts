import { defineRule } from '../../core/define-rule.ts';
import type { Span } from '../../core/span.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

/** Signals with a default, and what goes wrong without a threshold. */
const signals: ReadonlyMap<string, string> = new Map([
  ['memory.available', '100Mi'],
  ['nodefs.available', '10%'],
  ['nodefs.inodesFree', '5%'],
  ['imagefs.available', '15%'],
]);

export default defineRule({
  id: 'kubelet/eviction-hard-partial',
  severity: 'warning',
  confidence: 'high',
  summary: "'evictionHard' replaces all default thresholds: signals that it leaves out are never acted upon.",
  needs: kubeletsFacts,
  startsFrom: ['kubelet.config', 'kubelet.flag', 'environment.variable', 'command'],
  startsFromPrograms: ['kubelet', 'hyperkube'],
  messages: {
    partial:
      "'evictionHard' does not set {missing}, and it replaces the defaults ({defaults}) instead of adding to them, so the kubelet evicts nothing when {what} runs out.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    const look = (at: Span, present: ReadonlyMap<string, string | undefined>): void => {
      const missing = [...signals.keys()].filter((signal) => !present.has(signal));
      if (present.size === 0 || missing.length === 0) return;
      if (
        [...present.values()].every((value) => value !== undefined && /^0+(?:\.0+)?(?:%|[A-Za-z]{0,2})$/.test(value))
      ) {
        trace(at, 'Every threshold is 0: hard eviction is turned off on purpose.');
        return;
      }
      report({
        message: 'partial',
        data: {
          missing: missing.map((signal) => `'${signal}'`).join(', '),
          defaults: missing.map((signal) => `${signal} ${signals.get(signal) ?? ''}`).join(', '),
          what: whatRunsOut(missing),
        },
        at,
        severity: missing.every((signal) => signal === 'imagefs.available') ? 'info' : 'warning',
        evidence: [
          {
            note: 'A signal in evictionHard sets the others to 0, unless mergeDefaultEvictionSettings (1.33 and later) is true.',
            source: 'KubeletConfiguration v1beta1, evictionHard',
          },
        ],
        help: 'State the missing thresholds too, or on 1.33 and later set `mergeDefaultEvictionSettings: true`.',
        key: missing.join(','),
      });
    };
    const flags = kubelets.flags().filter(({ name }) => name === 'eviction-hard');
    for (const { value, span } of flags) {
      const text = value === undefined ? undefined : literalText(value);
      if (text === undefined) trace(span, 'A part of the thresholds is unknown.');
      else look(span, thresholds(text));
    }
    for (const document of kubelets.documents()) {
      const set = document.below('evictionHard');
      const [first] = set.values();
      if (first === undefined) continue;
      const merged = kubelets.effective(document, 'mergeDefaultEvictionSettings');
      if (document.fact.partial) trace(first.key, 'Another program joins these thresholds with its own.');
      else if (flags.length > 0) trace(first.key, "A flag '--eviction-hard' of the tree beats these thresholds.");
      else if (merged.text !== 'false') trace(first.key, "'mergeDefaultEvictionSettings' keeps the defaults, or may.");
      else look(first.key, new Map([...set].map(([signal, { value }]) => [signal, value && literalText(value)])));
    }
  },
});

/** The thresholds of a flag: `memory.available<100Mi,nodefs.available<10%`. */
function thresholds(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').flatMap((part) => {
      const [signal = '', value] = part.split('<');
      return value === undefined ? [] : [[signal.trim(), value.trim()] as const];
    }),
  );
}

function whatRunsOut(missing: readonly string[]): string {
  const parts = [
    missing.includes('memory.available') ? 'memory' : undefined,
    missing.some((signal) => signal.startsWith('nodefs')) ? "the node's disk" : undefined,
    missing.includes('imagefs.available') ? 'the disk of images' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' or ');
}
