import data from './bus.json' with { type: 'json' };

/** systemd versions, both inclusive; `to` is null where the newest version checked still has it. */
export interface VersionRange {
  readonly from: number;
  readonly to: number | null;
}

/** A service that D-Bus starts when somebody asks for its name, and that exits when nobody does any more. */
export interface BusService {
  readonly name: string;
  readonly unit: string;
  readonly alias?: string;
  readonly idleExit: readonly (VersionRange & { readonly seconds: number })[];
  readonly privateNetwork: readonly VersionRange[];
  /** What to do without it: a sentence. */
  readonly instead: string;
}

export interface BusClient {
  readonly command: string;
  /** Bus name it asks for. */
  readonly service: string;
  /** Verbs that do not ask for it. */
  readonly sleeping: readonly string[];
}

export const busServices: readonly BusService[] = data.services;
export const busClients: readonly BusClient[] = data.clients;

/** Where these facts come from, for evidence. */
export const busSource = 'systemd v183..v256 sources, 257.13 source, 262.1 binaries';

/** The newest systemd version the facts were checked with. */
export const newestSystemd = 262;

/** Seconds a service stays without a request in this version of systemd; `undefined` if it did not exist or stays up. */
export function idleExitSeconds(service: BusService, systemd: number): number | undefined {
  return service.idleExit.find((range) => inRange(range, systemd))?.seconds;
}

/** Whether the unit as shipped has `PrivateNetwork=yes` in this version of systemd. */
export function hasPrivateNetwork(service: BusService, systemd: number): boolean {
  return service.privateNetwork.some((range) => inRange(range, systemd));
}

function inRange(range: VersionRange, version: number): boolean {
  return version >= range.from && (range.to === null || version <= range.to);
}
