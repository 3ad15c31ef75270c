import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { quietLog } from "../cli/quiet-log.ts";
import type { Services } from "../cli/services.ts";
import { systemClock } from "../host/clock.ts";

/** The real things behind the commands of `codedeploy-agent`; each import is what makes a command slower to start. */
export const services: Services = {
  clock: systemClock,
  temporaryDirectory: tmpdir(),
  fileSystem: async () => (await import("../host/file-system.ts")).localFileSystem,
  daemons: async () =>
    (await import("../host/daemons.ts")).createDaemons({
      runtime: process.execPath,
      program: realpathSync(process.argv[1] ?? ""),
    }),
  async hostLook() {
    const [{ createAccounts }, { createAccessControl }] = await Promise.all([
      import("../host/accounts.ts"),
      import("../host/access-control.ts"),
    ]);
    return { accounts: createAccounts(), accessControl: createAccessControl() };
  },
  runDependencies: async () => (await import("./agent.ts")).runDependencies(),
  openLocalHost: async (loaded) => (await import("./local-host.ts")).openLocalHost(loaded),
  revisions: async (config, stop) => (await import("./local-host.ts")).remoteRevisions(config, { log: quietLog, stop }),
};
