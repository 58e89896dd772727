import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import type { Removal } from '../../knowledge/systemd-directives.ts';
import { oldestSystemd } from '../../knowledge/systemd-directives.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { systemdTargets, targetText } from '../../model/systemd-target.ts';
import { settingFacts, unitSettings } from '../../model/unit-settings.ts';

/** The oldest version that a distribution of today or of its long-term support ships. */
const oldestInUse = 219;

export default defineRule({
  id: 'systemd/removed-directive',
  severity: 'warning',
  confidence: 'high',
  summary: 'A setting that the systemd of the nodes no longer honours, so it does nothing.',
  needs: [...settingFacts, ...fleetFacts],
  startsFrom: ['unit.assignment'],
  messages: {
    long: "'{key}=' in [{section}] was removed after systemd {last}, so the line has no effect on any node of today{instead}.",
    target: "'{key}=' in [{section}] was removed after systemd {last}, so {target} ignores the line{instead}.",
  },
  check({ model, report, trace }) {
    const targets = systemdTargets(model.fleet);
    for (const { assignment, directive } of unitSettings(model)) {
      const removed = directive?.removed;
      if (removed === undefined) continue;
      const { key, section, span, unit } = assignment;
      const successor = successors.get(key);
      const data = {
        key,
        section,
        last: lastText(removed),
        instead: successor === undefined ? '' : `; its successor is '${successor}='`,
      };
      const place = { at: span, key: `${unit}/${section}/${key}` };
      // The line does nothing, so nothing changes when it goes.
      const fixes: readonly Fix[] = [{ title: `Remove '${key}='`, safety: 'safe', edits: [{ span, text: '' }] }];
      const target = targets.findLast(({ version }) => version > removed.last[1]);
      const everywhere = removed.last[1] < oldestInUse;
      if (everywhere) {
        report({ message: 'long', data, ...place, fixes });
      } else if (target === undefined) {
        trace(span, `Whether the nodes run a systemd after ${data.last}, which no longer has '${key}=', is not known.`);
      } else {
        const others = targets.some(({ version }) => version <= removed.last[1]);
        report({
          message: 'target',
          data: { ...data, target: targetText(target) },
          evidence: [target.evidence],
          ...(others ? { severity: 'info' } : { fixes }),
          ...place,
        });
      }
    }
  },
});

/** What took the place of a setting (systemd.resource-control(5), NEWS of systemd). */
const successors: ReadonlyMap<string, string> = new Map([
  ['MemoryLimit', 'MemoryMax'],
  ['CPUShares', 'CPUWeight'],
  ['StartupCPUShares', 'StartupCPUWeight'],
  ['BlockIOWeight', 'IOWeight'],
  ['StartupBlockIOWeight', 'StartupIOWeight'],
  ['BlockIODeviceWeight', 'IODeviceWeight'],
  ['BlockIOReadBandwidth', 'IOReadBandwidthMax'],
  ['BlockIOWriteBandwidth', 'IOWriteBandwidthMax'],
  ['BlockIOAccounting', 'IOAccounting'],
  ['MemorySoftLimit', 'MemoryHigh'],
  ['Capabilities', 'AmbientCapabilities'],
]);

function lastText({ last: [from, to] }: Removal): string {
  if (from === to) return `${to}`;
  return from === oldestSystemd ? `${to} at the latest` : `${from}, at the latest ${to}`;
}
