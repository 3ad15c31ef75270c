/** The parts of an identity's ARN that a host's registration is made of. */
export type Identity =
  | { readonly kind: "user"; readonly arn: string; readonly account: string; readonly userName: string }
  | {
      readonly kind: "session";
      readonly arn: string;
      readonly account: string;
      readonly roleName: string;
      readonly sessionName: string;
    };

const USER = /^arn:(aws[a-z-]*):iam::(\d{12}):user\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]+)$/;
const SESSION = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/;
const ROLE = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]+)$/;

/** Reads the ARN of an IAM user or of an STS session; undefined for anything else. */
export function readIdentity(arn: string): Identity | undefined {
  const user = USER.exec(arn);
  if (user !== null) return { kind: "user", arn, account: user[2] ?? "", userName: user[3] ?? "" };
  const session = SESSION.exec(arn);
  if (session === null) return undefined;
  return { kind: "session", arn, account: session[2] ?? "", roleName: session[3] ?? "", sessionName: session[4] ?? "" };
}

/** ARN of the session that assuming a role under a name yields; undefined when it is no ARN of a role. */
export function sessionArn(roleArn: string, sessionName: string): string | undefined {
  const role = ROLE.exec(roleArn);
  return role === null ? undefined : `arn:${role[1]}:sts::${role[2]}:assumed-role/${role[3]}/${sessionName}`;
}

/** ARN of the role of a session, if the role has no path: the session does not tell one. */
export function roleArnOf(session: Extract<Identity, { kind: "session" }>): string {
  const partition = session.arn.split(":")[1] ?? "aws";
  return `arn:${partition}:iam::${session.account}:role/${session.roleName}`;
}

/** Whether a text can be the name of a session. */
export function isSessionName(name: string): boolean {
  return /^[\w+=,.@-]{2,64}$/.test(name);
}
