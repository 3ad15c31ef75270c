import { ConfigError } from "../../config/config-error.ts";
import { loadConfig } from "../../config/load.ts";
import { describeRevision } from "../../deployment/revision.ts";
import type { CommandLine } from "../command-line.ts";
import { EXIT, print, printJson } from "../terminal/io.ts";
import { printable, printableLines } from "../terminal/printable.ts";
import { duration } from "../terminal/quantities.ts";
import { isTerminal, styleFor } from "../terminal/style.ts";
import { carryOut, type LocalDeployment, type LocalEvent, type LocalHost, localSpecification } from "./deploy.ts";
import type { EventView } from "./event-view.ts";
import { liveView } from "./live-view.ts";
import type { DeployOptions } from "./options.ts";
import { plainView, silentView } from "./plain-view.ts";
import { failureLines } from "./render.ts";
import { LocalUsageError } from "./usage-error.ts";
import { watchedProcesses } from "./watched-processes.ts";

/** A deployment that a command line asks for. */
export interface AskedDeployment extends DeployOptions {
  readonly configFile?: string;
  /** What a line about an error begins with. */
  readonly prefix: string;
}

/** Carries out a deployment on this host. Resolves with the exit status. */
export async function deployLocally(asked: AskedDeployment, line: CommandLine): Promise<number> {
  try {
    requireGroupName(asked.deploymentGroup);
    const loaded = await loadConfig(asked.configFile, await line.services.fileSystem());
    return await deployOn(await line.services.openLocalHost(loaded), asked, line);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof LocalUsageError)) throw error;
    for (const text of printableLines(error.message)) line.io.stderr.write(`${asked.prefix} ${text}\n`);
    return EXIT.failed;
  }
}

/** A group is a directory below the root, so its name must not lead anywhere else. */
function requireGroupName(name: string): void {
  if (/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/.test(name)) return;
  throw new LocalUsageError(`--deployment-group ${name} must be letters, digits, ".", "_" and "-" only.`);
}

async function deployOn(host: LocalHost, asked: AskedDeployment, line: CommandLine): Promise<number> {
  const { io, services } = line;
  const prepared = await localSpecification(deploymentOf(asked), host);
  const paths = host.settings.layout.deployment(prepared.specification);
  const view = viewFor(asked, line);
  if (!asked.json) print(io, `Deploying ${printable(asked.bundleLocation)} in ${paths.directory}`);
  host.cancel.addEventListener("abort", () => view.note("Interrupted: giving up what is running and undoing it."));
  const startedAt = services.clock.monotonic();
  const ended: LocalEvent[] = [];
  try {
    for await (const moment of carryOut(prepared, watchedHost(host, view, asked.showOutput === true))) {
      if (moment.kind === "began") view.began(moment.event);
      else {
        ended.push(moment);
        view.ended(moment);
      }
    }
  } finally {
    view.close();
  }
  const durationMs = services.clock.monotonic() - startedAt;
  const outcome = { ended, durationMs, scriptsLog: paths.scriptsLog, interrupted: host.cancel.aborted };
  if (asked.json) printJson(io, summary(prepared.specification, paths.directory, outcome));
  else showOutcome(outcome, asked, line);
  if (outcome.interrupted) return EXIT.interrupted;
  return ended.some(({ result }) => result?.status === "Failed") ? EXIT.failed : EXIT.done;
}

function deploymentOf({ githubToken, applicationName, ...asked }: AskedDeployment): LocalDeployment {
  const token = githubToken === undefined ? {} : { gitHubToken: githubToken };
  return { ...asked, applicationName: applicationName ?? asked.bundleLocation, ...token };
}

function viewFor({ json }: AskedDeployment, { io, services }: CommandLine): EventView {
  if (json) return silentView;
  return isTerminal(io) ? liveView(io, services.clock) : plainView(io);
}

function watchedHost(host: LocalHost, view: EventView, showOutput: boolean): LocalHost {
  const { ports } = host;
  const processes = showOutput ? watchedProcesses(ports.processes, view.wrote) : ports.processes;
  return { ...host, ports: { ...ports, processes, onProgress: view.progressed } };
}

interface Outcome {
  readonly ended: readonly LocalEvent[];
  readonly durationMs: number;
  readonly scriptsLog: string;
  readonly interrupted: boolean;
}

function showOutcome(outcome: Outcome, { prefix, showOutput = false }: AskedDeployment, { io }: CommandLine): void {
  const { ended, durationMs, scriptsLog, interrupted } = outcome;
  const failed = ended.find(({ result }) => result?.status === "Failed")?.result;
  if (failed !== undefined) {
    const lines = failureLines(failed, { prefix, scriptsLog, outputShown: showOutput });
    io.stderr.write(lines.map((text) => `${text}\n`).join(""));
  } else if (interrupted) {
    io.stderr.write(`${prefix} Interrupted before the deployment was complete.\n`);
  } else {
    const ran = ended.some(({ event, result }) => result !== undefined && !WITHOUT_SCRIPTS.has(event));
    const log = ran ? ` Output of the scripts: ${scriptsLog}` : "";
    const succeeded = styleFor(io).good("the deployment succeeded");
    print(io, `The AppSpec file is valid and ${succeeded} in ${duration(durationMs)}.${log}`);
  }
}

/** Events of the agent itself. */
const WITHOUT_SCRIPTS: ReadonlySet<string> = new Set(["DownloadBundle", "Install"]);

function summary(
  specification: Awaited<ReturnType<typeof localSpecification>>["specification"],
  directory: string,
  { ended, durationMs, scriptsLog, interrupted }: Outcome,
) {
  const failed = ended.some(({ result }) => result?.status === "Failed");
  return {
    deploymentId: specification.deploymentId,
    deploymentGroup: specification.deploymentGroupId,
    revision: describeRevision(specification.revision),
    directory,
    scriptsLog,
    status: interrupted ? "Interrupted" : failed ? "Failed" : "Succeeded",
    durationMs: Math.round(durationMs),
    events: ended.map(({ event, result, durationMs: took }) => ({
      event,
      status: result?.status ?? "Skipped",
      durationMs: Math.round(took),
      ...(result?.status === "Failed"
        ? { code: result.code, scriptName: result.scriptName, message: result.message, log: result.log }
        : {}),
    })),
  };
}
