import type { DeploymentStyle } from "../../orchestration/traffic-settings.ts";
import type { GroupSettings } from "../../store/group-settings.ts";
import { oneOf } from "../names.ts";
import { refusal } from "../refuse.ts";
import type { GivenSettings } from "./settings-shape.ts";

export const DEFAULT_STYLE: DeploymentStyle = {
  deploymentType: "IN_PLACE",
  deploymentOption: "WITHOUT_TRAFFIC_CONTROL",
};

const MAX_WAIT_MINUTES = 2880;
const MAX_BALANCERS = 10;
const BLUE_GREEN_FAULT = "InvalidBlueGreenDeploymentConfiguration";

/** @throws ServiceFault InvalidDeploymentStyle */
export function checkStyle(given: GivenSettings["deploymentStyle"]): Pick<GroupSettings, "deploymentStyle"> {
  if (given === undefined) return {};
  const exception = "InvalidDeploymentStyle";
  const deploymentType = oneOf(["IN_PLACE", "BLUE_GREEN"], given.deploymentType, exception);
  const deploymentOption = oneOf(
    ["WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL"],
    given.deploymentOption,
    exception,
  );
  return {
    deploymentStyle: {
      deploymentType: deploymentType ?? DEFAULT_STYLE.deploymentType,
      deploymentOption: deploymentOption ?? DEFAULT_STYLE.deploymentOption,
    },
  };
}

/** @throws ServiceFault InvalidBlueGreenDeploymentConfiguration */
export function checkBlueGreen(
  given: GivenSettings["blueGreenDeploymentConfiguration"],
): Pick<GroupSettings, "blueGreenDeploymentConfiguration"> {
  if (given === undefined) return {};
  const {
    terminateBlueInstancesOnDeploymentSuccess: terminate,
    deploymentReadyOption: ready,
    greenFleetProvisioningOption: fleet,
  } = given;
  const action = oneOf(["DISCOVER_EXISTING", "COPY_AUTO_SCALING_GROUP"], fleet?.action, BLUE_GREEN_FAULT);
  if (action === "COPY_AUTO_SCALING_GROUP") {
    const message = "The sandbox cannot copy Auto Scaling groups; use DISCOVER_EXISTING and name targetInstances.";
    throw refusal(BLUE_GREEN_FAULT, message);
  }
  return {
    blueGreenDeploymentConfiguration: {
      terminateBlueInstancesOnDeploymentSuccess: terminate && {
        action: oneOf(["TERMINATE", "KEEP_ALIVE"], terminate.action, BLUE_GREEN_FAULT),
        terminationWaitTimeInMinutes: minutes(terminate.terminationWaitTimeInMinutes),
      },
      deploymentReadyOption: ready && {
        actionOnTimeout: oneOf(["CONTINUE_DEPLOYMENT", "STOP_DEPLOYMENT"], ready.actionOnTimeout, BLUE_GREEN_FAULT),
        waitTimeInMinutes: minutes(ready.waitTimeInMinutes),
      },
      greenFleetProvisioningOption: fleet && { action },
    },
  };
}

/** @throws ServiceFault InvalidLoadBalancerInfo */
export function checkLoadBalancer(given: GivenSettings["loadBalancerInfo"]): Pick<GroupSettings, "loadBalancerInfo"> {
  if (given === undefined) return {};
  const { elbInfoList = [], targetGroupInfoList = [] } = given;
  const all = [...elbInfoList, ...targetGroupInfoList];
  if (all.length > MAX_BALANCERS || all.some(({ name }) => !name)) {
    throw refusal("InvalidLoadBalancerInfo", `Load balancers need names, and there are at most ${MAX_BALANCERS}.`);
  }
  return { loadBalancerInfo: given };
}

/** Whether a style and the structures it needs go together. @throws ServiceFault */
export function requireConsistency({ deploymentStyle = DEFAULT_STYLE, loadBalancerInfo }: GroupSettings): void {
  const { deploymentType, deploymentOption } = deploymentStyle;
  if (deploymentType === "BLUE_GREEN" && deploymentOption !== "WITH_TRAFFIC_CONTROL") {
    throw refusal("InvalidDeploymentStyle", "Blue/green deployments need WITH_TRAFFIC_CONTROL.");
  }
  if (deploymentOption === "WITH_TRAFFIC_CONTROL" && loadBalancerInfo === undefined) {
    throw refusal("InvalidLoadBalancerInfo", "WITH_TRAFFIC_CONTROL needs loadBalancerInfo.");
  }
}

function minutes(value: number | undefined): number | undefined {
  if (value === undefined || (value >= 0 && value <= MAX_WAIT_MINUTES)) return value;
  throw refusal(BLUE_GREEN_FAULT, `${value} minutes are outside of 0 to ${MAX_WAIT_MINUTES}.`);
}
