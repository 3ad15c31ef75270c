import { resolve } from "node:path";
import { isSessionName, readIdentity, sessionArn } from "../../registration/arn.ts";
import type { WantedIdentity } from "../../registration/plan.ts";
import { CliError, EXIT } from "../terminal/io.ts";
import type { RegisterOptions } from "./commands.ts";

const WAYS = "--create-iam-user, --iam-user-arn, --iam-session-arn or --role-arn";

/** The identity that the options of `register` ask for. @throws CliError when they do not name exactly one */
export function wantedIdentity(options: RegisterOptions, workingDirectory: string): WantedIdentity {
  const { createIamUser, iamUserArn, iamSessionArn, roleArn } = options;
  const given = [createIamUser || undefined, iamUserArn, iamSessionArn, roleArn].filter((way) => way !== undefined);
  if (given.length !== 1) throw usage(`Give one of ${WAYS}: who is this host to AWS?`);
  if (iamUserArn !== undefined) return user(iamUserArn, options.createAccessKey === true);
  if (createIamUser) return { kind: "new-user", userName: userName(options.instanceName) };
  const arn = iamSessionArn ?? sessionOf(options);
  if (readIdentity(arn)?.kind !== "session")
    throw usage(`${arn} is not the ARN of a session (arn:aws:sts::...:assumed-role/role/session).`);
  return { kind: "session", arn, credentialsFile: resolve(workingDirectory, options.credentialsFile) };
}

function user(arn: string, createKey: boolean): WantedIdentity {
  const identity = readIdentity(arn);
  if (identity?.kind !== "user") throw usage(`${arn} is not the ARN of an IAM user (arn:aws:iam::...:user/name).`);
  return { kind: "user", userName: identity.userName, arn, createKey };
}

function userName(instanceName: string): string {
  if (/^[\w+=,.@-]{1,64}$/.test(instanceName)) return instanceName;
  throw usage(`${instanceName} cannot be the name of an IAM user: letters, digits and +=,.@_- only, 64 at most.`);
}

function sessionOf({ roleArn = "", sessionName, instanceName }: RegisterOptions): string {
  const name = sessionName ?? instanceName;
  if (!isSessionName(name))
    throw usage(`${name} cannot be the name of a session: give --session-name, 2 to 64 letters, digits and +=,.@_-.`);
  const arn = sessionArn(roleArn, name);
  if (arn === undefined) throw usage(`${roleArn} is not the ARN of a role (arn:aws:iam::...:role/name).`);
  return arn;
}

function usage(message: string): CliError {
  return new CliError(message, { exitStatus: EXIT.usage });
}
