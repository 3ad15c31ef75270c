import type { DeploymentOrder } from "../coordination/order.ts";
import { ServiceFault } from "../http/service-fault.ts";
import type { NewDeployment } from "../model/new-deployment.ts";
import { resolveConfiguration } from "../orchestration/resolve-configuration.ts";
import { type DeploymentRow, type GroupRow, groupKey } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { deploymentTopic, type ManagementContext, readForm } from "./context.ts";
import { deploymentView } from "./deployment-view.ts";
import type { Handler, PathParts } from "./handler.ts";
import { DeploymentBody } from "./request-types.ts";

const MAX_WAIT_SECONDS = 600;
/** Longest time a timer of Node can run; watchers are woken by changes, not by it. */
const FOREVER_MS = 2 ** 31 - 1;

export const listDeployments: Handler = async ({ store }, _parts, { query }) => {
  const newest = Number(query.get("newest")) || Number.POSITIVE_INFINITY;
  return [...store.deployments.all()].slice(-newest).map(deploymentView).reverse();
};

export const showDeployment: Handler = async ({ store }, parts) => deploymentView(find(store, parts));

export const createDeployment: Handler = async ({ store, coordinator }, _parts, exchange) => {
  const request: NewDeployment = await readForm(DeploymentBody, exchange);
  const group = store.groups.get(groupKey(request));
  if (group === undefined) {
    const message = `There is no deployment group ${request.group} of application ${request.application}; make it first.`;
    throw new ServiceFault(404, "DeploymentGroupDoesNotExistException", message);
  }
  requireIdle(store, group);
  const known = request.deploymentConfig === undefined ? undefined : store.configurations.get(request.deploymentConfig);
  const configuration =
    known === undefined || request.minimumHealthyHosts !== undefined
      ? resolveConfiguration(request.deploymentConfig, request.minimumHealthyHosts)
      : { name: known.deploymentConfigName, rule: known.rule };
  if (typeof configuration === "string") throw new ServiceFault(400, "InvalidRequest", configuration);
  return deploymentView(coordinator.start(group, orderFor(request, configuration, group)));
};

/** Answers when the deployment has ended, or as it is when the time is over. */
export const waitForDeployment: Handler = async ({ store, waitingRoom }, parts, { query, closed }) => {
  const seconds = Math.min(Number(query.get("seconds") ?? MAX_WAIT_SECONDS) || 0, MAX_WAIT_SECONDS);
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const row = find(store, parts);
    const left = until - Date.now();
    if (row.state.completedAt !== undefined || left <= 0 || closed.aborted) return deploymentView(row);
    await waitingRoom.wait(deploymentTopic(row.deploymentId), left, closed);
  }
};

/** Sends what has happened and then what happens, one JSON object a line, until the deployment has ended. */
export const streamEvents: Handler = async (context, parts, { response, closed, requestId }) => {
  const { store, waitingRoom } = context;
  let row = find(store, parts);
  response.writeHead(200, { "content-type": "application/x-ndjson", "x-amzn-requestid": requestId });
  let sent = 0;
  while (!closed.aborted) {
    row = find(store, parts);
    for (const event of row.history.slice(sent)) response.write(`${JSON.stringify(event)}\n`);
    sent = row.history.length;
    if (row.state.completedAt !== undefined) break;
    await waitingRoom.wait(deploymentTopic(row.deploymentId), FOREVER_MS, closed);
  }
  response.end();
};

function orderFor(
  request: NewDeployment,
  configuration: DeploymentOrder["configuration"],
  { settings }: GroupRow,
): DeploymentOrder {
  const { appSpecFilename, deploymentType, lifecycleEvents, tamper, specification } = request;
  const withLoadBalancer = request.withLoadBalancer ?? false;
  return {
    application: request.application,
    group: request.group,
    revision: { revisionType: "S3", s3Location: request.revision },
    configuration,
    creator: request.deploymentCreator ?? "user",
    fileExistsBehavior: request.fileExistsBehavior ?? "DISALLOW",
    ignoreApplicationStopFailures: request.ignoreApplicationStopFailures ?? false,
    updateOutdatedInstancesOnly: false,
    autoRollback: request.autoRollback
      ? { enabled: true, events: ["DEPLOYMENT_FAILURE"] }
      : (settings.autoRollbackConfiguration ?? { enabled: false, events: [] }),
    style: {
      deploymentType: "IN_PLACE",
      deploymentOption: withLoadBalancer ? "WITH_TRAFFIC_CONTROL" : "WITHOUT_TRAFFIC_CONTROL",
    },
    withLoadBalancer,
    agent: {
      ...(appSpecFilename === undefined ? {} : { appSpecFilename }),
      ...(deploymentType === undefined ? {} : { deploymentType }),
      ...(lifecycleEvents === undefined ? {} : { lifecycleEvents }),
      ...(tamper === undefined ? {} : { tamper }),
      ...(specification === undefined ? {} : { specification }),
    },
  };
}

function requireIdle({ deployments }: SandboxStore, { groupId, group }: GroupRow): void {
  for (const row of deployments.all()) {
    if (row.groupId !== groupId || row.state.completedAt !== undefined) continue;
    const id = row.deploymentId;
    const message = `Deployment group ${group} is already deploying deployment '${id}' (it already has an active Deployment '${id}'). Start the agents it waits for, or stop it.`;
    throw new ServiceFault(400, "DeploymentLimitExceededException", message);
  }
}

function find({ deployments }: ManagementContext["store"], [id = ""]: PathParts): DeploymentRow {
  const row = deployments.get(id);
  if (row === undefined)
    throw new ServiceFault(404, "DeploymentDoesNotExistException", `There is no deployment ${id}.`);
  return row;
}
