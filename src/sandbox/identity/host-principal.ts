import type { HostRegister } from "../hosts.ts";
import { ADMIN_ARN } from "../identifiers.ts";
import type { InstanceRow } from "../store/rows.ts";
import type { Table } from "../store/store.ts";

/** Whether an ARN is the identity of a host: one that has polled or was declared, or a registered instance. */
export function isHostPrincipal(
  principal: string,
  { hosts, instances }: { readonly hosts: HostRegister; readonly instances: Table<InstanceRow> },
): boolean {
  if (principal === ADMIN_ARN) return false;
  if (hosts.find(principal) !== undefined) return true;
  return [...instances.all()].some(
    ({ iamUserArn, iamSessionArn, deregisteredAt }) =>
      deregisteredAt === undefined && (iamUserArn === principal || iamSessionArn === principal),
  );
}
