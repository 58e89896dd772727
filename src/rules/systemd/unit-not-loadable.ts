import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import type { LoadFault } from '../../model/unit-load.ts';
import { fileFault, unitFault } from '../../model/unit-load.ts';

export default defineRule({
  id: 'systemd/unit-not-loadable',
  severity: 'error',
  confidence: 'high',
  summary: 'A line, or settings that do not go together, make systemd refuse the whole unit or the rest of a drop-in.',
  needs: ['unit.file', 'unit.assignment', 'unit.problem', 'unit.link'],
  messages: {
    unit: "{reason}, so systemd does not load '{unit}'.",
    dropIn: "{reason}, so systemd reads no more of this drop-in for '{unit}': what follows has no effect.",
  },
  check({ model, report, trace }) {
    const seen = new Set<string>();
    const tell = (name: string, message: 'unit' | 'dropIn', fault: LoadFault): void => {
      const { at, reason, evidence, help } = fault;
      const fixes = fixesOf(fault);
      report({
        message,
        data: { reason, unit: name },
        at,
        evidence,
        fixes,
        ...(help !== undefined && { help }),
        key: `${name}: ${reason}`,
      });
    };

    for (const unit of model.units.all) {
      if (unit.masked) continue;
      let refused = false;
      for (const file of unit.files) {
        const fault = fileFault(unit, file);
        if (fault === undefined) continue;
        refused = true;
        // A drop-in can belong to many units, and a template to many instances.
        if (!seen.has(file.document)) tell(file.unit, file.role === 'unit' ? 'unit' : 'dropIn', fault);
        seen.add(file.document);
      }
      if (refused || unit.fragment === undefined) continue;
      const { span } = unit.fragment;
      if (!unit.complete) {
        trace(span, `Some lines of '${unit.name}' are not known, so nothing can be said of what is missing.`);
        continue;
      }
      const fault = unitFault(unit);
      const place = fault && `${fault.at.file}:${fault.at.start}: ${fault.reason}`;
      if (fault === undefined || place === undefined || seen.has(place)) continue;
      seen.add(place);
      tell(unit.name, 'unit', fault);
    }
  },
});

function fixesOf({ needsReset }: LoadFault): readonly Fix[] {
  if (needsReset === undefined) return [];
  const { file, start } = needsReset.span;
  const edits = [{ span: { file, start, end: start }, text: 'ExecStart=\n' }];
  return [{ title: "Put an empty 'ExecStart=' before it, so that it replaces the command", safety: 'unsafe', edits }];
}
