import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import type { DeploymentView } from "../../../sandbox/model/deployment.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { followDeployment } from "./follow.ts";
import type { Narrator } from "./narrator.ts";

export interface TellOptions {
  readonly client: SandboxClient;
  /** Makes the narrator of a deployment. */
  readonly narrator: (deployment: DeploymentView) => Narrator;
  /** How long it may take; seconds. */
  readonly timeout: number;
  /** Whether the rollback of a deployment is part of its story. */
  readonly withRollback: boolean;
  readonly io: SandboxIo;
}

/** Tells a deployment to its end, and the rollback that follows. Resolves with how the deployment itself ended. */
export async function tell(deployment: DeploymentView, options: TellOptions): Promise<DeploymentView> {
  const { client, io, timeout } = options;
  const deadline = AbortSignal.timeout(timeout * 1000);
  const signal = AbortSignal.any([deadline, io.stop]);
  let next: DeploymentView | undefined = deployment;
  let first: DeploymentView | undefined;
  let current = deployment;
  try {
    while (next !== undefined) {
      current = next;
      const ended = await tellOne(current, { ...options, signal });
      first ??= ended;
      const { by } = ended.rollback ?? {};
      next = by === undefined || !options.withRollback ? undefined : await client.deployment(by);
    }
    return first ?? deployment;
  } catch (error) {
    throw await whyGivenUp(error, { deploymentId: current.deploymentId, timedOut: deadline.aborted, options });
  }
}

async function tellOne(
  deployment: DeploymentView,
  { client, narrator, signal }: TellOptions & { readonly signal: AbortSignal },
): Promise<DeploymentView> {
  const teller = narrator(deployment);
  teller.begin(deployment);
  const onSilence = teller.note.bind(teller);
  const onEvent = teller.event.bind(teller);
  try {
    const ended = await followDeployment(client, deployment.deploymentId, { signal, onEvent, onSilence });
    teller.end(ended);
    return ended;
  } finally {
    teller.close?.();
  }
}

async function whyGivenUp(
  error: unknown,
  situation: { readonly deploymentId: string; readonly timedOut: boolean; readonly options: TellOptions },
): Promise<unknown> {
  const { deploymentId, timedOut, options } = situation;
  if (options.io.stop.aborted) {
    const message = `Stopped watching; deployment ${deploymentId} goes on in the sandbox.`;
    return new CliFailure(message, { exitStatus: EXIT.interrupted });
  }
  if (!timedOut) return error;
  const waiting = waitedFor(await options.client.deployment(deploymentId));
  return new CliFailure(
    `Deployment ${deploymentId} has not ended after ${options.timeout} s; it waits for ${waiting.join(", ")}.`,
  );
}

function waitedFor({ hosts }: DeploymentView): readonly string[] {
  return hosts
    .filter(({ status }) => status === "InProgress")
    .map(({ host, events }) => {
      const event = events.find(({ status }) => status === "Pending" || status === "InProgress");
      return event === undefined
        ? host
        : `${host} (${event.name}, ${event.status === "Pending" ? "not taken" : "running"})`;
    });
}
