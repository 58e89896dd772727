import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import { nodeDaemonOf } from '../../model/node-daemons.ts';
import type { Assignment, Unit } from '../../model/units.ts';

/** CRI-O and the kubelet put containers into slices and scopes of systemd's own, which need no delegation. */
const manageGroups = new Set(['dockerd', 'containerd', 'k3s', 'rke2']);

export default defineRule({
  id: 'systemd/runtime-without-delegate',
  severity: 'warning',
  confidence: 'medium',
  summary: "A container runtime manages control groups below its own without 'Delegate=yes'.",
  needs: ['unit.file', 'unit.assignment', 'unit.link'],
  messages: {
    missing:
      "'{unit}' runs {program} without 'Delegate=yes', so systemd thinks the control groups below it its own: it moves processes or resets limits of containers when units are reloaded.",
    off: "'Delegate={value}' of '{unit}', which runs {program}: systemd thinks the control groups below it its own, and moves processes or resets limits of containers when units are reloaded.",
  },
  check({ model, report, trace }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      const daemon = nodeDaemonOf(unit);
      if (daemon === undefined || !manageGroups.has(daemon.program)) continue;
      const setting = unit.value('Service', 'Delegate');
      const start = unit.values('Service', 'ExecStart').at(-1);
      const at = setting ?? start;
      if (at === undefined || seen.has(`${at.document}:${at.span.start}`)) continue;
      seen.add(`${at.document}:${at.span.start}`);
      const help = "Add 'Delegate=yes', as the units that Docker and containerd ship have it.";
      const shared = { at: at.span, help, key: unit.name };
      if (setting !== undefined) {
        if (unit.boolean('Service', 'Delegate')?.value !== false) continue;
        const data = { unit: unit.name, program: daemon.program, value: setting.value.text };
        report({ ...shared, message: 'off', data });
      } else if (!unit.complete) {
        trace(at.span, `Not all lines of '${unit.name}' are known, so 'Delegate=yes' may stand in another place.`);
      } else {
        report({
          ...shared,
          message: 'missing',
          data: { unit: unit.name, program: daemon.program },
          fixes: fixesOf(unit, at),
        });
      }
    }
  },
});

/** Before the command; in a file of its own only, where lines have no indentation. */
function fixesOf(unit: Unit, { span, document }: Assignment): readonly Fix[] {
  if (document !== span.file || unit.fragment?.document !== document) return [];
  const edits = [{ span: { ...span, end: span.start }, text: 'Delegate=yes\n' }];
  return [{ title: "Add 'Delegate=yes'", safety: 'unsafe', edits }];
}
