import type { AgentStatus } from "../agent/status.ts";
import { type DaemonProcess, statusFileText } from "../agent/status-file.ts";
import type { Config } from "../config/schema.ts";
import { statusFile } from "../config/state-paths.ts";
import { stateFile } from "../host/files/state-file.ts";
import { errnoOf } from "../ports/errno.ts";
import type { Log } from "../ports/log.ts";
import { VERSION } from "../version.ts";

/** How often the time of the newest poll is written down; each one would be a write every few seconds for ever. */
const POLL_NOTE_EVERY_MS = 60_000;

/** Keeps the file that says what the daemon is doing, until the process ends. */
export function keepStatusFile(status: AgentStatus, config: Config, log: Log): void {
  const path = statusFile(config);
  const file = stateFile(path);
  const daemon: DaemonProcess = { pid: process.pid, agentVersion: VERSION, startedAtMs: Date.now() };
  let isFailing = false;
  let written: number | undefined;
  const write = () => {
    try {
      written = status.polls.lastAnswerMs;
      file.write(statusFileText(daemon, status.view, written));
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn(`The status file ${path} cannot be written (${errnoOf(error) ?? error}).`);
      isFailing = true;
    }
  };
  status.subscribe(write);
  setInterval(() => status.polls.lastAnswerMs === written || write(), POLL_NOTE_EVERY_MS).unref();
  process.once("exit", () => file.remove());
}
