import { type ApplicationRow, groupKey, revisionRowKey } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import type { ApiContext } from "../context.ts";

/** Gives an application, its groups, revisions and deployments another name. */
export function renameApplication(store: SandboxStore, row: ApplicationRow, name: string): void {
  const { applications, groups, revisions, deployments } = store;
  const old = row.applicationName;
  for (const group of of(groups.all(), old)) {
    groups.delete(groupKey(group));
    groups.put(groupKey({ application: name, group: group.group }), { ...group, application: name });
  }
  for (const revision of of(revisions.all(), old)) {
    revisions.delete(revisionRowKey(old, revision.revision));
    revisions.put(revisionRowKey(name, revision.revision), { ...revision, application: name });
  }
  for (const deployment of deployments.all()) {
    const { order, deploymentId } = deployment;
    if (order.application !== old) continue;
    deployments.put(deploymentId, { ...deployment, order: { ...order, application: name } });
  }
  applications.delete(old);
  applications.put(name, { ...row, applicationName: name });
}

/** Removes an application with its groups, revisions and deployments; hosts and objects stay. */
export function forgetApplication({ store, coordinator }: ApiContext, name: string): void {
  const { applications, groups, revisions, deployments } = store;
  for (const group of of(groups.all(), name)) groups.delete(groupKey(group));
  for (const { revision } of of(revisions.all(), name)) revisions.delete(revisionRowKey(name, revision));
  for (const row of [...deployments.all()]) {
    // Agents of a deployment that is going on still have to be answered.
    if (row.order.application === name && row.state.completedAt !== undefined) coordinator.forget(row);
  }
  applications.delete(name);
}

function of<Row extends { readonly application: string }>(rows: Iterable<Row>, name: string): readonly Row[] {
  return [...rows].filter(({ application }) => application === name);
}
