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
import type { LoadedConfig } from "../config/load.ts";
import type { OnPremisesConfig } from "../config/on-premises.ts";
import { Layout } from "../deployment/layout.ts";
import { systemClock } from "../host/clock.ts";
import { createServiceManager } from "../host/daemon/systemd.ts";
import { localFileSystem } from "../host/files/file-system.ts";
import { removeLeftTemporaries } from "../host/files/replace-text.ts";
import { onFileChange } from "../host/files/watch-file.ts";
import { createAgentLog } from "../host/logs/log.ts";
import { collectGarbage, keepHeapSmall } from "../host/small-heap.ts";
import { WorkerProcess } from "../host/worker/worker-process.ts";
import type { Log } from "../ports/log.ts";
import { CONNECT_TIMEOUT_SECONDS } from "../remote/commands/api.ts";
import { IGNORED_CREDENTIAL_VARIABLES } from "../remote/identity/credentials.ts";
import { VERSION } from "../version.ts";
import { claimHost } from "./claim.ts";
import { clearUp, endOfWorker } from "./clear-up.ts";
import { commandsService } from "./commands-service.ts";
import { connectionOf, identitySource, wireSink } from "./connection.ts";
import { answerHealth } from "./health.ts";
import { makeRoot } from "./make-root.ts";
import { restrictDirectories } from "./restrict-directories.ts";
import { keepStatusFile } from "./status-file.ts";
import { signerAuthorities } from "./verifier.ts";
import { plainOnPremises, type WorkerSetup } from "./worker-setup.ts";

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

  keepHeapSmall();
  const layout = new Layout(config.root_dir, config.ongoing_deployment_tracking);
  const ports = { fileSystem: localFileSystem, clock: systemClock, log };
  const tracking = new Tracking(layout, localFileSystem);
  const outbox = new Outbox(layout.outbox, ports);
  await signerAuthorities(config);
  const wire = wireSink(config, log, debug);
  const network = { config, onPremises, environment, log, wire };
  const connection = await connectionOf(network);
  let worker: WorkerProcess<WorkerSetup> | undefined;
  return {
    status,
    progress,
    serviceManager: createServiceManager({ environment, log }),
    pauseMarker: {
      read: () => readPauseMarker(layout.pausedFile, localFileSystem),
      watch: (changed, signal) => onFileChange(layout.pausedFile, changed, signal),
    },
    identity: identitySource(network),
    async recover() {
      await endOfWorker(config.root_dir);
      for (const directory of [layout.instructions, layout.tracking, layout.outbox])
        await removeLeftTemporaries(directory);
      await clearUp(layout, log);
      await recoverCommands({ tracking, outbox, clock: systemClock, log });
    },
    connect(identity) {
      const api = commandsService(connection, identity);
      worker = new WorkerProcess<WorkerSetup>({
        setup: { config, onPremises: onPremises && plainOnPremises(onPremises), identity, wire: wire !== undefined },
        log,
        ...(wire === undefined ? {} : { wire }),
        cleanUp: () => clearUp(layout, log),
      });
      return { api, worker, tracking, layout, reporter: new Reporter(outbox, api, log), ports };
    },
    waitBetweenRunsMs: config.wait_between_runs * 1000,
    maxPollMs: (CONNECT_TIMEOUT_SECONDS + config.http_read_timeout) * 1000,
    maxStopWaitMs: config.kill_agent_max_wait_time_seconds * 1000,
    onRest() {
      worker?.rest();
      collectGarbage();
    },
    // The service manager wonders about a process that is left.
    release: async () => worker?.end(),
    clock: systemClock,
    log,
  };
}
