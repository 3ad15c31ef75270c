import type { SandboxIo } from "../io.ts";

/** Colours, each of which leaves the text as it is where colour is not wanted. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

const SGR = { good: 32, bad: 31, faint: 2, strong: 1 } as const;

/** Colour only on a terminal, and not when NO_COLOR is set or the terminal is dumb. */
export function styleFor({ stdout, environment }: Pick<SandboxIo, "stdout" | "environment">): Style {
  const wanted = stdout.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  const paint = (code: number) => (text: string) => (wanted ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: paint(SGR.good), bad: paint(SGR.bad), faint: paint(SGR.faint), strong: paint(SGR.strong) };
}
