import type { HostRegister } from "../hosts.ts";
import { ServiceFault } from "../http/service-fault.ts";
import { ADMIN_ARN, hostNameOf } from "../identifiers.ts";
import type { Caller } from "../identity/authenticator.ts";
import type { CommandRow } from "../store/rows.ts";
import type { CommandDesk } from "./command-desk.ts";

/** An agent speaks for its own host: as the host's user or session, or with the session of an EC2 instance. */
export function requireOwn(hostIdentifier: string, { principal }: Caller, operation: string): void {
  if (principal === undefined || principal === hostIdentifier || principal === ADMIN_ARN) return;
  if (hostNameOf(hostIdentifier).startsWith("i-") && hostNameOf(principal) === hostNameOf(hostIdentifier)) return;
  const message = `${principal} is not authorized to perform codedeploy-commands:${operation} for ${hostIdentifier}.`;
  throw new ServiceFault(400, "AccessDeniedException", message);
}

/** A command that the caller may speak about: one of its own host. */
export function ownCommand(
  options: { readonly desk: CommandDesk; readonly hosts: HostRegister },
  id: string,
  { caller, operation }: { readonly caller: Caller; readonly operation: string },
): CommandRow {
  const command = known(options, id);
  requireOwn(options.hosts.get(command.host)?.hostIdentifier ?? command.host, caller, operation);
  return command;
}

function known({ desk }: { readonly desk: CommandDesk }, id: string): CommandRow {
  const command = desk.get(id);
  if (command !== undefined) return command;
  throw new ServiceFault(400, "ClientException", `There is no host command ${id}.`);
}
