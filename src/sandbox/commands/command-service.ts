import type { Coordinator } from "../coordination/coordinator.ts";
import { type CallContext, type JsonService, type OperationAnswer, operation } from "../http/json-service.ts";
import { ServiceFault } from "../http/service-fault.ts";
import type { Envelope } from "../specification/envelope.ts";
import type { CommandRow } from "../store/rows.ts";
import { parseDiagnostics, parseIsNoop } from "./diagnostics.ts";
import { ownCommand, requireOwn } from "./own-host.ts";
import { type PollOptions, poll } from "./poll.ts";
import * as wire from "./wire-types.ts";

export interface CommandServiceOptions extends PollOptions {
  readonly coordinator: Coordinator;
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
