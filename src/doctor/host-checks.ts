import { Tracking } from "../commands/tracking.ts";
import { distrustOf } from "../install/host/trust.ts";
import { groupsWithJournal } from "../install/transaction/journal.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, fail, ok, skipped, warn } from "./finding.ts";

const LITTLE_BYTES = 2_000_000_000;
const TOO_LITTLE_BYTES = 200_000_000;

/** Space where revisions are kept. */
export async function disk({ layout, loaded, fileSystem }: DoctorContext): Promise<Finding> {
  const path = await firstExisting(layout.root, fileSystem);
  const { free, total } = await fileSystem.space(path);
  const facts = `${gigabytes(free)} of ${gigabytes(total)} free at ${path}; up to ${loaded.config.max_revisions} revisions are kept for each group`;
  if (free < TOO_LITTLE_BYTES) return fail(facts, "make room, or lower max_revisions");
  return free < LITTLE_BYTES ? warn(facts, "make room, or lower max_revisions") : ok(facts);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

const WRITABLE_BY_OTHERS = 0o002;

/** Whether the agent's directories can be used, and by nobody else. */
export async function stateDirectory({ layout, loaded, fileSystem }: DoctorContext): Promise<Finding> {
  const { root_dir: root, log_dir: logs, pid_dir: pids } = loaded.config;
  for (const path of [root, logs, pids]) {
    const existing = await firstExisting(path, fileSystem);
    const status = await fileSystem.statusFollowing(existing);
    if (existing === path && status?.kind !== "directory") return fail(`${path} is no directory`, "move it away");
    if (!(await fileSystem.isWritable(existing))) {
      return warn(
        `${existing} cannot be written by this user`,
        "run this as the user of the agent, mostly root, to be sure",
      );
    }
    if (existing === path && status !== undefined && (status.mode & WRITABLE_BY_OTHERS) !== 0) {
      return fail(`${path} can be written by everybody (mode ${status.mode.toString(8)})`, `chmod o-w ${path}`);
    }
  }
  return (await distrusted(layout.instructions, fileSystem)) ?? ok(root);
}

/** Records of what to remove are believed only if nobody else can have written them. */
async function distrusted(directory: string, fileSystem: FileSystem): Promise<Finding | undefined> {
  for (const name of (await namesIn(directory, fileSystem)).filter((one) => one.endsWith("-cleanup"))) {
    const file = `${directory}/${name}`;
    const reason = await distrustOf(file, fileSystem);
    if (reason === undefined) continue;
    return fail(
      `${file} cannot be trusted: ${reason}`,
      "check its content, then give it to the agent's user with mode 644",
    );
  }
  return undefined;
}

const TOOLS: Readonly<Record<string, string>> = {
  setfacl: "acls in permissions",
  semanage: "context in permissions",
  sudo: "scripts with sudo: true",
};

/** Tools that only some AppSpec files need. */
export async function tools({ missingTools }: DoctorContext): Promise<Finding> {
  const names = Object.keys(TOOLS);
  const missing = await missingTools(names);
  if (missing.length === 0) return ok(names.join(", "));
  const needs = missing.map((tool) => `${tool} (for ${TOOLS[tool]})`).join(", ");
  return ok(`not installed: ${needs}; a revision that needs one of them fails`);
}

/** What a crash left behind. */
export async function leftovers({ layout, fileSystem, daemon }: DoctorContext): Promise<Finding> {
  const journals = await groupsWithJournal(layout, fileSystem);
  const tracked = await new Tracking(layout, fileSystem).list();
  const results = await namesIn(layout.outbox, fileSystem);
  const isRunning = (await daemon()).kind === "running";
  if (isRunning) {
    return results.length === 0
      ? ok(tracked.length === 0 ? "none" : `none; ${tracked.length} command(s) are running`)
      : warn(
          `${results.length} result(s) wait to be taken by the service`,
          "look at the command service above, and at the log",
        );
  }
  const found = [
    ...journals.map((group) => `an interrupted Install of group ${group}`),
    ...tracked.map(({ deploymentId }) => `a command of ${deploymentId} that was cut short`),
    ...(results.length > 0 ? [`${results.length} result(s) not taken by the service`] : []),
  ];
  return found.length === 0
    ? ok("none")
    : warn(found.join(", "), "the next start of the agent settles this; or codedeploy-agent repair <group>");
}

/** The time of the last poll is written down once a minute. */
const POLL_NOTE_MS = 60_000;
/** A poll may be kept open for a minute and a half and be tried again after as long. */
const MAX_SILENCE_MS = 6 * 60_000;

/** The daemon and its unit, and when it had an answer last. */
export async function service({ daemon, unitState, clock }: DoctorContext): Promise<Finding> {
  const seen = await daemon();
  const state = await unitState();
  const unit = state === undefined ? "no systemd unit" : `codedeploy-agent.service ${state}`;
  switch (seen.kind) {
    case "unknown":
      return skipped(seen.reason);
    case "not-running":
      return fail(`not running; ${unit}`, "codedeploy-agent start");
    case "running": {
      const silentMs = seen.lastPollMs === undefined ? undefined : clock.now() - seen.lastPollMs;
      const facts = [`PID ${seen.pid}${seen.phase === undefined ? "" : `, ${seen.phase}`}`, pollText(silentMs), unit]
        .filter((text) => text !== "")
        .join("; ");
      if (seen.phase === "paused") return warn(`${facts}; it takes no commands`, "codedeploy-agent resume");
      if (seen.detail !== undefined) {
        return fail(`${facts}: ${seen.detail.replace(/\.$/, "")}`, "see the other checks and the log");
      }
      if (seen.phase === "ready" && silentMs !== undefined && silentMs > MAX_SILENCE_MS) {
        return fail(facts, "it may hang: look at its log, then codedeploy-agent restart");
      }
      return ok(facts);
    }
  }
}

function pollText(silentMs: number | undefined): string {
  if (silentMs === undefined) return "";
  if (silentMs < POLL_NOTE_MS) return "last poll answered within the last minute";
  return `last poll answered ${Math.round(silentMs / POLL_NOTE_MS)} min ago`;
}

/** What this program is. */
export async function version({ program }: DoctorContext): Promise<Finding> {
  return ok(`${program.version} on ${program.runtime}`);
}

async function firstExisting(path: string, fileSystem: FileSystem): Promise<string> {
  for (let at = path; at !== "/"; at = at.slice(0, at.lastIndexOf("/")) || "/") {
    if ((await fileSystem.statusFollowing(at)) !== undefined) return at;
  }
  return "/";
}

async function namesIn(directory: string, fileSystem: FileSystem): Promise<readonly string[]> {
  try {
    return await fileSystem.list(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
