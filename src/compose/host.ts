import type { HostPorts, HostSettings } from "../commands/context.ts";
import type { OnPremisesConfig } from "../config/on-premises.ts";
import type { Config } from "../config/schema.ts";
import { Layout } from "../deployment/layout.ts";
import { createAccessControl } from "../host/accounts/access-control.ts";
import { createAccounts } from "../host/accounts/accounts.ts";
import { systemClock } from "../host/clock.ts";
import { createDecompressors } from "../host/decompressors.ts";
import { localFileSystem } from "../host/files/file-system.ts";
import type { ProcessesOptions } from "../host/processes/processes.ts";
import { heap, keepHeapSmall } from "../host/small-heap.ts";
import { createTarChildren } from "../host/tar-children/gnu-tar.ts";
import type { Log } from "../ports/log.ts";
import type { Processes } from "../ports/processes.ts";

/** The ports on this machine: all but the one that fetches revisions. */
export function localPorts(log: Log, options: ProcessesOptions = {}): Omit<HostPorts, "revisions"> {
  keepHeapSmall();
  return {
    fileSystem: localFileSystem,
    fileMakers: createTarChildren(),
    decompressors: createDecompressors(),
    processes: processesWhenNeeded(options),
    accounts: createAccounts(),
    accessControl: createAccessControl(),
    clock: systemClock,
    memory: heap,
    log,
  };
}

/** Many deployments have no scripts, and an agent may wait for days for the first one. */
function processesWhenNeeded(options: ProcessesOptions): Processes {
  let made: Promise<Processes> | undefined;
  return {
    async run(request) {
      made ??= import("../host/processes/processes.ts").then(({ createProcesses }) => createProcesses(options));
      return (await made).run(request);
    },
  };
}

/**
 * What the configuration says about carrying out commands.
 * @param onPremises scripts see the host's region and identity as AWS's agent shows them
 */
export function hostSettings(
  config: Config,
  environment: NodeJS.ProcessEnv,
  onPremises: OnPremisesConfig | undefined,
): HostSettings {
  const identity =
    onPremises === undefined ? {} : { AWS_REGION: onPremises.region, AWS_HOST_IDENTIFIER: onPremises.hostIdentifier };
  return {
    layout: new Layout(config.root_dir, config.ongoing_deployment_tracking),
    programName: config.program_name,
    maxRevisions: config.max_revisions,
    bundleRules: {
      reuseArchives: config.enable_archive_reuse,
      maxUnpackedBytes: config.archive_max_extraction_size,
      rejectLinks: config.reject_symlinks_in_bundle,
      rejectSetId: config.reject_unsafe_permissions_in_bundle,
      ignoreOwners: config.ignore_ownership_in_bundle,
    },
    deploymentsLog: config.enable_deployments_log,
    environmentPolicy: {
      allowlistOnly: config.restrict_hook_env_to_allowlist,
      withoutLoader: config.strip_loader_env_in_hooks,
    },
    rejectUnconfinedSelinux: config.reject_unconfined_selinux_in_bundle,
    preserveDirectorySymlinks: config.preserve_directory_symlinks,
    agentEnvironment: { ...variablesForScripts(environment), ...identity },
  };
}

/** Before the name of a variable that the launchers of the packages keep from the agent's own Node.js, for scripts. */
const KEPT_FOR_SCRIPTS = /^CODEDEPLOY_FOR_SCRIPTS_(?=NODE_|MALLOC_)/;

/** What is kept for scripts takes the place of what the agent itself was given; an empty one stands for none. */
function variablesForScripts(environment: NodeJS.ProcessEnv): Record<string, string> {
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  const kept = variables.filter(({ name }) => KEPT_FOR_SCRIPTS.test(name));
  const forScripts = new Map(variables.map(({ name, value }) => [name, value]));
  for (const { name } of kept) forScripts.delete(name);
  for (const { name, value } of kept) {
    const meant = name.replace(KEPT_FOR_SCRIPTS, "");
    if (value === "") forScripts.delete(meant);
    else forScripts.set(meant, value);
  }
  return Object.fromEntries(forScripts);
}
