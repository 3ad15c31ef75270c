import { advance } from "../../../src/sandbox/orchestration/advance.ts";
import {
  createdDeployment,
  type DeploymentState,
  eventToSend,
} from "../../../src/sandbox/orchestration/deployment-state.ts";
import { inPlaceEvents } from "../../../src/sandbox/orchestration/lifecycle.ts";
import { inPlaceStages } from "../../../src/sandbox/orchestration/stages.ts";
import { TIME_LIMITS } from "../../../src/sandbox/orchestration/time-limits.ts";

/** A deployment to hosts named by numbers from 1, started. */
export function started(
  hosts: number,
  minimumHealthy: number,
  options: { readonly ignoreApplicationStopFailures?: boolean; readonly withLoadBalancer?: boolean } = {},
): DeploymentState {
  const events = inPlaceEvents(options.withLoadBalancer ?? false);
  const state = createdDeployment({
    hosts: Array.from({ length: hosts }, (_, index) => ({ host: String(index + 1), events })),
    rule: { type: "HOST_COUNT", value: minimumHealthy },
    stages: inPlaceStages(events),
    limits: TIME_LIMITS,
    ignoreApplicationStopFailures: options.ignoreApplicationStopFailures ?? false,
    mayBeEmpty: false,
    createdAt: 0,
  });
  return advance(state, { type: "started", at: 1 });
}

/** Hosts that an agent is working for now. */
export function inFlight(state: DeploymentState): readonly string[] {
  return state.targets.filter(({ status }) => status === "InProgress").map(({ host }) => host);
}

/** Ends all events of a host, or fails its first one. */
export function finishHost(state: DeploymentState, host: string, status: "Succeeded" | "Failed"): DeploymentState {
  let next = state;
  for (;;) {
    const target = next.targets.find((candidate) => candidate.host === host);
    const open = target === undefined ? undefined : eventToSend(target);
    if (open === undefined) return next;
    next = advance(next, { type: "completed", host, index: open.index, status, at: 2 });
  }
}
