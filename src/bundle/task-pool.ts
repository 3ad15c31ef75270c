/** Runs a bounded number of tasks at a time. The first failure is thrown by the next call; later ones are dropped. */
export class TaskPool {
  readonly #limit: number;
  #running = 0;
  #failure: { readonly error: unknown } | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves as soon as the task has a place and was started. @throws the first failure of an earlier task */
  async start(task: () => Promise<void>): Promise<void> {
    await this.#fewerThan(this.#limit);
    this.#throwFailure();
    this.#running += 1;
    void task()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running -= 1;
        for (const wake of this.#waiting.splice(0)) wake();
      });
  }

  /** Resolves when no task runs any more. @throws the first failure */
  async drain(): Promise<void> {
    await this.settle();
    this.#throwFailure();
  }

  /** Resolves when no task runs any more, whatever became of them. */
  async settle(): Promise<void> {
    await this.#fewerThan(1);
  }

  async #fewerThan(count: number): Promise<void> {
    while (this.#running >= count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
