import { posix } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Layout } from "../deployment/layout.ts";
import { lockHolder } from "../host/daemon/instance-lock.ts";
import { localFileSystem } from "../host/files/file-system.ts";
import type { Log } from "../ports/log.ts";

const LOOK_AGAIN_MS = 20;
const MOST_LOOKS = 500;

/**
 * Waits for the end of the process that carried out commands for an agent that was killed. It notices that its agent has
 * gone and ends at once, unless the kernel keeps it.
 * @throws when it is still there after ten seconds
 */
export async function endOfWorker(root: string): Promise<void> {
  for (let looks = 0; ; looks++) {
    const pid = await lockHolder(root, "worker");
    if (pid === undefined) return;
    if (looks === MOST_LOOKS)
      throw new Error(
        `process ${pid} still carries out commands for an agent that has gone; end it with kill -9 ${pid}.`,
      );
    await delay(LOOK_AGAIN_MS);
  }
}

/** Ends the scripts and the Installs of work that was cut short. What this takes is loaded when there is something. */
export async function clearUp(layout: Layout, log: Log): Promise<void> {
  await endScripts(layout, log);
  await endInstalls(layout, log);
}

async function endScripts({ runningScripts }: Layout, log: Log): Promise<void> {
  if ((await namesIn(runningScripts)).length === 0) return;
  const { endLeftScripts, leftScriptEnded } = await import("../host/processes/running-scripts.ts");
  const { TERMINATION } = await import("../host/processes/terminate.ts");
  for (const left of await endLeftScripts(runningScripts, TERMINATION)) log.warn(leftScriptEnded(left));
}

async function endInstalls(layout: Layout, log: Log): Promise<void> {
  const suffix = posix.basename(layout.journalFile(""));
  if (!(await namesIn(layout.instructions)).some((name) => name.endsWith(suffix))) return;
  const [{ recoverInstalls }, { createAccessControl }] = await Promise.all([
    import("../install/recover.ts"),
    import("../host/accounts/access-control.ts"),
  ]);
  const ports = { fileSystem: localFileSystem, accessControl: createAccessControl(), log };
  for (const { groupId, outcome, message } of await recoverInstalls(layout, ports))
    log[outcome === "failed" ? "error" : "warn"](`Deployment group ${groupId}: ${message}`);
}

async function namesIn(directory: string): Promise<readonly string[]> {
  const isThere = (await localFileSystem.status(directory)) !== undefined;
  return isThere ? localFileSystem.list(directory) : [];
}
