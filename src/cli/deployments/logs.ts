import { errnoOf } from "../../ports/errno.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import { isTerminal } from "../terminal/style.ts";
import type { LogsOptions } from "./commands.ts";
import { findDeployment, type History, readHistory } from "./history.ts";

const LOOK_EVERY_MS = 200;

/** `codedeploy-agent deployments logs`. */
export async function showLogs(given: Given<LogsOptions>, line: CommandLine): Promise<number> {
  const history = await readHistory(given, line);
  const { deploymentId, groupId } = findDeployment(history, given.arguments[0] ?? "");
  const { scriptsLog } = history.layout.deployment({ deploymentGroupId: groupId, deploymentId });
  const reader = new LogReader(scriptsLog, history, line);
  const isThere = await reader.more();
  if (given.options.follow) return follow(reader, () => isRunning(deploymentId, given, line), line);
  if (!isThere) {
    throw new CliError(`${deploymentId} has no log: none of its events had scripts, or ${scriptsLog} was removed.`);
  }
  return EXIT.done;
}

async function follow(
  reader: LogReader,
  running: () => Promise<boolean>,
  { io, services }: CommandLine,
): Promise<number> {
  const interrupted = io.interrupted();
  while (!interrupted.aborted) {
    const goesOn = await running();
    await reader.more();
    if (!goesOn) break;
    await services.clock.sleep(LOOK_EVERY_MS, interrupted);
  }
  return EXIT.done;
}

/** A deployment goes on until an event fails or what the host knows to be the last one has ended. */
async function isRunning(deploymentId: string, given: Given<LogsOptions>, line: CommandLine): Promise<boolean> {
  const { deployments } = await readHistory(given, line);
  const found = deployments.find((deployment) => deployment.deploymentId === deploymentId);
  if (found === undefined || found.outcome === "unrecorded") return true;
  const last = found.events.at(-1);
  return found.outcome === "running" || (found.outcome === "succeeded" && !LAST_EVENTS.has(last?.event ?? ""));
}

/** With a load balancer, events follow ValidateService: nobody waits for them in vain, as there is nothing to follow. */
const LAST_EVENTS: ReadonlySet<string> = new Set(["ValidateService", "AfterAllowTraffic"]);

/** Prints what has been added to a log since it was looked at last. Owns how far that is. */
class LogReader {
  readonly #path: string;
  readonly #history: History;
  readonly #line: CommandLine;
  #offset = 0;
  #inode: number | undefined;

  constructor(path: string, history: History, line: CommandLine) {
    this.#path = path;
    this.#history = history;
    this.#line = line;
  }

  /** @returns whether there is a log */
  async more(): Promise<boolean> {
    const { fileSystem } = this.#history;
    const status = await fileSystem.statusFollowing(this.#path);
    if (status === undefined) return false;
    // A log that was rotated begins anew.
    if (status.inode !== this.#inode || status.size < this.#offset) this.#offset = 0;
    this.#inode = status.inode;
    if (status.size > this.#offset) await this.#print(status.size - 1);
    return true;
  }

  async #print(end: number): Promise<void> {
    const { io } = this.#line;
    const shown = isTerminal(io) ? printable : (text: string) => text;
    try {
      const content = this.#history.fileSystem.readStream(this.#path, { start: this.#offset, end }).setEncoding("utf8");
      for await (const text of content) io.stdout.write(shown(String(text)));
      this.#offset = end + 1;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      throw new CliError(`${this.#path} cannot be read (${errno}). Run this as root.`, { cause: error });
    }
  }
}
