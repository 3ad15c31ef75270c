import type { QueryAction } from "../http/query-service.ts";
import { ServiceFault } from "../http/service-fault.ts";
import type { Element } from "../http/xml.ts";
import { ACCOUNT } from "../identifiers.ts";
import type { UserRow } from "../store/rows.ts";
import type { Table } from "../store/store.ts";
import { type AccessKey, type KeyRing, newId } from "./key-ring.ts";

const USER_NAME = /^[\w+=,.@-]{1,64}$/;
const MAX_KEYS = 2;

export interface IamOptions {
  readonly users: Table<UserRow>;
  readonly keys: KeyRing;
  /** Whether an ARN is that of a host, whose key may not make keys of others. */
  readonly isHost: (principal: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The part of IAM that `aws deploy register` and `aws deploy deregister` call; not for hosts. */
export function iamActions(options: IamOptions): Readonly<Record<string, QueryAction>> {
  const guarded = Object.entries(userActions(options)).map(([name, run]): [string, QueryAction] => [
    name,
    (parameters, caller) => {
      const { principal } = caller;
      if (principal === undefined || !options.isHost(principal)) return run(parameters, caller);
      throw new ServiceFault(403, "AccessDenied", `${principal} is a host and not authorized to perform iam:${name}.`);
    },
  ]);
  return Object.fromEntries(guarded);
}

function userActions({ users, keys, now }: IamOptions): Readonly<Record<string, QueryAction>> {
  const find = (parameters: URLSearchParams) => findUser(users, parameters.get("UserName") ?? "");
  return {
    CreateUser: (parameters) => [userElement(createUser(parameters, { users, now }))],
    GetUser: (parameters) => [userElement(find(parameters))],
    DeleteUser: (parameters) => {
      const { userName, arn, policies } = find(parameters);
      if (keys.of(arn).length > 0 || Object.keys(policies).length > 0) {
        throw new ServiceFault(409, "DeleteConflict", `Remove the access keys and policies of ${userName} first.`);
      }
      users.delete(userName);
      return [];
    },
    CreateAccessKey: (parameters) => {
      const { userName, arn, userId } = find(parameters);
      if (keys.of(arn).length >= MAX_KEYS) {
        throw new ServiceFault(409, "LimitExceeded", `${userName} has ${MAX_KEYS} access keys already.`);
      }
      const key = keys.create({ principal: arn, userId });
      return [["AccessKey", [...keyElements(userName, key), ["SecretAccessKey", key.secretAccessKey]]]];
    },
    ListAccessKeys: (parameters) => {
      const { userName, arn } = find(parameters);
      return [
        ["AccessKeyMetadata", keys.of(arn).map((key): Element => ["member", keyElements(userName, key)])],
        ["IsTruncated", "false"],
      ];
    },
    DeleteAccessKey: (parameters) => {
      const { arn } = find(parameters);
      const id = parameters.get("AccessKeyId") ?? "";
      if (keys.of(arn).some(({ accessKeyId }) => accessKeyId === id) && keys.remove(id)) return [];
      throw new ServiceFault(404, "NoSuchEntity", "The user has no such access key.");
    },
    PutUserPolicy: (parameters) => {
      const user = find(parameters);
      const name = parameters.get("PolicyName") ?? "";
      const policies = { ...user.policies, [name]: parameters.get("PolicyDocument") ?? "" };
      users.put(user.userName, { ...user, policies });
      return [];
    },
    ListUserPolicies: (parameters) => [
      ["PolicyNames", Object.keys(find(parameters).policies).map((name): Element => ["member", name])],
      ["IsTruncated", "false"],
    ],
    DeleteUserPolicy: (parameters) => {
      const user = find(parameters);
      const { [parameters.get("PolicyName") ?? ""]: _removed, ...policies } = user.policies;
      users.put(user.userName, { ...user, policies });
      return [];
    },
  };
}

function createUser(parameters: URLSearchParams, { users, now }: Pick<IamOptions, "users" | "now">): UserRow {
  const userName = parameters.get("UserName") ?? "";
  const path = parameters.get("Path") ?? "/";
  if (!USER_NAME.test(userName) || !/^\/(?:[!-~]+\/)?$/.test(path)) {
    const message = "UserName has to be 1 to 64 of A-Z a-z 0-9 _ + = , . @ -, and Path to begin and end with a slash.";
    throw new ServiceFault(400, "ValidationError", message);
  }
  if (users.get(userName) !== undefined) {
    throw new ServiceFault(409, "EntityAlreadyExists", `There is a user ${userName} already.`);
  }
  const arn = `arn:aws:iam::${ACCOUNT}:user${path}${userName}`;
  const row = { userName, path, userId: newId("AIDA"), arn, createdAt: now(), policies: {} };
  users.put(userName, row);
  return row;
}

function findUser(users: Table<UserRow>, userName: string): UserRow {
  const row = users.get(userName);
  if (row !== undefined) return row;
  throw new ServiceFault(404, "NoSuchEntity", `There is no user ${userName}.`);
}

function userElement({ path, userName, userId, arn, createdAt }: UserRow): Element {
  return [
    "User",
    [
      ["Path", path],
      ["UserName", userName],
      ["UserId", userId],
      ["Arn", arn],
      ["CreateDate", new Date(createdAt).toISOString()],
    ],
  ];
}

function keyElements(userName: string, { accessKeyId, createdAt }: AccessKey): readonly Element[] {
  return [
    ["UserName", userName],
    ["AccessKeyId", accessKeyId],
    ["Status", "Active"],
    ["CreateDate", new Date(createdAt).toISOString()],
  ];
}
