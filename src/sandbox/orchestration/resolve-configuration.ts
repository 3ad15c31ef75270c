import type { MinimumHealthyHosts } from "../model/deployment.ts";
import { faultOf, PREDEFINED_CONFIGURATIONS } from "./minimum-health.ts";

const DEFAULT_CONFIGURATION = "CodeDeployDefault.OneAtATime";

export interface ResolvedConfiguration {
  /** Name of a configuration, or a custom rule in words: `HOST_COUNT 2`. */
  readonly name: string;
  readonly rule: MinimumHealthyHosts;
}

/** The rule a deployment asks for; a text says what is wrong with it. */
export function resolveConfiguration(
  name: string | undefined,
  custom: MinimumHealthyHosts | undefined,
): ResolvedConfiguration | string {
  if (custom === undefined) return predefined(name ?? DEFAULT_CONFIGURATION);
  if (name !== undefined) return "Give either deploymentConfig or minimumHealthyHosts.";
  const fault = faultOf(custom);
  return fault === undefined
    ? { name: `${custom.type} ${custom.value}`, rule: custom }
    : `minimumHealthyHosts: ${fault}.`;
}

function predefined(name: string): ResolvedConfiguration | string {
  const rule = Object.hasOwn(PREDEFINED_CONFIGURATIONS, name) ? PREDEFINED_CONFIGURATIONS[name] : undefined;
  if (rule !== undefined) return { name, rule };
  return `There is no deployment configuration ${name}; there are ${Object.keys(PREDEFINED_CONFIGURATIONS).join(", ")}.`;
}
