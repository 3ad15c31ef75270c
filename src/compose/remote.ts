import { revisionsByType } from "../bundle/revisions-by-type.ts";
import { ConfigError } from "../config/config-error.ts";
import type { OnPremisesConfig } from "../config/on-premises.ts";
import { type Config, FIPS_REGIONS } from "../config/schema.ts";
import { systemClock } from "../host/clock.ts";
import { wireLogFile } from "../host/wire-log-file.ts";
import type { CommandsApi } from "../ports/commands-api.ts";
import type { HostIdentity, IdentitySource } from "../ports/identity.ts";
import type { Log } from "../ports/log.ts";
import type { Revisions } from "../ports/revisions.ts";
import { trustedAuthorities } from "../remote/authorities.ts";
import { clockCheck } from "../remote/clock-check.ts";
import { commandsEndpoint, createCommandsApi } from "../remote/commands-api.ts";
import { connectionAgents } from "../remote/connection-agents.ts";
import { createCredentialProvider } from "../remote/credentials.ts";
import { createGitHubRevisions } from "../remote/github/revisions.ts";
import { createIdentitySource } from "../remote/identity.ts";
import { createS3Revisions } from "../remote/s3/revisions.ts";
import { readableCall } from "../remote/wire-readable.ts";
import type { WireSink } from "../remote/wire-record.ts";
import { VERSION } from "../version.ts";
import { metadataOptions } from "./metadata-options.ts";

/** What the ports over the network are built of. */
export interface RemoteSettings {
  readonly config: Config;
  readonly onPremises: OnPremisesConfig | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Whether the log is told of each request; absent for no. */
  readonly debug?: boolean;
}

/** The ports over the network; those that depend on who the host is are built once that is known. */
export interface RemotePorts {
  readonly identity: IdentitySource;
  /** @throws ConfigError when there is no command service for the host's region */
  readonly commandsApi: (identity: HostIdentity) => CommandsApi;
  /** @throws ConfigError when S3 has no endpoint of the kind that was asked for in the host's region */
  readonly revisions: (identity: HostIdentity) => Revisions;
  /** Revisions in GitHub alone: they need no region and no credentials of AWS. */
  readonly gitHub: Revisions;
}

/**
 * Builds them.
 * @throws ConfigError when the certificates that the environment names cannot be used
 */
export async function remotePorts(settings: RemoteSettings): Promise<RemotePorts> {
  const { config, onPremises, environment, log } = settings;
  const authorities = await trustedAuthorities(environment);
  const noProxy = config.no_proxy ?? environment["NO_PROXY"] ?? environment["no_proxy"];
  const agents = connectionAgents({ proxyUri: config.proxy_uri, noProxy, authorities });
  const sink = wireSink(settings);
  const wire = sink === undefined ? {} : { wire: sink };
  const connection = {
    credentials: createCredentialProvider(onPremises, { disableV1: config.disable_imds_v1 }),
    clock: systemClock,
    ...(agents === undefined ? {} : { agents }),
  };
  const gitHub = createGitHubRevisions({
    endpoint: config.github_api_endpoint,
    userAgent: `codedeploy-agent/${VERSION}`,
    agents,
    clock: systemClock,
    log,
    ...wire,
  });
  return {
    gitHub,
    identity: createIdentitySource({
      onPremises,
      environment,
      metadata: {
        ...metadataOptions(config, environment),
        onVersion1: (reason) => log.warn(`${reason} Set disable_imds_v1 to forbid it.`),
      },
    }),
    commandsApi: ({ region }) => {
      const { deploy_control_endpoint: override, enable_auth_policy: secure, use_fips_mode: fips } = config;
      requireFips(config, region);
      return createCommandsApi({
        ...connection,
        endpoint: commandsEndpoint({ override, region, secure, fips }),
        region,
        secure,
        agentVersion: VERSION,
        readTimeoutSeconds: config.http_read_timeout,
        onServerTime: clockCheck(log),
        ...wire,
      });
    },
    revisions: ({ region }) => {
      const { s3_endpoint_override: endpoint, use_fips_mode: fips, use_dual_stack: dualStack } = config;
      requireFips(config, region);
      const s3 = {
        ...connection,
        region,
        fips,
        dualStack,
        log,
        ...wire,
        ...(endpoint === undefined ? {} : { endpoint }),
      };
      return revisionsByType({ S3: createS3Revisions(s3), GitHub: gitHub });
    },
  };
}

function wireSink({ config, log, debug = false }: RemoteSettings): WireSink | undefined {
  const { log_aws_wire: isOn, log_dir: directory, program_name: programName } = config;
  const toFile = isOn ? wireLogFile({ directory, programName, log }) : undefined;
  if (!debug) return toFile;
  return (line) => {
    toFile?.(line);
    log.debug(readableCall(line));
  };
}

function requireFips({ use_fips_mode: fips }: Config, region: string): void {
  if (!fips || FIPS_REGIONS.includes(region)) return;
  throw new ConfigError(`use_fips_mode is on, but ${region} has no FIPS endpoints; ${FIPS_REGIONS.join(", ")} have.`);
}
