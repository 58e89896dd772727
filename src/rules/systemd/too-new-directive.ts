import { defineRule } from '../../core/define-rule.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { systemdTargets, targetText } from '../../model/systemd-target.ts';
import { settingFacts, unitSettings } from '../../model/unit-settings.ts';

export default defineRule({
  id: 'systemd/too-new-directive',
  severity: 'warning',
  confidence: 'medium',
  summary: 'A setting that the systemd of the nodes does not know yet, so it does nothing there.',
  needs: [...settingFacts, ...fleetFacts],
  startsFrom: ['unit.assignment'],
  messages: {
    target: "'{key}=' in [{section}] is known from systemd {since} on, so {target} ignores the line{instead}.",
  },
  check({ model, report, trace }) {
    const targets = systemdTargets(model.fleet);
    const [oldest] = targets;
    for (const { assignment, directive } of unitSettings(model)) {
      if (directive === undefined || directive.removed !== undefined) continue;
      const { key, section, span, unit } = assignment;
      const { since } = directive;
      if (oldest === undefined || oldest.version >= since) {
        if (oldest === undefined && since > 219)
          trace(span, `'${key}=' is known from systemd ${since} on; what the nodes run is not known.`);
        continue;
      }
      const newer = targets.some(({ version }) => version >= since);
      const older = predecessors.get(key);
      report({
        message: 'target',
        data: {
          key,
          section,
          since,
          target: targetText(oldest),
          instead: older === undefined ? '' : `; there it is ${older}`,
        },
        at: { ...span, end: span.start + key.length },
        evidence: [oldest.evidence],
        help: 'A distribution may have taken the setting over into its older version; the journal of a node says so.',
        // Where other nodes know it, the line may stand there for them.
        ...(newer && { severity: 'info' }),
        key: `${unit}/${section}/${key}`,
      });
    }
  },
});

/** What older versions have in its place. */
const predecessors: ReadonlyMap<string, string> = new Map([
  ['StartLimitIntervalSec', "'StartLimitInterval=' in [Service]"],
  ['StartLimitBurst', "'StartLimitBurst=' in [Service]"],
  ['StartLimitAction', "'StartLimitAction=' in [Service]"],
  ['MemoryMax', "'MemoryLimit='"],
  ['CPUWeight', "'CPUShares='"],
  ['IOWeight', "'BlockIOWeight='"],
]);
