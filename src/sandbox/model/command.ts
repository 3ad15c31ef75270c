import type { DiagnosticsView } from "./deployment.ts";

/** One lifecycle of a host command, with everything agents did to it; `sequence` orders entries over all commands. */
export interface CommandView {
  readonly id: string;
  readonly host: string;
  readonly deploymentId: string;
  readonly deploymentExecutionId: string;
  readonly event: string;
  readonly deliveries: readonly JournalEntry[];
  readonly specifications: readonly JournalEntry[];
  readonly acknowledgements: readonly AcknowledgementEntry[];
  /** More than one means that the agent reported twice. */
  readonly completions: readonly CompletionEntry[];
}

export interface JournalEntry {
  readonly sequence: number;
  readonly at: number;
  /** Value of `x-amz-codedeploy-agent-version`. */
  readonly agentVersion?: string | undefined;
}

export interface AcknowledgementEntry extends JournalEntry {
  readonly isNoop: boolean;
  /** Diagnostics payload as it came. */
  readonly payload?: string | undefined;
  /** Command status that was answered. */
  readonly answer: string;
}

export interface CompletionEntry extends JournalEntry {
  readonly status: string;
  /** Diagnostics payload as it came. */
  readonly payload?: string | undefined;
  readonly diagnostics?: DiagnosticsView | undefined;
}
