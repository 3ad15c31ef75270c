import type { PermissionEntry } from "../../appspec/appspec.ts";
import type { Accounts } from "../../ports/accounts.ts";

/** Ids of the owners and groups that `permissions` names; whoever is not there is not on this host. */
export interface AccountIds {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
}

/** Looks up all accounts that `permissions` names. */
export async function accountIdsFor(permissions: readonly PermissionEntry[], accounts: Accounts): Promise<AccountIds> {
  const [users, groups] = await Promise.all([
    idsOf(permissions, "owner", async (name) => (await accounts.user(name))?.uid),
    idsOf(permissions, "group", (name) => accounts.group(name)),
  ]);
  return { users, groups };
}

/** Numeric ids need no account. */
async function idsOf(
  permissions: readonly PermissionEntry[],
  key: "owner" | "group",
  find: (name: string) => Promise<number | undefined>,
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  const names = new Set(permissions.map((entry) => entry[key]).filter((name) => name !== undefined));
  for (const name of names) {
    const id = (await find(name)) ?? numericId(name);
    if (id !== undefined) ids.set(name, id);
  }
  return ids;
}

/** The largest id means "unchanged" to the kernel. */
const MAX_ID = 2 ** 32 - 2;

function numericId(name: string): number | undefined {
  const id = /^\d{1,10}$/.test(name) ? Number(name) : Number.NaN;
  return id <= MAX_ID ? id : undefined;
}
