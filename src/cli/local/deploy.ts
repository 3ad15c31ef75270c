import { join } from "node:path";
import { appSpecCandidates } from "../../appspec/lookup.ts";
import type { CommandContext, HostPorts, HostSettings } from "../../commands/context.ts";
import { execute, failed } from "../../commands/execute.ts";
import { handlerFor } from "../../commands/handlers.ts";
import type { CommandResult } from "../../deployment/diagnostics.ts";
import { AGENT_EVENTS } from "../../deployment/lifecycle.ts";
import { describeRevision, type Revision } from "../../deployment/revision.ts";
import type { Secret } from "../../deployment/secret.ts";
import type { DeploymentSpecification, FileExistsBehavior } from "../../deployment/specification.ts";
import { recorded, recordFailure, recordSkipped } from "../../history/write.ts";
import type { PreparedCommand } from "../../ports/command-worker.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import { revisionAt } from "./bundle-location.ts";
import { orderEvents } from "./events.ts";
import type { BundleType } from "./options.ts";
import { LocalUsageError } from "./usage-error.ts";

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

/** An event of a local deployment begins. */
export interface LocalEventBegan {
  readonly kind: "began";
  readonly event: string;
}

/** How one event of a local deployment ended. */
export interface LocalEvent {
  readonly kind: "ended";
  readonly event: string;
  /** Undefined when the event has no scripts. */
  readonly result: CommandResult | undefined;
  readonly durationMs: number;
  /** What it was about, where that is not plain; absent for most events. */
  readonly detail?: string;
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
  await requireAppSpec(revision, deployment.appspecFilename, ports.fileSystem);
  const specification: DeploymentSpecification = {
    deploymentId: `d-${randomName(ports.clock.random)}-local`,
    deploymentGroupId: deployment.deploymentGroup,
    deploymentGroupName: deployment.deploymentGroupName,
    applicationName: deployment.applicationName,
    deploymentCreator: "user",
    isLocal: true,
    deploymentType: "IN_PLACE",
    appSpecFilename: deployment.appspecFilename,
    fileExistsBehavior: deployment.fileExistsBehavior,
    allPossibleLifecycleEvents: [...new Set<string>([...AGENT_EVENTS, ...events])],
    revision,
  };
  return { specification, events };
}

/** A directory can be told at once what it lacks. @throws LocalUsageError when it has no AppSpec file */
async function requireAppSpec(revision: Revision, name: string, fileSystem: FileSystem): Promise<void> {
  if (revision.type !== "Local Directory") return;
  const paths = appSpecCandidates(name).map((candidate) => join(revision.location, candidate));
  for (const path of paths) if ((await fileSystem.statusFollowing(path))?.kind === "file") return;
  throw new LocalUsageError(
    `${revision.location} has no AppSpec file: there is no ${paths.join(" and no ")}. Name it with --appspec-filename, or the directory with --bundle-location.`,
  );
}

/** Carries out events one after another, up to and including the first that fails; none more once it is interrupted. */
export async function* carryOut(
  { specification, events }: { readonly specification: DeploymentSpecification; readonly events: readonly string[] },
  host: LocalHost,
): AsyncGenerator<LocalEventBegan | LocalEvent> {
  const { settings, ports, cancel } = host;
  for (const event of events) {
    if (cancel.aborted) return;
    yield { kind: "began", event };
    const startedAt = ports.clock.monotonic();
    const result = await carryOutEvent({ event, specification, settings, ports }, cancel);
    const detail = event === "DownloadBundle" ? { detail: describeRevision(specification.revision) } : {};
    yield { kind: "ended", event, result, durationMs: ports.clock.monotonic() - startedAt, ...detail };
    if (result?.status === "Failed") return;
  }
}

/** The result of an event; undefined when it has nothing to do. */
async function carryOutEvent(context: CommandContext, cancel: AbortSignal): Promise<CommandResult | undefined> {
  const { event, specification, settings, ports } = context;
  const recordedEvent = { event, specification, layout: settings.layout };
  let prepared: PreparedCommand;
  try {
    prepared = await handlerFor(context)(context);
  } catch (error) {
    const result = failed(error, ports.log);
    await recordFailure(recordedEvent, result, ports);
    return result;
  }
  if (!prepared.isNoop) return recorded(recordedEvent, ports, () => execute(() => prepared.execute(cancel), ports.log));
  await recordSkipped(recordedEvent, ports);
  return undefined;
}

const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const ID_LENGTH = 9;

function randomName(random: () => number): string {
  return Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[Math.floor(random() * ID_CHARACTERS.length)]).join("");
}
