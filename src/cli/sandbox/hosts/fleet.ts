import { once } from "node:events";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { agentEnvironment } from "./agent-environment.ts";
import { AgentProcess } from "./agent-process.ts";
import { fleetInBackground } from "./fleet-in-background.ts";
import { type FleetHost, type FleetKind, planFleet, type Tag } from "./fleet-plan.ts";
import { endLeftovers, isFleetRunning, readFleetRecord, removeFleetRecord, writeFleetRecord } from "./fleet-record.ts";
import { type FleetReport, fleetReport } from "./fleet-report.ts";
import { type ConfiguredHost, configureHost } from "./host-files.ts";

export interface FleetOptions extends EndpointOptions {
  readonly hosts: number;
  readonly name: string;
  readonly kind: FleetKind;
  readonly tag: readonly Tag[];
  readonly dir?: string;
  /** Another agent program than ours. */
  readonly agent?: string;
  readonly detach: boolean;
  readonly json: boolean;
}

/** One host of the fleet and its agent. */
export interface Member {
  readonly host: FleetHost;
  readonly configured: ConfiguredHost;
  readonly agent: AgentProcess;
}

const LOOK_EVERY_MS = 500;
/** A command that is running may end, but not for ever; the same again after it was told to give up. */
const STOP_PATIENCE_MS = 30_000;

/** Runs a fleet of real agents in the foreground until it is told to stop, or its terminal is closed. */
export async function fleet(options: FleetOptions, io: SandboxIo): Promise<number> {
  const closed = new AbortController();
  process.once("SIGHUP", () => closed.abort());
  return runFleet(options, { ...io, stop: AbortSignal.any([io.stop, closed.signal]) });
}

async function runFleet(options: FleetOptions, io: SandboxIo): Promise<number> {
  const client = await findSandbox(options, io.environment);
  const { dataDirectory } = await client.describe();
  await takeOver(dataDirectory, options.name);
  const directory = resolve(options.dir ?? join(dataDirectory, "fleets", options.name));
  if (options.detach) return fleetInBackground({ dataDirectory, directory, options, io });
  const report = fleetReport({ client, options, io });
  const members = await membersOf(client, { directory, options, io, report });
  const killAll = () => members.forEach(({ agent }) => void agent.kill());
  // Whatever ends this process, an agent that nobody looks after must not stay.
  process.once("exit", killAll);
  let ready = false;
  const keepRecord = () =>
    writeFleetRecord(dataDirectory, { ...recordOf(members), name: options.name, directory, ready });
  try {
    for (const { agent } of members) {
      if (io.stop.aborted) break;
      await startAgent(agent, options, io);
    }
    await keepRecord();
    report.started(members);
    while (!io.stop.aborted) {
      ready = await report.look(members);
      await keepRecord();
      await pause(io.stop);
    }
  } finally {
    report.stopping(members);
    await stopAll(members, io);
    process.removeListener("exit", killAll);
    await removeFleetRecord(dataDirectory, options.name);
  }
  report.stopped(members);
  return EXIT.done;
}

/** Makes sure that no other fleet has the name, and ends what one that was killed has left behind. */
async function takeOver(dataDirectory: string, name: string): Promise<void> {
  const record = await readFleetRecord(dataDirectory, name);
  if (record === undefined) return;
  if (await isFleetRunning(record)) {
    const message = `A fleet ${name} (process ${record.processId}) runs already. Stop it, or give another --name.`;
    throw new CliFailure(message);
  }
  await endLeftovers(record);
}

async function membersOf(
  client: SandboxClient,
  {
    directory,
    options,
    io,
    report,
  }: {
    readonly directory: string;
    readonly options: FleetOptions;
    readonly io: SandboxIo;
    readonly report: FleetReport;
  },
): Promise<readonly Member[]> {
  const planned = planFleet({ ...options, tags: options.tag, directory });
  const members: Member[] = [];
  for (const host of planned) {
    const configured = await configureHost(client, { ...host, register: true });
    const agent = new AgentProcess({
      host: configured,
      command: agentCommand(options, io),
      environment: agentEnvironment(host, configured, io.environment),
      onState: (state) => report.agent(host, state),
    });
    members.push({ host, configured, agent });
  }
  return members;
}

function agentCommand({ agent }: FleetOptions, { program: [node, script] }: SandboxIo): readonly [string, ...string[]] {
  if (agent !== undefined) return [resolve(agent)];
  return [node, join(dirname(script), "codedeploy-agent.js")];
}

async function startAgent(agent: AgentProcess, options: FleetOptions, io: SandboxIo): Promise<void> {
  await agent.start().catch((error: unknown) => {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const program = agentCommand(options, io).join(" ");
    throw new CliFailure(`The agent ${program} cannot be started (${reason}); name another with --agent.`);
  });
}

/** Stops the agents as a service manager would: they are asked, then urged, then ended. */
async function stopAll(members: readonly Member[], { hurry }: SandboxIo): Promise<void> {
  const all = Promise.all(members.map(({ agent }) => agent.stop()));
  const urge = () => members.forEach(({ agent }) => void agent.hurry());
  const ended = new AbortController();
  const patience = async () => {
    await Promise.race([
      delay(STOP_PATIENCE_MS, undefined, { signal: ended.signal }),
      whenAborted(hurry, ended.signal),
    ]);
    urge();
    await delay(STOP_PATIENCE_MS, undefined, { signal: ended.signal });
    for (const { agent } of members) agent.kill();
  };
  const urging = patience().catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  await all;
  ended.abort();
  await urging;
}

async function whenAborted(signal: AbortSignal | undefined, ended: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await once(signal ?? new AbortController().signal, "abort", { signal: ended });
}

async function pause(stop: AbortSignal): Promise<void> {
  await delay(LOOK_EVERY_MS, undefined, { signal: stop }).catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
}

function recordOf(members: readonly Member[]) {
  const agents = members.flatMap(({ agent: { state }, configured: { configuration } }) =>
    state.kind === "running" ? [{ processId: state.processId, configuration }] : [],
  );
  return { processId: process.pid, agents };
}
