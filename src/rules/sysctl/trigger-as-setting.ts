import { defineRule } from '../../core/define-rule.ts';
import { sysctlName } from '../../core/sysctl-key.ts';
import { sysctlSettings, sysctlSettingFacts } from '../../model/sysctl.ts';

/** What writing to them does; they hold no setting. */
const effects: ReadonlyMap<string, string> = new Map([
  ['vm/drop_caches', 'throws the page cache and the caches of directories away'],
  ['vm/compact_memory', 'compacts the memory of all zones'],
]);

export default defineRule({
  id: 'sysctl/trigger-as-setting',
  severity: 'warning',
  confidence: 'high',
  summary: 'A kernel parameter that is an order, not a setting, is set persistently.',
  needs: sysctlSettingFacts,
  startsFrom: ['sysctl.setting'],
  messages: {
    file: "'{name} = {value}' is an order, not a setting: writing it {effect}, at boot when there is nothing to gain, and again on a node in full work each time 'sysctl --system' or a tool applies the file.",
    managed:
      "'{name} = {value}' is an order, not a setting: writing it {effect}, and {tool} does so again whenever it applies the parameter, on a node in full work too.",
  },
  check({ model, report, trace }) {
    for (const { key, value, span, entry, source } of sysctlSettings(model)) {
      const effect = effects.get(key);
      if (effect === undefined) continue;
      if (source === 'command' || entry === undefined) {
        trace(span, 'A command gives the order; that may be meant.');
        continue;
      }
      const tool = { puppet: 'Puppet', hiera: 'Puppet', ansible: 'Ansible', talos: 'Talos' } as const;
      const name = sysctlName(key);
      const data = { name, value: value ?? '...', effect };
      const base = {
        at: span,
        evidence: [
          {
            note:
              key === 'vm/compact_memory'
                ? 'The kernel keeps no value that could be read back: who compares it finds a difference each time.'
                : 'The kernel does not keep the caches small because of it: they fill again at once.',
            source: 'Documentation/admin-guide/sysctl/vm.rst',
          },
        ],
        help: 'Take it out. To keep more memory free at all times there is vm.min_free_kbytes; to compact in time, vm.compaction_proactiveness from kernel 5.9 on.',
        key: `${source}/${key}`,
      };
      if (source === 'sysctl.d') {
        const fix = { title: `Take out '${name}'`, safety: 'safe' as const, edits: [{ span: entry, text: '' }] };
        report({ ...base, message: 'file', data, fixes: [fix] });
      } else if (source === 'deployment') report({ ...base, message: 'file', data });
      else report({ ...base, message: 'managed', data: { ...data, tool: tool[source] } });
    }
  },
});
