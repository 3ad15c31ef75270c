import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { SandboxStartError } from "../start-error.ts";

/**
 * Makes sure that one sandbox works on a directory. The kernel gives the lock up with the process, however it ends.
 * Resolves with what gives it up before.
 * @throws SandboxStartError when another sandbox has it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  // Only Linux has sockets whose names are not in the file system.
  if (process.platform !== "linux") return async () => {};
  const name = createHash("sha256")
    .update(await realpath(directory))
    .digest("hex");
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `Another sandbox runs with the data directory ${directory}; stop it, or give another --data or --state.`;
      reject(new SandboxStartError(message, { cause }));
    });
    server.listen(`\0codedeploy-sandbox-${name}`, resolve);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}
