/** How many ended commands are remembered; a service repeats itself within seconds, not thousands of commands later. */
const REMEMBERED = 1000;

/** Which commands this process has taken on, so that one that is delivered twice runs once. */
export class CommandLedger {
  readonly #running = new Set<string>();
  readonly #ended = new Set<string>();

  /** How many commands are running or waiting to run. */
  get running(): number {
    return this.#running.size;
  }

  /** Ids of the commands that are running or waiting to run. */
  get runningIds(): readonly string[] {
    return [...this.#running];
  }

  /** Takes a command on; false when it has been taken on before. */
  take(commandId: string): boolean {
    if (this.#running.has(commandId) || this.#ended.has(commandId)) return false;
    this.#running.add(commandId);
    return true;
  }

  /** Notes that a command has ended. */
  end(commandId: string): void {
    this.#running.delete(commandId);
    this.#ended.add(commandId);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= REMEMBERED) return;
      this.#ended.delete(oldest);
    }
  }
}
