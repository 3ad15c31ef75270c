import { persistently } from "../commands/persistently.ts";
import { type CommandServices, processCommand } from "../commands/process-command.ts";
import type { Clock } from "../ports/clock.ts";
import { type HostCommand, ServiceError } from "../ports/commands-api.ts";
import type { HostIdentity, IdentitySource } from "../ports/identity.ts";
import type { Log } from "../ports/log.ts";
import { CommandLedger } from "./command-ledger.ts";
import { Complaints } from "./complaints.ts";
import { Lanes } from "./lanes.ts";
import { Pause } from "./pause.ts";

/** How many commands are taken on at a time. */
const MOST_COMMANDS = 16;

/** What the agent is made of. */
export interface AgentParts {
  readonly identity: IdentitySource;
  /** Brings the host back to a clean state after a crash; called once, before anything is polled. */
  readonly recover: () => Promise<void>;
  /** Everything that depends on who the host is. */
  readonly connect: (identity: HostIdentity) => Omit<CommandServices, "inLane">;
  readonly waitBetweenRunsMs: number;
  /** How long a stop waits for running commands. */
  readonly maxStopWaitMs: number;
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

/** The daemon: polls for commands, has them carried out, and reports how they ended, until it is told to stop. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #ledger = new CommandLedger();
  readonly #lanes = new Lanes();
  readonly #pause: Pause;
  readonly #complaints: Complaints;
  readonly #running = new Set<Promise<void>>();
  /** Whether a command has ended since the last poll began; the service may have the next one ready. */
  #commandEnded = false;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    this.#complaints = new Complaints(parts);
  }

  /** Works until `stop` is aborted and what was running has ended. Never rejects for what a service or a host does. */
  async run({ stop, cancel }: StopSignals): Promise<void> {
    await this.#insist(() => this.#parts.recover(), stop);
    const identity = await this.#insist(() => this.#parts.identity.identify(stop), stop);
    if (identity === undefined) return;
    const services = {
      ...this.#parts.connect(identity),
      inLane: <T>(group: string, work: () => Promise<T>) => this.#lanes.run(group, work),
    };
    this.#parts.log.info(`Polling as ${identity.hostIdentifier} in ${identity.region}.`);
    await this.#poll(identity, { services, stop, cancel });
    await this.#drain(services, cancel);
  }

  /** Does something again until it succeeds; undefined when `stop` is aborted before. */
  async #insist<T>(action: () => Promise<T>, stop: AbortSignal): Promise<T | undefined> {
    while (!stop.aborted) {
      try {
        return await action();
      } catch (error) {
        if (!stop.aborted) await this.#pause.sleep(this.#complaints.add(error), stop);
      }
    }
    return undefined;
  }

  async #poll(
    identity: HostIdentity,
    { services, stop, cancel }: StopSignals & { readonly services: CommandServices },
  ) {
    while (!stop.aborted) {
      try {
        this.#commandEnded = false;
        await services.reporter.deliver();
        const command = await services.api.poll(identity.hostIdentifier, stop);
        this.#complaints.clear();
        const isNew = command !== undefined && this.#dispatch(checked(command, identity), services, cancel);
        await this.#waitForNextPoll(isNew, stop);
      } catch (error) {
        if (!stop.aborted) await this.#pause.sleep(this.#complaints.add(error), stop);
      }
    }
  }

  /** A new command may be followed by another at once; the same one again must not make the agent poll in a circle. */
  async #waitForNextPoll(gotNewCommand: boolean, stop: AbortSignal): Promise<void> {
    while (this.#ledger.running >= MOST_COMMANDS && !stop.aborted) await this.#pause.untilWoken(stop);
    if (!gotNewCommand && !this.#commandEnded) await this.#pause.sleep(this.#parts.waitBetweenRunsMs, stop);
  }

  /** Takes a command on; false when it has been taken on before. */
  #dispatch(command: HostCommand, services: CommandServices, cancel: AbortSignal): boolean {
    const { log } = this.#parts;
    if (!this.#ledger.take(command.id)) {
      log.debug(`${command.name} was delivered again and is not run twice.`, { command: command.id });
      return false;
    }
    log.debug(`Received ${command.name}.`, { command: command.id, execution: command.deploymentExecutionId });
    const running = this.#carryOut(command, services, cancel).finally(() => {
      this.#running.delete(running);
      this.#ledger.end(command.id);
      this.#commandEnded = true;
      this.#pause.wake();
    });
    this.#running.add(running);
    return true;
  }

  async #carryOut(command: HostCommand, services: CommandServices, cancel: AbortSignal): Promise<void> {
    try {
      await processCommand(command, services, cancel);
      await persistently(() => services.reporter.deliver(), this.#parts);
    } catch (error) {
      const reason = error instanceof ServiceError ? error.message : String(error);
      this.#parts.log.error(`The result of ${command.name} is not delivered yet: ${reason}`, { command: command.id });
    }
  }

  async #drain(services: CommandServices, cancel: AbortSignal): Promise<void> {
    const { clock, log, maxStopWaitMs } = this.#parts;
    if (this.#running.size > 0) log.info(`Stopping when ${this.#ledger.runningIds.join(", ")} has ended.`);
    const ended = new AbortController();
    const limit = clock.sleep(maxStopWaitMs, AbortSignal.any([ended.signal, cancel]));
    await Promise.race([Promise.all(this.#running), limit]);
    if (cancel.aborted) await Promise.race([Promise.all(this.#running), clock.sleep(GIVE_UP_MS, ended.signal)]);
    ended.abort();
    for (const id of this.#ledger.runningIds) log.warn("Stopped while the command was still running.", { command: id });
    await services.reporter.deliver().catch((error: unknown) => {
      log.warn(`Results stay stored until the next start: ${error instanceof Error ? error.message : error}`);
    });
  }
}

/** How long cancelled work may take to be undone. */
const GIVE_UP_MS = 10_000;

function checked(command: HostCommand, { hostIdentifier }: HostIdentity): HostCommand {
  if (command.hostIdentifier === hostIdentifier) return command;
  throw new ServiceError(
    "service",
    `The service sent a command for ${command.hostIdentifier}, but this host is ${hostIdentifier}. It was not run.`,
  );
}
