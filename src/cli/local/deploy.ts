import type { CommandContext, HostPorts, HostSettings } from "../../commands/context.ts";
import { execute } from "../../commands/execute.ts";
import { handlerFor } from "../../commands/handlers.ts";
import type { CommandResult } from "../../deployment/diagnostics.ts";
import { AGENT_EVENTS } from "../../deployment/lifecycle.ts";
import type { Secret } from "../../deployment/secret.ts";
import type { DeploymentSpecification, FileExistsBehavior } from "../../deployment/specification.ts";
import { type BundleType, revisionAt } from "./bundle-location.ts";
import { orderEvents } from "./events.ts";

/** A local deployment as asked for on the command line. */
export interface LocalDeployment {
  readonly bundleLocation: string;
  readonly type: BundleType;
  readonly fileExistsBehavior: FileExistsBehavior;
  /** A name below the root directory; it stands for the deployment group's id. */
  readonly deploymentGroup: string;
  readonly deploymentGroupName: string;
  readonly applicationName: string;
  readonly events: readonly string[];
  readonly appspecFilename: string;
  readonly gitHubToken?: Secret;
}

/** How one event of a local deployment ended. */
export interface LocalEvent {
  readonly event: string;
  /** Undefined when the event has no scripts. */
  readonly result: CommandResult | undefined;
  readonly durationMs: number;
}

/** The host a local deployment is carried out on. */
export interface LocalHost {
  readonly settings: HostSettings;
  readonly ports: HostPorts;
  /** Aborted when the operator interrupts: what is running is given up and undone. */
  readonly cancel: AbortSignal;
}

/**
 * Prepares a local deployment.
 * @throws LocalUsageError when what was asked for cannot be done
 */
export async function localSpecification(
  deployment: LocalDeployment,
  { ports }: Pick<LocalHost, "ports">,
): Promise<{ readonly specification: DeploymentSpecification; readonly events: readonly string[] }> {
  const events = orderEvents(deployment.events);
  const revision = await revisionAt({ ...deployment, location: deployment.bundleLocation }, ports.fileSystem);
  const specification: DeploymentSpecification = {
    deploymentId: `d-${randomName(ports.clock.random)}-local`,
    deploymentGroupId: deployment.deploymentGroup,
    deploymentGroupName: deployment.deploymentGroupName,
    applicationName: deployment.applicationName,
    deploymentCreator: "user",
    deploymentType: "IN_PLACE",
    appSpecFilename: deployment.appspecFilename,
    fileExistsBehavior: deployment.fileExistsBehavior,
    allPossibleLifecycleEvents: [...new Set<string>([...AGENT_EVENTS, ...events])],
    revision,
  };
  return { specification, events };
}

/** Carries out events one after another, up to and including the first that fails. */
export async function* carryOut(
  { specification, events }: { readonly specification: DeploymentSpecification; readonly events: readonly string[] },
  host: LocalHost,
): AsyncGenerator<LocalEvent> {
  for (const event of events) {
    const startedAt = host.ports.clock.monotonic();
    const result = await carryOutEvent(
      { event, specification, settings: host.settings, ports: host.ports },
      host.cancel,
    );
    yield { event, result, durationMs: host.ports.clock.monotonic() - startedAt };
    if (result?.status === "Failed") return;
  }
}

async function carryOutEvent(context: CommandContext, cancel: AbortSignal): Promise<CommandResult | undefined> {
  let isNoop = false;
  const result = await execute(async () => {
    const prepared = await handlerFor(context)(context);
    isNoop = prepared.isNoop;
    return isNoop ? "" : prepared.execute(cancel);
  }, context.ports.log);
  return isNoop ? undefined : result;
}

const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const ID_LENGTH = 9;

function randomName(random: () => number): string {
  return Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[Math.floor(random() * ID_CHARACTERS.length)]).join("");
}
