import { listArchive } from "./archive/list-archive.ts";
import { accountIdsFor } from "./host/account-ids.ts";
import type { HostView } from "./host/host-view.ts";
import { lookAtHost, previousInstall } from "./host/look.ts";
import { allOf } from "./in-parallel.ts";
import { conflictError } from "./messages.ts";
import { type DrawnPlan, drawPlan, type InstallPlan } from "./plan/plan.ts";
import { type PlannedCopies, planCopies } from "./plan/plan-copies.ts";
import { wishesOf } from "./plan/wishes.ts";
import { stateFiles } from "./records/state-files.ts";
import type { InstallPorts, InstallRequest } from "./request.ts";
import { step } from "./step.ts";
import { contextChanges } from "./transaction/contexts.ts";
import type { Transaction } from "./transaction/transaction.ts";
import { transactionOf } from "./transaction/transaction-of.ts";

/** An Install that was decided and checked; the host is as it was. */
export interface PreparedInstall {
  readonly plan: InstallPlan;
  readonly host: HostView;
  readonly transaction: Transaction;
  readonly copies: PlannedCopies;
  /** Texts of the files of the agent's own, by path; they are put together when they are asked for. */
  readonly texts: ReadonlyMap<string, () => string>;
}

/** The plan of an Install and the host it was made for; changes nothing. @throws DeploymentError as `planInstall` does */
export async function preview(
  request: InstallRequest,
  ports: Omit<InstallPorts, "clock">,
): Promise<Omit<Inspection, "conflicts">> {
  const { conflicts, ...inspected } = await inspect(request, ports);
  if (conflicts.length > 0) throw conflictError(conflicts);
  return inspected;
}

/** A plan, and what it was made from. */
export interface Inspection extends DrawnPlan {
  readonly host: HostView;
}

/**
 * The same with the conflicts as data.
 * @throws DeploymentError when the revision or the record of the previous Install cannot be used
 */
export async function inspect(
  request: Omit<InstallRequest, "deploymentDirectory">,
  ports: Omit<InstallPorts, "clock">,
): Promise<Inspection> {
  const { appSpec, archive, groupId, layout, fileExistsBehavior, preserveDirectorySymlinks = false } = request;
  const previous = await previousInstall(layout.cleanupFile(groupId), ports);
  const listing = { fileSystem: ports.fileSystem, archive, preserveDirectorySymlinks };
  // Accounts are looked up by programs, which takes a while.
  const [sources, accounts] = await allOf([
    listArchive(appSpec.files, listing),
    accountIdsFor(appSpec.permissions, ports.accounts),
  ]);
  const wishes = wishesOf(sources);
  const questions = { wishes, previous, permissions: appSpec.permissions, accounts };
  const host = await lookAtHost(questions, ports);
  return { ...drawPlan({ appSpec, fileExistsBehavior, wishes, host }), host };
}

/** Works out everything an Install is going to change. @throws DeploymentError code 5 when it cannot be done */
export async function prepare(request: InstallRequest, ports: InstallPorts): Promise<PreparedInstall> {
  const { layout, groupId, deploymentDirectory } = request;
  const { plan, host } = await preview(request, ports);
  const contexts = await contextChanges(plan, host.previous, ports);
  const state = await stateFiles({ layout, groupId, deploymentDirectory, plan, contexts }, ports.fileSystem);
  const token = ports.clock.random().toString(36).slice(2, 10).padEnd(8, "0");
  const undoable = transactionOf(plan, { host, token, deploymentDirectory, stateFiles: state, contexts });
  const savedAcls = await savedAclsOf(undoable.adjustments, ports);
  return {
    plan,
    host,
    transaction: { ...undoable, savedAcls },
    copies: planCopies(plan, host),
    texts: new Map(state.map(({ path, text }) => [path, text])),
  };
}

async function savedAclsOf(adjustments: Transaction["adjustments"], ports: InstallPorts): Promise<string> {
  const paths = adjustments.filter(({ acl }) => acl !== undefined).map(({ path }) => path);
  const [first] = paths;
  return first === undefined ? "" : step("read", first, () => ports.accessControl.saveAcls(paths));
}
