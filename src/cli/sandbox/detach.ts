import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CliFailure, EXIT, type SandboxIo } from "./io.ts";
import { lives } from "./process-identity.ts";

const CHECK_MS = 100;
const PATIENCE_MS = 120_000;

export interface DetachOptions {
  /** Where the output of the program goes from now on. */
  readonly log: string;
  readonly io: SandboxIo;
  /** Whether the program with this process id is at work. */
  readonly isReady: (processId: number) => Promise<boolean>;
}

/**
 * Starts this program once more with the same words, as a process of its own that outlives this one and its terminal.
 * Resolves with its process id when it is at work. @throws CliFailure with what it said when it is not
 */
export async function detach({ log, io, isReady }: DetachOptions): Promise<number> {
  const words = (io.argv ?? []).filter((word) => word !== "--detach" && word !== "-d");
  const output = openSync(log, "w", 0o600);
  const [node, script] = io.program;
  const child = spawn(node, [script, ...words], { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  await once(child, "spawn");
  const processId = child.pid ?? 0;
  const until = Date.now() + PATIENCE_MS;
  while (!(await isReady(processId))) {
    if (child.exitCode !== null || child.signalCode !== null || !(await lives(processId))) throw await whyNot(log);
    if (io.stop.aborted || Date.now() > until) {
      child.kill("SIGTERM");
      throw io.stop.aborted ? interrupted() : await whyNot(log);
    }
    await delay(CHECK_MS);
  }
  child.unref();
  return processId;
}

async function whyNot(log: string): Promise<CliFailure> {
  const said = (await readFile(log, "utf8")).trimEnd().split("\n").at(-1) ?? "";
  return new CliFailure(said.replace(/^error: /, "") || `It did not start; see ${log}.`);
}

function interrupted(): CliFailure {
  return new CliFailure("Interrupted; what was being started is stopped.", { exitStatus: EXIT.interrupted });
}
