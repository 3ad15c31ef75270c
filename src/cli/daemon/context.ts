import { loadConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { Layout } from "../../deployment/layout.ts";
import type { CommandLine, Given } from "../command-line.ts";
import type { DaemonPorts } from "./daemon-state.ts";

/** The daemon that a command line means. */
export interface DaemonContext extends DaemonPorts {
  readonly config: Config;
  readonly layout: Layout;
}

/** Reads the configuration that says which daemon is meant. @throws ConfigError when it cannot be used */
export async function daemonContext({ options }: Given<unknown>, { services }: CommandLine): Promise<DaemonContext> {
  const fileSystem = await services.fileSystem();
  const { config } = await loadConfig(options.configFile, fileSystem);
  const layout = new Layout(config.root_dir, config.ongoing_deployment_tracking);
  return { config, layout, fileSystem, daemons: await services.daemons() };
}
