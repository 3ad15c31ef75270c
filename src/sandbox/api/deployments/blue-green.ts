import { ec2Hosts } from "../../coordination/fleet.ts";
import type { BlueGreenOrder, DeploymentOrder } from "../../coordination/order.ts";
import type { BlueGreenConfiguration } from "../../orchestration/traffic-settings.ts";
import type { GroupRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { DEFAULT_STYLE } from "../groups/traffic.ts";
import { refusal } from "../refuse.ts";
import { checkFilters, checkSets } from "../tag-rules.ts";
import type { DeploymentInput } from "./create-deployment.ts";

const MINUTE = 60_000;
const MAX_TAGS = 10;
const DEFAULT_WAIT_MINUTES = 60;

interface Setting {
  readonly group: GroupRow;
  readonly store: SandboxStore;
  readonly timeScale: number;
}

/** What a blue/green deployment needs beside the rest; nothing for one in place. @throws ServiceFault */
export function blueGreenOrder(
  { targetInstances }: DeploymentInput,
  { group, store, timeScale }: Setting,
): Pick<DeploymentOrder, "blueGreen"> {
  const { deploymentType } = group.settings.deploymentStyle ?? DEFAULT_STYLE;
  if (deploymentType === "IN_PLACE") {
    if (targetInstances === undefined) return {};
    throw refusal("InvalidTargetInstances", "Only blue/green deployments have targetInstances.");
  }
  if (targetInstances === undefined || (targetInstances.autoScalingGroups ?? []).length > 0) {
    const message = "A blue/green deployment here needs targetInstances with tags of EC2 hosts, the replacements.";
    throw refusal("InvalidTargetInstances", message);
  }
  const filters = checkFilters(targetInstances.tagFilters, "InvalidTargetInstances");
  const sets = checkSets(targetInstances.ec2TagSet?.ec2TagSetList, "InvalidTargetInstances");
  if (filters.length > MAX_TAGS) throw refusal("InvalidTargetInstances", `At most ${MAX_TAGS} tags are accepted.`);
  const replacements = { filters, sets };
  if (ec2Hosts(store, replacements).length === 0) {
    throw refusal("InvalidTargetInstances", "No EC2 host of the sandbox has these tags.");
  }
  const { blueGreenDeploymentConfiguration: configuration = {} } = group.settings;
  const asked = {
    ...(targetInstances.tagFilters === undefined ? {} : { tagFilters: filters }),
    ...(targetInstances.ec2TagSet === undefined ? {} : { ec2TagSet: { ec2TagSetList: sets } }),
  };
  return {
    blueGreen: { replacements, ...waitsOf(configuration, timeScale), targetInstances: asked, configuration },
  };
}

function waitsOf(
  { terminateBlueInstancesOnDeploymentSuccess: terminate, deploymentReadyOption: ready }: BlueGreenConfiguration,
  timeScale: number,
): Pick<BlueGreenOrder, "keepOriginals" | "terminationWaitMs" | "readyWaitMs"> {
  const keepOriginals = terminate?.action !== "TERMINATE";
  const scaled = (minutes: number) => minutes * MINUTE * timeScale;
  return {
    keepOriginals,
    ...(keepOriginals ? {} : { terminationWaitMs: scaled(terminate?.terminationWaitTimeInMinutes ?? 0) }),
    ...(ready?.actionOnTimeout === "STOP_DEPLOYMENT"
      ? { readyWaitMs: scaled(ready.waitTimeInMinutes ?? DEFAULT_WAIT_MINUTES) }
      : {}),
  };
}
