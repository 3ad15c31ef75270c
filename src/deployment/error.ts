import type { DiagnosticsCode } from "./diagnostics.ts";

/** What a `DeploymentError` may carry beside its code and message. */
export interface DeploymentErrorDetails {
  /** The next thing the operator can do, one sentence; it is appended to what is reported. */
  readonly hint?: string;
  /** The script the failure belongs to, as `location` in the AppSpec file; "" for failures without a script. */
  readonly scriptName?: string;
  /** The newest output of the event's scripts, as sent to the service. */
  readonly log?: string;
  /** The lower-level error; goes to the debug log only. */
  readonly cause?: unknown;
}

/**
 * A failure that an operator can reach: a bad revision, a host that refuses, a service that answers no.
 * Its message is one or two sentences that name the path or value; bugs of ours stay plain `Error`s.
 */
export class DeploymentError extends Error {
  override readonly name = "DeploymentError";
  readonly code: DiagnosticsCode;
  readonly hint: string | undefined;
  readonly scriptName: string;
  readonly log: string;

  constructor(code: DiagnosticsCode, message: string, details: DeploymentErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.scriptName = details.scriptName ?? "";
    this.log = details.log ?? "";
  }

  /** Message and hint as one text. */
  get report(): string {
    return this.hint === undefined ? this.message : `${this.message} ${this.hint}`;
  }
}
