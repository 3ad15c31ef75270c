/** A stream that text is written to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Size of the terminal in characters. */
  readonly columns?: number;
  readonly rows?: number;
}

/** What the program sees of the process it runs in. */
export interface SandboxIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Aborted when the program is to stop: SIGTERM, SIGINT. */
  readonly stop: AbortSignal;
  /** Aborted when it is told so a second time. */
  readonly hurry?: AbortSignal;
  /** How this program is started: Node and the path of the script. */
  readonly program: readonly [node: string, script: string];
  /** The words behind the program's name. */
  readonly argv?: readonly string[];
}

/** A failure that the user can do something about; the message is one line. */
export class CliFailure extends Error {
  override readonly name = "CliFailure";
  readonly exitStatus: number;

  constructor(message: string, options: { exitStatus?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitStatus = options.exitStatus ?? EXIT.failed;
  }
}

/** Exit statuses of the program. */
export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 3, interrupted: 130 } as const;
