import { persistently } from "../commands/persistently.ts";
import { type CommandServices, processCommand } from "../commands/process-command.ts";
import type { Clock } from "../ports/clock.ts";
import { type HostCommand, ServiceError } from "../ports/commands-api.ts";
import type { Log } from "../ports/log.ts";
import { CommandLedger } from "./command-ledger.ts";
import { Lanes } from "./lanes.ts";

/** How many commands are taken on at a time. */
const MOST_COMMANDS = 16;
/** How long cancelled work may take to be undone. */
const GIVE_UP_MS = 10_000;

/** What commands are carried out with. */
export interface CrewParts {
  readonly services: Omit<CommandServices, "inLane">;
  /** Aborted when running work is to be given up and undone. */
  readonly cancel: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when a command has ended. */
  readonly onEnd: () => void;
}

/** Carries commands out side by side, those of one deployment group one after another, each of them once. */
export class Crew {
  readonly #parts: CrewParts;
  readonly #services: CommandServices;
  readonly #ledger = new CommandLedger();
  readonly #working = new Set<Promise<void>>();

  constructor(parts: CrewParts) {
    const lanes = new Lanes();
    this.#parts = parts;
    this.#services = { ...parts.services, inLane: (group, work) => lanes.run(group, work) };
  }

  /** Whether no more commands may be taken on now. */
  get isFull(): boolean {
    return this.#ledger.running >= MOST_COMMANDS;
  }

  get isIdle(): boolean {
    return this.#ledger.running === 0;
  }

  /** Takes a command on; false when it has been taken on before. */
  take(command: HostCommand): boolean {
    const { log, onEnd } = this.#parts;
    if (!this.#ledger.take(command.id)) {
      log.debug(`${command.name} was delivered again and is not run twice.`, { command: command.id });
      return false;
    }
    log.debug(`Received ${command.name}.`, { command: command.id, execution: command.deploymentExecutionId });
    const working = this.#carryOut(command).finally(() => {
      this.#working.delete(working);
      this.#ledger.end(command.id);
      onEnd();
    });
    this.#working.add(working);
    return true;
  }

  async #carryOut(command: HostCommand): Promise<void> {
    const { log, cancel } = this.#parts;
    try {
      await processCommand(command, this.#services, cancel);
      await persistently(() => this.#services.reporter.deliver(), this.#parts);
    } catch (error) {
      const reason = error instanceof ServiceError ? error.message : String(error);
      log.error(`The result of ${command.name} is not delivered yet: ${reason}`, { command: command.id });
    }
  }

  /** Waits until all have ended, at most for a time; when they are cancelled, only until they are undone. */
  async drain(atMostMs: number): Promise<void> {
    const { clock, log, cancel } = this.#parts;
    if (!this.isIdle) log.info(`Stopping when ${this.#ledger.runningIds.join(", ")} has ended.`);
    const ended = new AbortController();
    const limit = clock.sleep(atMostMs, AbortSignal.any([ended.signal, cancel]));
    await Promise.race([Promise.all(this.#working), limit]);
    if (cancel.aborted) await Promise.race([Promise.all(this.#working), clock.sleep(GIVE_UP_MS, ended.signal)]);
    ended.abort();
    for (const id of this.#ledger.runningIds) log.warn("Stopped while the command was still running.", { command: id });
  }
}
