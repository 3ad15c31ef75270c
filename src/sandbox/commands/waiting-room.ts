/** Where held requests wait; each has one timer and nothing else. */
export class WaitingRoom {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves at `wake(topic)`, when the time has passed or when the signal is aborted, whichever comes first. */
  wait(topic: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#leave(topic, done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener("abort", done);
      const others = this.#waiting.get(topic) ?? new Set();
      this.#waiting.set(topic, others.add(done));
    });
  }

  /** Lets everybody who waits for the topic go on. */
  wake(topic: string): void {
    for (const done of [...(this.#waiting.get(topic) ?? [])]) done();
  }

  #leave(topic: string, done: () => void): void {
    const others = this.#waiting.get(topic);
    others?.delete(done);
    if (others?.size === 0) this.#waiting.delete(topic);
  }
}
