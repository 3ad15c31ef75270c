import { z } from "zod";
import { refusal } from "../refuse.ts";
import { optional } from "../shapes.ts";

const Seconds = optional(z.int().min(0));

const Zones = z.object({
  firstZoneMonitorDurationInSeconds: Seconds,
  monitorDurationInSeconds: Seconds,
  minimumHealthyHostsPerZone: optional(
    z.discriminatedUnion("type", [
      z.object({ type: z.literal("HOST_COUNT"), value: z.int().min(0) }),
      z.object({ type: z.literal("FLEET_PERCENT"), value: z.int().min(0).max(100) }),
    ]),
  ),
});

/** @throws ServiceFault InvalidZonalDeploymentConfiguration */
export function checkZones(given: Readonly<Record<string, unknown>> | undefined): void {
  const parsed = Zones.safeParse(given ?? {});
  if (parsed.success) return;
  const faults = parsed.error.issues.map(({ path, message }) => `${["zonalConfig", ...path].join(".")}: ${message}`);
  throw refusal("InvalidZonalDeploymentConfiguration", faults.join("; "));
}
