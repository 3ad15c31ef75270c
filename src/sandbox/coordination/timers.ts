/** Longest time a timer of Node can run. */
const MAX_MS = 2 ** 31 - 1;

/** One alarm a key; setting it again moves it. */
export class Timers {
  readonly #now: () => number;
  readonly #ring: (key: string) => void;
  readonly #set = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();

  constructor(now: () => number, ring: (key: string) => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** @param at milliseconds since the epoch; `Infinity` for never */
  set(key: string, at: number): void {
    const known = this.#set.get(key);
    if (known?.at === at) return;
    clearTimeout(known?.timer);
    this.#set.delete(key);
    if (at === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(() => this.#wake(key), Math.min(Math.max(0, at - this.#now()), MAX_MS));
    timer.unref();
    this.#set.set(key, { at, timer });
  }

  clear(): void {
    for (const { timer } of this.#set.values()) clearTimeout(timer);
    this.#set.clear();
  }

  /** A timer may run off a little before its time by the wall clock, or long before when the time was too far away. */
  #wake(key: string): void {
    const at = this.#set.get(key)?.at ?? Number.POSITIVE_INFINITY;
    this.#set.delete(key);
    if (at > this.#now()) this.set(key, at);
    else this.#ring(key);
  }
}
