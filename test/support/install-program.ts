import { readFileSync } from "node:fs";
import { Layout } from "../../src/deployment/layout.ts";
import { createAccessControl } from "../../src/host/accounts/access-control.ts";
import { createAccounts } from "../../src/host/accounts/accounts.ts";
import { install } from "../../src/install/install.ts";
import { recoverInstalls } from "../../src/install/recover.ts";
import type { InstallRequest } from "../../src/install/request.ts";
import type { Log } from "../../src/ports/log.ts";
import { failingFileSystem } from "./failing-file-system.ts";
import { hastyFileSystem } from "./hasty-file-system.ts";

/** What the process has to do, and at which of its calls that change something it has to kill itself. */
export interface InstallOrder {
  readonly root: string;
  /** Absolute path of the agent's root directory. */
  readonly agentRoot: string;
  /** Absent to recover. */
  readonly install?: Omit<InstallRequest, "layout">;
  readonly kill?: { readonly at: number; readonly after: boolean };
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Installs or recovers with the real ports; every warning is an error, for in these tests nobody interferes. */
async function main({ agentRoot, install: request, kill }: InstallOrder): Promise<void> {
  const failing = failingFileSystem(hastyFileSystem, { ...kill, mode: "killed" });
  const ports = {
    // The one that kills does everything call by call; without it, threads do what they do in the agent.
    fileSystem: kill === undefined ? hastyFileSystem : failing.fileSystem,
    accessControl: failing.accessControl(createAccessControl()),
    accounts: createAccounts(),
    log: silent,
    clock: { random: Math.random, monotonic: () => performance.now() },
  };
  const layout = new Layout(agentRoot);
  if (request !== undefined) {
    const appSpec = { ...request.appSpec, hooks: new Map() };
    await install({ ...request, appSpec, layout }, ports);
  } else {
    const failed = (await recoverInstalls(layout, ports)).filter(({ outcome }) => outcome === "failed");
    if (failed.length > 0) throw new Error(JSON.stringify(failed));
  }
}

await main(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as InstallOrder);
