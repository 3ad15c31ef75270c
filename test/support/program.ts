import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Laid over this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with the running process, to send it signals. */
  readonly meanwhile?: (child: RunningProgram) => Promise<void>;
}

/** A program that is running. */
export interface RunningProgram {
  signal(signal: NodeJS.Signals): void;
  /** What it has written to its standard output. */
  readonly output: () => string;
}

export type ProgramName = "codedeploy-agent" | "codedeploy-local" | "codedeploy-sandbox";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

/** Path of one of the programs that were built. */
export function programPath(name: ProgramName): string {
  return `${DIST}/${name}.js`;
}

/** Runs a program of the product as a process, without a terminal. */
export async function runProgram(
  name: ProgramName,
  words: readonly string[],
  { cwd, environment = {}, meanwhile }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [programPath(name), ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true", ...environment },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  await meanwhile?.({ signal: (signal) => void child.kill(signal), output: () => stdout });
  await closed;
  return { status: child.exitCode, stdout, stderr };
}

/** `codedeploy-agent` with its words. */
export function agent(words: readonly string[], options?: RunOptions): Promise<Ended> {
  return runProgram("codedeploy-agent", words, options);
}

/** Output with what differs from run to run replaced: paths, ids, processes, times, durations. */
export function stable(text: string, paths: Readonly<Record<string, string>> = {}): string {
  let result = text;
  for (const [name, path] of Object.entries(paths)) result = result.replaceAll(path, `<${name}>`);
  return result
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<group-id>")
    .replaceAll(/\bd-[A-Z0-9]{9}\b(-local)?/g, "d-XXXXXXXXX$1")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( [+-]\d\d:\d\d)?/g, "<time>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>")
    .replaceAll(/version [0-9a-f]{32}/g, "version <version>")
    .replaceAll(/PID \d+/g, "PID <pid>")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replaceAll(/\/tmp\/codedeploy-agent-test-\w+/g, "<tmp>")
    .replaceAll(/ *\b\d+(\.\d+)? (ms|s)\b/g, " <n> s");
}
