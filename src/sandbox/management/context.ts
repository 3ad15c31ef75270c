import type { z } from "zod";
import type { WaitingRoom } from "../commands/waiting-room.ts";
import type { Coordinator } from "../coordination/coordinator.ts";
import type { FaultDesk } from "../faults/fault-desk.ts";
import type { KnownOperations } from "../faults/new-fault.ts";
import type { HostRegister } from "../hosts.ts";
import { type Exchange, readJson } from "../http/exchange.ts";
import { ServiceFault } from "../http/service-fault.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import type { MetadataListeners } from "../metadata/metadata-listeners.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import type { SandboxStore } from "../store/store.ts";

/** What the management API works on. */
export interface ManagementContext {
  readonly store: SandboxStore;
  readonly hosts: HostRegister;
  readonly coordinator: Coordinator;
  readonly objects: ObjectStore;
  readonly faults: FaultDesk;
  /** What faults can be about. */
  readonly operations: KnownOperations;
  readonly waitingRoom: WaitingRoom;
  readonly dataDirectory: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly caFile: string;
  /** Opens all of it but what tells who the sandbox is. */
  readonly token: string;
  readonly keys: KeyRing;
  readonly metadata: MetadataListeners;
}

/** Topic in the waiting room of those who watch a deployment. */
export function deploymentTopic(deploymentId: string): string {
  return `deployment ${deploymentId}`;
}

/** The body of a request, in the form a handler needs. @throws ServiceFault 400 that names every fault of the form */
export async function readForm<Form extends z.ZodType>(form: Form, exchange: Exchange): Promise<z.output<Form>> {
  return checkForm(form, await readJson(exchange), "body");
}

/** @throws ServiceFault 400 that names every fault of the form */
export function checkForm<Form extends z.ZodType>(form: Form, value: unknown, name: string): z.output<Form> {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(".")}: ${message}`);
  throw new ServiceFault(400, "InvalidRequest", faults.join("; "));
}
