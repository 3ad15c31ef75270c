import { Agent, type AgentParts, type StopSignals } from "../../agent/agent.ts";
import { ConfigError } from "../../config/config-error.ts";
import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import { loadOnPremisesConfig, type OnPremisesConfig } from "../../config/on-premises.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import type { Log } from "../../ports/log.ts";
import { EXIT } from "../terminal/io.ts";
import { type DebugConsole, shownLog } from "./debug-console.ts";

/** What `run` needs; built by the one place that knows the real things. */
export interface RunDependencies {
  readonly fileSystem: FileSystem;
  readonly version: string;
  readonly openLog: (options: {
    directory: string;
    programName: string;
    verbose: boolean;
    format: "text" | "json";
    console: boolean;
  }) => Log & { close(): Promise<void> };
  /** @throws ConfigError when the configuration cannot be used on this host */
  readonly composeAgent: (
    configuration: {
      readonly loaded: LoadedConfig;
      readonly onPremises: OnPremisesConfig | undefined;
      /** Whether the log is told of each call to the service. */
      readonly debug: boolean;
    },
    log: Log,
  ) => Promise<AgentParts>;
  readonly stopOnSignals: (log: Log) => StopSignals;
  readonly printError: (line: string) => void;
  /** Where `--debug` shows records. */
  readonly debugConsole: DebugConsole;
}

/** Options of `codedeploy-agent run`. */
export interface RunOptions {
  readonly configFile?: string;
  readonly debug: boolean;
  /** End when there is nothing left to do. */
  readonly once: boolean;
}

/**
 * Runs the daemon in the foreground.
 * @returns the exit status: 0 after a stop, 78 when a configuration file has to be corrected first, 1 when it could not
 * start for another reason, or, with `once`, when a command failed
 */
export async function run(options: RunOptions, dependencies: RunDependencies): Promise<number> {
  let configuration: Configuration | undefined;
  try {
    configuration = await readConfiguration(options, dependencies);
    return await runAgent(configuration, options, dependencies);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.message.split("\n")) dependencies.printError(`error: ${line}`);
    // What the host lacks may come by itself; a file does not correct itself.
    return configuration === undefined ? EXIT.faultyConfiguration : EXIT.failed;
  }
}

interface Configuration {
  readonly loaded: LoadedConfig;
  readonly onPremises: OnPremisesConfig | undefined;
}

async function readConfiguration({ configFile }: RunOptions, { fileSystem }: RunDependencies): Promise<Configuration> {
  const loaded = await loadConfig(configFile, fileSystem);
  return { loaded, onPremises: await loadOnPremisesConfig(loaded.config.on_premises_config_file, fileSystem) };
}

async function runAgent(
  { loaded, onPremises }: Configuration,
  options: RunOptions,
  dependencies: RunDependencies,
): Promise<number> {
  const log = openLog(loaded, options, dependencies);
  try {
    log.info(`codedeploy-agent ${dependencies.version} starts with ${loaded.file}.`);
    for (const warning of [...loaded.warnings, ...(onPremises?.warnings ?? [])]) log.warn(warning);
    const signals = dependencies.stopOnSignals(log);
    const parts = await dependencies.composeAgent({ loaded, onPremises, debug: options.debug }, log);
    await new Agent(parts).run({ ...signals, once: options.once });
    const { commands, failed } = parts.status.tally;
    log.info(options.once ? `Stopped after ${commands} commands, ${failed} of them failed.` : "Stopped.");
    return options.once && failed > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof ConfigError) log.error(error.message);
    throw error;
  } finally {
    await log.close();
  }
}

function openLog(
  { config }: LoadedConfig,
  { debug }: RunOptions,
  { openLog, debugConsole }: RunDependencies,
): Log & { close(): Promise<void> } {
  try {
    const log = openLog({
      directory: config.log_dir,
      programName: config.program_name,
      verbose: config.verbose || debug,
      format: config.log_format,
      console: !debug,
    });
    return debug ? shownLog(log, debugConsole) : log;
  } catch (error) {
    throw new ConfigError(
      `The log directory ${config.log_dir} cannot be used (${errnoOf(error) ?? error}). Set log_dir, or run as its owner.`,
      { cause: error },
    );
  }
}
