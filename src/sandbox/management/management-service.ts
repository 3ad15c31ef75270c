import { type Exchange, replyJson } from "../http/exchange.ts";
import { ServiceFault } from "../http/service-fault.ts";
import { S3Fault } from "../s3/s3-fault.ts";
import { listAlarms, setAlarm } from "./alarms.ts";
import type { ManagementContext } from "./context.ts";
import { createDeployment, listDeployments, showDeployment, streamEvents, waitForDeployment } from "./deployments.ts";
import { addFault, clearFaults, listFaults, removeFault } from "./faults.ts";
import { declareHost, deleteGroup, listGroups, listHosts, putGroup } from "./fleet.ts";
import type { Handler, PathParts } from "./handler.ts";
import { openMetadata, registerInstance } from "./instances.ts";
import { caCertificate, describe, ensureKey, listCommands, uploadObject } from "./resources.ts";
import { requireToken } from "./token.ts";

export const MANAGEMENT_PREFIX = "/_sandbox/";

/**
 * The management API: JSON in, JSON out (the types of `model`), faults as `{"__type", "message"}`.
 * `{}` stands for one part of a path, `{*}` for all that is left of it.
 */
const HANDLERS: readonly (readonly [method: string, path: string, handler: Handler])[] = [
  /** SandboxView */
  ["GET", "", describe],
  /** Certificate of the authority, PEM */
  ["GET", "ca.pem", caCertificate],
  /** HostView[] */
  ["GET", "hosts", listHosts],
  /** Name; body {hostIdentifier?} -> HostView */
  ["PUT", "hosts/{}", declareHost],
  /** Name of an EC2 host; body {version1?, tokensArrive?} -> MetadataView, whose address stays */
  ["PUT", "hosts/{}/metadata", openMetadata],
  /** Name; body {iamUserArn, tags}: registers an on-premises instance that is not there yet, with these tags */
  ["PUT", "instances/{}", registerInstance],
  /** GroupView[] */
  ["GET", "groups", listGroups],
  /** Application and group; body {hosts} -> GroupView, whose id stays when the group exists */
  ["PUT", "groups/{}/{}", putGroup],
  ["DELETE", "groups/{}/{}", deleteGroup],
  /** ?newest= -> DeploymentView[], newest first */
  ["GET", "deployments", listDeployments],
  /** NewDeployment -> DeploymentView */
  ["POST", "deployments", createDeployment],
  /** DeploymentView */
  ["GET", "deployments/{}", showDeployment],
  /** SandboxEvent by SandboxEvent, a line each, from the first to the end of the deployment */
  ["GET", "deployments/{}/events", streamEvents],
  /** ?seconds= -> DeploymentView when the deployment has ended, or when the time is over */
  ["GET", "deployments/{}/wait", waitForDeployment],
  /** Name of an IAM user -> KeyView, the first of the user's keys, which is made when there is none */
  ["PUT", "keys/{}", ensureKey],
  /** ?host=&deploymentId= -> CommandView[], oldest first */
  ["GET", "commands", listCommands],
  /** AlarmView[]; an alarm that was never set is OK */
  ["GET", "alarms", listAlarms],
  /** Name; body {state: "OK" or "ALARM"} -> AlarmView */
  ["PUT", "alarms/{}", setAlarm],
  /** FaultView[], oldest first */
  ["GET", "faults", listFaults],
  /** NewFault -> FaultView */
  ["POST", "faults", addFault],
  /** Removes all */
  ["DELETE", "faults", clearFaults],
  ["DELETE", "faults/{}", removeFault],
  /** Bucket and key; body: the content -> ObjectView of a new version */
  ["PUT", "objects/{}/{*}", uploadObject],
];

/** Who the sandbox is, and the certificate that agents trust: open to every program on this machine. */
const OPEN: ReadonlySet<Handler> = new Set([describe, caCertificate]);

/** Answers a request to the management API, faults included. */
export async function serveManagement(context: ManagementContext, exchange: Exchange): Promise<void> {
  try {
    const [handler, parts] = findHandler(exchange);
    if (!OPEN.has(handler)) requireToken(exchange, context.token);
    const value = await handler(context, parts, exchange);
    if (!exchange.response.headersSent && !exchange.closed.aborted) await replyJson(exchange, 200, value ?? {});
  } catch (error) {
    if (!(error instanceof ServiceFault || error instanceof S3Fault) || exchange.response.headersSent) throw error;
    await replyJson(exchange, error.status, { __type: error.code, message: error.message });
  }
}

function findHandler({ method, path }: Exchange): readonly [Handler, PathParts] {
  const wanted = path.slice(MANAGEMENT_PREFIX.length);
  for (const [allowed, pattern, handler] of HANDLERS) {
    const parts = allowed === method ? matchPath(pattern, wanted) : undefined;
    if (parts !== undefined) return [handler, parts];
  }
  const known = HANDLERS.map(([allowed, pattern]) => `${allowed} ${MANAGEMENT_PREFIX}${pattern}`).join(", ");
  throw new ServiceFault(404, "UnknownPath", `There is no ${method} ${path}; there are ${known}.`);
}

function matchPath(pattern: string, path: string): PathParts | undefined {
  const expression = pattern
    .split("/")
    .map((part) => (part === "{}" ? "([^/]+)" : part === "{*}" ? "(.+)" : part.replaceAll(".", "\\.")))
    .join("/");
  const match = new RegExp(`^${expression}$`).exec(path);
  try {
    return match?.slice(1).map(decodeURIComponent);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new ServiceFault(400, "InvalidPath", `${path} is not percent-encoded as it should be.`);
  }
}
