import type { CommandResult } from "../../src/deployment/diagnostics.ts";
import type { CommandStatus, CommandsApi, Envelope, HostCommand } from "../../src/ports/commands-api.ts";

/** What a poll answers: a command, nothing, or a failure. */
export type PollAnswer = HostCommand | undefined | Error;

/** A command service whose answers the test decides and whose calls it can read. */
export class ScriptedCommandsApi implements CommandsApi {
  /** Names of the calls in order: `poll`, `specification <id>`, `acknowledge <id> noop=<b>`, `complete <id> <status>`. */
  readonly calls: string[] = [];
  readonly completed: { readonly commandId: string; readonly result: CommandResult }[] = [];
  /** Answers of the polls to come; afterwards {@link whenEmpty} is asked. */
  readonly polls: PollAnswer[] = [];
  /** Errors of the completions to come. */
  readonly completeFailures: Error[] = [];
  whenEmpty: (signal: AbortSignal) => Promise<HostCommand | undefined> = async () => undefined;
  envelope: Envelope | Error = { format: "TEXT/JSON", payload: JSON.stringify(specificationOf("d-1", "g-1")) };
  acknowledged: (command: HostCommand) => Promise<CommandStatus | undefined> = async () => "InProgress";

  async poll(_host: string, signal: AbortSignal): Promise<HostCommand | undefined> {
    this.calls.push("poll");
    if (this.polls.length === 0) return this.whenEmpty(signal);
    const answer = this.polls.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async specification(command: HostCommand): Promise<Envelope> {
    this.calls.push(`specification ${command.id}`);
    if (this.envelope instanceof Error) throw this.envelope;
    return this.envelope;
  }

  acknowledge(command: HostCommand, isNoop: boolean): Promise<CommandStatus | undefined> {
    this.calls.push(`acknowledge ${command.id} noop=${isNoop}`);
    return this.acknowledged(command);
  }

  async complete(commandId: string, result: CommandResult): Promise<void> {
    this.calls.push(`complete ${commandId} ${result.status}`);
    const failure = this.completeFailures.shift();
    if (failure !== undefined) throw failure;
    this.completed.push({ commandId, result });
  }
}

/** A host command for the host `arn:host`. */
export function hostCommand(id: string, name: string): HostCommand {
  return { id, name, hostIdentifier: "arn:host", deploymentExecutionId: `execution of ${id}` };
}

/** A specification as the service writes it, of a revision in a local directory. */
export function specificationOf(deploymentId: string, groupId: string, location = "/nowhere"): object {
  return {
    DeploymentId: deploymentId,
    DeploymentGroupId: groupId,
    DeploymentGroupName: "fleet",
    ApplicationName: "shop",
    Revision: { RevisionType: "Local Directory", LocalRevision: { Location: location } },
  };
}
