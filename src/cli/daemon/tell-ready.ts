import type { StatusFile } from "../../agent/status-file.ts";
import type { CommandLine } from "../command-line.ts";
import { EXIT, print } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import { MESSAGES } from "./messages.ts";

/** Says that the daemon runs, and what keeps it from working if something does. */
export function tellReady(pid: number, status: StatusFile | undefined, { io }: CommandLine): number {
  print(io, MESSAGES.running(pid));
  const detail = status?.detail ?? undefined;
  if (detail !== undefined) io.stderr.write(`${status?.phase === "paused" ? "" : "warning: "}${printable(detail)}\n`);
  return EXIT.done;
}
