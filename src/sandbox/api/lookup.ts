import { type ApplicationRow, type DeploymentRow, type GroupRow, groupKey, type InstanceRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { checkName } from "./names.ts";
import { refusal } from "./refuse.ts";

/** @throws ServiceFault when the name is missing, malformed or unknown */
export function findApplication({ applications }: SandboxStore, name: string | undefined): ApplicationRow {
  const row = applications.get(checkName("application", name));
  if (row !== undefined) return row;
  throw refusal("ApplicationDoesNotExist", `There is no application ${name}.`);
}

/** @throws ServiceFault when one of the names is missing, malformed or unknown */
export function findGroup(store: SandboxStore, application: string | undefined, group: string | undefined): GroupRow {
  checkName("application", application);
  checkName("group", group);
  const { applicationName } = findApplication(store, application);
  const row = store.groups.get(groupKey({ application: applicationName, group: group ?? "" }));
  if (row !== undefined) return row;
  throw refusal("DeploymentGroupDoesNotExist", `Application ${application} has no deployment group ${group}.`);
}

/** @throws ServiceFault when the id is missing, malformed or unknown */
export function findDeployment({ deployments }: SandboxStore, id: string | undefined): DeploymentRow {
  const row = deployments.get(checkName("deployment", id));
  if (row !== undefined) return row;
  throw refusal("DeploymentDoesNotExist", `There is no deployment ${id}.`);
}

/** The instance that is registered under a name, else the last one that was. */
export function instanceByName({ instances }: SandboxStore, name: string): InstanceRow | undefined {
  const named = [...instances.all()].filter(({ instanceName }) => instanceName === name);
  return named.find(({ deregisteredAt }) => deregisteredAt === undefined) ?? named.at(-1);
}

/** @throws ServiceFault when the name is missing, malformed or not registered */
export function findRegistered(store: SandboxStore, name: string | undefined): InstanceRow {
  const row = instanceByName(store, checkName("instance", name));
  if (row !== undefined && row.deregisteredAt === undefined) return row;
  throw refusal("InstanceNotRegistered", `There is no registered on-premises instance ${name}.`);
}
