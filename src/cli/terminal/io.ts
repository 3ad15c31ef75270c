/** A stream that text is written to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal in characters; absent elsewhere. */
  readonly columns?: number;
}

/** What a command line sees of the process it runs in. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** One line that the operator types, asked for with a question; undefined when there is no terminal to ask on. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** Aborted by Ctrl-C, SIGTERM and a terminal that is closed, for commands that wait; asking for it takes the signals over. */
  readonly interrupted: () => AbortSignal;
}

/** Exit statuses of `codedeploy-agent`, for scripts. */
export const EXIT = {
  done: 0,
  /** What was asked for failed, or faults were found. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** `status` and `stop`-like questions: no daemon is running. */
  notRunning: 3,
  /** Nobody can tell. */
  unknown: 4,
  /** `run`: the configuration has to be corrected first (EX_CONFIG of sysexits.h); the unit does not start it again. */
  faultyConfiguration: 78,
  interrupted: 130,
} as const;

/** Writes lines to the standard output. */
export function print({ stdout }: Pick<Io, "stdout">, ...lines: readonly string[]): void {
  if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
}

/** Writes a value as the one JSON document of a command's output. */
export function printJson(io: Pick<Io, "stdout">, value: unknown): void {
  print(io, JSON.stringify(value, undefined, 2));
}

/** A failure an operator can do something about; one line each. Commands throw it, the program prints it. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitStatus: number;

  constructor(message: string, options: { readonly exitStatus?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitStatus = options.exitStatus ?? EXIT.failed;
  }
}
