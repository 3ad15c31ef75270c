import type { MinimumHealthyHosts } from "../model/deployment.ts";

/** The deployment configurations every account has. */
export const PREDEFINED_CONFIGURATIONS: Readonly<Record<string, MinimumHealthyHosts>> = {
  "CodeDeployDefault.OneAtATime": { type: "MOST_CONCURRENCY", value: 1 },
  "CodeDeployDefault.HalfAtATime": { type: "FLEET_PERCENT", value: 50 },
  "CodeDeployDefault.AllAtOnce": { type: "FLEET_PERCENT", value: 0 },
};

/** How many of `fleet` hosts have to stay healthy. */
export function minimumHealthy({ type, value }: MinimumHealthyHosts, fleet: number): number {
  switch (type) {
    case "HOST_COUNT":
      return value;
    case "FLEET_PERCENT":
      return Math.ceil((fleet * value) / 100);
    case "MOST_CONCURRENCY":
      return Math.max(fleet - value, 0);
  }
}

/** What is wrong with a rule; undefined when the service accepts it. */
export function faultOf({ type, value }: MinimumHealthyHosts): string | undefined {
  if (!Number.isInteger(value) || value < 0) return `${value} is not a whole number of 0 or more`;
  if (type === "FLEET_PERCENT" && value > 99) return `${value} % is more than 99 %, so no host could ever be taken`;
  return undefined;
}
