import type { CommandsApi } from "../ports/commands-api.ts";
import type { HostIdentity } from "../ports/identity.ts";
import { commandsEndpoint, createCommandsApi } from "../remote/commands/api.ts";
import { clockCheck } from "../remote/commands/clock-check.ts";
import { VERSION } from "../version.ts";
import { type Connection, requireFips } from "./connection.ts";

/** The command service of the host's region. @throws ConfigError when there is none */
export function commandsService({ config, log, ...connection }: Connection, { region }: HostIdentity): CommandsApi {
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
  });
}
