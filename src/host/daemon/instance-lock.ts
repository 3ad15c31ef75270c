import { createHash } from "node:crypto";
import { existsSync, realpathSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { errnoOf } from "../../ports/errno.ts";

/** Held by the one agent that works on a root directory. */
export interface InstanceLock {
  release(): void;
}

/** How long a holder may take to say who it is. */
const ANSWER_TIMEOUT_MS = 500;

/** The agent of a root directory, and the process that does its work on the host; there is one of each. */
export type Role = "agent" | "worker";

/**
 * Claims a root directory for this process. The lock is a socket in Linux's abstract namespace: the kernel frees it with
 * the process, so no crash can leave it behind. It is seen within a network namespace, which containers may share, so it
 * is named after the real path and the file system that this is on.
 * @param root an existing directory
 * @returns the id of the process that holds it (0 when it does not say) instead of the lock, when another one does
 */
export async function claimRoot(
  root: string,
  role: Role = "agent",
): Promise<InstanceLock | { readonly heldBy: number }> {
  const name = lockName(root, role);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(String(process.pid));
  });
  try {
    await listen(server, name);
  } catch (error) {
    if (errnoOf(error) !== "EADDRINUSE") throw error;
    return { heldBy: await holder(name) };
  }
  server.unref();
  return { release: () => void server.close() };
}

/** Id of the process that works on a root directory; 0 when it does not say, undefined when there is none. */
export async function lockHolder(root: string, role: Role = "agent"): Promise<number | undefined> {
  if (!existsSync(root)) return undefined;
  const name = lockName(root, role);
  return (await isHeld(name)) ? holder(name) : undefined;
}

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function lockName(root: string, role: Role): string {
  const path = realpathSync(root);
  // Not the directory itself: one that was removed and made again still belongs to the agent that works on the path.
  const which = `${statSync(path).dev} ${path}`;
  return `\0codedeploy-${role}-${createHash("sha256").update(which).digest("hex").slice(0, 32)}`;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function holder(path: string): Promise<number> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(path);
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    // A holder that has just ended or does not answer is unknown, and no failure of this one.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(Number(text) || 0));
  });
}
