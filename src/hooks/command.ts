/** A program and its arguments; never a line for a shell. */
export interface Command {
  readonly file: string;
  readonly arguments: readonly string[];
}

/** What decides how a script is started. */
export interface CommandRequest {
  /** Absolute path of the script. */
  readonly path: string;
  /** Whether the kernel cannot run it by itself and `/bin/sh` has to. */
  readonly needsShell: boolean;
  /** Absent without `sudo: true`. */
  readonly sudo?: {
    /** Absent for root. */
    readonly user?: string | undefined;
    /** Names of the variables that are to survive. */
    readonly keep: readonly string[];
  };
}

/** The program that runs a script. */
export function scriptCommand({ path, needsShell, sudo }: CommandRequest): Command {
  if (sudo === undefined) {
    return needsShell ? { file: "/bin/sh", arguments: [path] } : { file: path, arguments: [] };
  }
  // sudo runs a file without a `#!` line under /bin/sh by itself, and its rules match the path it is given.
  const user = sudo.user === undefined ? [] : [`--user=${sudo.user}`];
  return {
    file: "sudo",
    arguments: ["--non-interactive", "--set-home", ...user, `--preserve-env=${sudo.keep.join(",")}`, "--", path],
  };
}
