import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../../ports/errno.ts";
import type { Holder } from "../../ports/processes.ts";
import { type Family, findFamily, isAlive, type ProcessFacts, toHolders } from "./process-table.ts";

/** How patient the end of a script is, in milliseconds. */
export interface TerminationTimes {
  /** From the signal to end to the one that cannot be ignored. */
  readonly killAfterMs: number;
  /** From that one until processes that are still there count as survivors. */
  readonly giveUpAfterMs: number;
}

/** How a script that has run out of time is ended. */
export const TERMINATION: TerminationTimes = {
  killAfterMs: 10_000,
  // With the time before it, and that of looking around, less than the 15 s after which a time-out must be reported.
  giveUpAfterMs: 3500,
};

/** What came of it. */
export interface Termination {
  /** Processes that are gone, the script's own included. */
  readonly killed: number;
  readonly survivors: readonly Holder[];
}

const LOOK_AGAIN_MS = 20;
const KILL_AGAIN_MS = 200;

/**
 * Ends a script and everything that it started: SIGTERM, and SIGKILL for what is left after a while. Takes at most
 * about as long as both times together.
 * @param leaderEnded whether the script's own process has ended and been reaped
 */
export async function terminate(
  family: Family,
  { killAfterMs, giveUpAfterMs }: TerminationTimes,
  leaderEnded: () => boolean,
): Promise<Termination> {
  const known = new Map<number, ProcessFacts>();
  const living = () => [...known.values()].filter(isAlive);
  const allEnded = () => leaderEnded() && living().length === 0;

  async function signalAll(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    for (const one of await findFamily(family)) known.set(one.pid, one);
    const targets = living();
    // One signal to the whole group also reaches what it forked a moment ago.
    if (!leaderEnded() || targets.some(({ group }) => group === family.leader)) send(-family.leader, signal);
    for (const { pid, group } of targets) if (group !== family.leader) send(pid, signal);
  }

  await signalAll("SIGTERM");
  await waitUntil(allEnded, killAfterMs);
  const giveUp = performance.now() + giveUpAfterMs;
  // At least once, and again and again: what was asked to end or is being killed may have started others meanwhile.
  do {
    await signalAll("SIGKILL");
    await waitUntil(allEnded, Math.min(giveUpAfterMs, KILL_AGAIN_MS));
  } while (!allEnded() && performance.now() < giveUp);
  const survivors = living().map(({ pid }) => pid);
  return { killed: Math.max(1, known.size) - survivors.length, survivors: await toHolders(survivors) };
}

async function waitUntil(condition: () => boolean, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!condition() && performance.now() < end) await delay(LOOK_AGAIN_MS);
}

/** Sends a signal to a process, or with a negative number to a group; those that are gone or not ours stay as they are. */
function send(target: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH" && errnoOf(error) !== "EPERM") throw error;
  }
}
