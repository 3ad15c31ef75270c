import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { InstallOrder } from "./install-program.ts";

const ENTRIES = ["./install-program.ts", "../../src/host/file-threads/file-worker.ts"].map((entry) =>
  fileURLToPath(new URL(entry, import.meta.url)),
);

/** Makes one file of the program that installs and recovers, so that plain Node runs it. */
export async function buildInstallProgram(directory: string): Promise<string> {
  const require =
    'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';
  const banner = { js: require };
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  await build({
    entryPoints: ENTRIES,
    entryNames: "[name]",
    outdir: directory,
    bundle: true,
    platform: "node",
    format: "esm",
    banner,
  });
  return join(directory, "install-program.js");
}

/** How the process ended: it did all it was told, or was killed as it was told. */
export type Ending = "done" | "killed";

/**
 * Runs an order in a process of its own. Rejects with what it printed when it ended in another way.
 * @param kill resolves when the process is to be killed from outside
 */
export async function runInstallProgram(
  program: string,
  order: InstallOrder,
  kill?: (isOver: () => boolean) => Promise<void>,
): Promise<Ending> {
  const file = join(order.root, "order.json");
  writeFileSync(file, JSON.stringify(order));
  const child = spawn(process.execPath, [program, file], { stdio: ["ignore", "ignore", "pipe"] });
  let printed = "";
  child.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const closed = once(child, "close");
  await kill?.(() => child.exitCode !== null);
  if (kill !== undefined) child.kill("SIGKILL");
  const [code, signal] = await closed;
  if (code === 0) return "done";
  if (signal === "SIGKILL") return "killed";
  throw new Error(`the process ended with ${signal ?? code}: ${printed}`);
}
