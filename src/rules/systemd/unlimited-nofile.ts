import { defineRule } from '../../core/define-rule.ts';
import type { Evidence } from '../../core/finding.ts';
import { literalText } from '../../core/template.ts';
import { fleetFacts, type Fleet } from '../../model/fleet.ts';
import { nodeDaemonOf } from '../../model/node-daemons.ts';
import { isVendorAssignment } from '../../model/units.ts';

/** From this version on PID 1 raises `fs.nr_open`, which 'infinity' stands for, to about 2^30. */
const raises = 240;

export default defineRule({
  id: 'systemd/unlimited-nofile',
  severity: 'warning',
  confidence: 'medium',
  summary: "A container runtime with 'LimitNOFILE=infinity' hands containers a limit of about 2^30 open files.",
  needs: ['unit.file', 'unit.assignment', 'unit.link', ...fleetFacts],
  startsFrom: ['unit.assignment'],
  messages: {
    unlimited:
      "'LimitNOFILE={limit}' of '{unit}' is handed on to every container: from systemd 240 on that is about 2^30 open files, and programs that size a table by it or close every possible file hang or eat gigabytes.",
  },
  check({ model, report, trace }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      const daemon = nodeDaemonOf(unit);
      const setting = unit.value('Service', 'LimitNOFILE');
      if (daemon?.runtime !== true || setting === undefined) continue;
      const limit = literalText(setting.value)?.trim();
      if (limit === undefined || !isUnlimited(limit)) continue;
      if (seen.has(`${setting.document}:${setting.span.start}`)) continue;
      seen.add(`${setting.document}:${setting.span.start}`);
      if (isVendorAssignment(unit, setting)) {
        trace(setting.span, "The distribution ships it so, and knows whether it raises 'fs.nr_open'.");
        continue;
      }
      const versions = model.fleet.systemd();
      if (versions.length > 0 && versions.every(({ version }) => version < raises)) {
        trace(setting.span, `All known nodes have a systemd below ${raises}, where 'infinity' is 1048576.`);
        continue;
      }
      report({
        message: 'unlimited',
        data: { unit: unit.name, limit },
        at: setting.span,
        confidence: versions.length > 0 ? 'high' : 'medium',
        evidence: evidenceOf(model.fleet),
        help: "Leave the setting out, or use 'LimitNOFILE=1024:524288': a soft limit that old programs survive, and a hard one that others may raise theirs to.",
        fixes: [
          {
            title: "Use 'LimitNOFILE=1024:524288'",
            safety: 'unsafe',
            edits: [{ span: setting.valueSpan, text: '1024:524288' }],
          },
        ],
        key: unit.name,
      });
    }
  },
});

/** The soft limit counts: it is what programs ask for. */
function isUnlimited(limit: string): boolean {
  const [soft = ''] = limit.split(':');
  return soft === 'infinity' || (/^\d{1,20}$/.test(soft) && Number(soft) >= 2 ** 29);
}

function evidenceOf(fleet: Fleet): readonly Evidence[] {
  const known = fleet.systemd().filter(({ version }) => version >= raises);
  return [
    {
      note: "PID 1 raises 'fs.nr_open' at boot since systemd 240, unless the distribution has built it otherwise, as Debian has.",
      source: "systemd's NEWS of version 240; containerd 2.0 and Docker 25 have dropped the setting for it",
    },
    ...known.map(({ evidence }) => evidence),
  ];
}
