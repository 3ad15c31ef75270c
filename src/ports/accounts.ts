/** A user of this host. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  /** Primary group. */
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** The users and groups of this host, from every source the host knows (files, LDAP, ...). */
export interface Accounts {
  /** A user by name, or by numeric id; undefined when there is none. */
  user(nameOrId: string): Promise<UserAccount | undefined>;
  /** Id of a group given by name or numeric id; undefined when there is none. */
  group(nameOrId: string): Promise<number | undefined>;
  /** Ids of all groups the user is a member of, the primary one included. */
  groupsOf(user: UserAccount): Promise<readonly number[]>;
}
