import type { Layout } from "../deployment/layout.ts";
import { type RecoverPorts, recoverGroup } from "../install/recover.ts";
import { errnoOf } from "../ports/errno.ts";
import type { Repair, RepairOutcome } from "./repair.ts";

/** Where a repair is done. */
export interface RepairPlace {
  readonly groupId: string;
  readonly layout: Layout;
}

/** Does one repair. Never rejects for what the host refuses; that is an outcome. */
export async function apply(repair: Repair, place: RepairPlace, ports: RecoverPorts): Promise<RepairOutcome> {
  switch (repair.kind) {
    case "finish-undo": {
      const recovered = await recoverGroup(place.groupId, place.layout, ports);
      if (recovered === undefined) return { done: true, message: "The Install has been ended meanwhile." };
      return { done: recovered.outcome !== "failed", message: recovered.message };
    }
    case "clear-tracking":
      return remove(repair.file, `Nothing of ${repair.deploymentId} is tracked any more.`, ports);
    case "forget-last-successful":
      return remove(repair.file, `${repair.deploymentId} is forgotten as the installed revision.`, ports);
  }
}

async function remove(file: string, message: string, { fileSystem }: RecoverPorts): Promise<RepairOutcome> {
  try {
    await fileSystem.removeFile(file);
    return { done: true, message };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    if (errno === "ENOENT") return { done: true, message };
    return { done: false, message: `${file} cannot be removed (${errno}). Run this as the agent's user, mostly root.` };
  }
}
