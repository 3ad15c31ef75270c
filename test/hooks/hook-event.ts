import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { ScriptEntry } from "../../src/appspec/appspec.ts";
import { DeploymentError } from "../../src/deployment/error.ts";
import { Layout } from "../../src/deployment/layout.ts";
import { type HookPorts, type HookRequest, runHooks } from "../../src/hooks/run.ts";
import { createAccounts } from "../../src/host/accounts/accounts.ts";
import { systemClock } from "../../src/host/clock.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { createProcesses } from "../../src/host/processes/processes.ts";
import { until } from "../support/eventually.ts";
import { archiveWith, processesWith } from "../support/fixture-scripts.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { SPECIFICATION } from "./sample-specification.ts";

/** Where commands are looked for. */
export const PATH = process.env["PATH"] ?? "/usr/bin:/bin";
/** The time before a record of `scripts.log`, as the source of a regular expression. */
export const TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";

const RUN = randomUUID();

/** The living processes of this file's scripts. */
export function leftProcesses(): number[] {
  return processesWith(`TEST_RUN=${RUN}`);
}

/** Ends whatever a test's scripts left behind, by design or by mistake. */
export async function endLeftProcesses(): Promise<void> {
  for (const pid of leftProcesses()) process.kill(pid, "SIGKILL");
  await until(() => leftProcesses().length === 0);
}

/** The text of a log without the times of its records. */
export function withoutTimes(text: string): string {
  return text.replaceAll(new RegExp(`^${TIME} `, "gm"), "");
}

/** The scripts of one event, ready to run for real. */
export interface HookEvent {
  readonly log: RecordingLog;
  readonly layout: Layout;
  /** Resolves to the failure, undefined for success. */
  readonly run: (signal?: AbortSignal) => Promise<DeploymentError | undefined>;
  /** Text of `scripts.log`; "" before there is one. */
  readonly scriptsLog: () => string;
}

export interface HookEventOptions extends Partial<HookRequest> {
  readonly ports?: Partial<HookPorts>;
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * An event in a directory of its own.
 * @param scripts locations, which are names of fixtures unless an archive is given, or parts of entries
 */
export function hookEvent(
  scripts: readonly (string | Partial<ScriptEntry>)[],
  { ports, variables, ...request }: HookEventOptions = {},
): HookEvent {
  const log = new RecordingLog();
  const layout = new Layout(temporaryDirectory());
  const entries = scripts.map((script) => ({
    location: "script",
    timeoutSeconds: 10,
    sudo: false,
    ...(typeof script === "string" ? { location: script } : script),
  }));
  const hookRequest: HookRequest = {
    event: "ApplicationStart",
    scripts: entries,
    archive: request.archive ?? archiveWith(Object.fromEntries(entries.map(({ location }) => [location, location]))),
    revisionId: SPECIFICATION.deploymentId,
    specification: SPECIFICATION,
    layout,
    programName: "codedeploy-agent",
    deploymentsLog: false,
    agentEnvironment: { PATH, TEST_RUN: RUN, AWS_SECRET_ACCESS_KEY: "secret", ...variables },
    ...request,
  };
  const hookPorts: HookPorts = {
    fileSystem: localFileSystem,
    processes: createProcesses({ killAfterMs: 200, giveUpAfterMs: 300, outputLeftOpenAfterMs: 50, drainMs: 100 }),
    accounts: createAccounts(),
    clock: systemClock,
    log,
    ...ports,
  };
  return {
    log,
    layout,
    run: (signal) => failureOf(runHooks(hookRequest, hookPorts, signal)),
    scriptsLog: () => textOf(layout.deployment(SPECIFICATION).scriptsLog),
  };
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

async function failureOf(running: Promise<void>): Promise<DeploymentError | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    if (error instanceof DeploymentError) return error;
    throw error;
  }
}
