import type { SandboxIo } from "../io.ts";

const UP = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A`);
const CLEAR_LINE = "\u001b[2K";
const CLEAR_BELOW = "\u001b[0J";
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

/** The last lines of a terminal, written anew as often as needed. Lines that stay are printed above them. */
export class LiveRegion {
  readonly #io: Pick<SandboxIo, "stdout">;
  #shown: readonly string[] = [];

  constructor(io: Pick<SandboxIo, "stdout">) {
    this.#io = io;
  }

  /** @param lines each no wider than the terminal, and fewer than it has rows */
  show(lines: readonly string[]): void {
    if (lines.length === this.#shown.length && lines.every((line, index) => line === this.#shown[index])) return;
    const text = lines.map((line) => `${CLEAR_LINE}${line}\n`).join("");
    this.#io.stdout.write(`${UP(this.#shown.length)}${text}${CLEAR_BELOW}`);
    this.#shown = lines;
  }

  /** Prints lines that stay. */
  print(...lines: readonly string[]): void {
    const shown = this.#shown;
    this.clear();
    this.#io.stdout.write(lines.map((line) => `${line}\n`).join(""));
    this.show(shown);
  }

  /** Leaves what is shown where it is; what comes next comes below it. */
  keep(): void {
    this.#shown = [];
  }

  clear(): void {
    if (this.#shown.length > 0) this.#io.stdout.write(`${UP(this.#shown.length)}${CLEAR_BELOW}`);
    this.#shown = [];
  }
}

/** Whether what was written can be written anew: on a terminal that moves its cursor when it is told to. */
export function isLive({ stdout, environment }: Pick<SandboxIo, "stdout" | "environment">): boolean {
  return stdout.isTTY === true && environment["TERM"] !== "dumb";
}

/** How much room there is; a line never fills the last column, where some terminals break it. */
export function roomOf({ stdout }: Pick<SandboxIo, "stdout">): { readonly columns: number; readonly rows: number } {
  return { columns: (stdout.columns || USUAL_COLUMNS) - 1, rows: (stdout.rows || USUAL_ROWS) - 1 };
}
