import { AGENT_EVENTS } from "../../deployment/lifecycle.ts";
import { LocalUsageError } from "./usage-error.ts";

/** Events that run the scripts of what is installed already, so they may come before the download. */
const BEFORE_DOWNLOAD: ReadonlySet<string> = new Set(["BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop"]);
const BEFORE_INSTALL: ReadonlySet<string> = new Set([...BEFORE_DOWNLOAD, "DownloadBundle", "BeforeInstall"]);

/**
 * The events in the order in which they are carried out: as asked for, with DownloadBundle and Install put in front
 * where they are missing.
 * @throws LocalUsageError when an event comes before DownloadBundle or Install that cannot
 */
export function orderEvents(asked: readonly string[]): readonly string[] {
  const events = asked.map((event) => event.trim()).filter((event) => event !== "");
  requireNoSlips(events);
  requireOnlyBefore(events, "DownloadBundle", BEFORE_DOWNLOAD);
  requireOnlyBefore(events, "Install", BEFORE_INSTALL);
  if (!events.includes("DownloadBundle")) events.unshift("DownloadBundle");
  if (!events.includes("Install")) events.splice(events.indexOf("DownloadBundle") + 1, 0, "Install");
  return events;
}

/** An AppSpec file may have events of its own; one that differs from a known one by case alone is meant to be that. */
function requireNoSlips(events: readonly string[]): void {
  for (const event of events) {
    const meant = AGENT_EVENTS.find((known) => known.toLowerCase() === event.toLowerCase()) ?? event;
    if (meant !== event) throw new LocalUsageError(`--events: there is no event ${event}; did you mean ${meant}?`);
  }
}

function requireOnlyBefore(events: readonly string[], event: string, allowed: ReadonlySet<string>): void {
  const early = events.slice(0, Math.max(0, events.indexOf(event))).filter((earlier) => !allowed.has(earlier));
  if (early.length === 0) return;
  throw new LocalUsageError(
    `${early.join(", ")} cannot come before ${event}; only ${[...allowed].join(", ")} can. Change the order in --events.`,
  );
}
