import type { UserAccount } from "../../ports/accounts.ts";

/** A group as `/etc/group` lists it. */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Reads lines in the format of `/etc/passwd`; malformed ones are skipped. */
export function parseUsers(text: string): UserAccount[] {
  return records(text).flatMap(([name = "", , uid = "", gid = "", , home = "", shell = ""]) =>
    name !== "" && isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home, shell }] : [],
  );
}

/** Reads lines in the format of `/etc/group`; malformed ones are skipped. */
export function parseGroups(text: string): Group[] {
  return records(text).flatMap(([name = "", , gid = "", members = ""]) =>
    name !== "" && isId(gid)
      ? [{ name, gid: Number(gid), members: members.split(",").filter((member) => member !== "") }]
      : [],
  );
}

/** Ids of the groups a user is a member of, the primary one first. */
export function groupIdsOf(user: UserAccount, groups: readonly Group[]): number[] {
  const others = groups.filter(({ members }) => members.includes(user.name)).map(({ gid }) => gid);
  return [...new Set([user.gid, ...others])];
}

function records(text: string): string[][] {
  return text.split("\n").map((line) => line.split(":"));
}

function isId(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
