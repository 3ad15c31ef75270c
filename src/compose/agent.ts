import type { AgentParts } from "../agent/agent.ts";
import { readPauseMarker } from "../agent/pause-marker.ts";
import { Progress } from "../agent/progress.ts";
import { stopOnSignals } from "../agent/shutdown.ts";
import { AgentStatus } from "../agent/status.ts";
import type { RunDependencies } from "../cli/daemon/run.ts";
import { styleFor } from "../cli/terminal/style.ts";
import { Outbox } from "../commands/outbox.ts";
import { recoverCommands } from "../commands/recover.ts";
import { Reporter } from "../commands/report.ts";
import { Tracking } from "../commands/tracking.ts";
import { ConfigError } from "../config/config-error.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { OnPremisesConfig } from "../config/on-premises.ts";
import type { Config } from "../config/schema.ts";
import { systemClock } from "../host/clock.ts";
import { localFileSystem } from "../host/file-system.ts";
import { createAgentLog } from "../host/log.ts";
import { TERMINATION } from "../host/processes.ts";
import { removeLeftTemporaries } from "../host/replace-text.ts";
import { endLeftScripts, leftScriptEnded, noteRunningScripts } from "../host/running-scripts.ts";
import { collectGarbage } from "../host/small-heap.ts";
import { createServiceManager } from "../host/systemd.ts";
import { onFileChange } from "../host/watch-file.ts";
import { recoverInstalls } from "../install/recover.ts";
import { errnoOf } from "../ports/errno.ts";
import type { Log } from "../ports/log.ts";
import { CONNECT_TIMEOUT_SECONDS } from "../remote/commands-api.ts";
import { IGNORED_CREDENTIAL_VARIABLES } from "../remote/credentials.ts";
import { createEnvelopeVerifier } from "../remote/envelope-verifier.ts";
import { VERSION } from "../version.ts";
import { claimHost } from "./claim.ts";
import { answerHealth } from "./health.ts";
import { hostSettings, localPorts, makeRoot } from "./host.ts";
import { remotePorts } from "./remote.ts";
import { restrictDirectories } from "./restrict-directories.ts";
import { keepStatusFile } from "./status-file.ts";

/** The real things behind `codedeploy-agent run`. */
export function runDependencies(): RunDependencies {
  return {
    fileSystem: localFileSystem,
    version: VERSION,
    openLog: createAgentLog,
    composeAgent,
    stopOnSignals: (log) => stopOnSignals(process, log),
    printError,
    debugConsole: {
      write: printError,
      clock: systemClock,
      style: styleFor({ stdout: process.stderr, environment: process.env }),
    },
  };
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}

interface Configuration {
  readonly loaded: LoadedConfig;
  readonly onPremises: OnPremisesConfig | undefined;
  readonly debug: boolean;
}

/**
 * Wires an agent of the real ports.
 * @throws ConfigError when the configuration cannot be used on this host
 */
async function composeAgent({ loaded, onPremises, debug }: Configuration, log: Log): Promise<AgentParts> {
  const { config } = loaded;
  await makeRoot(config);
  await claimHost(config, log);
  await restrictDirectories(config, log);
  const status = new AgentStatus(systemClock);
  const progress = new Progress(systemClock);
  keepStatusFile(status, config, log);
  await answerHealth({ status, progress, config, log });
  const environment = { ...process.env };
  for (const name of IGNORED_CREDENTIAL_VARIABLES) delete process.env[name];

  const settings = hostSettings(config, environment, onPremises);
  const { pausedFile, runningScripts } = settings.layout;
  const ports = localPorts(log, { running: noteRunningScripts(runningScripts) });
  const tracking = new Tracking(settings.layout, ports.fileSystem);
  const outbox = new Outbox(settings.layout.outbox, ports);
  const verifier = createEnvelopeVerifier({ acceptPlainText: false, authorities: await signerAuthorities(config) });
  const remote = await remotePorts({ config, onPremises, environment, log, debug });
  return {
    status,
    progress,
    serviceManager: createServiceManager({ environment, log }),
    pauseMarker: {
      read: () => readPauseMarker(pausedFile, ports.fileSystem),
      watch: (changed, signal) => onFileChange(pausedFile, changed, signal),
    },
    identity: remote.identity,
    async recover() {
      const { instructions, tracking: tracked, outbox: stored } = settings.layout;
      for (const directory of [instructions, tracked, stored]) await removeLeftTemporaries(directory);
      for (const left of await endLeftScripts(runningScripts, TERMINATION)) log.warn(leftScriptEnded(left));
      for (const { groupId, outcome, message } of await recoverInstalls(settings.layout, ports))
        log[outcome === "failed" ? "error" : "warn"](`Deployment group ${groupId}: ${message}`);
      await recoverCommands({ tracking, outbox, clock: systemClock, log });
    },
    connect(identity) {
      const api = remote.commandsApi(identity);
      const reporter = new Reporter(outbox, api, log);
      return {
        api,
        verifier,
        tracking,
        settings,
        reporter,
        ports: { ...ports, revisions: remote.revisions(identity) },
      };
    },
    waitBetweenRunsMs: config.wait_between_runs * 1000,
    maxPollMs: (CONNECT_TIMEOUT_SECONDS + config.http_read_timeout) * 1000,
    maxStopWaitMs: config.kill_agent_max_wait_time_seconds * 1000,
    onRest: collectGarbage,
    clock: systemClock,
    log,
  };
}

async function signerAuthorities({ deployment_signer_ca_file: file }: Config) {
  if (file === undefined) return undefined;
  try {
    return { file, pem: await localFileSystem.readText(file) };
  } catch (error) {
    throw new ConfigError(`deployment_signer_ca_file ${file} cannot be read (${errnoOf(error) ?? error}).`, {
      cause: error,
    });
  }
}
