/** Why the service did not take the credentials. */
export type CredentialsProblem = "expired" | "unknown" | "denied" | "signature";

/** How a call to the command service failed: facts, found out once; texts and faults follow from `kind`. */
export type CommandsFailure =
  | { readonly kind: "stopped" }
  | { readonly kind: "no-connection"; readonly afterSeconds: number }
  | { readonly kind: "no-answer"; readonly afterSeconds: number }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "certificate"; readonly code: string }
  | { readonly kind: "proxy-refused"; readonly status: number }
  | { readonly kind: "no-credentials"; readonly reason: string }
  | {
      readonly kind: "credentials-refused";
      readonly problem: CredentialsProblem;
      readonly type: string;
      readonly text: string;
      /** How far the clock of this host is ahead of the service's; undefined when the service gave no time. */
      readonly secondsAhead: number | undefined;
    }
  | { readonly kind: "throttled"; readonly type: string; readonly retryAfterMs: number | undefined }
  | { readonly kind: "not-json"; readonly status: number; readonly contentType: string }
  | { readonly kind: "malformed"; readonly field: string; readonly problem: string }
  | {
      readonly kind: "failed";
      readonly type: string;
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "refused"; readonly type: string; readonly status: number; readonly text: string };

/** Time limits of a call, in seconds. */
export interface CallLimits {
  readonly connect: number;
  readonly total: number;
}

/** An answer with a field that is missing or of the wrong kind. */
export class MalformedAnswer extends Error {
  override readonly name = "MalformedAnswer";
  readonly field: string;
  readonly problem: string;

  /** @param problem follows the name of the field: "is missing", "is no text" */
  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.field = field;
    this.problem = problem;
  }
}
