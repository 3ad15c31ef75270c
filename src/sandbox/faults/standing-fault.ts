import { draw } from "./chance.ts";
import { type FaultService, type FaultView, type NewFault, REACH } from "./fault.ts";

/** A request, as far as faults look at it. */
export interface FaultRequest {
  readonly service: FaultService;
  readonly operation: string;
  /** Name of the host it comes from, where that is known. */
  readonly host?: string | undefined;
}

/** A fault and how far it has got. */
export interface StandingFault {
  readonly id: string;
  readonly fault: NewFault;
  readonly addedAt: number;
  readonly hits: number;
  /** How often chance has decided. */
  readonly draws: number;
}

/** A fault that has hit nothing yet. @param at milliseconds since the epoch */
export function standing(id: string, fault: NewFault, at: number): StandingFault {
  return { id, fault, addedAt: at, hits: 0, draws: 0 };
}

/** Whether neither the count nor the time of a fault is over. */
export function isActive({ fault, addedAt, hits }: StandingFault, at: number): boolean {
  const { count = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = fault;
  return hits < count && at < addedAt + seconds * 1000;
}

/** Whether a fault is about a request, chance aside. */
export function isAbout({ fault }: StandingFault, { service, operation, host }: FaultRequest): boolean {
  const reach = REACH[fault.kind];
  return (
    reach.services.includes(service) &&
    (reach.operation ?? operation) === operation &&
    (fault.service ?? service) === service &&
    (fault.operation ?? operation) === operation &&
    (fault.host === undefined || fault.host === host)
  );
}

/** Lets chance decide about a request that a fault is about. */
export function roll(standing: StandingFault): { readonly hit: boolean; readonly standing: StandingFault } {
  const { fault, draws, hits } = standing;
  const hit = draw(fault.seed ?? 1, draws) < (fault.probability ?? 1);
  return { hit, standing: { ...standing, draws: draws + 1, hits: hits + (hit ? 1 : 0) } };
}

/** A fault as the management API shows it. */
export function faultView(standing: StandingFault, at: number): FaultView {
  const { id, fault, addedAt, hits } = standing;
  return { ...fault, id, addedAt, hits, active: isActive(standing, at) };
}
