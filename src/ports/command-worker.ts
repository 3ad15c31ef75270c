import type { EnvelopeVerifier } from "./envelope-verifier.ts";

/** What is to be done on this host. */
export interface WorkOrder {
  /** Name of the command: a lifecycle event. */
  readonly event: string;
  /** Content of the deployment specification's envelope. */
  readonly specification: string;
}

/** A command that has been looked at and not begun. */
export interface PreparedCommand {
  /** Whether the command has nothing to do on this host; the service is told so before it is executed. */
  readonly isNoop: boolean;
  /**
   * Does the work; fulfilled with the note that follows "Succeeded: " in the report.
   * @throws DeploymentError when it failed
   */
  readonly execute: (cancel: AbortSignal) => Promise<string>;
}

/** Does the work of commands on this host; who asks for it deals with the service. */
export interface CommandWorker extends EnvelopeVerifier {
  /** Says that work is coming, for a worker that takes a while to start. */
  expectWork(): void;
  /** Looks at a command without changing anything. @throws DeploymentError when it cannot be executed at all */
  prepare(order: WorkOrder): Promise<PreparedCommand>;
}
