/** A tag of an on-premises instance. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** A host as CodeDeploy knows it. */
export interface RegisteredInstance {
  readonly name: string;
  /** ARN of its IAM user or session. */
  readonly identityArn: string;
  readonly tags: readonly Tag[];
}

/** A new key of an IAM user. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

/** Credentials of a session. */
export interface SessionCredentials extends AccessKey {
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** ARN of the session. */
  readonly arn: string;
}

/**
 * The AWS account that a host is registered in. Every method rejects with an `AccountError` that says what was refused
 * and what to do.
 */
export interface Account {
  /** The instance of a name; undefined when none is registered, or it has been deregistered. */
  instance(name: string): Promise<RegisteredInstance | undefined>;
  register(name: string, identityArn: string): Promise<void>;
  addTags(name: string, tags: readonly Tag[]): Promise<void>;
  removeTags(name: string, tags: readonly Tag[]): Promise<void>;
  deregister(name: string): Promise<void>;
  /** ARN of an IAM user; undefined when there is none of the name. */
  userArn(userName: string): Promise<string | undefined>;
  /** @returns the ARN */
  createUser(userName: string): Promise<string>;
  /** @param policy JSON */
  putUserPolicy(userName: string, policyName: string, policy: string): Promise<void>;
  /** Ids of the user's keys that are active. */
  activeKeys(userName: string): Promise<readonly string[]>;
  createKey(userName: string): Promise<AccessKey>;
  deleteKey(userName: string, keyId: string): Promise<void>;
  /** Deletes the user with its keys and inline policies. */
  deleteUser(userName: string): Promise<void>;
  assumeRole(request: {
    readonly roleArn: string;
    readonly sessionName: string;
    readonly seconds: number;
  }): Promise<SessionCredentials>;
}

/** AWS refused something, or could not be asked. The message is for the operator. */
export class AccountError extends Error {
  override readonly name = "AccountError";
}
