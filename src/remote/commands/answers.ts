import type { CommandStatus, Envelope, HostCommand } from "../../ports/commands-api.ts";
import { MalformedAnswer } from "./failure.ts";

/** The kind of agent that this one is, as the service names it. */
const DEPLOYMENT_SYSTEM = "CodeDeploy";

const STATUSES: readonly CommandStatus[] = ["Pending", "InProgress", "Succeeded", "Failed"];

/** The command in an answer to a poll; undefined when there is none. @throws MalformedAnswer */
export function hostCommandIn(answer: { readonly HostCommand?: unknown }): HostCommand | undefined {
  const { HostCommand: command } = answer;
  if (command === undefined || command === null) return undefined;
  return {
    id: textMember(command, "HostCommand", "HostCommandIdentifier"),
    hostIdentifier: textMember(command, "HostCommand", "HostIdentifier"),
    deploymentExecutionId: textMember(command, "HostCommand", "DeploymentExecutionId"),
    name: textMember(command, "HostCommand", "CommandName"),
  };
}

/** The envelope in an answer that carries a specification. @throws MalformedAnswer, also when it is for another system */
export function envelopeIn(answer: object): Envelope {
  const system = textMember(answer, "", "DeploymentSystem");
  if (system !== DEPLOYMENT_SYSTEM) {
    throw new MalformedAnswer("DeploymentSystem", `is ${JSON.stringify(system)}, not "${DEPLOYMENT_SYSTEM}"`);
  }
  const specification = objectMember(answer, "", "DeploymentSpecification");
  const envelope = objectMember(specification, "DeploymentSpecification", "GenericEnvelope");
  const path = "DeploymentSpecification.GenericEnvelope";
  return { format: textMember(envelope, path, "Format"), payload: textMember(envelope, path, "Payload") };
}

/** The status in an answer to an acknowledgement; undefined for none and for one that is not known. @throws MalformedAnswer */
export function commandStatusIn(answer: { readonly CommandStatus?: unknown }): CommandStatus | undefined {
  const { CommandStatus: status } = answer;
  if (status === undefined || status === null) return undefined;
  if (typeof status !== "string") throw new MalformedAnswer("CommandStatus", "is no text");
  return STATUSES.find((known) => known === status);
}

function textMember(parent: unknown, path: string, name: string): string {
  const value = memberOf(parent, path, name);
  if (typeof value !== "string") throw new MalformedAnswer(joined(path, name), "is no text");
  if (value === "") throw new MalformedAnswer(joined(path, name), "is empty");
  return value;
}

function objectMember(parent: unknown, path: string, name: string): object {
  const value = memberOf(parent, path, name);
  if (typeof value !== "object") throw new MalformedAnswer(joined(path, name), "is no object");
  return value;
}

function memberOf(parent: unknown, path: string, name: string): NonNullable<unknown> {
  if (typeof parent !== "object" || parent === null) throw new MalformedAnswer(path, "is no object");
  const value: unknown = Reflect.get(parent, name);
  if (value === undefined || value === null) throw new MalformedAnswer(joined(path, name), "is missing");
  return value;
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
