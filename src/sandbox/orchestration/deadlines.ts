import type { DiagnosticsView, EventView, TargetView } from "../model/deployment.ts";
import { currentEvent, type DeploymentState, waitingSince } from "./deployment-state.ts";
import { giveUpHost, haltHost } from "./host-progress.ts";
import { beginStage } from "./rollout.ts";

/** When a deployment has to be looked at again although nothing has happened; `Infinity` when it has ended. */
export function nextDeadline(state: DeploymentState): number {
  if (state.completedAt !== undefined) return Number.POSITIVE_INFINITY;
  const ofHosts = state.targets.map((target) => hostDeadline(state, target));
  return Math.min(deploymentDeadline(state), waitDeadline(state), ...ofHosts);
}

/** The state when the clock shows a time. */
export function afterTime(state: DeploymentState, at: number): DeploymentState {
  if (deploymentDeadline(state) <= at) return timedOut(state, at);
  if (waitDeadline(state) <= at) return waited(state, at);
  const targets = state.targets.map((target) =>
    hostDeadline(state, target) <= at ? giveUpHost(target, silence(target), at) : target,
  );
  return targets.some((target, position) => target !== state.targets[position]) ? { ...state, targets } : state;
}

function deploymentDeadline({ createdAt, limits, stages, stopping }: DeploymentState): number {
  if (stopping?.cause === "timeout") return Number.POSITIVE_INFINITY;
  return createdAt + (stages.length === 1 ? limits.inPlace : limits.blueGreen);
}

function waitDeadline({ stages, stage, stageStartedAt, stopping }: DeploymentState): number {
  const current = stages[stage];
  if (current === undefined || current.kind === "hosts" || stageStartedAt === undefined || stopping !== undefined) {
    return Number.POSITIVE_INFINITY;
  }
  return stageStartedAt + current.waitMs;
}

function hostDeadline({ limits }: DeploymentState, target: TargetView): number {
  const current = currentEvent(target);
  if (current === undefined) return Number.POSITIVE_INFINITY;
  const { index, event } = current;
  if (event.status === "InProgress") return (event.startedAt ?? 0) + limits.run;
  return (waitingSince(target, index) ?? 0) + limits.pickUp;
}

function waited(state: DeploymentState, at: number): DeploymentState {
  if (state.stages[state.stage]?.kind === "termination") return beginStage(state, state.stage + 1, at);
  const message = "Nobody called ContinueDeployment before the wait was over.";
  const targets = state.targets.map((target) => haltHost(target, at));
  return { ...state, targets, stopping: { cause: "user", message, rollBack: false } };
}

function timedOut(state: DeploymentState, at: number): DeploymentState {
  const message = "The deployment did not end within the time that a deployment may take.";
  const targets = state.targets.map((target) => giveUpHost(target, silence(target), at));
  return { ...state, targets, stopping: { cause: "timeout", message } };
}

const UNKNOWN_ERROR = 5;

/** What is told of an event whose agent was not heard of in time. */
function silence(target: TargetView): DiagnosticsView {
  const event = currentEvent(target)?.event;
  return { errorCode: UNKNOWN_ERROR, scriptName: "", message: silenceText(target.host, event), log: "" };
}

function silenceText(host: string, event: EventView | undefined): string {
  if (event?.status === "InProgress") {
    return `The agent of ${host} began ${event.name} and did not report its end in time. See the agent's log on the host.`;
  }
  return `No agent fetched ${event?.name ?? "the event"} for ${host} in time. See whether the agent runs there, its log, and its way to this service.`;
}
