import { setTimeout as delay } from "node:timers/promises";
import { SandboxRefusal } from "../../../sandbox/client/http-json.ts";
import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import type { DeploymentView, SandboxEvent } from "../../../sandbox/model/deployment.ts";
import { CliFailure } from "../io.ts";
import { duration } from "../terminal/quantities.ts";

/** A sandbox that keeps its state goes on where it was when it is started again; so does who watches it. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 500;

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: SandboxEvent) => void;
  /** Called when the sandbox does not answer any more, and is waited for. */
  readonly onSilence: (message: string) => void;
}

/**
 * Tells everything that happened to a deployment and then what happens, each event once, until it has ended.
 * @throws CliFailure when the sandbox is gone for good; whatever aborting the signal throws
 */
export async function followDeployment(
  client: SandboxClient,
  deploymentId: string,
  options: FollowOptions,
): Promise<DeploymentView> {
  let told = 0;
  let silentSince: number | undefined;
  for (;;) {
    try {
      let number = 0;
      for await (const event of client.events(deploymentId, { signal: options.signal })) {
        silentSince = undefined;
        number += 1;
        if (number <= told) continue;
        told = number;
        options.onEvent(event);
      }
      const deployment = await client.deployment(deploymentId);
      // A stream that ends before the deployment does was cut by the end of the sandbox.
      if (deployment.completedAt !== undefined) return deployment;
    } catch (error) {
      if (options.signal.aborted) throw error;
      if (error instanceof SandboxRefusal) throw isUnknown(error) ? forgotten(client.url, deploymentId, told) : error;
      if (silentSince === undefined) options.onSilence(`The sandbox at ${client.url} does not answer; waiting for it.`);
      silentSince ??= Date.now();
      if (Date.now() - silentSince >= PATIENCE_MS) throw gone(client.url, deploymentId);
    }
    await delay(RETRY_MS, undefined, { signal: options.signal });
  }
}

function isUnknown({ code }: SandboxRefusal): boolean {
  return code === "DeploymentDoesNotExistException";
}

function forgotten(url: string, deploymentId: string, told: number): CliFailure {
  const why = told === 0 ? "" : "; it was started again without --state, and has forgotten it";
  return new CliFailure(`The sandbox at ${url} knows no deployment ${deploymentId}${why}.`);
}

function gone(url: string, deploymentId: string): CliFailure {
  return new CliFailure(
    `The sandbox at ${url} has not answered for ${duration(PATIENCE_MS)}, so that the end of deployment ${deploymentId} is not known. Start it again with the same --port and --state.`,
  );
}
