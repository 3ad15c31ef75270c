import type { CommandResult } from "../deployment/diagnostics.ts";
import { type CommandsApi, ServiceError } from "../ports/commands-api.ts";
import type { Log } from "../ports/log.ts";
import type { Outbox } from "./outbox.ts";

/**
 * Tells the service how commands ended. A result goes through the outbox, so it is sent until the service takes it or
 * answers that it does not know the command.
 */
export class Reporter {
  readonly #outbox: Outbox;
  readonly #api: CommandsApi;
  readonly #log: Log;
  #delivery: Promise<void> = Promise.resolve();
  readonly #held = new Set<string>();

  constructor(outbox: Outbox, api: CommandsApi, log: Log) {
    this.#outbox = outbox;
    this.#api = api;
    this.#log = log;
  }

  /**
   * Keeps a command's result, and all that came later, from being sent until the returned function is called: a result
   * that was sent while the command still counts as running would be followed by a second one after a crash.
   */
  hold(commandId: string): () => void {
    this.#held.add(commandId);
    return () => this.#held.delete(commandId);
  }

  /** Stores a result; {@link deliver} sends it. */
  store(commandId: string, result: CommandResult): Promise<void> {
    return this.#outbox.put({ commandId, result });
  }

  /**
   * Sends every stored result up to one that is held, oldest first. Calls wait for each other, so that nothing is sent twice.
   * @throws ServiceError when the service cannot take one now; that one and the later ones stay stored
   */
  deliver(): Promise<void> {
    const delivery = this.#delivery.then(() => this.#deliverPending());
    this.#delivery = delivery.catch(() => undefined);
    return delivery;
  }

  async #deliverPending(): Promise<void> {
    for await (const { commandId, result, drop } of this.#outbox.pending()) {
      if (this.#held.has(commandId)) return;
      await this.#send(commandId, result);
      await drop();
    }
  }

  async #send(commandId: string, result: CommandResult): Promise<void> {
    try {
      await this.#api.complete(commandId, result);
      this.#log.debug(`Reported ${result.status} for ${commandId}.`, { command: commandId, code: result.code });
    } catch (error) {
      if (!(error instanceof ServiceError) || error.fault !== "refused") throw error;
      this.#log.error(`The service does not take the result of ${commandId}: ${error.message}`, { command: commandId });
    }
  }
}
