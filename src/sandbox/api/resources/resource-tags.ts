import type { ListTagsForResourceOutput } from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import type { Tag } from "../../orchestration/selection.ts";
import { groupKey } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { refusal } from "../refuse.ts";
import { Tags, Text, Texts } from "../shapes.ts";
import { checkTags } from "../tag-rules.ts";
import type { Wire } from "../wire.ts";

const Resource = z.object({ ResourceArn: Text });

export function resourceTagOperations({ store }: ApiContext): Operations {
  return {
    TagResource: answering(Resource.extend({ Tags }), ({ ResourceArn, Tags: given }) => {
      if (given === undefined || given.length === 0) throw refusal("TagRequired", "No tags are given.");
      const tags = checkTags(given, "InvalidTagsToAdd");
      const resource = findTagged(store, ResourceArn);
      const keys = new Set(tags.map(({ Key }) => Key));
      resource.keep([...resource.tags.filter(({ Key }) => !keys.has(Key)), ...tags]);
      return undefined;
    }),
    UntagResource: answering(Resource.extend({ TagKeys: Texts }), ({ ResourceArn, TagKeys }) => {
      if (TagKeys === undefined) throw refusal("TagRequired", "No tag keys are given.");
      const resource = findTagged(store, ResourceArn);
      resource.keep(resource.tags.filter(({ Key }) => !TagKeys.includes(Key)));
      return undefined;
    }),
    ListTagsForResource: answering(
      Resource.extend({ NextToken: Text }),
      ({ ResourceArn }): Wire<ListTagsForResourceOutput> => ({ Tags: findTagged(store, ResourceArn).tags }),
    ),
  };
}

interface Tagged {
  readonly tags: readonly Tag[];
  readonly keep: (tags: readonly Tag[]) => void;
}

const ARN = /^arn:aws[a-z-]*:codedeploy:[a-z0-9-]+:\d{12}:([a-z]+):(.+)$/;

/** The application or the group that an ARN names. @throws ServiceFault */
function findTagged(store: SandboxStore, arn: string | undefined): Tagged {
  if (!arn) throw refusal("ResourceArnRequired", "The ARN of the resource is missing.");
  const [, kind, name = ""] = ARN.exec(arn) ?? [];
  if (kind === undefined)
    throw refusal("InvalidArn", `${JSON.stringify(arn)} is not the ARN of a CodeDeploy resource.`);
  if (kind === "application") return taggedApplication(store, name);
  if (kind === "deploymentgroup") return taggedGroup(store, name);
  throw refusal("ArnNotSupported", "Only applications and deployment groups have tags.");
}

function taggedApplication({ applications }: SandboxStore, name: string): Tagged {
  const row = applications.get(name);
  if (row === undefined) throw refusal("ApplicationDoesNotExist", `There is no application ${name}.`);
  return { tags: row.tags, keep: (tags) => applications.put(name, { ...row, tags }) };
}

function taggedGroup({ groups }: SandboxStore, name: string): Tagged {
  const row = groups.get(name);
  if (row === undefined) throw refusal("DeploymentGroupDoesNotExist", `There is no deployment group ${name}.`);
  return { tags: row.tags, keep: (tags) => groups.put(groupKey(row), { ...row, tags }) };
}
