import { DEFAULT_CONFIG_FILES, loadConfig } from "../../config/load.ts";
import { loadOnPremisesConfig, type OnPremisesConfig } from "../../config/on-premises.ts";
import { KEYS } from "../../config/schema.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT } from "../terminal/io.ts";

/** What a registration finds on the host. */
export interface Surroundings {
  readonly fileSystem: FileSystem;
  /** Path of the on-premises configuration file. */
  readonly file: string;
  readonly configuration: OnPremisesConfig | undefined;
  /** `enable_auth_policy`. */
  readonly withCommands: boolean;
}

/** Reads the configuration, which a host that is only being set up need not have yet. */
export async function surroundings({ options }: Given<unknown>, { services }: CommandLine): Promise<Surroundings> {
  const fileSystem = await services.fileSystem();
  const hasConfig = options.configFile !== undefined || (await anyExists(DEFAULT_CONFIG_FILES, fileSystem));
  const config = hasConfig ? (await loadConfig(options.configFile, fileSystem)).config : undefined;
  const file = config?.on_premises_config_file ?? KEYS.on_premises_config_file.default;
  const configuration = await loadOnPremisesConfig(file, fileSystem);
  return { fileSystem, file, configuration, withCommands: config?.enable_auth_policy ?? false };
}

async function anyExists(files: readonly string[], fileSystem: FileSystem): Promise<boolean> {
  for (const file of files) if ((await fileSystem.statusFollowing(file)) !== undefined) return true;
  return false;
}

/** The region to work in. @throws CliError when nothing tells it */
export function regionOf(
  given: string | undefined,
  { configuration }: Pick<Surroundings, "configuration">,
  { io }: CommandLine,
): string {
  const { AWS_REGION: region, AWS_DEFAULT_REGION: fallback } = io.environment;
  const found = given || configuration?.region || region || fallback;
  if (found !== undefined && /^[a-z0-9-]{1,32}$/.test(found)) return found;
  if (found) throw new CliError(`${JSON.stringify(found)} is not an AWS region.`, { exitStatus: EXIT.usage });
  throw new CliError("No region: give --region, or set AWS_REGION.", { exitStatus: EXIT.usage });
}
