import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { quietLog } from "../cli/quiet-log.ts";
import type { Services } from "../cli/services.ts";
import { systemClock } from "../host/clock.ts";
import { metadataOptions } from "./metadata-options.ts";

/** A metadata service that exists answers in milliseconds. */
const METADATA_TIMEOUT_MS = 1_000;

/** The real things behind the commands of `codedeploy-agent`; each import is what makes a command slower to start. */
export const services: Services = {
  clock: systemClock,
  temporaryDirectory: tmpdir(),
  fileSystem: async () => (await import("../host/files/file-system.ts")).localFileSystem,
  daemons: async () =>
    (await import("../host/daemon/daemons.ts")).createDaemons({
      runtime: process.execPath,
      program: realpathSync(process.argv[1] ?? ""),
    }),
  async hostLook() {
    const [{ createAccounts }, { createAccessControl }] = await Promise.all([
      import("../host/accounts/accounts.ts"),
      import("../host/accounts/access-control.ts"),
    ]);
    return { accounts: createAccounts(), accessControl: createAccessControl() };
  },
  account: async (region) => (await import("../remote/account.ts")).createAccount({ region }),
  doctorPorts: async (loaded) => (await import("./doctor.ts")).doctorPorts(loaded),
  async ec2InstanceId() {
    const { readInstanceFacts } = await import("../remote/identity/instance-metadata.ts");
    const options = metadataOptions({ disable_imds_v1: false }, process.env);
    const facts = readInstanceFacts(options, AbortSignal.timeout(METADATA_TIMEOUT_MS));
    return facts.then(({ instanceId }) => instanceId).catch(() => undefined);
  },
  runDependencies: async () => (await import("./agent.ts")).runDependencies(),
  openLocalHost: async (loaded) => (await import("./local-host.ts")).openLocalHost(loaded),
  revisions: async (config, stop) => (await import("./local-host.ts")).remoteRevisions(config, { log: quietLog, stop }),
};
