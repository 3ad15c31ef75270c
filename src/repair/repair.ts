/** Something that can be done about a deployment group that is stuck. */
export type Repair =
  /** Scripts of the revision that was installed last no longer run at the beginning of the next deployment. */
  | {
      readonly kind: "forget-last-successful";
      /** The pointer file that is removed. */
      readonly file: string;
      readonly deploymentId: string;
      /** Event of that revision that failed lately; undefined when the operator asked for it. */
      readonly failedEvent: string | undefined;
    }
  /** An Install that the agent's end cut short is undone, or tidied up if it had succeeded. */
  | { readonly kind: "finish-undo"; readonly journal: string }
  /** A command that the service has long given up is no longer taken for a running one. */
  | {
      readonly kind: "clear-tracking";
      readonly file: string;
      readonly deploymentId: string;
      /** Milliseconds since the command began. */
      readonly ageMs: number;
    };

/** What was found out about a deployment group. */
export interface Diagnosis {
  readonly repairs: readonly Repair[];
  /** What an operator should know or do otherwise, a sentence or two each. */
  readonly notes: readonly string[];
}

/** How a repair went. */
export interface RepairOutcome {
  readonly done: boolean;
  /** One or two sentences. */
  readonly message: string;
}
