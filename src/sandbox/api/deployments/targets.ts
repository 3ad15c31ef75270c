import type {
  BatchGetDeploymentInstancesOutput,
  BatchGetDeploymentTargetsOutput,
  GetDeploymentInstanceOutput,
  GetDeploymentTargetOutput,
  ListDeploymentInstancesOutput,
  ListDeploymentTargetsOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import type { TargetView } from "../../model/deployment.ts";
import type { DeploymentRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { checkName } from "../names.ts";
import { page } from "../paging.ts";
import { refusal } from "../refuse.ts";
import { optional, Text, Texts } from "../shapes.ts";
import type { Wire } from "../wire.ts";
import { findStarted, findTarget, targetNamed } from "./find-target.ts";
import { filteredTargets } from "./target-filters.ts";
import { instanceSummary, instanceTarget } from "./target-view.ts";

const MAX_BATCH = 25;
const Named = z.object({ deploymentId: Text });

export function targetOperations({ store }: ApiContext): Operations {
  const shown = ({ deploymentId }: DeploymentRow, target: TargetView) => ({
    deploymentTargetType: "InstanceTarget" as const,
    instanceTarget: instanceTarget(deploymentId, target, store),
  });
  return {
    ListDeploymentTargets: answering(
      Named.extend({ nextToken: Text, targetFilters: optional(z.record(z.string(), z.array(z.string()))) }),
      ({ deploymentId, nextToken, targetFilters = {} }): Wire<ListDeploymentTargetsOutput> => {
        const targets = filteredTargets(findStarted(store, deploymentId), targetFilters);
        const { items, nextToken: next } = page(targets, nextToken, ({ host }) => host);
        return { targetIds: items.map(({ host }) => host), nextToken: next };
      },
    ),
    GetDeploymentTarget: answering(
      Named.extend({ targetId: Text }),
      ({ deploymentId, targetId }): Wire<GetDeploymentTargetOutput> => {
        const id = checkName("target", targetId);
        const row = findStarted(store, deploymentId);
        return { deploymentTarget: shown(row, findTarget(row, id, store)) };
      },
    ),
    BatchGetDeploymentTargets: answering(
      Named.extend({ targetIds: Texts }),
      ({ deploymentId, targetIds }): Wire<BatchGetDeploymentTargetsOutput> => {
        const ids = batch(targetIds, "DeploymentTargetIdRequired");
        const row = findStarted(store, deploymentId);
        return { deploymentTargets: ids.map((id) => shown(row, findTarget(row, checkName("target", id), store))) };
      },
    ),
    ...deprecatedOperations(store),
  };
}

/** What clients called before there were targets. */
function deprecatedOperations(store: SandboxStore): Operations {
  return {
    ListDeploymentInstances: answering(
      Named.extend({ nextToken: Text, instanceStatusFilter: Texts, instanceTypeFilter: Texts }),
      ({ deploymentId, nextToken, instanceStatusFilter, instanceTypeFilter }): Wire<ListDeploymentInstancesOutput> => {
        const filters = {
          ...(instanceStatusFilter === undefined ? {} : { TargetStatus: instanceStatusFilter }),
          ...(instanceTypeFilter === undefined ? {} : { ServerInstanceLabel: instanceTypeFilter }),
        };
        const targets = filteredTargets(findStarted(store, deploymentId), filters);
        const { items, nextToken: next } = page(targets, nextToken, ({ host }) => host);
        return { instancesList: items.map(({ host }) => host), nextToken: next };
      },
    ),
    GetDeploymentInstance: answering(
      Named.extend({ instanceId: Text }),
      ({ deploymentId, instanceId }): Wire<GetDeploymentInstanceOutput> => {
        if (!instanceId) throw refusal("InstanceIdRequired", "The instance id is missing.");
        const row = findStarted(store, deploymentId);
        const target = targetNamed(row, instanceId, store);
        if (target === undefined) {
          throw refusal("InstanceDoesNotExist", `Deployment ${row.deploymentId} has no instance ${instanceId}.`);
        }
        return { instanceSummary: instanceSummary(row.deploymentId, target, store) };
      },
    ),
    BatchGetDeploymentInstances: answering(
      Named.extend({ instanceIds: Texts }),
      ({ deploymentId, instanceIds }): Wire<BatchGetDeploymentInstancesOutput> => {
        const ids = batch(instanceIds, "InstanceIdRequired");
        const row = findStarted(store, deploymentId);
        const unknown = ids.filter((id) => targetNamed(row, id, store) === undefined);
        const targets = ids.flatMap((id) => targetNamed(row, id, store) ?? []);
        return {
          instancesSummary: targets.map((target) => instanceSummary(row.deploymentId, target, store)),
          errorMessage: unknown.length === 0 ? "" : `The deployment has no instances ${unknown.join(", ")}.`,
        };
      },
    ),
  };
}

function batch(ids: readonly string[] | undefined, missing: string): readonly string[] {
  if (ids === undefined || ids.length === 0) throw refusal(missing, "No ids are given.");
  if (ids.length <= MAX_BATCH) return ids;
  throw refusal(
    missing === "InstanceIdRequired" ? "BatchLimitExceeded" : "DeploymentTargetListSizeExceeded",
    `At most ${MAX_BATCH} ids are accepted in one call.`,
  );
}
