import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import type { DeploymentView } from "../../../sandbox/model/deployment.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { CliFailure, type SandboxIo } from "../io.ts";
import { isLive } from "../terminal/live-region.ts";
import { liveNarrator } from "./live-narrator.ts";
import { jsonNarrator, type Narrator, textNarrator } from "./narrator.ts";
import { exitStatusOf } from "./outcome.ts";
import { tell } from "./tell.ts";

export interface WatchOptions extends EndpointOptions {
  readonly rollback: boolean;
  readonly everyEvent: boolean;
  readonly timeout: number;
  readonly json: boolean;
}

/** Shows a deployment to its end. Resolves with 0 when it succeeded, 1 when it failed, 3 when it was stopped. */
export async function watch(deploymentId: string | undefined, options: WatchOptions, io: SandboxIo): Promise<number> {
  const client = await findSandbox(options, io.environment);
  const deployment = deploymentId === undefined ? await currentOf(client) : await client.deployment(deploymentId);
  const narrator = (): Narrator => {
    if (options.json) return jsonNarrator(io, "watching");
    if (isLive(io) && !options.everyEvent) return liveNarrator(client, io);
    return textNarrator(io, { ignoreApplicationStopFailures: false, everyEvent: options.everyEvent });
  };
  const { timeout, rollback: withRollback } = options;
  const ended = await tell(deployment, { client, narrator, timeout, withRollback, io });
  return exitStatusOf(ended.status);
}

/** The deployment that is going on, the newest of several; else the last one. */
async function currentOf(client: SandboxClient): Promise<DeploymentView> {
  const deployments = await client.deployments();
  const current = deployments.find(({ completedAt }) => completedAt === undefined) ?? deployments[0];
  if (current !== undefined) return current;
  throw new CliFailure(`The sandbox at ${client.url} has had no deployment yet; start one, then watch it.`);
}
