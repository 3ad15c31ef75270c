import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import type { DeploymentView, MinimumHealthyHosts, NewDeployment, ObjectView } from "../../../sandbox/model.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { styleFor } from "../terminal/style.ts";
import { type Bundle, bundleOf } from "./bundle.ts";
import type { BundleType } from "./bundle-types.ts";
import { conclusion, headline, type LiveViewOptions, linesOf } from "./live-view.ts";

export interface DeployOptions extends EndpointOptions {
  readonly source: string;
  readonly application: string;
  readonly group: string;
  /** Absent to leave the group's hosts as they are. */
  readonly hosts?: readonly string[];
  readonly deploymentConfig?: string;
  readonly minimumHealthyHosts?: MinimumHealthyHosts;
  readonly bundleType?: BundleType;
  readonly bucket: string;
  readonly key?: string;
  readonly fileExistsBehavior?: "DISALLOW" | "OVERWRITE" | "RETAIN";
  readonly appspecFilename?: string;
  readonly ignoreApplicationStopFailures: boolean;
  readonly withLoadBalancer: boolean;
  readonly timeout: number;
  readonly json: boolean;
}

/** Uploads a revision, deploys it and shows what happens. Resolves with 0 when it succeeded, 1 when it failed. */
export async function deploy(options: DeployOptions, io: SandboxIo): Promise<number> {
  const client = await findSandbox(options, io.environment);
  const bundle = await bundleOf(options.source, { type: options.bundleType, appSpec: options.appspecFilename });
  if (bundle.warning !== undefined) io.stderr.write(`warning: ${bundle.warning}\n`);
  await prepareGroup(client, options);
  const object = await client.putObject(
    options.bucket,
    options.key ?? `${options.application}/${bundle.name}`,
    bundle.open(),
  );
  const deployment = await client.createDeployment(newDeployment(options, object, bundle));
  const view = {
    deployment,
    ignoreApplicationStopFailures: options.ignoreApplicationStopFailures,
    bundleSize: object.size,
    style: styleFor(io),
  };
  if (options.json) io.stdout.write(`${JSON.stringify({ type: "created", deployment })}\n`);
  else io.stdout.write(`${headline(view)}\n`);
  await warnOfSilentHosts(client, deployment, io);
  const ended = await follow(client, view, { options, io });
  if (options.json) io.stdout.write(`${JSON.stringify({ type: "ended", deployment: ended })}\n`);
  else io.stdout.write(`${conclusion(ended, view.style)}\n`);
  return ended.status === "Succeeded" ? EXIT.done : EXIT.failed;
}

async function prepareGroup(client: SandboxClient, { application, group, hosts }: DeployOptions): Promise<void> {
  if (hosts !== undefined) {
    await client.createGroup({ application, group, hosts });
    return;
  }
  const known = await client.groups();
  if (known.some((one) => one.application === application && one.group === group)) return;
  throw new CliFailure(`Application ${application} has no deployment group ${group}; name its hosts with --hosts.`);
}

function newDeployment(options: DeployOptions, object: ObjectView, { type }: Bundle): NewDeployment {
  const { bucket, key, version, eTag } = object;
  const { deploymentConfig, minimumHealthyHosts, fileExistsBehavior, appspecFilename } = options;
  return {
    application: options.application,
    group: options.group,
    revision: { bucket, key, bundleType: type, version, eTag },
    ...(deploymentConfig === undefined ? {} : { deploymentConfig }),
    ...(minimumHealthyHosts === undefined ? {} : { minimumHealthyHosts }),
    ...(fileExistsBehavior === undefined ? {} : { fileExistsBehavior }),
    ...(appspecFilename === undefined ? {} : { appSpecFilename: appspecFilename }),
    ignoreApplicationStopFailures: options.ignoreApplicationStopFailures,
    withLoadBalancer: options.withLoadBalancer,
  };
}

/** A host whose agent never polled keeps the deployment waiting: better said at once. */
async function warnOfSilentHosts(client: SandboxClient, { hosts }: DeploymentView, io: SandboxIo): Promise<void> {
  const seen = new Set(
    (await client.hosts()).flatMap(({ name, lastSeenAt }) => (lastSeenAt === undefined ? [] : name)),
  );
  const silent = hosts.map(({ host }) => host).filter((host) => !seen.has(host));
  if (silent.length === 0) return;
  io.stderr.write(
    `note: no agent has polled yet as ${silent.join(", ")}; waiting. See codedeploy-sandbox configure-agent --help.\n`,
  );
}

/** Prints events as they come until the deployment has ended. @throws CliFailure when it takes too long */
async function follow(
  client: SandboxClient,
  view: LiveViewOptions,
  { options, io }: { readonly options: DeployOptions; readonly io: SandboxIo },
): Promise<DeploymentView> {
  const { deploymentId } = view.deployment;
  const timeout = AbortSignal.timeout(options.timeout * 1000);
  try {
    for await (const event of client.events(deploymentId, { signal: AbortSignal.any([timeout, io.stop]) })) {
      if (options.json) io.stdout.write(`${JSON.stringify(event)}\n`);
      else for (const line of linesOf(event, view)) io.stdout.write(`${line}\n`);
    }
  } catch (error) {
    throw await whyGivenUp(error, { client, deploymentId, timedOut: timeout.aborted, options, io });
  }
  return client.deployment(deploymentId);
}

async function whyGivenUp(
  error: unknown,
  situation: {
    readonly client: SandboxClient;
    readonly deploymentId: string;
    readonly timedOut: boolean;
    readonly options: DeployOptions;
    readonly io: SandboxIo;
  },
): Promise<unknown> {
  const { client, deploymentId, timedOut, options, io } = situation;
  if (io.stop.aborted) {
    const message = `Stopped watching; deployment ${deploymentId} goes on in the sandbox.`;
    return new CliFailure(message, { exitStatus: EXIT.interrupted });
  }
  if (!timedOut) return error;
  const { hosts } = await client.deployment(deploymentId);
  const waiting = hosts
    .filter(({ status }) => status === "InProgress")
    .map(({ host, events }) => {
      const event = events.find(({ status }) => status === "Pending" || status === "InProgress");
      return event === undefined
        ? host
        : `${host} (${event.name}, ${event.status === "Pending" ? "not taken" : "running"})`;
    });
  return new CliFailure(
    `Deployment ${deploymentId} has not ended after ${options.timeout} s; it waits for ${waiting.join(", ")}.`,
  );
}
