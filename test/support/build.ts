import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Builds the programs when their sources have changed, before any test runs: end-to-end tests start what ships. */
export function setup(): void {
  const script = fileURLToPath(new URL("../../scripts/setup.mjs", import.meta.url));
  execFileSync(process.execPath, [script, "--build-only"], { stdio: "inherit" });
}
