import type { CommandLine, Given } from "../command-line.ts";
import { EXIT } from "../terminal/io.ts";
import { daemonContext } from "./context.ts";
import { type StartOptions, startWith } from "./start.ts";
import { stopRunning } from "./stop.ts";

/** `codedeploy-agent restart`: the new daemon starts when the old one has ended. */
export async function restartDaemon(given: Given<StartOptions>, line: CommandLine): Promise<number> {
  const context = await daemonContext(given, line);
  const stopped = await stopRunning(context, line);
  return stopped === undefined || stopped === EXIT.done ? startWith(context, given, line) : stopped;
}
