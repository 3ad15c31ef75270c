import type { Coordinator } from "../coordination/coordinator.ts";
import type { FaultDesk, RedeliveryKind } from "../faults/fault-desk.ts";
import type { HostRegister } from "../hosts.ts";
import { type CallContext, type JsonService, type OperationAnswer, operation } from "../http/json-service.ts";
import { ServiceFault } from "../http/service-fault.ts";
import { ADMIN_ARN, hostNameOf } from "../identifiers.ts";
import type { Caller } from "../identity/authenticator.ts";
import type { Envelope } from "../specification/envelope.ts";
import type { CommandRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import type { CommandDesk } from "./command-desk.ts";
import { parseDiagnostics, parseIsNoop } from "./diagnostics.ts";
import type { WaitingRoom } from "./waiting-room.ts";
import * as wire from "./wire-types.ts";

export interface CommandServiceOptions {
  readonly store: SandboxStore;
  readonly desk: CommandDesk;
  readonly faults: FaultDesk;
  readonly hosts: HostRegister;
  readonly coordinator: Coordinator;
  readonly waitingRoom: WaitingRoom;
  readonly longPollSeconds: number;
  readonly now: () => number;
  /** The signed specification of a deployment; undefined when the deployment has been removed. */
  readonly envelope: (deploymentId: string) => Promise<Envelope> | undefined;
}

/** Target prefix and signing name of the plain service, and of the one behind `enable_auth_policy`. */
const SERVICE_NAMES = [
  ["CodeDeployCommandService_v20141006", "codedeploy-commands"],
  ["CodeDeployCommandService", "codedeploy-commands-secure"],
] as const;

/** The service that agents get their commands from, by target prefix. */
export function commandServices(options: CommandServiceOptions): ReadonlyMap<string, JsonService> {
  const operations = {
    PollHostCommand: operation(wire.PollHostCommand, ({ HostIdentifier }, context) =>
      poll(options, HostIdentifier, context),
    ),
    GetDeploymentSpecification: operation(
      wire.GetDeploymentSpecification,
      ({ DeploymentExecutionId, HostIdentifier }, context) =>
        specification(options, { DeploymentExecutionId, HostIdentifier }, context),
    ),
    PutHostCommandAcknowledgement: operation(
      wire.PutHostCommandAcknowledgement,
      ({ HostCommandIdentifier, Diagnostics }, context) =>
        acknowledge(options, { id: HostCommandIdentifier, payload: Diagnostics?.Payload }, context),
    ),
    PutHostCommandComplete: operation(wire.PutHostCommandComplete, (input, context) => {
      const { HostCommandIdentifier: id, CommandStatus: status, Diagnostics } = input;
      return complete(options, { id, status, payload: Diagnostics?.Payload }, context);
    }),
    PostHostCommandUpdate: operation(wire.PostHostCommandUpdate, ({ HostCommandIdentifier: id }, { caller }) => ({
      body: { CommandStatus: statusOf(ownCommand(options, id, { caller, operation: "PostHostCommandUpdate" })) },
    })),
  };
  return new Map(
    SERVICE_NAMES.map(([prefix, signingName]) => [prefix, { signingName, faultService: "commands", operations }]),
  );
}

/** Answers with a command as soon as there is one, with nothing when the poll has been held long enough. */
async function poll(
  options: CommandServiceOptions,
  hostIdentifier: string,
  { agentVersion, caller, closed }: CallContext,
): Promise<OperationAnswer> {
  const { desk, hosts, waitingRoom, longPollSeconds, now } = options;
  requireOwn(hostIdentifier, caller, "PollHostCommand");
  requireAlive(hosts, hostIdentifier);
  const { name } = hosts.seen(hostIdentifier, { at: now(), agentVersion });
  const until = now() + longPollSeconds * 1000;
  while (!closed.aborted) {
    const command = handOutAgain(options, name, agentVersion) ?? desk.take(name, agentVersion);
    if (command !== undefined) {
      // Whoever else polls for this host has to look again when this delivery is due once more.
      waitingRoom.wake(name);
      return {
        body: { HostCommand: toHostCommand(command, hostIdentifier) },
        onLost: () => {
          desk.putBack(command);
          waitingRoom.wake(name);
        },
      };
    }
    const milliseconds = Math.min(until, desk.nextDueAt(name)) - now();
    if (milliseconds <= 0) break;
    await waitingRoom.wait(name, milliseconds, closed);
  }
  return { body: {} };
}

/** An instance that was terminated cannot poll; the agent that stands for it is told so. */
function requireAlive(hosts: HostRegister, hostIdentifier: string): void {
  const host = hosts.find(hostIdentifier);
  if (host?.terminatedAt === undefined) return;
  const message = `Instance ${host.name} was terminated by a blue/green deployment; declare it again to bring it back.`;
  throw new ServiceFault(400, "AccessDeniedException", message);
}

const REDELIVERIES: readonly RedeliveryKind[] = ["duplicate", "stale"];

/** A command that a fault wants to be handed out although it is not due. */
function handOutAgain(
  { desk, faults, store }: CommandServiceOptions,
  host: string,
  agentVersion: string | undefined,
): CommandRow | undefined {
  const request = { service: "commands", operation: "PollHostCommand", host } as const;
  for (const kind of REDELIVERIES) {
    if (!faults.mayRedeliver(kind, request)) continue;
    const isWanted = ({ deploymentId }: CommandRow) =>
      (store.deployments.get(deploymentId)?.state.completedAt !== undefined) === (kind === "stale");
    const candidates = desk.handedOut(host).filter(isWanted);
    const id = faults.redeliver(
      kind,
      request,
      candidates.map(({ id, deliveries }) => ({ id, at: deliveries.at(-1)?.at ?? 0 })),
    );
    if (id !== undefined) return desk.handOutAgain(id, agentVersion);
  }
  return undefined;
}

/** An agent speaks for its own host: as the host's user or session, or with the session of an EC2 instance. */
function requireOwn(hostIdentifier: string, { principal }: Caller, operation: string): void {
  if (principal === undefined || principal === hostIdentifier || principal === ADMIN_ARN) return;
  if (hostNameOf(hostIdentifier).startsWith("i-") && hostNameOf(principal) === hostNameOf(hostIdentifier)) return;
  const message = `${principal} is not authorized to perform codedeploy-commands:${operation} for ${hostIdentifier}.`;
  throw new ServiceFault(400, "AccessDeniedException", message);
}

function toHostCommand(command: CommandRow, hostIdentifier: string): Record<string, unknown> {
  return {
    HostCommandIdentifier: command.id,
    HostIdentifier: hostIdentifier,
    DeploymentExecutionId: command.deploymentExecutionId,
    CommandName: command.event,
    Nonce: command.deliveries.length,
  };
}

async function specification(
  { desk, hosts, envelope }: CommandServiceOptions,
  input: { readonly DeploymentExecutionId: string; readonly HostIdentifier: string },
  { agentVersion, caller }: CallContext,
): Promise<OperationAnswer> {
  requireOwn(input.HostIdentifier, caller, "GetDeploymentSpecification");
  const command = desk.byExecution(input.DeploymentExecutionId);
  const sealed = command === undefined ? undefined : await envelope(command.deploymentId);
  if (command === undefined || sealed === undefined || command.host !== hosts.find(input.HostIdentifier)?.name) {
    const message = `There is no deployment ${input.DeploymentExecutionId} for host ${input.HostIdentifier}.`;
    throw new ServiceFault(400, "ClientException", message);
  }
  desk.specificationFetched(command, { agentVersion });
  const body = {
    DeploymentSystem: "CodeDeploy",
    DeploymentSpecification: { GenericEnvelope: sealed },
  };
  return { body };
}

function acknowledge(
  options: CommandServiceOptions,
  { id, payload }: { readonly id: string; readonly payload: string | undefined },
  { agentVersion, caller }: CallContext,
): OperationAnswer {
  const command = ownCommand(options, id, { caller, operation: "PutHostCommandAcknowledgement" });
  const isOver = command.phase === "completed" || command.phase === "withdrawn";
  const answer = isOver ? statusOf(command) : "InProgress";
  const isNoop = parseIsNoop(payload);
  options.store.transaction(() => {
    options.desk.acknowledged(command, { isNoop, answer, payload, agentVersion });
    if (!isOver) options.coordinator.acknowledged(command, isNoop);
  });
  return { body: { CommandStatus: answer } };
}

/** Takes the first report of a command; later ones are answered the same way and only go to the journal. */
function complete(
  options: CommandServiceOptions,
  report: { readonly id: string; readonly status: "Succeeded" | "Failed"; readonly payload: string | undefined },
  { agentVersion, caller }: CallContext,
): OperationAnswer {
  const { id, status, payload } = report;
  const command = ownCommand(options, id, { caller, operation: "PutHostCommandComplete" });
  const diagnostics = parseDiagnostics(payload);
  options.store.transaction(() => {
    options.desk.completed(command, { status, payload, diagnostics, agentVersion });
    if (command.phase === "completed" || command.phase === "withdrawn") return;
    options.coordinator.completed(command, status, diagnostics);
  });
  return { body: {} };
}

/** A command that the caller may speak about: one of its own host. */
function ownCommand(
  options: CommandServiceOptions,
  id: string,
  { caller, operation }: { readonly caller: Caller; readonly operation: string },
): CommandRow {
  const command = known(options, id);
  requireOwn(options.hosts.get(command.host)?.hostIdentifier ?? command.host, caller, operation);
  return command;
}

function known({ desk }: CommandServiceOptions, id: string): CommandRow {
  const command = desk.get(id);
  if (command !== undefined) return command;
  throw new ServiceFault(400, "ClientException", `There is no host command ${id}.`);
}

function statusOf({ phase, completions }: CommandRow): string {
  switch (phase) {
    case "ready":
    case "delivered":
      return "Pending";
    case "acknowledged":
      return "InProgress";
    case "completed":
      return completions[0]?.status ?? "Succeeded";
    case "withdrawn":
      return "Failed";
  }
}
