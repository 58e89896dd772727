import { defineRule } from '../../core/define-rule.ts';
import { displayText } from '../../core/template.ts';
import { mountIsolation, nodeDaemonOf } from '../../model/node-daemons.ts';

export default defineRule({
  id: 'systemd/runtime-mount-isolation',
  severity: 'error',
  confidence: 'high',
  summary:
    'The kubelet or a container runtime gets a mount namespace of its own, so volumes are not seen where they are needed.',
  needs: ['unit.file', 'unit.assignment', 'unit.link'],
  messages: {
    kubelet:
      "'{setting}' gives '{unit}' a mount namespace of its own, so the volumes that the kubelet mounts stay in it: containers get empty directories, and mounts outlive their pods.",
    runtime:
      "'{setting}' gives '{unit}' a mount namespace of its own, so what {program} and its containers mount is not seen on the host: shared volumes fail, and 'Bidirectional' mount propagation does nothing.",
  },
  check({ model, report }) {
    const seen = new Set<string>();
    for (const unit of model.units.all) {
      const daemon = nodeDaemonOf(unit);
      if (daemon === undefined) continue;
      const [first, ...others] = mountIsolation(unit).filter(
        ({ document, span }) => !seen.has(`${document}:${span.start}`),
      );
      if (first === undefined) continue;
      for (const { document, span } of [first, ...others]) seen.add(`${document}:${span.start}`);
      const data = { setting: `${first.key}=${displayText(first.value)}`, unit: unit.name };
      const shared = {
        at: first.span,
        // Old Docker shipped with it, against mounts that leaked into other services.
        ...(first.key === 'MountFlags' && daemon.runtime ? { severity: 'warning' as const } : {}),
        evidence: [
          ...others.map(({ span }) => ({ span, note: 'This alone does the same.' })),
          {
            note: 'In such a namespace mounts of the host come in, and none go out.',
            source: "systemd.exec(5), 'PrivateMounts=' and 'MountFlags='",
          },
        ],
        help: 'Take the setting out of this unit; a node daemon whose work is to mount cannot be sandboxed this way.',
        key: unit.name,
      };
      if (daemon.runtime) report({ ...shared, message: 'runtime', data: { ...data, program: daemon.program } });
      else report({ ...shared, message: 'kubelet', data });
    }
  },
});
