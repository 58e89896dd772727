import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { newestSystemd } from '../../knowledge/systemd.ts';
import { directiveNames, oldestSystemd, sectionsWith } from '../../knowledge/systemd-directives.ts';
import { settingFacts, unitSettings } from '../../model/unit-settings.ts';
import type { Assignment } from '../../model/units.ts';

/** A tree with more unknown settings than this was not written by hand, and comparing them would take long. */
const mostNearest = 500;

export default defineRule({
  id: 'systemd/unknown-directive',
  severity: 'warning',
  confidence: 'high',
  summary: 'A setting that no version of systemd knows, so it does nothing.',
  needs: [...settingFacts],
  startsFrom: ['unit.assignment'],
  messages: {
    unknown:
      "'{key}=' in [{section}] is no setting of any systemd from {oldest} to {newest}, so the line has no effect.",
    near: "'{key}=' in [{section}] is no setting of any systemd from {oldest} to {newest}, so the line has no effect; the nearest is '{nearest}='.",
  },
  check({ model, report, trace }) {
    let previous: Assignment | undefined;
    let unknown = 0;
    for (const { assignment, directive } of unitSettings(model)) {
      const { key, section, span, unit, document } = assignment;
      const torn = previous?.document === document && previous.value.text.endsWith('\\');
      previous = assignment;
      if (directive !== undefined || sectionsWith(key).length > 0) continue;
      // What a broken continuation tore off is told once, at the backslash.
      if (torn && !/^[A-Z][A-Za-z0-9]*$/.test(key)) {
        trace(span, 'This belongs to the line before it, whose continuation is broken.');
        continue;
      }
      unknown++;
      const nearest = unknown <= mostNearest ? nearestName(key, directiveNames(section)) : undefined;
      const data = { key, section, oldest: oldestSystemd, newest: newestSystemd };
      const help = key.startsWith('-')
        ? 'If it belongs to the line before it, that line needs a backslash at its very end.'
        : undefined;
      const place = {
        at: { ...span, end: span.start + key.length },
        key: `${unit}/${section}/${key}`,
        ...(help !== undefined && { help }),
      };
      if (nearest === undefined) report({ message: 'unknown', data, ...place });
      else report({ message: 'near', data: { ...data, nearest }, ...place, fixes: fixesOf(assignment, nearest) });
    }
  },
});

/** Certain only where nothing but the case of letters is wrong, which systemd minds. */
function fixesOf({ key, span }: Assignment, nearest: string): readonly Fix[] {
  if (key.toLowerCase() !== nearest.toLowerCase()) return [];
  const edits = [{ span: { ...span, end: span.start + key.length }, text: nearest }];
  return [{ title: `Write '${nearest}='`, safety: 'unsafe', edits }];
}
