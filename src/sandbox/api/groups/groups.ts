import { randomUUID } from "node:crypto";
import type {
  BatchGetDeploymentGroupsOutput,
  CreateDeploymentGroupOutput,
  DeleteDeploymentGroupOutput,
  GetDeploymentGroupOutput,
  ListDeploymentGroupsOutput,
  UpdateDeploymentGroupOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { type GroupRow, groupKey } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { findApplication, findGroup } from "../lookup.ts";
import { checkBatch, checkName } from "../names.ts";
import { page } from "../paging.ts";
import { refusal } from "../refuse.ts";
import { Tags, Text, Texts } from "../shapes.ts";
import { checkTags } from "../tag-rules.ts";
import type { Wire } from "../wire.ts";
import { groupInfo } from "./group-view.ts";
import { checkSettings, updatedSettings } from "./settings.ts";
import { SettingsShape } from "./settings-shape.ts";
import { requireConsistency } from "./traffic.ts";

const MAX_GROUPS = 1000;
const MAX_BATCH = 100;
const Application = z.object({ applicationName: Text });
const Named = Application.extend({ deploymentGroupName: Text });
const Creation = SettingsShape.extend({ applicationName: Text, deploymentGroupName: Text, tags: Tags });
const Update = SettingsShape.extend({
  applicationName: Text,
  currentDeploymentGroupName: Text,
  newDeploymentGroupName: Text,
});

export function groupOperations({ store }: ApiContext): Operations {
  return {
    CreateDeploymentGroup: answering(Creation, (input) => create(store, input)),
    UpdateDeploymentGroup: answering(Update, (input) => update(store, input)),
    DeleteDeploymentGroup: answering(
      Named,
      ({ applicationName, deploymentGroupName }): Wire<DeleteDeploymentGroupOutput> => {
        const application = checkName("application", applicationName);
        const group = checkName("group", deploymentGroupName);
        store.groups.delete(groupKey({ application, group }));
        return { hooksNotCleanedUp: [] };
      },
    ),
    GetDeploymentGroup: answering(
      Named,
      ({ applicationName, deploymentGroupName }): Wire<GetDeploymentGroupOutput> => ({
        deploymentGroupInfo: groupInfo(findGroup(store, applicationName, deploymentGroupName), store),
      }),
    ),
    ListDeploymentGroups: answering(
      Application.extend({ nextToken: Text }),
      ({ applicationName, nextToken }): Wire<ListDeploymentGroupsOutput> => {
        const { applicationName: application } = findApplication(store, applicationName);
        const names = groupsOf(store, application).map(({ group }) => group);
        const { items, nextToken: next } = page(names.sort(), nextToken, (name) => name);
        return { applicationName: application, deploymentGroups: items, nextToken: next };
      },
    ),
    BatchGetDeploymentGroups: answering(
      Application.extend({ deploymentGroupNames: Texts }),
      ({ applicationName, deploymentGroupNames }): Wire<BatchGetDeploymentGroupsOutput> => {
        const { applicationName: application } = findApplication(store, applicationName);
        if (deploymentGroupNames === undefined) throw refusal("DeploymentGroupNameRequired", "No groups are named.");
        const names = checkBatch(deploymentGroupNames, MAX_BATCH).map((name) => checkName("group", name));
        const unknown = names.filter((group) => store.groups.get(groupKey({ application, group })) === undefined);
        const known = names.flatMap((group) => store.groups.get(groupKey({ application, group })) ?? []);
        return {
          deploymentGroupsInfo: known.map((row) => groupInfo(row, store)),
          errorMessage: unknown.length === 0 ? "" : `There are no deployment groups ${unknown.join(", ")}.`,
        };
      },
    ),
  };
}

function create(store: SandboxStore, input: z.output<typeof Creation>): Wire<CreateDeploymentGroupOutput> {
  const application = checkName("application", input.applicationName);
  const group = checkName("group", input.deploymentGroupName);
  checkName("role", input.serviceRoleArn);
  findApplication(store, application);
  const settings = checkSettings(input, store);
  requireConsistency(settings);
  const tags = checkTags(input.tags, "InvalidTagsToAdd");
  requireFree(store, { application, group });
  if (groupsOf(store, application).length >= MAX_GROUPS) {
    throw refusal("DeploymentGroupLimitExceeded", `Application ${application} has ${MAX_GROUPS} groups already.`);
  }
  const row: GroupRow = { application, group, groupId: randomUUID(), hosts: [], settings, tags, health: {} };
  store.groups.put(groupKey(row), row);
  return { deploymentGroupId: row.groupId };
}

function update(store: SandboxStore, input: z.output<typeof Update>): Wire<UpdateDeploymentGroupOutput> {
  const row = findGroup(store, input.applicationName, input.currentDeploymentGroupName);
  const settings = updatedSettings(row.settings, checkSettings(input, store));
  requireConsistency(settings);
  const group =
    input.newDeploymentGroupName === undefined ? row.group : checkName("group", input.newDeploymentGroupName);
  if (group !== row.group) requireFree(store, { application: row.application, group });
  store.transaction(() => {
    if (group !== row.group) store.groups.delete(groupKey(row));
    store.groups.put(groupKey({ application: row.application, group }), { ...row, group, settings });
    if (group !== row.group) renameInDeployments(store, row, group);
  });
  return { hooksNotCleanedUp: [] };
}

/** Deployments go on under the new name. */
function renameInDeployments({ deployments }: SandboxStore, { groupId }: GroupRow, group: string): void {
  for (const row of [...deployments.all()]) {
    if (row.groupId === groupId) deployments.put(row.deploymentId, { ...row, order: { ...row.order, group } });
  }
}

function requireFree({ groups }: SandboxStore, names: { readonly application: string; readonly group: string }): void {
  if (groups.get(groupKey(names)) === undefined) return;
  const message = `Application ${names.application} has a deployment group ${names.group} already.`;
  throw refusal("DeploymentGroupAlreadyExists", message);
}

function groupsOf({ groups }: SandboxStore, application: string): GroupRow[] {
  return [...groups.all()].filter((row) => row.application === application);
}
