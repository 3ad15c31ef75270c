import type { CodeDeploy } from "@aws-sdk/client-codedeploy";
import type { IAM } from "@aws-sdk/client-iam";
import type { STS } from "@aws-sdk/client-sts";
import type { Account, Tag } from "../registration/account.ts";
import { asked, nameOf } from "./account-failure.ts";
import { withoutVersionWarning } from "./sdk-warning.ts";

/** Path of the users that AWS's own tools make for hosts. */
const USER_PATH = "/AWS/CodeDeploy/";

/** How the account is reached: credentials and endpoints are those the AWS SDK finds for whoever runs the command. */
export interface AccountOptions {
  readonly region: string;
}

/** The account in AWS; each service's client is loaded when it is needed. */
export function createAccount({ region }: AccountOptions): Account {
  const codeDeploy = once(async () => {
    const { CodeDeploy } = await import("@aws-sdk/client-codedeploy");
    return withoutVersionWarning(() => new CodeDeploy({ region }));
  });
  const iam = once(async () => {
    const { IAM } = await import("@aws-sdk/client-iam");
    return withoutVersionWarning(() => new IAM({ region }));
  });
  const sts = once(async () => {
    const { STS } = await import("@aws-sdk/client-sts");
    return withoutVersionWarning(() => new STS({ region }));
  });
  return { ...instances(codeDeploy), ...users(iam), ...sessions(sts) };
}

type Lazy<Client> = () => Promise<Client>;

function instances(
  client: Lazy<CodeDeploy>,
): Pick<Account, "instance" | "register" | "addTags" | "removeTags" | "deregister"> {
  return {
    async instance(name) {
      const found = await asked("codedeploy:GetOnPremisesInstance", async () =>
        (await client())
          .getOnPremisesInstance({ instanceName: name })
          .catch(absentIf("InstanceNotRegisteredException")),
      );
      const info = found?.instanceInfo;
      if (info === undefined || info.deregisterTime !== undefined) return undefined;
      const tags = (info.tags ?? []).map(({ Key: key = "", Value: value = "" }) => ({ key, value }));
      return { name, identityArn: info.iamUserArn ?? info.iamSessionArn ?? "", tags };
    },
    async register(name, arn) {
      const identity = arn.includes(":assumed-role/") ? { iamSessionArn: arn } : { iamUserArn: arn };
      await asked("codedeploy:RegisterOnPremisesInstance", async () =>
        (await client()).registerOnPremisesInstance({ instanceName: name, ...identity }),
      );
    },
    async addTags(name, tags) {
      await asked("codedeploy:AddTagsToOnPremisesInstances", async () =>
        (await client()).addTagsToOnPremisesInstances({ instanceNames: [name], tags: wireTags(tags) }),
      );
    },
    async removeTags(name, tags) {
      await asked("codedeploy:RemoveTagsFromOnPremisesInstances", async () =>
        (await client()).removeTagsFromOnPremisesInstances({ instanceNames: [name], tags: wireTags(tags) }),
      );
    },
    async deregister(name) {
      await asked("codedeploy:DeregisterOnPremisesInstance", async () =>
        (await client()).deregisterOnPremisesInstance({ instanceName: name }),
      );
    },
  };
}

function wireTags(tags: readonly Tag[]): { Key: string; Value: string }[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

type UserMethods = "userArn" | "createUser" | "putUserPolicy" | "activeKeys" | "createKey" | "deleteKey" | "deleteUser";

function users(client: Lazy<IAM>): Pick<Account, UserMethods> {
  const deleteKey: Account["deleteKey"] = async (userName, keyId) => {
    await asked("iam:DeleteAccessKey", async () =>
      (await client()).deleteAccessKey({ UserName: userName, AccessKeyId: keyId }),
    );
  };
  return {
    async userArn(userName) {
      const found = await asked("iam:GetUser", async () =>
        (await client()).getUser({ UserName: userName }).catch(absentIf("NoSuchEntityException", "NoSuchEntity")),
      );
      return found?.User?.Arn;
    },
    async createUser(userName) {
      const made = await asked("iam:CreateUser", async () =>
        (await client()).createUser({ UserName: userName, Path: USER_PATH }),
      );
      return made.User?.Arn ?? "";
    },
    async putUserPolicy(userName, policyName, policy) {
      await asked("iam:PutUserPolicy", async () =>
        (await client()).putUserPolicy({ UserName: userName, PolicyName: policyName, PolicyDocument: policy }),
      );
    },
    async activeKeys(userName) {
      const keys = await keysOf(userName, client);
      return keys.flatMap(({ AccessKeyId: id, Status: status }) =>
        status === "Active" && id !== undefined ? [id] : [],
      );
    },
    async createKey(userName) {
      const made = await asked("iam:CreateAccessKey", async () =>
        (await client()).createAccessKey({ UserName: userName }),
      );
      return { id: made.AccessKey?.AccessKeyId ?? "", secret: made.AccessKey?.SecretAccessKey ?? "" };
    },
    deleteKey,
    async deleteUser(userName) {
      for (const { AccessKeyId: id = "" } of await keysOf(userName, client)) await deleteKey(userName, id);
      await deletePolicies(userName, client);
      await asked("iam:DeleteUser", async () =>
        (await client()).deleteUser({ UserName: userName }).catch(absentIf("NoSuchEntityException", "NoSuchEntity")),
      );
    },
  };
}

async function keysOf(userName: string, client: Lazy<IAM>) {
  const found = await asked("iam:ListAccessKeys", async () =>
    (await client()).listAccessKeys({ UserName: userName }).catch(absentIf("NoSuchEntityException", "NoSuchEntity")),
  );
  return found?.AccessKeyMetadata ?? [];
}

async function deletePolicies(userName: string, client: Lazy<IAM>): Promise<void> {
  const found = await asked("iam:ListUserPolicies", async () =>
    (await client()).listUserPolicies({ UserName: userName }).catch(absentIf("NoSuchEntityException", "NoSuchEntity")),
  );
  for (const policyName of found?.PolicyNames ?? []) {
    await asked("iam:DeleteUserPolicy", async () =>
      (await client()).deleteUserPolicy({ UserName: userName, PolicyName: policyName }),
    );
  }
}

function sessions(client: Lazy<STS>): Pick<Account, "assumeRole"> {
  return {
    async assumeRole({ roleArn, sessionName, seconds }) {
      const { Credentials: credentials, AssumedRoleUser: user } = await asked("sts:AssumeRole", async () =>
        (await client()).assumeRole({ RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: seconds }),
      );
      return {
        id: credentials?.AccessKeyId ?? "",
        secret: credentials?.SecretAccessKey ?? "",
        sessionToken: credentials?.SessionToken ?? "",
        expiresAt: credentials?.Expiration?.getTime() ?? 0,
        arn: user?.Arn ?? "",
      };
    },
  };
}

/** Turns a refusal that says there is nothing into undefined. */
function absentIf(...names: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (names.includes(nameOf(error))) return undefined;
    throw error;
  };
}

function once<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
