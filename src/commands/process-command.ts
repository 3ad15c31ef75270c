import { type CommandResult, succeeded } from "../deployment/diagnostics.ts";
import type { Layout } from "../deployment/layout.ts";
import { parseSpecification } from "../deployment/parse-specification.ts";
import { describeRevision } from "../deployment/revision.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import { type HistoryPorts, recorded, recordFailure, recordSkipped } from "../history/write.ts";
import type { Clock } from "../ports/clock.ts";
import type { CommandWorker, PreparedCommand } from "../ports/command-worker.ts";
import type { CommandStatus, CommandsApi, HostCommand } from "../ports/commands-api.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { LogFields } from "../ports/log.ts";
import type { CommandObserver } from "./command-observer.ts";
import { execute, failed } from "./execute.ts";
import { persistently } from "./persistently.ts";
import type { Reporter } from "./report.ts";
import type { Tracking } from "./tracking.ts";

/** What following a command takes of the host; its work takes more. */
export interface CommandPorts extends HistoryPorts {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
}

/** What processing a command takes, beside the command. */
export interface CommandServices {
  readonly api: CommandsApi;
  readonly worker: CommandWorker;
  readonly reporter: Reporter;
  readonly tracking: Tracking;
  readonly layout: Layout;
  readonly ports: CommandPorts;
  readonly observer: CommandObserver;
  /** Runs the work of a deployment group when no other command of the group is running. */
  readonly inLane: <T>(deploymentGroupId: string, work: () => Promise<T>) => Promise<T>;
}

/**
 * Carries a host command from its delivery to its stored report: specification, signature, acknowledgement, execution.
 * Whatever goes wrong on the way becomes the command's result.
 * @param cancel aborted when running work is to be given up and undone
 */
export async function processCommand(
  command: HostCommand,
  services: CommandServices,
  cancel: AbortSignal,
): Promise<void> {
  const { log, clock } = services.ports;
  const startedAt = clock.monotonic();
  try {
    services.worker.expectWork();
    const opened = await openSpecification(command, services);
    await services.inLane(opened.specification.deploymentGroupId, () =>
      takeTurn(command, { ...opened, services, cancel }),
    );
  } catch (error) {
    await conclude(command, { result: failed(error, log), services, startedAt });
  }
}

async function openSpecification(command: HostCommand, services: CommandServices): Promise<Opened> {
  const envelope = await persistently(() => services.api.specification(command), services.ports);
  const content = await services.worker.open(envelope);
  const specification = parseSpecification(content);
  services.ports.log.debug(summaryOf(specification), { command: command.id });
  return { content, specification };
}

function summaryOf({ applicationName, deploymentGroupName, revision, ...facts }: DeploymentSpecification): string {
  const { deploymentId, deploymentType, fileExistsBehavior } = facts;
  const what = `${applicationName} to the group ${deploymentGroupName}, from ${describeRevision(revision)}`;
  return `The deployment ${deploymentId} brings ${what} (${deploymentType}, ${fileExistsBehavior}).`;
}

interface Opened {
  /** What the envelope of the specification held. */
  readonly content: string;
  readonly specification: DeploymentSpecification;
}

interface Execution extends Opened {
  readonly services: CommandServices;
  readonly cancel: AbortSignal;
}

/**
 * What happens to a command when its deployment group's turn has come. It is tracked before it is acknowledged: from
 * then on the service waits for a report, so a crash must leave a trace for the next start to report.
 */
async function takeTurn(command: HostCommand, execution: Execution): Promise<void> {
  const { services, specification } = execution;
  const { ports, tracking, observer } = services;
  const startedAt = ports.clock.monotonic();
  const { deploymentId, deploymentGroupName: deploymentGroup } = specification;
  observer.began({ commandId: command.id, event: command.name, deploymentId, deploymentGroup });
  const prepared = await prepare(command, execution);
  ports.log.debug(`${command.name} ${prepared.isNoop ? "has nothing to do on this host" : "has work to do"}.`);
  await tracking.begin(deploymentId, command.id);
  const result = await acknowledgeAndExecute(command, prepared, execution);
  const release = services.reporter.hold(command.id);
  try {
    await conclude(command, { result, services, startedAt, specification });
    await forget(command, specification, services);
  } finally {
    release();
  }
}

/** Looks at the command. That it cannot be executed at all is part of the deployment's history too. */
async function prepare(command: HostCommand, execution: Execution): Promise<PreparedCommand> {
  const { ports, worker } = execution.services;
  try {
    return await worker.prepare({ event: command.name, specification: execution.content });
  } catch (error) {
    await recordFailure(recordedEvent(command, execution), failed(error, ports.log), ports);
    throw error;
  }
}

function recordedEvent(command: HostCommand, { specification, services }: Execution) {
  return { event: command.name, specification, layout: services.layout };
}

/** How the command ended; undefined when there is nothing to report. Never rejects. */
async function acknowledgeAndExecute(
  command: HostCommand,
  { isNoop, execute: work }: PreparedCommand,
  execution: Execution,
): Promise<CommandResult | undefined> {
  const { specification, services, cancel } = execution;
  const { api, ports, layout } = services;
  let status: CommandStatus | undefined;
  try {
    status = await persistently(() => api.acknowledge(command, isNoop), ports);
  } catch (error) {
    return failed(error, ports.log);
  }
  switch (nextStep(status, isNoop)) {
    case "nothing":
      ports.log.info(
        `${command.name} needs no execution: the service has it as ${status}.`,
        fieldsOf(command, specification),
      );
      if (isNoop) await recordSkipped(recordedEvent(command, execution), ports);
      return undefined;
    case "complete-noop":
      await recordSkipped(recordedEvent(command, execution), ports);
      return succeeded("CompletedNoopCommand");
    case "execute":
      ports.log.info(`${command.name} of ${specification.deploymentId} begins.`, fieldsOf(command, specification));
      return recorded({ ...recordedEvent(command, execution), isNoop }, ports, () =>
        execute(async () => {
          await ports.fileSystem.makeDirectories(layout.deployment(specification).directory, 0o755);
          return work(cancel);
        }, ports.log),
      );
  }
}

/** What the service's answer to the acknowledgement asks for. */
function nextStep(status: CommandStatus | undefined, isNoop: boolean): "nothing" | "complete-noop" | "execute" {
  if (status === "Succeeded") return "nothing";
  if (status === "Failed") return isNoop ? "complete-noop" : "nothing";
  return "execute";
}

/** The result is stored by now, so a failure here must not become a second one. */
async function forget(
  command: HostCommand,
  { deploymentId }: DeploymentSpecification,
  { tracking, ports }: CommandServices,
): Promise<void> {
  try {
    await tracking.end(deploymentId);
  } catch (error) {
    ports.log.error(`The tracking file of ${deploymentId} could not be removed: ${String(error)}`, fieldsOf(command));
  }
}

interface End {
  /** Undefined when there is nothing to report. */
  readonly result: CommandResult | undefined;
  readonly services: CommandServices;
  /** By the clock that only grows. */
  readonly startedAt: number;
  readonly specification?: DeploymentSpecification;
}

/** Says and stores how a command ended. */
async function conclude(command: HostCommand, end: End): Promise<void> {
  const { result, services, startedAt, specification } = end;
  const durationMs = Math.round(services.ports.clock.monotonic() - startedAt);
  services.observer.ended({ commandId: command.id, event: command.name, result, durationMs });
  if (result === undefined) return;
  const fields = { ...fieldsOf(command, specification), code: result.code, durationMs };
  if (result.status === "Succeeded") services.ports.log.info(`${command.name} succeeded.`, fields);
  else services.ports.log.error(`${command.name} failed: ${result.message}`, fields);
  await services.reporter.store(command.id, result);
}

function fieldsOf(command: HostCommand, specification?: DeploymentSpecification): LogFields {
  const { deploymentId: deployment, deploymentGroupName: group } = specification ?? {};
  return { command: command.id, event: command.name, deployment, group };
}
