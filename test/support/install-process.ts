import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { InstallOrder } from "./install-program.ts";

const PROGRAM = fileURLToPath(new URL("./install-program.ts", import.meta.url));

/** Makes one file of the program that installs and recovers, so that plain Node runs it. */
export async function buildInstallProgram(directory: string): Promise<string> {
  const outfile = join(directory, "install-program.mjs");
  const require =
    'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';
  const banner = { js: require };
  await build({ entryPoints: [PROGRAM], outfile, bundle: true, platform: "node", format: "esm", banner });
  return outfile;
}

/** How the process ended: it did all it was told, or was killed as it was told. */
export type Ending = "done" | "killed";

/** Runs an order in a process of its own. Rejects with what it printed when it ended in another way. */
export async function runInstallProgram(program: string, order: InstallOrder): Promise<Ending> {
  const file = join(order.root, "order.json");
  writeFileSync(file, JSON.stringify(order));
  const child = spawn(process.execPath, [program, file], { stdio: ["ignore", "ignore", "pipe"] });
  let printed = "";
  child.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code, signal] = await once(child, "close");
  if (code === 0) return "done";
  if (signal === "SIGKILL") return "killed";
  throw new Error(`the process ended with ${signal ?? code}: ${printed}`);
}
