import type { ListDeploymentsOutput } from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import type { DeploymentRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { findGroup } from "../lookup.ts";
import { oneOf } from "../names.ts";
import { page } from "../paging.ts";
import { refusal } from "../refuse.ts";
import { optional, Text, Texts } from "../shapes.ts";
import type { Wire } from "../wire.ts";

const STATUSES = ["Created", "Queued", "InProgress", "Baking", "Succeeded", "Failed", "Stopped", "Ready"] as const;
const Time = optional(z.number());

export const ListDeploymentsShape = z.object({
  applicationName: Text,
  deploymentGroupName: Text,
  externalId: Text,
  includeOnlyStatuses: Texts,
  createTimeRange: optional(z.object({ start: Time, end: Time })),
  nextToken: Text,
});

type Query = z.output<typeof ListDeploymentsShape>;

/** Newest first. @throws ServiceFault for a filter that makes no sense */
export function listDeployments(store: SandboxStore, query: Query): Wire<ListDeploymentsOutput> {
  const groupId = groupOf(store, query);
  const statuses = query.includeOnlyStatuses?.map((status) => oneOf(STATUSES, status, "InvalidDeploymentStatus"));
  const isInTime = timeFilter(query.createTimeRange);
  const ids = [...store.deployments.all()]
    .filter((row) => groupId === undefined || row.groupId === groupId)
    .filter(({ state }) => statuses === undefined || statuses.length === 0 || statuses.includes(state.status))
    .filter(isInTime)
    .map(({ deploymentId }) => deploymentId)
    .reverse();
  // Deployments of the sandbox come from no other system, so that none has an external id.
  const { items, nextToken } = page(query.externalId === undefined ? ids : [], query.nextToken, (id) => id);
  return { deployments: items, nextToken };
}

function groupOf(store: SandboxStore, { applicationName, deploymentGroupName }: Query): string | undefined {
  if (applicationName === undefined && deploymentGroupName === undefined) return undefined;
  return findGroup(store, applicationName, deploymentGroupName).groupId;
}

function timeFilter(range: Query["createTimeRange"]): (row: DeploymentRow) => boolean {
  const { start = 0, end = Number.POSITIVE_INFINITY } = range ?? {};
  if (start > end) throw refusal("InvalidTimeRange", "The range ends before it begins.");
  return ({ state: { createdAt } }) => createdAt / 1000 >= start && createdAt / 1000 <= end;
}
