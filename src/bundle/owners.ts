import type { Accounts } from "../ports/accounts.ts";
import type { EntryOwner } from "./archive-entry.ts";

/** Gives files the owners an archive names: by name where this host knows it, else by number, as tar does for root. */
export class Owners {
  readonly #accounts: Accounts;
  readonly #users = new Map<string, Promise<number | undefined>>();
  readonly #groups = new Map<string, Promise<number | undefined>>();

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** Ids of an owner on this host; -1 for what the archive leaves open. */
  async idsOf(owner: EntryOwner): Promise<{ uid: number; gid: number }> {
    return {
      uid: (await this.#user(owner.userName)) ?? owner.uid ?? -1,
      gid: (await this.#group(owner.groupName)) ?? owner.gid ?? -1,
    };
  }

  #user(name: string): Promise<number | undefined> {
    return remembered(this.#users, name, async () => (await this.#accounts.user(name))?.uid);
  }

  #group(name: string): Promise<number | undefined> {
    return remembered(this.#groups, name, () => this.#accounts.group(name));
  }
}

/** A look-up made once a name; an absent name finds nothing, and neither does a number, which is no name. */
function remembered(
  known: Map<string, Promise<number | undefined>>,
  name: string,
  find: () => Promise<number | undefined>,
): Promise<number | undefined> {
  const found = known.get(name) ?? (/^\d*$/.test(name) ? Promise.resolve(undefined) : find());
  known.set(name, found);
  return found;
}
