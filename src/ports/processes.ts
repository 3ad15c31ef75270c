/** A process that holds an output of a script that has ended, or that could not be ended. */
export interface Holder {
  readonly pid: number;
  /** Command line, words joined by spaces. */
  readonly command: string;
}

/** How a process ended by itself, or by somebody's signal. */
export type ProcessEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: string };

/** How a child process ended; decided once, where it is watched. */
export type ProcessOutcome =
  | ProcessEnd
  | {
      readonly kind: "timed-out";
      readonly afterSeconds: number;
      /** Processes that were ended, the child itself included. */
      readonly killed: number;
      /** Processes that could not be ended: in an uninterruptible wait, or another user's. */
      readonly survivors?: readonly Holder[];
    }
  | {
      readonly kind: "output-left-open";
      readonly stream: "stdout" | "stderr";
      readonly holders: readonly Holder[];
      /** How the child itself ended. */
      readonly ended: ProcessEnd;
    }
  | {
      readonly kind: "not-started";
      /** Completes a sentence that ends in "could not be started:"; no final stop. */
      readonly reason: string;
      /** Name of the errno, when the system refused. */
      readonly errno?: string;
    };

/** User and groups a child is started with. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the primary one included or not. */
  readonly groups: readonly number[];
}

/** What to start and how to watch it. */
export interface ProcessRequest {
  readonly file: string;
  readonly arguments: readonly string[];
  /** The whole environment of the child. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Absent for the agent's own user. */
  readonly runAs?: RunAs;
  /** `NAME=value` of the environment, unique to this run: descendants that left the process group are found by it. */
  readonly marker?: string;
  /** Aborting it ends the child and its descendants as a time-out does; the outcome is `killed`. */
  readonly signal?: AbortSignal;
  /** Takes what the child writes, as it comes; the child waits while the promise is pending, and the chunk is only valid until then. */
  readonly onOutput: (stream: "stdout" | "stderr", chunk: Buffer) => void | Promise<void>;
  /** Called once when the child has ended but something else still holds an output; without holders when none is seen. */
  readonly onOutputLeftOpen?: (stream: "stdout" | "stderr", holders: readonly Holder[]) => void;
}

/** Starts child processes. */
export interface Processes {
  /** Runs a child in a process group of its own with a closed standard input; never rejects for what the child does. */
  run(request: ProcessRequest): Promise<ProcessOutcome>;
}
