import { z } from "zod";
import { ERROR_STATUSES, FAULT_SERVICES, type FaultService, type NewFault, REACH, REFUSAL_REASONS } from "./fault.ts";

const MAX_COUNT = 1_000_000;
const DAY_SECONDS = 86_400;

const SCOPE = {
  service: z.enum(FAULT_SERVICES).exactOptional(),
  operation: z.string().min(1).max(100).exactOptional(),
  host: z.string().min(1).max(256).exactOptional(),
  count: z.int().min(1).max(MAX_COUNT).exactOptional(),
  probability: z.number().gt(0).max(1).exactOptional(),
  seed: z.int().exactOptional(),
  seconds: z.number().gt(0).max(DAY_SECONDS).exactOptional(),
};

/** The form of a fault that is to be added. */
export const NewFaultForm = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("latency"), milliseconds: z.int().min(1).max(600_000), ...SCOPE }),
  z.strictObject({ kind: z.literal("error"), status: z.literal(ERROR_STATUSES).default(500), ...SCOPE }),
  z.strictObject({
    kind: z.literal("throttling"),
    retryAfterSeconds: z.int().min(0).max(3600).exactOptional(),
    ...SCOPE,
  }),
  z.strictObject({ kind: z.literal("refusal"), reason: z.enum(REFUSAL_REASONS).default("access-denied"), ...SCOPE }),
  z.strictObject({ kind: z.literal("lost-answer"), ...SCOPE }),
  z.strictObject({ kind: z.literal("outage"), ...SCOPE }),
  z.strictObject({ kind: z.literal("duplicate"), ...SCOPE }),
  z.strictObject({ kind: z.literal("stale"), ...SCOPE }),
  z.strictObject({ kind: z.literal("cut"), afterBytes: z.int().min(0), ...SCOPE }),
]);

/** Names of operations by service; those of a service that is not there are not known. */
export type KnownOperations = Readonly<Partial<Record<FaultService, readonly string[]>>>;

/** Why a fault could never hit anything; undefined when it can. */
export function neverHits(fault: NewFault, known: KnownOperations): string | undefined {
  const { kind, service, operation } = fault;
  const reach = REACH[kind];
  if (service !== undefined && !reach.services.includes(service)) {
    return `service: ${kind} is about ${reach.services.join(", ")} only.`;
  }
  if (operation === undefined) return undefined;
  if (reach.operation !== undefined && operation !== reach.operation) {
    return `operation: ${kind} is about ${reach.operation} only.`;
  }
  const services = service === undefined ? reach.services : [service];
  if (services.some((name) => known[name]?.includes(operation) ?? service === name)) return undefined;
  const names = services.flatMap((name) => known[name] ?? []);
  return `operation: ${operation} is none of ${[...new Set(names)].sort().join(", ")}.`;
}
