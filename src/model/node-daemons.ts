/** The daemons that make a machine a container node, and what makes systemd give a service a view of the mounts of its own. */
import { parseExecLine } from '../core/exec-line.ts';
import { literalText } from '../core/template.ts';
import { parseBoolean } from '../core/time-span.ts';
import type { Assignment, Unit } from './units.ts';
import { addAll } from '../core/lists.ts';

/** A program of a container node. */
export interface NodeDaemon {
  readonly program: string;
  /** It starts containers, or has a runtime inside that does; else it is the kubelet alone. */
  readonly runtime: boolean;
  /** Names its unit has where the file that starts it is not in the tree. */
  readonly units: readonly string[];
}

const nodeDaemons: readonly NodeDaemon[] = [
  { program: 'kubelet', runtime: false, units: ['kubelet.service'] },
  { program: 'dockerd', runtime: true, units: ['docker.service'] },
  { program: 'containerd', runtime: true, units: ['containerd.service'] },
  { program: 'crio', runtime: true, units: ['crio.service', 'cri-o.service'] },
  { program: 'k3s', runtime: true, units: ['k3s.service', 'k3s-agent.service'] },
  { program: 'rke2', runtime: true, units: ['rke2-server.service', 'rke2-agent.service'] },
];

/** Which of them a service runs: by its program; by its name where the command is not known. */
export function nodeDaemonOf(unit: Unit): NodeDaemon | undefined {
  if (unit.type !== 'service' || unit.manager !== 'system' || unit.masked) return undefined;
  const start = unit.values('Service', 'ExecStart').at(-1);
  const named = nodeDaemons.find(({ units }) => units.includes(unit.name));
  if (start === undefined) return unit.fragment === undefined ? named : undefined;
  const [command] = parseExecLine(start.value).commands;
  const words = command?.words.map(literalText) ?? [];
  const program = words[0]?.slice(words[0].lastIndexOf('/') + 1);
  if (program === undefined) return named;
  // The old name of dockerd's command: 'docker daemon', 'docker -d'.
  if (program === 'docker') {
    return words[1] === 'daemon' || words[1] === '-d'
      ? nodeDaemons.find((daemon) => daemon.program === 'dockerd')
      : undefined;
  }
  // 'crio wipe', 'containerd config dump' and the like do a job and end.
  if (unit.text('Service', 'Type') === 'oneshot') return undefined;
  if ((program === 'k3s' || program === 'rke2') && words[1] !== 'server' && words[1] !== 'agent') return undefined;
  return nodeDaemons.find((daemon) => daemon.program === program);
}

const switches = [
  'PrivateTmp',
  'PrivateMounts',
  'PrivateDevices',
  'ProtectKernelTunables',
  'ProtectKernelModules',
  'ProtectKernelLogs',
  'ProtectControlGroups',
  'MountAPIVFS',
  'DynamicUser',
];
const paths = [
  'ReadOnlyPaths',
  'ReadWritePaths',
  'InaccessiblePaths',
  'ReadOnlyDirectories',
  'ReadWriteDirectories',
  'InaccessibleDirectories',
  'TemporaryFileSystem',
  'BindPaths',
  'BindReadOnlyPaths',
];
const modes: ReadonlyMap<string, readonly string[]> = new Map([
  ['PrivateTmp', ['disconnected']],
  ['ProtectSystem', ['full', 'strict']],
  ['ProtectHome', ['read-only', 'tmpfs']],
  ['ProtectControlGroups', ['private', 'strict']],
  ['ProtectProc', ['noaccess', 'invisible', 'ptraceable']],
]);

/**
 * The settings in force that give a service a mount namespace of its own (systemd.exec(5), `PrivateMounts=`). Mounts of the host still come
 * in; what the service mounts does not go out, whatever `MountFlags=` says.
 */
export function mountIsolation(unit: Unit): readonly Assignment[] {
  const found: Assignment[] = [];
  for (const key of new Set([...switches, ...modes.keys()])) {
    const assignment = unit.value('Service', key);
    const text = assignment && literalText(assignment.value);
    if (assignment === undefined || text === undefined) continue;
    const on = parseBoolean(text) === true && key !== 'ProtectProc';
    if (on || modes.get(key)?.includes(text) === true) found.push(assignment);
  }
  const flags = unit.value('Service', 'MountFlags');
  if (flags !== undefined && ['slave', 'private'].includes(literalText(flags.value) ?? '')) found.push(flags);
  for (const key of paths) addAll(found, unit.values('Service', key).slice(0, 1));
  return found;
}
