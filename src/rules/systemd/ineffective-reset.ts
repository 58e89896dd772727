import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import { displayText } from '../../core/template.ts';
import { isDependency } from '../../knowledge/systemd.ts';
import { directiveOf } from '../../knowledge/systemd-directives.ts';
import type { IneffectiveReset } from '../../model/units.ts';

export default defineRule({
  id: 'systemd/ineffective-reset',
  severity: 'warning',
  confidence: 'high',
  summary: 'An empty assignment that systemd rejects, so the old value stays.',
  needs: ['unit.file', 'unit.assignment', 'unit.problem', 'unit.link', 'node', 'package'],
  startsFrom: ['unit.assignment'],
  messages: {
    ignored: "'{key}=' is empty, but systemd does not reset this setting: '{old}' from {origin} stays in force.",
    dependency: "'{key}=' is empty, but nothing takes a dependency away again: '{old}' from {origin} stays in force.",
  },
  check({ model, report }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      if (unit.masked) continue;
      for (const reset of unit.ineffectiveResets()) {
        const { assignment, previous } = reset;
        const { key, section, span } = assignment;
        const place = `${span.file}:${span.start}`;
        const directive = directiveOf(section, key);
        if (seen.has(place) || directive === undefined || directive.removed !== undefined) continue;
        seen.add(place);
        const later = unit.assignments.slice(unit.assignments.indexOf(assignment) + 1);
        // A value that follows takes the place of the old one all the same.
        const scalar = !isDependency(section, key);
        if (scalar && later.some((each) => each.section === section && each.key === key && !each.empty)) continue;
        report({
          message: scalar ? 'ignored' : 'dependency',
          data: { key, old: displayText(previous.value), origin: previous.span.file },
          at: span,
          evidence: [{ span: previous.span, note: 'The value that stays.' }],
          ...helpFor(reset),
          key: `${unit.name}/${section}/${key}`,
        });
      }
    }
  },
});

/** Switches that are off by default. */
const isProtection =
  /^(?:Private(?:Devices|IPC|Mounts|Network|Tmp|Users)|Protect(?:Clock|ControlGroups|Home|Hostname|KernelLogs|KernelModules|KernelTunables|System)|Restrict(?:Realtime|SUIDSGID)|LockPersonality|MemoryDenyWriteExecute|NoNewPrivileges|RemainAfterExit|RemoveIPC)$/;

function helpFor({ assignment }: IneffectiveReset): { readonly help?: string; readonly fixes?: readonly Fix[] } {
  const { key, section, span } = assignment;
  if (isDependency(section, key)) {
    return { help: "Change the unit's own file, or put a copy of it without this line in /etc/systemd/system." };
  }
  if (!isProtection.test(key)) return { help: `Write the value that you want, such as the default of '${key}='.` };
  const edits = [{ span, text: `${key}=no` }];
  return { help: `Write '${key}=no'.`, fixes: [{ title: `Write '${key}=no'`, safety: 'unsafe', edits }] };
}
