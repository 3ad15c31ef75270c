import type { Accounts } from "../ports/accounts.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { EntryOwner } from "./archive-entry.ts";
import type { BundleRules } from "./bundle-rules.ts";

/** Ids a file is given; -1 for those it gets anyway. */
export interface OwnerIds {
  readonly uid: number;
  readonly gid: number;
}

export const NO_OWNER: OwnerIds = { uid: -1, gid: -1 };

/** Gives files the owners an archive names: by name where this host knows it, else by number, as tar does for root. */
export class Owners {
  readonly #accounts: Accounts;
  readonly #own: OwnerIds;
  readonly #users = new Map<string, number | undefined>();
  readonly #groups = new Map<string, number | undefined>();

  /** @param own ids of whatever the agent makes, if that is sure; they need not be given */
  constructor(accounts: Accounts, own: OwnerIds = NO_OWNER) {
    this.#accounts = accounts;
    this.#own = own;
  }

  /** Ids of an owner on this host; undefined when its names have to be looked up. */
  known({ userName, groupName, uid = -1, gid = -1 }: EntryOwner): OwnerIds | undefined {
    if (!isKnown(this.#users, userName) || !isKnown(this.#groups, groupName)) return undefined;
    return this.#changes({ uid: this.#users.get(userName) ?? uid, gid: this.#groups.get(groupName) ?? gid });
  }

  /** The same, looked up if need be. */
  async idsOf(owner: EntryOwner): Promise<OwnerIds> {
    const { userName, groupName } = owner;
    if (!isKnown(this.#users, userName)) this.#users.set(userName, (await this.#accounts.user(userName))?.uid);
    if (!isKnown(this.#groups, groupName)) this.#groups.set(groupName, await this.#accounts.group(groupName));
    return this.known(owner) ?? NO_OWNER;
  }

  #changes({ uid, gid }: OwnerIds): OwnerIds {
    return { uid: uid === this.#own.uid ? -1 : uid, gid: gid === this.#own.gid ? -1 : gid };
  }
}

/** Looked up once a name; an absent name finds nothing, and neither does a number, which is no name. */
function isKnown(found: ReadonlyMap<string, number | undefined>, name: string): boolean {
  return found.has(name) || /^\d*$/.test(name);
}

/** What decides whether files are given away. */
interface OwnersPorts {
  readonly accounts?: Accounts;
  readonly fileSystem: FileSystem;
  readonly rules: BundleRules;
}

/** Only root may give files away, and what we make belongs to root if that is what we are. */
export async function ownersIn(
  root: string,
  { accounts, fileSystem, rules }: OwnersPorts,
): Promise<Owners | undefined> {
  const status = await fileSystem.status(root);
  if (accounts === undefined || status?.uid !== 0 || rules.ignoreOwners) return undefined;
  // In a directory with the set-group-id bit new files get its group.
  return new Owners(accounts, (status.mode & 0o2000) === 0 ? status : undefined);
}
