import type { CommandResult } from "../deployment/diagnostics.ts";

/** One unit of work that the service has for this host. */
export interface HostCommand {
  readonly id: string;
  readonly hostIdentifier: string;
  readonly deploymentExecutionId: string;
  /** A lifecycle event: `DownloadBundle`, `Install`, `BeforeInstall`, ... */
  readonly name: string;
}

/** A deployment specification as it travels. */
export interface Envelope {
  /** `PKCS7/JSON`, or `TEXT/JSON` in local deployments. */
  readonly format: string;
  readonly payload: string;
}

export type CommandStatus = "Pending" | "InProgress" | "Succeeded" | "Failed";

/** How a call to the service ended when it did not succeed; decided once, where the call is made. */
export type ServiceFault =
  /** No answer: DNS, connection, TLS, time-out. */
  | "network"
  /** No credentials could be found or they were refused. */
  | "credentials"
  /** The service asks for fewer calls. */
  | "throttled"
  /** The service failed; the same call may succeed later. */
  | "service"
  /** The service refused the call for good: the command is unknown, the request malformed. */
  | "refused";

/** A failed call to a remote service. The message names operation, endpoint and reason, never a secret. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly fault: ServiceFault;
  /** The service's wish, in milliseconds; absent when it gave none. */
  readonly retryAfterMs: number | undefined;

  constructor(fault: ServiceFault, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fault = fault;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The CodeDeploy host command service, in our words. Every method rejects with {@link ServiceError} only. */
export interface CommandsApi {
  /** The next command for the host, undefined when there is none. */
  poll(hostIdentifier: string, signal: AbortSignal): Promise<HostCommand | undefined>;
  /** The specification of the command's deployment. */
  specification(command: HostCommand): Promise<Envelope>;
  /** Says that the command was received; the answer tells whether it is still to be executed. */
  acknowledge(command: HostCommand, isNoop: boolean): Promise<CommandStatus | undefined>;
  /** Reports the end of a command. */
  complete(commandId: string, result: CommandResult): Promise<void>;
}
