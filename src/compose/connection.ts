import { ConfigError } from "../config/config-error.ts";
import type { OnPremisesConfig } from "../config/on-premises.ts";
import { type Config, FIPS_REGIONS } from "../config/schema.ts";
import { systemClock } from "../host/clock.ts";
import { wireLogFile } from "../host/logs/wire-log-file.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdentitySource } from "../ports/identity.ts";
import type { Log } from "../ports/log.ts";
import { connectionAgents } from "../remote/connection/agents.ts";
import { trustedAuthorities } from "../remote/connection/authorities.ts";
import { createCredentialProvider } from "../remote/identity/credentials.ts";
import { createIdentitySource } from "../remote/identity/identity.ts";
import { readableCall } from "../remote/wire/readable.ts";
import type { WireSink } from "../remote/wire/record.ts";
import { metadataOptions } from "./metadata-options.ts";

/** What decides how the network is reached. */
export interface ConnectionSettings {
  readonly config: Config;
  readonly onPremises: OnPremisesConfig | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Takes a record of each request; absent for no wire log. */
  readonly wire?: WireSink | undefined;
}

/** What every port over the network is built of. */
export interface Connection {
  readonly config: Config;
  readonly credentials: ReturnType<typeof createCredentialProvider>;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent where Node's own do. */
  readonly agents?: NonNullable<ReturnType<typeof connectionAgents>>;
  readonly wire?: WireSink;
}

/** How the network is reached. @throws ConfigError when the certificates that the environment names cannot be used */
export async function connectionOf(settings: ConnectionSettings): Promise<Connection> {
  const { config, onPremises, environment, log, wire } = settings;
  const authorities = await trustedAuthorities(environment);
  const noProxy = config.no_proxy ?? environment["NO_PROXY"] ?? environment["no_proxy"];
  const agents = connectionAgents({ proxyUri: config.proxy_uri, noProxy, authorities });
  return {
    config,
    credentials: createCredentialProvider(onPremises, { disableV1: config.disable_imds_v1 }),
    clock: systemClock,
    log,
    ...(agents === undefined ? {} : { agents }),
    ...(wire === undefined ? {} : { wire }),
  };
}

/** How the host finds out who it is. */
export function identitySource({ config, onPremises, environment, log }: ConnectionSettings): IdentitySource {
  return createIdentitySource({
    onPremises,
    environment,
    metadata: {
      ...metadataOptions(config, environment),
      onVersion1: (reason) => log.warn(`${reason} Set disable_imds_v1 to forbid it.`),
    },
  });
}

/**
 * Where records of requests go; undefined when nobody wants them.
 * @param debug whether the log is told of each request, too
 */
export function wireSink(config: Config, log: Log, debug = false): WireSink | undefined {
  const { log_aws_wire: isOn, log_dir: directory, program_name: programName } = config;
  const toFile = isOn ? wireLogFile({ directory, programName, log }) : undefined;
  if (!debug) return toFile;
  return (line) => {
    toFile?.(line);
    log.debug(readableCall(line));
  };
}

/** @throws ConfigError when FIPS endpoints are asked for where there are none */
export function requireFips({ use_fips_mode: fips }: Config, region: string): void {
  if (!fips || FIPS_REGIONS.includes(region)) return;
  throw new ConfigError(`use_fips_mode is on, but ${region} has no FIPS endpoints; ${FIPS_REGIONS.join(", ")} have.`);
}
