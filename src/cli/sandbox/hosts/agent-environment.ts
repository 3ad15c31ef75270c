import type { SandboxIo } from "../io.ts";
import type { FleetHost } from "./fleet-plan.ts";
import type { ConfiguredHost } from "./host-files.ts";

/**
 * The variables of a host of a fleet. A person's AWS settings would say who the host is, so that it gets none of them;
 * the scripts of a revision tell the hosts of one machine apart by the last two.
 */
export function agentEnvironment(
  { label }: FleetHost,
  { directory, environment }: ConfiguredHost,
  own: SandboxIo["environment"],
): Readonly<Record<string, string>> {
  const kept = Object.entries(own).flatMap(([name, value]) =>
    value === undefined || name.startsWith("AWS_") || name === "CODEDEPLOY_SANDBOX_TOKEN" ? [] : [[name, value]],
  );
  return {
    ...Object.fromEntries(kept),
    AWS_EC2_METADATA_DISABLED: "true",
    ...environment,
    SANDBOX_HOST: label,
    SANDBOX_HOST_DIR: directory,
  };
}
