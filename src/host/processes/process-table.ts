import { readFileSync, readlinkSync } from "node:fs";
import * as fs from "node:fs/promises";
import { errnoOf } from "../../ports/errno.ts";
import type { Holder } from "../../ports/processes.ts";

/** One process, as the kernel shows it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks after boot; together with the pid it tells one process from another that got the same number later. */
  readonly startTime: number;
  /** Whether it has ended and only waits for its parent to notice. */
  readonly ended: boolean;
}

/** What the processes of a script have in common. */
export interface Family {
  /** The script's own process, which leads its group and session. */
  readonly leader: number;
  readonly leaderStartTime: number;
  /** `NAME=value` that only their environments hold. */
  readonly marker: string | undefined;
}

/** Such errors mean that a process has ended or is not ours to look at. */
const OUT_OF_SIGHT = ["ENOENT", "ESRCH", "EACCES", "EPERM", "ENOTDIR"];

/** Facts about one process; undefined when it does not exist. */
export function processFacts(pid: number): ProcessFacts | undefined {
  return whenInSight(() => parseStat(readFileSync(`/proc/${pid}/stat`, "latin1")));
}

/** Whether a process that was seen before still runs. */
export function isAlive({ pid, startTime }: ProcessFacts): boolean {
  const now = processFacts(pid);
  return now !== undefined && now.startTime === startTime && !now.ended;
}

/**
 * The living processes of a script: its group and session, what descends from it, and what left all of these but still
 * has the marker in its environment.
 */
export async function findFamily(family: Family): Promise<readonly ProcessFacts[]> {
  const all = await allProcesses();
  const members = new Set(all.filter((one) => isRelated(one, family)).map(({ pid }) => pid));
  for (const { pid } of await marked(all, members, family)) members.add(pid);
  addDescendants(all, members);
  return all.filter(({ pid, ended }) => members.has(pid) && !ended);
}

/** The socket or pipe that a process has open as the descriptor, by a name of its own; undefined when it cannot be told. */
export function streamLink(pid: number, descriptor: number): string | undefined {
  const target = whenInSight(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
  return target?.startsWith("socket:") || target?.startsWith("pipe:") ? target : undefined;
}

/** The processes that have a stream open, as far as they may be looked at. @param link as `/proc/PID/fd` shows it */
export async function holdersOf(link: string): Promise<readonly Holder[]> {
  const pids = await processIds();
  const holding = await Promise.all(pids.map((pid) => hasOpen(pid, link)));
  return toHolders(pids.filter((pid, index) => holding[index] && pid !== process.pid));
}

/** Processes with their command lines. */
export function toHolders(pids: readonly number[]): Promise<readonly Holder[]> {
  return Promise.all(pids.map(async (pid) => ({ pid, command: await commandLine(pid) })));
}

function isRelated({ pid, group, session }: ProcessFacts, { leader }: Family): boolean {
  return pid === leader || group === leader || session === leader;
}

async function marked(
  all: readonly ProcessFacts[],
  known: ReadonlySet<number>,
  { marker, leaderStartTime }: Family,
): Promise<readonly ProcessFacts[]> {
  if (marker === undefined) return [];
  const candidates = all.filter(({ pid, startTime }) => !known.has(pid) && startTime >= leaderStartTime);
  const found = await Promise.all(candidates.map(({ pid }) => hasInEnvironment(pid, marker)));
  return candidates.filter((_, index) => found[index]);
}

/** Adds the children of members until there are no more. */
function addDescendants(all: readonly ProcessFacts[], members: Set<number>): void {
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid);
  }
}

async function allProcesses(): Promise<readonly ProcessFacts[]> {
  const pids = await processIds();
  const found = await Promise.all(pids.map(readFacts));
  return found.filter((facts) => facts !== undefined);
}

async function processIds(): Promise<readonly number[]> {
  const names = (await whenInSightAsync(fs.readdir("/proc"))) ?? [];
  return names.filter((name) => /^[0-9]+$/.test(name)).map(Number);
}

async function readFacts(pid: number): Promise<ProcessFacts | undefined> {
  const text = await whenInSightAsync(fs.readFile(`/proc/${pid}/stat`, "latin1"));
  return text === undefined ? undefined : parseStat(text);
}

async function hasInEnvironment(pid: number, entry: string): Promise<boolean> {
  const environment = await whenInSightAsync(fs.readFile(`/proc/${pid}/environ`, "latin1"));
  return environment !== undefined && `\0${environment}`.includes(`\0${entry}\0`);
}

async function hasOpen(pid: number, link: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  const descriptors = (await whenInSightAsync(fs.readdir(directory))) ?? [];
  for (const descriptor of descriptors) {
    if ((await whenInSightAsync(fs.readlink(`${directory}/${descriptor}`))) === link) return true;
  }
  return false;
}

async function commandLine(pid: number): Promise<string> {
  const words = await whenInSightAsync(fs.readFile(`/proc/${pid}/cmdline`, "utf8"));
  const command = (words ?? "").split("\0").join(" ").trim();
  return command === "" ? "command unknown" : command;
}

/** Reads `/proc/PID/stat`; the second field, the name, may itself hold blanks and parentheses (proc_pid_stat(5)). */
function parseStat(text: string): ProcessFacts {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const number = (index: number) => Number(fields[index]);
  return {
    pid: Number.parseInt(text, 10),
    parent: number(1),
    group: number(2),
    session: number(3),
    startTime: number(19),
    ended: fields[0] === "Z" || fields[0] === "X",
  };
}

function whenInSight<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (OUT_OF_SIGHT.includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

async function whenInSightAsync<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (OUT_OF_SIGHT.includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
