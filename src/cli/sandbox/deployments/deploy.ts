import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import type { DeploymentView, MinimumHealthyHosts } from "../../../sandbox/model/deployment.ts";
import type { NewDeployment } from "../../../sandbox/model/new-deployment.ts";
import type { ObjectView } from "../../../sandbox/model/resources.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { CliFailure, type SandboxIo } from "../io.ts";
import { type Bundle, bundleOf } from "./bundle.ts";
import type { BundleType } from "./bundle-types.ts";
import { jsonNarrator, textNarrator } from "./narrator.ts";
import { exitStatusOf } from "./outcome.ts";
import { tell } from "./tell.ts";

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
  readonly autoRollback: boolean;
  readonly everyEvent: boolean;
  readonly timeout: number;
  readonly json: boolean;
}

/** Uploads a revision, deploys it and shows what happens. Resolves with 0 when it succeeded, 1 when it failed, 3 when it was stopped. */
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
  const { ignoreApplicationStopFailures, everyEvent } = options;
  const narrator = ({ creator }: DeploymentView) => {
    if (options.json) return jsonNarrator(io, "created");
    const facts = { ignoreApplicationStopFailures, everyEvent };
    return textNarrator(io, creator === "user" ? { ...facts, bundleSize: object.size } : facts);
  };
  await warnOfSilentHosts(client, deployment, io);
  const ended = await tell(deployment, { client, narrator, timeout: options.timeout, withRollback: true, io });
  return exitStatusOf(ended.status);
}

async function prepareGroup(client: SandboxClient, { application, group, hosts }: DeployOptions): Promise<void> {
  if (hosts !== undefined) {
    await client.createGroup({ application, group, hosts: await namedHosts(client, hosts) });
    return;
  }
  const known = await client.groups();
  if (known.some((one) => one.application === application && one.group === group)) return;
  throw new CliFailure(`Application ${application} has no deployment group ${group}; name its hosts with --hosts.`);
}

/** Names with a `*` stand for the hosts that the sandbox has seen or been told of. */
async function namedHosts(client: SandboxClient, names: readonly string[]): Promise<readonly string[]> {
  if (!names.some((name) => name.includes("*"))) return names;
  const known = (await client.hosts()).map(({ name }) => name);
  return names.flatMap((name) => {
    if (!name.includes("*")) return name;
    const fitting = known.filter((host) => globMatches(name, host));
    if (fitting.length > 0) return fitting;
    throw new CliFailure(`No host of the sandbox is called ${name}; there are ${known.join(", ") || "none"}.`);
  });
}

function globMatches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[^\w-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
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
    ...(options.autoRollback ? { autoRollback: true } : {}),
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
