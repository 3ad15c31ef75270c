import type { DeploymentState, StopRequest } from "./deployment-state.ts";
import { haltHost, skipHost, startHost } from "./host-progress.ts";
import { minimumHealthy } from "./minimum-health.ts";
import type { Stage } from "./stages.ts";
import { countStandings, fleetSize, type HostStage, standingIn } from "./standing.ts";

/** Goes on with a deployment as far as it can without anybody else: takes hosts, ends stages, ends the deployment. */
export function settle(state: DeploymentState, at: number): DeploymentState {
  let current = state;
  for (;;) {
    const next = current.completedAt === undefined ? step(current, at) : current;
    if (next === current) return current;
    current = next;
  }
}

/** The state in which a stage begins; the end of the deployment behind the last one. */
export function beginStage(state: DeploymentState, position: number, at: number): DeploymentState {
  const stage = state.stages[position];
  if (stage === undefined) return { ...state, stage: position, status: "Succeeded", completedAt: at };
  const begun = { ...state, stage: position, stageStartedAt: at, status: statusDuring(stage) };
  if (stage.kind !== "hosts") return begun;
  const fleet = fleetSize(countStandings(stage, begun));
  const minimum = stage.rule === "all" ? 0 : minimumHealthy(state.rule, fleet);
  // Whether the rule can be kept at all was decided before the first host was taken: traffic has to be sent over now.
  return { ...begun, minimumHealthy: position === 0 ? minimum : Math.min(minimum, fleet - 1) };
}

/** Ends a deployment; hosts that wait are skipped. */
export function fail(state: DeploymentState, code: string, message: string, at: number): DeploymentState {
  const targets = state.targets.map((target) => haltHost(target, at));
  return { ...state, targets, status: "Failed", reason: { code, message }, completedAt: at };
}

function statusDuring(stage: Stage): DeploymentState["status"] {
  return stage.kind === "ready" ? "Ready" : "InProgress";
}

function step(state: DeploymentState, at: number): DeploymentState {
  if (state.stopping !== undefined) return finishStop(state, state.stopping, at);
  const stage = state.stages[state.stage];
  if (stage === undefined || stage.kind !== "hosts") return state;
  const filled = fillPlaces(state, stage, at);
  return filled === state ? conclude(state, stage, at) : filled;
}

const END_OF_STOP = {
  user: { status: "Stopped", code: "MANUAL_STOP" },
  alarm: { status: "Stopped", code: "ALARM_ACTIVE" },
  timeout: { status: "Failed", code: "TIMEOUT" },
} as const;

/** A deployment that is to stop has stopped when no agent works for it any more. */
function finishStop(state: DeploymentState, { cause, message }: StopRequest, at: number): DeploymentState {
  if (state.targets.some(({ status }) => status === "InProgress")) return state;
  const { status, code } = END_OF_STOP[cause];
  return { ...state, status, reason: { code, message }, completedAt: at };
}

/** Takes as many waiting hosts as may be away at a time; gives them up when too many have failed. */
function fillPlaces(state: DeploymentState, stage: HostStage, at: number): DeploymentState {
  const counts = countStandings(stage, state);
  if (counts.waiting === 0) return state;
  const mayBeAway = fleetSize(counts) - state.minimumHealthy;
  const tooMany = stage.rule === "minimum" && counts.failed >= mayBeAway;
  let places = tooMany ? counts.waiting : mayBeAway - counts.failed - counts.running;
  if (places <= 0) return state;
  const take = tooMany
    ? skipHost
    : (target: DeploymentState["targets"][number]) => startHost(target, at, stage.first + stage.count);
  const targets = state.targets.map((target) => {
    if (places <= 0 || standingIn(stage, target) !== "waiting") return target;
    places -= 1;
    return take(target, at);
  });
  return { ...state, targets };
}

function conclude(state: DeploymentState, stage: HostStage, at: number): DeploymentState {
  const counts = countStandings(stage, state);
  if (counts.waiting + counts.running > 0) return state;
  const needed = stage.rule === "all" ? fleetSize(counts) : Math.max(1, state.minimumHealthy);
  if (counts.succeeded >= needed || (fleetSize(counts) === 0 && state.mayBeEmpty)) {
    return beginStage(state, state.stage + 1, at);
  }
  const skipped = `${counts.skipped} ${counts.skipped === 1 ? "was" : "were"} skipped`;
  const message = `${counts.failed} of ${fleetSize(counts)} hosts failed and ${skipped}; ${needed} had to succeed.`;
  return fail(state, "HEALTH_CONSTRAINTS", message, at);
}
