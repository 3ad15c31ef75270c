import type { GroupSettings } from "../../store/group-settings.ts";
import { refusal } from "../refuse.ts";
import { checkFilters, checkSets } from "../tag-rules.ts";
import type { GivenSettings } from "./settings-shape.ts";

type Targets = Pick<GroupSettings, "ec2TagFilters" | "ec2TagSet" | "onPremisesInstanceTagFilters" | "onPremisesTagSet">;

/** The tags that select the hosts of a group. @throws ServiceFault */
export function checkTargets({
  ec2TagFilters,
  ec2TagSet,
  onPremisesInstanceTagFilters,
  onPremisesTagSet,
}: GivenSettings): Targets {
  requireOne(ec2TagFilters, ec2TagSet, "InvalidEC2TagCombination");
  requireOne(onPremisesInstanceTagFilters, onPremisesTagSet, "InvalidOnPremisesTagCombination");
  return {
    ...(ec2TagFilters === undefined ? {} : { ec2TagFilters: checkFilters(ec2TagFilters, "InvalidEC2Tag") }),
    ...(ec2TagSet === undefined
      ? {}
      : { ec2TagSet: { ec2TagSetList: checkSets(ec2TagSet.ec2TagSetList, "InvalidEC2Tag") } }),
    ...(onPremisesInstanceTagFilters === undefined
      ? {}
      : { onPremisesInstanceTagFilters: checkFilters(onPremisesInstanceTagFilters, "InvalidTag") }),
    ...(onPremisesTagSet === undefined
      ? {}
      : { onPremisesTagSet: { onPremisesTagSetList: checkSets(onPremisesTagSet.onPremisesTagSetList, "InvalidTag") } }),
  };
}

function requireOne(filters: unknown, set: unknown, exception: string): void {
  if (filters === undefined || set === undefined) return;
  throw refusal(exception, "Give either tag filters or a tag set, not both.");
}
