import { defineRule } from '../../core/define-rule.ts';
import { parseExecLine } from '../../core/exec-line.ts';
import type { Evidence } from '../../core/finding.ts';
import { displayText, literalText } from '../../core/template.ts';
import { everyText, perHourText } from '../../model/rate.ts';
import { endlessRestarts, restartLoop } from '../../model/unit-activation.ts';
import type { Assignment, Unit } from '../../model/units.ts';

export default defineRule({
  id: 'systemd/restart-loop',
  severity: 'warning',
  confidence: 'medium',
  summary: 'A service is restarted for ever, so fast or with so much work that the loop is a load.',
  needs: ['unit.file', 'unit.assignment', 'unit.link'],
  messages: {
    ends: "'{unit}' ends by itself and is started again {pace} ({perHour} an hour) for ever, as the start limit never stops it.",
    spins:
      "When '{unit}' fails at once, systemd starts it again {pace} ({perHour} an hour) for ever, as its start limit is switched off or too high to be reached.",
    fetches:
      "When '{unit}' fails, systemd starts it again {pace} (up to {perHour} an hour) for ever, and each start runs '{command}' first, which the other side will count and refuse.",
  },
  options: {
    'ending-per-hour': {
      type: 'number',
      default: 360,
      minimum: 0,
      description: 'Starts an hour from which a service that ends by itself is reported.',
    },
    'failing-per-hour': {
      type: 'number',
      default: 3600,
      minimum: 0,
      description: 'A service that would be started more often than this when it fails at once is reported.',
    },
    'fetching-per-hour': {
      type: 'number',
      default: 60,
      minimum: 0,
      description: 'Starts an hour from which it is said that each one asks a registry or a package server.',
    },
  },
  check({ model, options, report, trace }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      const restarts = unit.masked || unit.type !== 'service' ? undefined : endlessRestarts(unit);
      if (restarts === undefined || seen.has(`${restarts.restart.document}:${restarts.restart.span.start}`)) continue;
      const { restart, seconds } = restarts;
      const at = restart.span;
      const thresholds = options(at);
      seen.add(`${restart.document}:${at.start}`);

      const loop = restartLoop(unit);
      if (loop !== undefined && loop.rate.perHour >= thresholds['ending-per-hour']) {
        report({
          message: 'ends',
          data: { unit: unit.name, pace: loop.rate.text, perHour: perHourText(loop.rate.perHour) },
          at,
          confidence: 'high',
          evidence: loop.rate.evidence,
          help: "Use a timer ('OnUnitInactiveSec=') with 'Type=oneshot', or let the program itself wait between two rounds.",
          key: unit.name,
        });
        continue;
      }
      if (!restarts.endless) continue;
      if (literalText(restart.value) === 'on-success') continue;
      const evidence = evidenceOf(unit, restarts.setting);
      // A login prompt is meant to come back at once.
      if (unit.text('Service', 'Type') === 'idle') continue;
      const perHour = 3600 / Math.max(seconds, 0.1);
      const data = { unit: unit.name, pace: everyText(Math.max(seconds, 0.1)), perHour: perHourText(perHour) };
      const fetch = fetchOf(unit);
      if (perHour > thresholds['failing-per-hour']) {
        const help = "Set 'RestartSec=' to some seconds, or leave the start limit on.";
        report({ message: 'spins', data, at, evidence, help, key: unit.name });
      } else if (fetch !== undefined && perHour >= thresholds['fetching-per-hour']) {
        report({
          message: 'fetches',
          data: { ...data, command: fetch.command },
          at,
          severity: 'info',
          evidence: [...evidence, { span: fetch.assignment.span, note: 'Each start runs this before the service.' }],
          help: 'Fetch in a unit of its own that this one is ordered after, or wait longer between two tries.',
          key: unit.name,
        });
      } else {
        trace(at, `'${unit.name}' may be restarted for ever, ${data.pace} at most, which is no load.`);
      }
    }
  },
});

const limitKeys = ['StartLimitIntervalSec', 'StartLimitInterval', 'StartLimitBurst'];

function evidenceOf(unit: Unit, pause: Assignment | undefined): readonly Evidence[] {
  const limits = ['Unit', 'Service'].flatMap((section) => limitKeys.flatMap((key) => unit.value(section, key) ?? []));
  return [
    ...limits.map(({ span }) => ({ span, note: 'With this the start limit is never reached.' })),
    pause === undefined
      ? { note: "Without 'RestartSec=' systemd waits for 100 ms.", source: 'systemd.service(5)' }
      : { span: pause.span, note: 'It waits this long before the next start.' },
  ];
}

interface Fetch {
  readonly command: string;
  readonly assignment: Assignment;
}

/** A step before the service that asks a registry or a package server each time. */
function fetchOf(unit: Unit): Fetch | undefined {
  for (const assignment of unit.values('Service', 'ExecStartPre')) {
    for (const { words } of parseExecLine(assignment.value).commands) {
      const [path = '', verb = ''] = words.map(displayText);
      const program = path.slice(path.lastIndexOf('/') + 1);
      const pulls = ['docker', 'podman', 'nerdctl', 'ctr', 'crictl'].includes(program) && verb === 'pull';
      const installs = ['apt-get', 'yum', 'dnf', 'pip', 'pip3', 'npm'].includes(program) && verb.startsWith('install');
      if (pulls || installs) return { command: `${program} ${verb}`, assignment };
    }
  }
  return undefined;
}
