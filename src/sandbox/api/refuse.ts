import { ServiceFault } from "../http/service-fault.ts";

/** A refusal of the service. @param name of the exception without its ending: `InvalidRevision` */
export function refusal(name: string, message: string): ServiceFault {
  return new ServiceFault(400, `${name}Exception`, message);
}
