import { onTestFinished } from "vitest";
import { Agent, type AgentParts } from "../../src/agent/agent.ts";
import type { PauseNote } from "../../src/agent/pause-marker.ts";
import { Progress } from "../../src/agent/progress.ts";
import { REST_MS } from "../../src/agent/rest.ts";
import { AgentStatus } from "../../src/agent/status.ts";
import type { HostPorts } from "../../src/commands/context.ts";
import { Outbox } from "../../src/commands/outbox.ts";
import { Reporter } from "../../src/commands/report.ts";
import { Tracking } from "../../src/commands/tracking.ts";
import { createWorker } from "../../src/commands/worker.ts";
import { Layout } from "../../src/deployment/layout.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import type { ServiceManager, ServiceState } from "../../src/ports/service-manager.ts";
import { createEnvelopeVerifier } from "../../src/remote/envelope/verifier.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { ScriptedCommandsApi } from "../support/scripted-commands-api.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

export const IDENTITY = { hostIdentifier: "arn:host", region: "us-east-1" };

/** A pause marker that the test sets. */
export class FakePauseMarker {
  #note: PauseNote | undefined;
  #changed = () => {};

  read = async () => this.#note;
  watch = (changed: () => void) => {
    this.#changed = changed;
  };

  /** Sets or, without a note, removes the marker. */
  set(note?: PauseNote): void {
    this.#note = note;
    this.#changed();
  }

  /** The same between two looks of who watches it. */
  setUnseen(note?: PauseNote): void {
    this.#note = note;
  }
}

/** A service manager that keeps what it is told. */
export class RecordingManager implements ServiceManager {
  readonly told: ServiceState[] = [];
  readonly watchdogMs: number | undefined;

  constructor(watchdogMs?: number) {
    this.watchdogMs = watchdogMs;
  }

  notify = (state: ServiceState) => void this.told.push(state);
  settled = async () => {};
}

/** An agent against a scripted service; commands are unknown ones, which fail without touching the host. */
export function agentFor(parts: Partial<AgentParts> = {}) {
  const api = new ScriptedCommandsApi();
  const clock = new FakeClock();
  const log = new RecordingLog();
  const layout = new Layout(temporaryDirectory());
  const ports = { fileSystem: localFileSystem, clock, log } as Partial<HostPorts> as HostPorts;
  const settings = {
    layout,
    programName: "agent",
    maxRevisions: 5,
    deploymentsLog: false,
    agentEnvironment: {},
    environmentPolicy: {},
  };
  const outbox = new Outbox(layout.outbox, ports);
  const status = new AgentStatus(clock);
  const pauseMarker = new FakePauseMarker();
  const stop = new AbortController();
  const cancel = new AbortController();
  const agent = new Agent({
    identity: { identify: async () => IDENTITY },
    recover: async () => {},
    connect: () => ({
      api,
      ports,
      reporter: new Reporter(outbox, api, log),
      tracking: new Tracking(layout, localFileSystem),
      layout,
      worker: createWorker({ verifier: createEnvelopeVerifier({ acceptPlainText: true }), settings, ports }),
    }),
    pauseMarker,
    serviceManager: new RecordingManager(),
    status,
    progress: new Progress(clock),
    waitBetweenRunsMs: 1000,
    maxPollMs: 95_000,
    maxStopWaitMs: 7_200_000,
    onRest: () => {},
    release: async () => {},
    clock,
    log,
    ...parts,
  });
  const run = (options: { readonly once?: boolean } = {}) => {
    const running = agent.run({ stop: stop.signal, cancel: cancel.signal, ...options });
    onTestFinished(async () => {
      stop.abort();
      cancel.abort();
      await running;
    });
    return running;
  };
  /** Lets the agent poll until its script is used up, then stops it. */
  const runScript = async () => {
    api.whenEmpty = async () => {
      stop.abort();
      return undefined;
    };
    await run();
  };
  /** How long the agent has waited between polls; its limit for the first answer and its rest are left out. */
  const pauses = () => clock.sleeps.filter((milliseconds) => ![FIRST_ANSWER_MS, REST_MS].includes(milliseconds));
  return { agent, api, clock, log, layout, status, pauseMarker, stop, cancel, run, runScript, pauses };
}

const FIRST_ANSWER_MS = 1_500;
