import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import { literalText } from '../../core/template.ts';
import { isVendorAssignment, type Assignment, type Unit, type Units } from '../../model/units.ts';

const target = 'network-online.target';

/** Each of them makes systemd start the other unit too. */
const pulling = ['Wants', 'Requires', 'Requisite', 'BindsTo', 'Upholds'];

export default defineRule({
  id: 'systemd/network-online-without-wants',
  severity: 'warning',
  confidence: 'high',
  summary:
    "'After=network-online.target' without 'Wants=' waits for nothing, unless some other unit starts the target.",
  needs: ['unit.file', 'unit.assignment', 'unit.link'],
  messages: {
    missing:
      "'{unit}' is ordered after 'network-online.target' but does not want it, so if nothing else starts that target, '{unit}' starts before the network is up.",
  },
  check({ model, report, trace }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      if (unit.masked || !['service', 'socket', 'timer', 'path'].includes(unit.type)) continue;
      const after = unit.values('Unit', 'After').find((assignment) => namesOf(assignment).includes(target));
      if (after === undefined || seen.has(`${after.document}:${after.span.start}`)) continue;
      if (!unit.complete) {
        trace(after.span, `Not all lines of '${unit.name}' are known, so 'Wants=' may stand in another place.`);
        continue;
      }
      const puller = pullerOf(unit, model.units);
      if (puller === 'unknown' || puller !== undefined) {
        if (puller === 'unknown') trace(after.span, `What '${unit.name}' needs is not all known.`);
        continue;
      }
      seen.add(`${after.document}:${after.span.start}`);
      report({
        message: 'missing',
        data: { unit: unit.name },
        at: after.span,
        // The distribution's own units are not the reader's to edit.
        ...(unit.manager === 'user' || isVendorAssignment(unit, after) ? { severity: 'info' } : {}),
        evidence: [
          {
            note: "'After=' only sets the order among units that are started anyway, and by default nothing starts 'network-online.target'.",
            source: "systemd.special(7), 'network-online.target'",
          },
        ],
        help: `Add 'Wants=${target}'. If the service does not need the network at its start, take the 'After=' out.`,
        fixes: fixesOf(after),
        key: unit.name,
      });
    }
  },
});

function namesOf({ value }: Assignment): readonly string[] {
  return value.text.split(/[ \t]+/);
}

/** The unit, of this one and those it needs, that starts the target; of the others only what the tree has. */
function pullerOf(unit: Unit, units: Units): Unit | 'unknown' | undefined {
  const seen = new Set<Unit>([unit]);
  for (const each of seen) {
    for (const assignment of pulling.flatMap((key) => each.values('Unit', key))) {
      if (namesOf(assignment).includes(target)) return each;
      if (literalText(assignment.value) === undefined) return 'unknown';
      for (const name of namesOf(assignment)) {
        const needed = units.find(name, each);
        if (needed !== undefined && seen.size < 100) seen.add(needed);
      }
    }
  }
  return undefined;
}

function fixesOf({ span, document }: Assignment): readonly Fix[] {
  // Inside another file the lines may be indented.
  if (document !== span.file) return [];
  const edits = [{ span: { ...span, end: span.start }, text: `Wants=${target}\n` }];
  return [{ title: `Add 'Wants=${target}'`, safety: 'safe', edits }];
}
