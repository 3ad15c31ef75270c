import { PREDEFINED_CONFIGURATIONS } from "../../orchestration/minimum-health.ts";
import type { ConfigurationRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { refusal } from "../refuse.ts";

export const DEFAULT_CONFIGURATION = "CodeDeployDefault.OneAtATime";

const PREDEFINED: readonly ConfigurationRow[] = Object.entries(PREDEFINED_CONFIGURATIONS).map(
  ([name, rule], index) => ({
    deploymentConfigId: `00000000-0000-0000-0000-00000000000${index + 1}`,
    deploymentConfigName: name,
    rule,
    createdAt: Date.UTC(2014, 9, 6),
  }),
);

/** The service's own configurations, then those that were made here. */
export function allConfigurations({ configurations }: SandboxStore): readonly ConfigurationRow[] {
  return [...PREDEFINED, ...configurations.all()];
}

/** @throws ServiceFault DeploymentConfigDoesNotExist */
export function findConfiguration(store: SandboxStore, name: string): ConfigurationRow {
  const row = allConfigurations(store).find(({ deploymentConfigName }) => deploymentConfigName === name);
  if (row !== undefined) return row;
  throw refusal("DeploymentConfigDoesNotExist", `There is no deployment configuration ${name}.`);
}

/** Whether a name belongs to the service. */
export function isPredefined(name: string): boolean {
  return name.startsWith("CodeDeployDefault.");
}
