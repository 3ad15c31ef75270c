import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { ServiceManager } from "../ports/service-manager.ts";
import type { Progress } from "./progress.ts";
import type { AgentStatus, AgentView } from "./status.ts";

/** Tells the service manager of each change; readiness once, when the first attempt to get a command has ended. */
export function announce(status: AgentStatus, manager: ServiceManager): void {
  let isReady = false;
  status.subscribe((view) => {
    const becomesReady = !isReady && view.phase !== "starting";
    isReady ||= becomesReady;
    manager.notify({
      status: statusLine(view),
      ...(becomesReady ? { ready: true } : {}),
      ...(view.phase === "stopping" ? { stopping: true } : {}),
    });
  });
}

/** What the daemon is doing, as one line for people. */
export function statusLine({ phase, detail, running }: AgentView): string {
  const said = [phaseText(phase, detail, running.length > 0), runningText(running)].filter((text) => text !== "");
  return said.join(" ").replace(/\s+/g, " ");
}

function phaseText(phase: AgentView["phase"], detail: string | null, isBusy: boolean): string {
  const because = detail === null ? "" : ` ${detail}`;
  switch (phase) {
    case "starting":
      return `Starting.${because}`;
    case "ready":
      return detail ?? (isBusy ? "" : "Waiting for deployments.");
    case "paused":
      return `${detail ?? "Paused"}. No new commands are taken.`;
    case "stopping":
      return `Stopping.${because}`;
  }
}

function runningText(running: AgentView["running"]): string {
  const [first, ...others] = running;
  if (first === undefined) return "";
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return `Running ${first.event} of ${first.deploymentId} (group ${first.deploymentGroup})${more}.`;
}

/** Tells the service manager that the daemon is alive as long as its loop gets on, until the signal is aborted. */
export async function keepWatchdog(
  manager: ServiceManager,
  { progress, clock, log }: { readonly progress: Progress; readonly clock: Clock; readonly log: Log },
  end: AbortSignal,
): Promise<void> {
  if (manager.watchdogMs === undefined) return;
  let isHanging = false;
  while (!end.aborted) {
    const hanging = progress.overdueStep;
    if (hanging === undefined) manager.notify({ alive: true });
    else if (!isHanging) log.error(`The agent hangs: ${hanging} takes too long. The service manager will restart it.`);
    isHanging = hanging !== undefined;
    await clock.sleep(manager.watchdogMs / 2, end);
  }
}
