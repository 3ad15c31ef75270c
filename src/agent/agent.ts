import type { CommandServices } from "../commands/process-command.ts";
import type { Clock } from "../ports/clock.ts";
import { type HostCommand, ServiceError } from "../ports/commands-api.ts";
import type { HostIdentity, IdentitySource } from "../ports/identity.ts";
import type { Log } from "../ports/log.ts";
import type { ServiceManager } from "../ports/service-manager.ts";
import { announce, keepWatchdog } from "./announce.ts";
import { Complaints } from "./complaints.ts";
import { Crew } from "./crew.ts";
import type { PauseMarker } from "./pause-marker.ts";
import { Poller } from "./poller.ts";
import type { Progress } from "./progress.ts";
import { watchRest } from "./rest.ts";
import type { AgentStatus } from "./status.ts";
import { Wait } from "./wait.ts";

/** What the agent is made of. */
export interface AgentParts {
  readonly identity: IdentitySource;
  /** Brings the host back to a clean state after a crash; called once, before anything is polled. */
  readonly recover: () => Promise<void>;
  /** Everything that depends on who the host is. */
  readonly connect: (identity: HostIdentity) => Omit<CommandServices, "inLane" | "observer">;
  readonly pauseMarker: PauseMarker;
  readonly serviceManager: ServiceManager;
  readonly status: AgentStatus;
  readonly progress: Progress;
  readonly waitBetweenRunsMs: number;
  /** How long a poll may take. */
  readonly maxPollMs: number;
  /** How long a stop waits for running commands. */
  readonly maxStopWaitMs: number;
  /** Called each time the agent has had nothing to do for a while after it has worked. */
  readonly onRest: () => void;
  /** Ends what works for the agent; called once, after all else. */
  readonly release: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** When an agent stops. */
export interface StopSignals {
  /** No new work is taken; running commands finish and are reported. */
  readonly stop: AbortSignal;
  /** Running work is given up and undone. */
  readonly cancel: AbortSignal;
}

/** How an agent works. */
export interface AgentRun extends StopSignals {
  /** End when there is nothing to do, instead of waiting for the next command. */
  readonly once?: boolean;
}

/** How long finding out who the host is may take. */
const MAX_IDENTITY_MS = 60_000;

/** The daemon: polls for commands, has them carried out, and reports how they ended, until it is told to stop. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #wait: Wait;
  readonly #complaints: Complaints;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#wait = new Wait(parts.clock);
    this.#complaints = new Complaints(parts);
  }

  /** Works until `stop` is aborted and what was running has ended. Never rejects for what a service or a host does. */
  async run(run: AgentRun): Promise<void> {
    const { status, serviceManager } = this.#parts;
    const ended = new AbortController();
    announce(status, serviceManager);
    const watchdog = keepWatchdog(serviceManager, this.#parts, ended.signal);
    watchRest(this.#parts, ended.signal);
    run.stop.addEventListener("abort", () => status.enter("stopping"), { once: true });
    await this.#work(run);
    status.enter("stopping");
    ended.abort();
    await watchdog;
    await this.#parts.release();
    await serviceManager.settled();
  }

  async #work(run: AgentRun): Promise<void> {
    const { recover, identity: source, log, clock, maxStopWaitMs } = this.#parts;
    await this.#insist(recover, run.stop);
    const identity = await this.#insist(() => this.#identify(source, run.stop), run.stop);
    if (identity === undefined) return;
    const services = { ...this.#parts.connect(identity), observer: this.#parts.status };
    const crew = new Crew({ services, cancel: run.cancel, clock, log, onEnd: () => poller.commandEnded() });
    const poller = new Poller({
      ...{ ...this.#parts, wait: this.#wait, complaints: this.#complaints },
      ...{ crew, deliver: () => services.reporter.deliver() },
      poll: async (signal) => checked(await services.api.poll(identity.hostIdentifier, signal), identity),
    });
    log.info(`Polling as ${identity.hostIdentifier} in ${identity.region}.`);
    await poller.run(run);
    this.#parts.progress.begin("stopping", Number.POSITIVE_INFINITY);
    await crew.drain(maxStopWaitMs);
    await services.reporter.deliver().catch((error: unknown) => {
      log.warn(`Results stay stored until the next start: ${error instanceof Error ? error.message : error}`);
    });
  }

  #identify(source: IdentitySource, stop: AbortSignal): Promise<HostIdentity> {
    this.#parts.progress.begin("finding out who the host is", MAX_IDENTITY_MS);
    return source.identify(stop);
  }

  /** Does something again until it succeeds; undefined when `stop` is aborted before. */
  async #insist<T>(action: () => Promise<T>, stop: AbortSignal): Promise<T | undefined> {
    while (!stop.aborted) {
      try {
        return await action();
      } catch (error) {
        if (stop.aborted) return undefined;
        this.#parts.status.polled("failed");
        const { waitMs, reason } = this.#complaints.add(error);
        this.#parts.status.enter("ready", reason);
        this.#parts.progress.begin("waiting", waitMs);
        await this.#wait.sleep(waitMs, stop);
      }
    }
    return undefined;
  }
}

function checked(command: HostCommand | undefined, { hostIdentifier }: HostIdentity): HostCommand | undefined {
  if (command === undefined || command.hostIdentifier === hostIdentifier) return command;
  throw new ServiceError(
    "service",
    `The service sent a command for ${command.hostIdentifier}, but this host is ${hostIdentifier}. It was not run.`,
  );
}
