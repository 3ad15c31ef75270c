import type { FaultView } from "../faults/fault.ts";
import { NewFaultForm, neverHits } from "../faults/new-fault.ts";
import { ServiceFault } from "../http/service-fault.ts";
import { readForm } from "./context.ts";
import type { Handler } from "./handler.ts";

const MAX_FAULTS = 100;

export const listFaults: Handler = async ({ faults }): Promise<readonly FaultView[]> => faults.list();

/** Adds a fault; polls that are being held look whether it is meant for them. */
export const addFault: Handler = async ({ faults, operations, store, waitingRoom }, _parts, exchange) => {
  const fault = await readForm(NewFaultForm, exchange);
  const objection = neverHits(fault, operations);
  if (objection !== undefined) throw new ServiceFault(400, "InvalidRequest", `body.${objection}`);
  if (faults.list().length >= MAX_FAULTS) {
    throw new ServiceFault(400, "TooManyFaults", `There are ${MAX_FAULTS} faults already; clear them first.`);
  }
  const added = faults.add(fault);
  for (const { name } of store.hosts.all()) waitingRoom.wake(name);
  return added;
};

export const removeFault: Handler = async ({ faults }, [id = ""]) => {
  if (!faults.remove(id)) throw new ServiceFault(404, "UnknownFault", `There is no fault ${id}.`);
};

export const clearFaults: Handler = async ({ faults }) => {
  faults.clear();
};
