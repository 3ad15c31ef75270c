import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../ports/errno.ts";
import { type Family, isAlive, processFacts, toHolders } from "./process-table.ts";
import { type Termination, type TerminationTimes, terminate } from "./terminate.ts";

/** Which scripts run, so that the next agent knows them after this one has been killed. */
export interface RunningScripts {
  /** Notes a script that has just been started. */
  begin(family: Family): void;
  /** Forgets it: it has ended, or was given up. */
  end(family: Family): void;
}

/** A script that still ran when its agent had ended. */
export interface LeftScript extends Termination {
  /** Command line, words joined by spaces. */
  readonly command: string;
}

/** For processes that nobody looks for later. */
export const NOT_NOTED: RunningScripts = { begin: () => {}, end: () => {} };

/**
 * Notes running scripts in a directory, one file each. Written at once and never synced: they mean nothing after the
 * machine has gone down.
 */
export function noteRunningScripts(directory: string): RunningScripts {
  const fileOf = ({ leader }: Family) => join(directory, String(leader));
  return {
    begin(family) {
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        writeFileSync(fileOf(family), JSON.stringify({ ...family, boot: bootId() }), { mode: 0o600 });
      } catch {
        // A full disk is no reason not to run a script, which may be what makes room.
      }
    },
    end(family) {
      try {
        rmSync(fileOf(family), { force: true });
      } catch {
        // A note of a script that has ended does no harm.
      }
    },
  };
}

/**
 * Ends the scripts that an agent which was killed has left running, with everything they started, as at a time-out.
 * What was started by a script that has ended meanwhile stays: that script did what it was to do.
 */
export async function endLeftScripts(directory: string, times: TerminationTimes): Promise<readonly LeftScript[]> {
  return (await Promise.all(notes(directory).map((file) => endLeftScript(file, times)))).filter(
    (left) => left !== undefined,
  );
}

/** What the log says of it. */
export function leftScriptEnded({ command, killed, survivors }: LeftScript): string {
  const others = killed > 1 ? ` with ${killed - 1} other processes that it had started` : "";
  const rest = survivors.map((one) => `process ${one.pid} (${one.command})`).join(", ");
  const still = rest === "" ? "" : ` These cannot be ended: ${rest}.`;
  return `The script ${command} of the agent that was killed still ran; it was ended${others}.${still}`;
}

function notes(directory: string): readonly string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

async function endLeftScript(file: string, times: TerminationTimes): Promise<LeftScript | undefined> {
  const family = readNote(file);
  const leader = family && processFacts(family.leader);
  const left =
    leader !== undefined && leader.startTime === family?.leaderStartTime && isAlive(leader)
      ? await endFamily(family, times)
      : undefined;
  rmSync(file, { force: true });
  return left;
}

async function endFamily(family: Family, times: TerminationTimes): Promise<LeftScript> {
  const { leader: pid, leaderStartTime: startTime } = family;
  const [holder] = await toHolders([pid]);
  const isGone = () => {
    const now = processFacts(pid);
    return now === undefined || now.startTime !== startTime || now.ended;
  };
  return { command: holder?.command ?? "command unknown", ...(await terminate(family, times, isGone)) };
}

/** Undefined for a note of an earlier boot, or one that was cut short: whoever wrote it had no time to start more. */
function readNote(file: string): Family | undefined {
  try {
    const { leader, leaderStartTime, marker, boot } = JSON.parse(readFileSync(file, "utf8"));
    const isNote = Number.isInteger(leader) && leader > 1 && Number.isInteger(leaderStartTime);
    return isNote && boot === bootId() ? { leader, leaderStartTime, marker } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Process numbers and start times tell processes apart within one boot only. */
function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
