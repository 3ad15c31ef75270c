import type { Io } from "./io.ts";

/** Colours, each of which leaves the text as it is where colour is not wanted. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

const SGR = { good: 32, bad: 31, warn: 33, faint: 2, strong: 1 } as const;

/** Whether an output is a terminal that moves its cursor when it is told to. */
export function isTerminal({ stdout, environment }: Pick<Io, "stdout" | "environment">): boolean {
  return stdout.isTTY === true && environment["TERM"] !== "dumb";
}

/** Colour only on a terminal, and not when NO_COLOR is set or the terminal is dumb. */
export function styleFor(io: Pick<Io, "stdout" | "environment">): Style {
  const wanted = isTerminal(io) && !io.environment["NO_COLOR"];
  const paint = (code: number) => (text: string) => (wanted && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    good: paint(SGR.good),
    bad: paint(SGR.bad),
    warn: paint(SGR.warn),
    faint: paint(SGR.faint),
    strong: paint(SGR.strong),
  };
}
