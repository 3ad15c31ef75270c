import type { UnitState } from "../../ports/daemons.ts";

/** A systemd that hangs must not hang whoever asks. */
const WITHIN_MS = 10_000;
/** Lines of the journal in which the reason for an end is looked for. */
const JOURNAL_LINES = "50";

/** Whether systemd knows a unit. */
export async function isLoaded(unit: string): Promise<boolean> {
  return (await run("systemctl", "cat", unit)).fault === undefined;
}

/** Asks for the start of a unit. Resolves with what systemd says when it refuses. */
export async function startUnit(unit: string): Promise<string | undefined> {
  // One that failed before would be refused for a while.
  await run("systemctl", "reset-failed", unit);
  return (await run("systemctl", "start", "--no-block", unit)).fault;
}

/** How a unit is, and why it is not running any more. */
export async function unitState(unit: string): Promise<UnitState> {
  const names = ["ActiveState", "SubState", "Result", "MainPID", "InvocationID"];
  const { stdout } = await run("systemctl", "show", unit, `--property=${names.join(",")}`);
  const facts = Object.fromEntries(stdout.split("\n").map((line) => line.split(/=(.*)/s, 2)));
  const { ActiveState: active, SubState: sub, Result: result = "", MainPID: pid, InvocationID: invocation } = facts;
  if (active === "active" || active === "reloading") return { kind: "active", pid: Number(pid) };
  const isTriedAgain = sub === "auto-restart" || sub === "auto-restart-queued";
  const hasEnded = isTriedAgain || active === "failed" || (active === "inactive" && result !== "success");
  if (!hasEnded) return { kind: "activating" };
  return { kind: "ended", result, isTriedAgain, complaints: await complaints(invocation) };
}

/** What the processes of a unit's newest start wrote to the journal. */
async function complaints(invocation: string | undefined): Promise<string> {
  if (!invocation) return "";
  const words = ["--output=cat", "--no-pager", "--quiet", `--lines=${JOURNAL_LINES}`];
  return (await run("journalctl", ...words, `_SYSTEMD_INVOCATION_ID=${invocation}`)).stdout;
}

interface Told {
  readonly stdout: string;
  /** What it says when it fails; undefined when it succeeds. */
  readonly fault: string | undefined;
}

function run(program: string, ...words: readonly string[]): Promise<Told> {
  // Only a daemon that is started needs it; `status` would take longer to start.
  const { execFile } = process.getBuiltinModule("node:child_process");
  return new Promise((resolve) => {
    execFile(program, [...words], { timeout: WITHIN_MS }, (error, stdout, stderr) =>
      resolve({ stdout, fault: error === null ? undefined : stderr.trim() || error.message }),
    );
  });
}
