import { defineRule } from '../../core/define-rule.ts';
import { sysctlSettings, sysctlSettingFacts } from '../../model/sysctl.ts';

export default defineRule({
  id: 'sysctl/zone-reclaim',
  severity: 'warning',
  confidence: 'high',
  summary: "'vm.zone_reclaim_mode' is on, so a node throws its page cache away while other zones have free memory.",
  needs: sysctlSettingFacts,
  startsFromPrograms: ['sysctl', 'echo', 'printf'],
  messages: {
    on: "'vm.zone_reclaim_mode' is '{value}', so a processor whose own memory zone is full reclaims pages there, while other zones still have free memory: the page cache stays small and allocations stall.",
  },
  check({ model, report, trace }) {
    for (const { key, value, span, source } of sysctlSettings(model)) {
      if (key !== 'vm/zone_reclaim_mode') continue;
      const number = value === undefined || !/^(?:0x[\da-f]{1,8}|\d{1,9})$/i.test(value) ? undefined : Number(value);
      if (number === undefined || number === 0) {
        trace(span, number === 0 ? 'It is off.' : 'The value is not known.');
        continue;
      }
      const withoutFirstBit = (number & 1) === 0;
      report({
        message: 'on',
        data: { value: value ?? '' },
        at: span,
        evidence: [
          {
            note: 'The kernel leaves it off by default since 3.16, because it harms what lives on the page cache; it only ever acts on nodes with several memory zones (NUMA).',
            source: 'Documentation/admin-guide/sysctl/vm.rst; commit 4f9b16a64753',
          },
          ...(withoutFirstBit
            ? [
                {
                  note: "Bit 1 ('on') is not set, but the kernel only asks whether the whole number is 0.",
                  source: 'mm/page_alloc.c, node_reclaim_mode',
                },
              ]
            : []),
        ],
        help: "Set it to 0, the default, unless the node's work is split by memory zone on purpose.",
        fixes: source === 'command' ? [] : [{ title: 'Turn it off', safety: 'unsafe', edits: [{ span, text: '0' }] }],
        key: source,
      });
    }
  },
});
