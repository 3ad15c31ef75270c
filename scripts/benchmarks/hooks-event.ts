import { Layout } from "../../src/deployment/layout.ts";
import { runHooks } from "../../src/hooks/run.ts";
import { createAccounts } from "../../src/host/accounts/accounts.ts";
import { systemClock } from "../../src/host/clock.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { createProcesses } from "../../src/host/processes/processes.ts";

interface Wanted {
  /** Directory with the script, `script.sh`. */
  readonly archive: string;
  readonly root: string;
  readonly deploymentsLog: boolean;
}

/** An event of one script on this machine; it rejects when the script fails or a log cannot be written. */
export function hookEvent({ archive, root, deploymentsLog }: Wanted): () => Promise<void> {
  const specification = {
    deploymentId: "d-BENCH",
    deploymentGroupId: "group",
    deploymentGroupName: "bench",
    applicationName: "bench",
    deploymentCreator: "user",
    deploymentType: "IN_PLACE",
    appSpecFilename: "appspec.yml",
    fileExistsBehavior: "DISALLOW",
    revision: { type: "S3", bucket: "bench", key: "bench.tgz", bundleType: "tgz" },
  } as const;
  const environment = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const request = {
    event: "ApplicationStart",
    scripts: [{ location: "script.sh", timeoutSeconds: 3600, sudo: false }],
    archive,
    revisionId: specification.deploymentId,
    specification,
    layout: new Layout(root),
    programName: "codedeploy-agent",
    deploymentsLog,
    agentEnvironment: Object.fromEntries(environment),
  };
  const complain = (text: string): never => {
    throw new Error(text);
  };
  const ports = {
    fileSystem: localFileSystem,
    processes: createProcesses(),
    accounts: createAccounts(),
    clock: systemClock,
    log: { debug: () => {}, info: () => {}, warn: complain, error: complain },
  };
  return () => runHooks(request, ports);
}
