import { cancelOnSignals } from "../agent/shutdown.ts";
import type { LocalHost } from "../cli/local/deploy.ts";
import { ConfigError } from "../config/config-error.ts";
import type { LoadedConfig } from "../config/load.ts";
import { loadOnPremisesConfig, type OnPremisesConfig } from "../config/on-premises.ts";
import type { Config } from "../config/schema.ts";
import { localFileSystem } from "../host/files/file-system.ts";
import { createFileLog } from "../host/logs/file-log.ts";
import { errnoOf } from "../ports/errno.ts";
import type { Log } from "../ports/log.ts";
import type { Revisions } from "../ports/revisions.ts";
import { hostSettings, localPorts } from "./host.ts";
import { makeRoot } from "./make-root.ts";

/** Names the logs of what is done on this host without the service. */
const PROGRAM_NAME = "codedeploy-local";

/** Revisions in S3 and GitHub. The network is asked for region and credentials when one is opened, not before. */
export function remoteRevisions(
  config: Config,
  { log, stop }: { readonly log: Log; readonly stop: AbortSignal },
): Revisions {
  return {
    async open(revision, signal) {
      // What talks to AWS and GitHub is a large part of the program, and most local deployments need none of it.
      const [{ connectionOf, identitySource, wireSink }, { gitHubRevisions, remoteRevisionsOf }] = await Promise.all([
        import("./connection.ts"),
        import("./revisions.ts"),
      ]);
      const onPremises = await readOnPremises(config);
      // The daemon may be writing to the wire log of its own name.
      const settings = { ...config, program_name: PROGRAM_NAME };
      const network = { config: settings, onPremises, environment: process.env, log };
      const wire = wireSink(settings, log);
      const connection = await connectionOf({ ...network, wire });
      const isInAws = revision.type !== "GitHub";
      const source = isInAws
        ? remoteRevisionsOf(connection, await identitySource(network).identify(stop))
        : gitHubRevisions(connection);
      return source.open(revision, signal);
    },
  };
}

function readOnPremises(config: Config): Promise<OnPremisesConfig | undefined> {
  return loadOnPremisesConfig(config.on_premises_config_file, localFileSystem);
}

/**
 * Wires the host that `codedeploy-local` deploys on. The network is asked for region and credentials when a bundle is
 * fetched over it, not before.
 * @throws ConfigError when the configuration cannot be used on this host
 */
export async function openLocalHost({ config }: LoadedConfig): Promise<LocalHost> {
  await makeRoot(config);
  const log = openLog(config);
  const cancel = cancelOnSignals(process, log);
  const revisions = remoteRevisions(config, { log, stop: cancel });
  // An ordinary user cannot read that file, and needs it only to fetch something.
  const onPremises = await readOnPremises(config).catch((error: Error) => void log.warn(error.message));
  return {
    settings: hostSettings(config, process.env, onPremises ?? undefined),
    ports: { ...localPorts(log), revisions },
    cancel,
  };
}

function openLog({ log_dir: directory, verbose, log_format: format }: Config): Log {
  try {
    return createFileLog({ directory, programName: PROGRAM_NAME, verbose, format });
  } catch (error) {
    throw new ConfigError(
      `The log directory ${directory} cannot be used (${errnoOf(error) ?? error}). Set log_dir, or run as its owner.`,
      { cause: error },
    );
  }
}
