import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import { groupBy } from '../../core/lists.ts';
import { once } from '../../core/once.ts';
import { literalText } from '../../core/template.ts';
import { unitSections } from '../../core/unit-place.ts';
import { directiveOf, sectionsWith } from '../../knowledge/systemd-directives.ts';
import type { UnitSetting } from '../../model/unit-settings.ts';
import { settingFacts, unitSettings } from '../../model/unit-settings.ts';

export default defineRule({
  id: 'systemd/misplaced-directive',
  severity: 'warning',
  confidence: 'high',
  summary: 'A setting in a section that does not have it, so it does nothing.',
  needs: [...settingFacts],
  messages: {
    move: "'{key}=' stands in [{section}] but belongs to [{other}], so systemd ignores the line.",
    foreign:
      "'{key}=' stands in [{section}] but is a setting of {others}, which a {type} unit does not have, so systemd ignores the line.",
  },
  check({ model, report }) {
    const settings = unitSettings(model);
    const byPlace = once(() => groupBy(settings, ({ assignment }) => placeOf(assignment.document, assignment.section)));
    for (const setting of settings) {
      const { assignment, type, directive } = setting;
      const { key, section, span, unit } = assignment;
      const found = directive === undefined ? sectionsWith(key) : [];
      if (found.length === 0) continue;
      const place = { at: span, key: `${unit}/${section}/${key}` };
      const [other] = unitSections(type).filter((each) => found.includes(each));
      if (other === undefined) {
        const others = found.map((each) => `[${each}]`).join(', ');
        report({ message: 'foreign', data: { key, section, others, type }, ...place });
        continue;
      }
      const moved = key.startsWith('StartLimit');
      const help = moved ? 'Settings of the start limit moved to [Unit] in systemd 230.' : undefined;
      const there = byPlace().get(placeOf(assignment.document, other)) ?? [];
      const fixes = fixesOf(setting, other, there);
      report({ message: 'move', data: { key, section, other }, ...place, fixes, ...(help !== undefined && { help }) });
    }
  },
});

/**
 * Moves a line into the other section. Certain only in a file of its own, where that section has a line, none of them sets the same,
 * and the value stands in one line.
 *
 * @param there settings of the other section in the same document
 */
function fixesOf({ assignment }: UnitSetting, other: string, there: readonly UnitSetting[]): readonly Fix[] {
  const { document, key, span, value } = assignment;
  const text = literalText(value);
  const [first] = there;
  if (first === undefined || text === undefined || value.segments.length > 1 || document !== span.file) return [];
  if (there.some((each) => each.assignment.key === key) || directiveOf(other, key)?.removed !== undefined) return [];
  const { start } = first.assignment.span;
  const edits = [
    { span: { ...span, start, end: start }, text: `${key}=${text}\n` },
    { span, text: '' },
  ];
  return [{ title: `Move it to [${other}]`, safety: 'unsafe', edits }];
}

function placeOf(document: string, section: string): string {
  return `${section}\n${document}`;
}
