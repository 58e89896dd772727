import { defineRule } from '../../core/define-rule.ts';
import { isVendorAssignment } from '../../model/units.ts';

export default defineRule({
  id: 'systemd/kill-mode-none',
  severity: 'warning',
  confidence: 'high',
  summary: "With 'KillMode=none' systemd kills nothing when the unit stops, and forgets what goes on running.",
  needs: ['unit.file', 'unit.assignment', 'unit.link'],
  messages: {
    none: "'KillMode=none' makes systemd kill no process when '{unit}' stops, so what goes on running is nobody's any more: it is not watched, and the next start runs beside it.",
  },
  check({ model, report }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      for (const section of ['Service', 'Socket', 'Mount', 'Swap']) {
        if (unit.masked || unit.text(section, 'KillMode') !== 'none') continue;
        const setting = unit.value(section, 'KillMode');
        if (setting === undefined || seen.has(`${setting.document}:${setting.span.start}`)) continue;
        seen.add(`${setting.document}:${setting.span.start}`);
        report({
          message: 'none',
          data: { unit: unit.name },
          at: setting.span,
          ...(isVendorAssignment(unit, setting) ? { severity: 'info' as const } : {}),
          evidence: [
            {
              note: 'systemd 246 and later call the setting deprecated in the log at every load of the unit.',
              source: "systemd's NEWS of version 246; systemd.kill(5)",
            },
          ],
          help: "Use 'KillMode=mixed' or the default 'control-group'; give processes that must outlive the service a unit or scope of their own ('systemd-run --scope').",
          fixes: [
            {
              title: "Use 'KillMode=mixed'",
              safety: 'unsafe',
              edits: [{ span: setting.valueSpan, text: 'mixed' }],
            },
          ],
          key: unit.name,
        });
      }
    }
  },
});
