const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Text that prints as `[redacted]` wherever it is logged, serialised or inspected; only `reveal()` yields it. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself; call it only where it leaves for the party it is meant for. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [INSPECT](): string {
    return "[redacted]";
  }
}
