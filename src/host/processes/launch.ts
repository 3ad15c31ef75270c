import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { errnoOf } from "../../ports/errno.ts";
import type { ProcessRequest, RunAs } from "../../ports/processes.ts";

/** What to hand to the system to start a child as the user it is meant for. */
export interface Launch {
  readonly kind: "ready";
  readonly file: string;
  readonly arguments: readonly string[];
  /** For the system call; absent where the program becomes the user, or nobody has to. */
  readonly identity: { readonly uid: number; readonly gid: number } | undefined;
  /** Whether `file` is a program that becomes the user and then the requested program. */
  readonly throughTool: boolean;
}

/** A child that cannot be started as the user it is meant for. */
export interface LaunchRefused {
  readonly kind: "refused";
  readonly reason: string;
  readonly errno: string;
}

/**
 * Decides how a child becomes another user. Node sets user and group but leaves the child without supplementary
 * groups, so for users who have some `setpriv` does it. Unlike `su` and `runuser` it then *becomes* the program: exit
 * status and signals are the program's own, no login shell has a say, and no PAM session raises the agent's limits.
 * @param toolDirectories where `setpriv` is looked for
 */
export async function prepareLaunch(
  request: ProcessRequest,
  toolDirectories: readonly string[],
): Promise<Launch | LaunchRefused> {
  const { file, arguments: args, runAs } = request;
  const ownUid = process.getuid?.();
  if (runAs === undefined || runAs.uid === ownUid) return direct(file, args);
  if (ownUid !== 0) {
    return refused("EPERM", "only root can start programs as another user, and the agent does not run as root");
  }
  if (supplementaryGroups(runAs).length === 0)
    return { ...direct(file, args), identity: { uid: runAs.uid, gid: runAs.gid } };

  const setpriv = await findTool("setpriv", toolDirectories);
  if (setpriv === undefined) {
    return refused("ENOENT", "the user has supplementary groups, and setpriv (package util-linux) is not on this host");
  }
  return { ...direct(setpriv, [...setprivOptions(runAs), "--", file, ...args]), throughTool: true };
}

/** Whether the user of a launch through a tool may execute the requested file. */
export async function mayExecute(launch: Launch, request: ProcessRequest): Promise<boolean> {
  const { runAs, file, environment } = request;
  if (runAs === undefined) return true;
  const probe = await execa(launch.file, [...setprivOptions(runAs), "--", "test", "-x", file], {
    env: environment,
    extendEnv: false,
    stdin: "ignore",
    reject: false,
  });
  return probe.exitCode === 0;
}

function direct(file: string, args: readonly string[]): Launch {
  return { kind: "ready", file, arguments: args, identity: undefined, throughTool: false };
}

function refused(errno: string, reason: string): LaunchRefused {
  return { kind: "refused", errno, reason };
}

function supplementaryGroups({ gid, groups }: RunAs): readonly number[] {
  return groups.filter((group) => group !== gid);
}

function setprivOptions({ uid, gid, groups }: RunAs): string[] {
  return [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(",")}`];
}

async function findTool(name: string, directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories) {
    const path = join(directory, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch (error) {
    if (["ENOENT", "EACCES", "ENOTDIR"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}
