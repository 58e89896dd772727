import { defineRule } from '../../core/define-rule.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { unitSections, unitTypeOf } from '../../core/unit-place.ts';

export default defineRule({
  id: 'systemd/unknown-section',
  severity: 'warning',
  confidence: 'high',
  summary: 'A section that systemd does not read in a unit of this type, so nothing in it has an effect.',
  needs: ['unit.file', 'unit.problem'],
  startsFrom: ['unit.problem'],
  messages: {
    foreign:
      "'[{section}]' is a section of {section} units, and '{unit}' is none, so systemd ignores all that stands in it.",
    unknown: "'[{section}]' is no section that systemd knows, so it ignores all that stands in it.",
    near: "'[{section}]' is no section that systemd knows, so it ignores all that stands in it; the nearest is '[{nearest}]'.",
  },
  check({ model, report }) {
    const types = new Map(model.facts('unit.file').map(({ document, type }) => [document, type]));
    for (const { problem, document, span, unit, section } of model.facts('unit.problem')) {
      const type = types.get(document);
      if (problem !== 'unknown-section' || section === undefined || type === undefined) continue;
      const place = { at: span, key: `${unit}/${section}` };
      // Only a name that a slip of the hand may have made is worth comparing.
      const nearest = section.length <= 20 ? nearestName(section, unitSections(type)) : undefined;
      if (/^[A-Z][a-z]+$/.test(section) && unitTypeOf(`any.${section.toLowerCase()}`) !== undefined) {
        report({ message: 'foreign', data: { section, unit }, ...place });
      } else if (nearest === undefined) {
        report({ message: 'unknown', data: { section }, ...place });
      } else {
        report({ message: 'near', data: { section, nearest }, ...place });
      }
    }
  },
});
