import type { TargetView } from "../../model/deployment.ts";
import type { DeploymentRow } from "../../store/rows.ts";
import { oneOf } from "../names.ts";
import { refusal } from "../refuse.ts";

const STATUSES = ["Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown", "Ready"] as const;
const LABELS = ["Blue", "Green"] as const;

/** The hosts of a deployment that pass all filters. @throws ServiceFault for a filter that makes no sense */
export function filteredTargets(
  { order, state }: DeploymentRow,
  filters: Readonly<Record<string, readonly string[]>>,
): readonly TargetView[] {
  const tests = Object.entries(filters).map(([name, values]) => {
    if (name === "TargetStatus") {
      const wanted = values.map((value) => oneOf(STATUSES, value, "InvalidInstanceStatus"));
      return ({ status }: TargetView) => wanted.includes(status);
    }
    if (name !== "ServerInstanceLabel") {
      throw refusal("InvalidTargetFilterName", `${JSON.stringify(name)} is none of TargetStatus, ServerInstanceLabel.`);
    }
    if (order.blueGreen === undefined) {
      throw refusal("InvalidDeploymentInstanceType", "Hosts have labels in blue/green deployments only.");
    }
    const wanted = values.map((value) => oneOf(LABELS, value, "InvalidInstanceType"));
    return ({ label }: TargetView) => wanted.includes(label);
  });
  return state.targets.filter((target) => tests.every((test) => test(target)));
}
