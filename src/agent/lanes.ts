/** Runs work one at a time within a lane and side by side across lanes. A deployment group is a lane. */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs work when everything that was put into the lane before has ended; settles as the work does. */
  run<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const ready = this.#tails.get(lane) ?? Promise.resolve();
    const running = ready.then(work);
    const tail = running.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(lane, tail);
    void tail.then(() => {
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
    });
    return running;
  }
}
