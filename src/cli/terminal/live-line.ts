import type { Io } from "./io.ts";
import { widthOf } from "./layout.ts";

const CLEAR_LINE = "\r\u001b[2K";

/** The last line of a terminal, written anew as often as needed. Lines that stay are printed above it. */
export class LiveLine {
  readonly #io: Pick<Io, "stdout">;
  #shown = "";

  /** @param io of a terminal that moves its cursor when it is told to */
  constructor(io: Pick<Io, "stdout">) {
    this.#io = io;
  }

  /** @param text one line without colours; what does not fit is cut off */
  show(text: string): void {
    const fitting = text.slice(0, widthOf(this.#io) - 1);
    if (fitting === this.#shown) return;
    this.#io.stdout.write(`${CLEAR_LINE}${fitting}`);
    this.#shown = fitting;
  }

  /** Prints lines that stay. */
  print(...lines: readonly string[]): void {
    this.#io.stdout.write(`${this.#shown === "" ? "" : CLEAR_LINE}${lines.map((line) => `${line}\n`).join("")}`);
    this.#shown = "";
  }

  clear(): void {
    if (this.#shown !== "") this.#io.stdout.write(CLEAR_LINE);
    this.#shown = "";
  }
}

/** A bar for a share from 0 to 1, in characters that every terminal has. @param width characters between its ends */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}]`;
}
