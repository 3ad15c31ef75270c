import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { SandboxClient } from "../../src/sandbox/client/sandbox-client.ts";
import { readRunning } from "../../src/sandbox/running-file.ts";
import { programPath } from "./program.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A sandbox and fleets as processes, as a user starts them. */
export class SandboxProcesses {
  readonly dataDirectory: string;
  readonly #children: ChildProcess[] = [];
  client = new SandboxClient("http://127.0.0.1:9");

  constructor(dataDirectory = temporaryDirectory()) {
    this.dataDirectory = dataDirectory;
  }

  /** Starts `up`. */
  async up(words: readonly string[] = []): Promise<ChildProcess> {
    const child = this.#start(["up", "--json", "--data", this.dataDirectory, ...words]);
    const { url } = await event(child, () => true);
    this.client = new SandboxClient(String(url), () => readRunning(this.dataDirectory)?.token);
    return child;
  }

  /** Starts `fleet`. Resolves when all its agents poll. */
  async fleet(words: readonly string[] = []): Promise<ChildProcess> {
    const child = this.#start(["fleet", "--json", "--data", this.dataDirectory, ...words]);
    await event(child, ({ type }) => type === "ready");
    return child;
  }

  /** Stops everything that was started, the last first. Fleets stop their agents. */
  async stop(): Promise<void> {
    for (const child of this.#children.splice(0).reverse()) await ended(child, "SIGTERM");
  }

  #start(words: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [programPath("codedeploy-sandbox"), ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#children.push(child);
    return child;
  }
}

/** Sends a signal and waits for the end. Resolves with the exit status. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, "exit");
  return child.exitCode;
}

/** The first line of JSON that fits. */
async function event(
  child: ChildProcess,
  fits: (event: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  const { stdout } = child;
  if (stdout === null) throw new Error("the process has no output to read");
  return new Promise((resolve, reject) => {
    const lines = createInterface(stdout);
    lines.on("line", (line) => {
      const parsed: Record<string, unknown> = JSON.parse(line);
      if (fits(parsed)) resolve(parsed);
    });
    lines.once("close", () => reject(new Error("the program ended before it was ready")));
  });
}
