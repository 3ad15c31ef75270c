import type {
  BatchGetOnPremisesInstancesOutput,
  GetOnPremisesInstanceOutput,
  InstanceInfo,
  ListOnPremisesInstancesOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { fits } from "../../orchestration/selection.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { findRegistered, instanceByName } from "../lookup.ts";
import { checkBatch, checkName, oneOf } from "../names.ts";
import { page } from "../paging.ts";
import { refusal } from "../refuse.ts";
import { TagFilters, Tags, Text, Texts } from "../shapes.ts";
import { checkFilters } from "../tag-rules.ts";
import { seconds, secondsIfKnown, type Wire } from "../wire.ts";
import { addTags, removeTags } from "./instance-tags.ts";
import { deregister, register } from "./registration.ts";

const MAX_BATCH = 100;
const Named = z.object({ instanceName: Text });
const Tagging = z.object({ tags: Tags, instanceNames: Texts });

export function instanceOperations(context: ApiContext): Operations {
  const { store } = context;
  return {
    RegisterOnPremisesInstance: answering(Named.extend({ iamUserArn: Text, iamSessionArn: Text }), (input) =>
      register(context, input),
    ),
    DeregisterOnPremisesInstance: answering(Named, ({ instanceName }) => deregister(context, instanceName)),
    AddTagsToOnPremisesInstances: answering(Tagging, (input) => addTags(store, input)),
    RemoveTagsFromOnPremisesInstances: answering(Tagging, (input) => removeTags(store, input)),
    GetOnPremisesInstance: answering(Named, ({ instanceName }): Wire<GetOnPremisesInstanceOutput> => {
      const name = checkName("instance", instanceName);
      return { instanceInfo: instanceInfo(instanceByName(store, name) ?? findRegistered(store, name)) };
    }),
    BatchGetOnPremisesInstances: answering(
      z.object({ instanceNames: Texts }),
      ({ instanceNames }): Wire<BatchGetOnPremisesInstancesOutput> => {
        if (instanceNames === undefined) throw refusal("InstanceNameRequired", "No instance names are given.");
        const names = checkBatch(instanceNames, MAX_BATCH).map((name) => checkName("instance", name));
        return { instanceInfos: names.flatMap((name) => instanceByName(store, name) ?? []).map(instanceInfo) };
      },
    ),
    ListOnPremisesInstances: answering(
      z.object({ registrationStatus: Text, tagFilters: TagFilters, nextToken: Text }),
      ({ registrationStatus, tagFilters, nextToken }): Wire<ListOnPremisesInstancesOutput> => {
        const status = oneOf(["Registered", "Deregistered"], registrationStatus, "InvalidRegistrationStatus");
        const filters = checkFilters(tagFilters, "InvalidTagFilter");
        const names = [...store.instances.all()]
          .filter((row) => status === undefined || statusOf(row) === status)
          .filter(({ tags }) => filters.length === 0 || filters.some((filter) => fits(tags, filter)))
          .map(({ instanceName }) => instanceName);
        const { items, nextToken: next } = page([...new Set(names)].sort(), nextToken, (name) => name);
        return { instanceNames: items, nextToken: next };
      },
    ),
  };
}

function statusOf({ deregisteredAt }: InstanceRow): "Registered" | "Deregistered" {
  return deregisteredAt === undefined ? "Registered" : "Deregistered";
}

/** `tags` is there even when it is empty: the AWS CLI reads it without looking. */
function instanceInfo(row: InstanceRow): Wire<InstanceInfo> {
  return {
    instanceName: row.instanceName,
    iamUserArn: row.iamUserArn,
    iamSessionArn: row.iamSessionArn,
    instanceArn: row.instanceArn,
    registerTime: seconds(row.registeredAt),
    deregisterTime: secondsIfKnown(row.deregisteredAt),
    tags: row.tags,
  };
}
