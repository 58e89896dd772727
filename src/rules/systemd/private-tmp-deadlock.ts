import { defineRule } from '../../core/define-rule.ts';
import { displayText, literalText } from '../../core/template.ts';
import { mountIsolation } from '../../model/node-daemons.ts';
import { isVendorAssignment, type Assignment, type Unit } from '../../model/units.ts';

/** What the automounter mounts in a namespace of its own, nobody else sees. */
const automounters = new Set(['autofs.service']);

/** Mounts over NFS need these before anything touches the mount. */
const mountHelpers = /^(?:rpcbind|rpc-(?:statd|gssd|svcgssd)|rpc-statd-notify|nfs-[\w-]+|nfs|gssproxy)\.service$/;

/** Set up before anything is in the private directories, or mounted over them. */
const earlyTargets = ['local-fs.target', 'local-fs-pre.target', 'systemd-tmpfiles-setup.service'];

export default defineRule({
  id: 'systemd/private-tmp-deadlock',
  severity: 'warning',
  confidence: 'high',
  summary:
    'A private view of the mounts on a unit that mounts wait for: it hangs at its start, or works for nobody else.',
  needs: ['unit.file', 'unit.assignment', 'unit.link'],
  messages: {
    automounter:
      "'{setting}' gives '{unit}' a mount namespace of its own, so what it mounts is seen by nobody else, and who walks into such a directory hangs.",
    helper:
      "'{setting}' makes systemd touch mounts before '{unit}' starts; where one of them is on NFS, it waits for '{unit}', and both hang.",
    cycle:
      "'PrivateTmp={value}' orders '{unit}' after the mounts of /tmp and /var/tmp and after 'systemd-tmpfiles-setup.service', which come after '{target}', but the unit is to start before it: systemd breaks the circle by leaving out a job.",
    early:
      "'PrivateTmp={value}' with 'DefaultDependencies=no': '{unit}' still waits for the mounts of /tmp and /var/tmp and for 'systemd-tmpfiles-setup.service', and as it has no 'Conflicts=shutdown.target', it holds them busy at shutdown.",
  },
  check({ model, report }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      if (unit.type !== 'service' || unit.manager !== 'system' || unit.masked) continue;
      const fault = faultOf(unit);
      if (fault === undefined || seen.has(`${fault.at.document}:${fault.at.span.start}`)) continue;
      const { message, at, severity, evidence, text } = fault;
      seen.add(`${at.document}:${at.span.start}`);
      const shared = {
        at: at.span,
        severity,
        evidence: evidence.map(({ assignment, note }) => ({ span: assignment.span, note })),
        key: unit.name,
      };
      const data = { unit: unit.name };
      const value = displayText(at.value);
      const out = `Take '${at.key}=' out of this unit.`;
      const early = "Take 'PrivateTmp=' out, or use a directory of the unit's own ('RuntimeDirectory=').";
      if (message === 'cycle') {
        report({ ...shared, message, data: { ...data, value, target: text }, help: early });
      } else if (message === 'early') {
        report({ ...shared, message, data: { ...data, value }, help: early });
      } else {
        report({ ...shared, message, data: { ...data, setting: `${at.key}=${value}` }, help: out });
      }
    }
  },
});

interface Fault {
  readonly message: 'automounter' | 'helper' | 'cycle' | 'early';
  readonly at: Assignment;
  readonly severity: 'error' | 'warning' | 'info';
  readonly evidence: readonly { readonly assignment: Assignment; readonly note: string }[];
  /** The unit it must start before. */
  readonly text: string;
}

function faultOf(unit: Unit): Fault | undefined {
  const [isolation] = mountIsolation(unit);
  if (isolation !== undefined && automounters.has(unit.name)) {
    return { message: 'automounter', at: isolation, severity: 'error', evidence: [], text: '' };
  }
  const touching = mountIsolation(unit).find(({ key }) => key === 'PrivateTmp' || key === 'ProtectHome');
  // A distribution that ships it so has tried it with its own mounts.
  const isVendor = touching !== undefined && isVendorAssignment(unit, touching);
  if (touching !== undefined && mountHelpers.test(unit.name) && !isVendor) {
    return { message: 'helper', at: touching, severity: 'warning', evidence: [], text: '' };
  }
  return earlyFault(unit);
}

function earlyFault(unit: Unit): Fault | undefined {
  const setting = unit.value('Service', 'PrivateTmp');
  const defaults = unit.boolean('Unit', 'DefaultDependencies');
  // A 'disconnected' one is made without the directories of the host.
  if (setting === undefined || unit.boolean('Service', 'PrivateTmp')?.value !== true || defaults?.value !== false)
    return undefined;
  if (literalText(setting.value) === 'disconnected') return undefined;
  const evidence = [
    { assignment: defaults.assignment, note: 'It starts early, and is not stopped at shutdown by itself.' },
  ];
  for (const assignment of unit.values('Unit', 'Before')) {
    const names = assignment.value.text.split(/[ \t]+/);
    const text = earlyTargets.find((name) => names.includes(name));
    if (text === undefined) continue;
    const before = { assignment, note: `It is to start before '${text}'.` };
    return { message: 'cycle', at: setting, severity: 'error', evidence: [...evidence, before], text };
  }
  const stops = unit
    .values('Unit', 'Conflicts')
    .some(({ value }) => value.text.split(/[ \t]+/).includes('shutdown.target'));
  if (stops || !unit.complete || unit.text('Service', 'Type') === 'oneshot') return undefined;
  return { message: 'early', at: setting, severity: 'info', evidence, text: '' };
}
