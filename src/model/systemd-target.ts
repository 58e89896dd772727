/** Which systemd the nodes run, for what differs from version to version. */
import type { Fleet, FleetSystemd } from './fleet.ts';

/** Versions that nodes are known to run, oldest first, each once; empty if nothing says it. */
export function systemdTargets(fleet: Fleet): readonly FleetSystemd[] {
  const known = [...fleet.systemd()];
  if (known.length === 0) {
    const [evidence] = fleet.isEnterpriseLinux7();
    if (evidence !== undefined) known.push({ version: enterpriseLinux7, nodes: [], evidence });
  }
  return known.sort((a, b) => a.version - b.version);
}

/** Enterprise Linux 7 has this version in all its releases. */
const enterpriseLinux7 = 219;

/** The version, when all nodes that are known run the same one. */
export function onlySystemdVersion(fleet: Fleet): number | undefined {
  const [first, ...others] = systemdTargets(fleet);
  return others.every(({ version }) => version === first?.version) ? first?.version : undefined;
}

/** `systemd 219 of node 'a'`, for messages. */
export function targetText({ version, nodes }: FleetSystemd): string {
  const [first] = nodes;
  if (first === undefined) return `systemd ${version} of Enterprise Linux 7`;
  const more = nodes.length - 1;
  return `systemd ${version} of node '${first}'${more === 0 ? '' : ` and ${more} more`}`;
}
