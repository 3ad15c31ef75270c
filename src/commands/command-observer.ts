import type { CommandResult } from "../deployment/diagnostics.ts";

/** A command whose turn has come. */
export interface RunningCommand {
  readonly commandId: string;
  /** Name of the command: a lifecycle event. */
  readonly event: string;
  readonly deploymentId: string;
  /** Name of the deployment group. */
  readonly deploymentGroup: string;
}

/** How a command ended. */
export interface CommandEnd {
  readonly commandId: string;
  readonly event: string;
  /** Undefined when there was nothing to execute and nothing to report. */
  readonly result: CommandResult | undefined;
  readonly durationMs: number;
}

/** Is told what becomes of commands. */
export interface CommandObserver {
  began(command: RunningCommand): void;
  /** Also for a command that never began, since its specification could not be used. */
  ended(end: CommandEnd): void;
}
