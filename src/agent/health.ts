import type { Progress } from "./progress.ts";
import type { AgentStatus, Phase } from "./status.ts";

/** A poll may be kept open for a minute and a half and be tried again after as long; twice that is a fault. */
const MAX_SILENCE_MS = 5 * 60_000;

/** What a health check is told. Times are in ISO 8601, UTC. */
export interface Health {
  readonly healthy: boolean;
  /** Why it is not, or what it complains about; null when all is well. */
  readonly detail: string | null;
  readonly phase: Phase;
  readonly lastSuccessfulPoll: string | null;
  readonly running: readonly {
    readonly event: string;
    readonly deploymentId: string;
    readonly deploymentGroup: string;
    readonly since: string;
  }[];
}

/**
 * How the agent is: unhealthy when its loop hangs, or when the command service has not answered for five minutes.
 * @param nowMs milliseconds since the epoch
 * @param startedMs the same, for an agent that never had an answer
 */
export function healthOf(
  { status, progress }: { readonly status: AgentStatus; readonly progress: Progress },
  { nowMs, startedMs }: { readonly nowMs: number; readonly startedMs: number },
): Health {
  const { view, polls } = status;
  const hanging = progress.overdueStep;
  const isSilent = view.phase === "ready" && nowMs - (polls.lastAnswerMs ?? startedMs) > MAX_SILENCE_MS;
  return {
    healthy: hanging === undefined && !isSilent,
    detail: hanging === undefined ? view.detail : `The agent hangs: ${hanging} takes too long.`,
    phase: view.phase,
    lastSuccessfulPoll: polls.lastAnswerMs === undefined ? null : new Date(polls.lastAnswerMs).toISOString(),
    running: view.running.map(({ event, deploymentId, deploymentGroup, sinceMs }) => ({
      ...{ event, deploymentId, deploymentGroup },
      since: new Date(sinceMs).toISOString(),
    })),
  };
}
