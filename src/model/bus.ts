/** What the bus services of a node are like: as systemd ships them, changed by what the tree says. */
import type { Evidence } from '../core/finding.ts';
import { busSource, hasPrivateNetwork, idleExitSeconds, newestSystemd, type BusService } from '../knowledge/bus.ts';
import type { Fleet } from './fleet.ts';
import type { Units } from './units.ts';

export interface BusServiceState {
  /** Version of systemd that is assumed: that of the nodes we know of, else the newest. */
  readonly systemd: number;
  /** Seconds; `undefined` if it stays up. */
  readonly idleExit: number | undefined;
  /** What gives it a network namespace of its own; `undefined` if nothing does. */
  readonly privateNetwork: Evidence | undefined;
  /** That it exits when idle. */
  readonly evidence: readonly Evidence[];
}

export interface Bus {
  stateOf(service: BusService): BusServiceState;
}

export function createBus(units: () => Units, fleet: () => Fleet): Bus {
  return {
    stateOf(service) {
      const known = fleet().systemd();
      const systemd = Math.min(newestSystemd, ...known.map(({ version }) => version));
      const idleExit = idleExitSeconds(service, systemd);
      return {
        systemd,
        idleExit,
        privateNetwork: privateNetworkOf(service, systemd, units()),
        evidence:
          idleExit === undefined
            ? []
            : [{ note: `'${service.unit}' exits after ${idleExit} s without a request.`, source: busSource }],
      };
    },
  };
}

function privateNetworkOf(service: BusService, systemd: number, units: Units): Evidence | undefined {
  const unit = units.find(service.unit);
  const setting = unit?.boolean('Service', 'PrivateNetwork');
  if (setting !== undefined) {
    if (setting.value !== true) return undefined;
    return {
      span: setting.assignment.span,
      note: `'${service.unit}' gets a network namespace of its own at every start.`,
    };
  }
  // A unit file of the tree replaces the one that systemd ships; a drop-in alone only changes it.
  if (unit?.fragment !== undefined || !hasPrivateNetwork(service, systemd)) return undefined;
  const since = service.privateNetwork[0]?.from ?? systemd;
  return {
    note: `systemd ${since} and later ship '${service.unit}' with 'PrivateNetwork=yes', a network namespace of its own at every start.`,
    source: busSource,
  };
}
