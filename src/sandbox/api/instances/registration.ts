import { randomInt } from "node:crypto";
import { ACCOUNT, REGION } from "../../identifiers.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { ApiContext } from "../context.ts";
import { instanceByName } from "../lookup.ts";
import { checkName } from "../names.ts";
import { refusal } from "../refuse.ts";

const USER_ARN = /^arn:aws[a-z-]*:iam::\d{12}:user\/[A-Za-z0-9/+=,.@_-]+$/;
const SESSION_ARN = /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

interface Registration {
  readonly instanceName?: string | undefined;
  readonly iamUserArn?: string | undefined;
  readonly iamSessionArn?: string | undefined;
}

/** Registers an on-premises instance; an agent that polls with its ARN is this host from now on. @throws ServiceFault */
export function register(
  { store, hosts, now }: Pick<ApiContext, "store" | "hosts" | "now">,
  { instanceName, ...arns }: Registration,
): undefined {
  const name = checkName("instance", instanceName);
  const identity = checkIdentity(arns);
  if (instanceByName(store, name)?.deregisteredAt === undefined && instanceByName(store, name) !== undefined) {
    throw refusal("InstanceNameAlreadyRegistered", `An on-premises instance ${name} is registered already.`);
  }
  requireUnused([...store.instances.all()], identity);
  const row: InstanceRow = {
    instanceName: name,
    instanceArn: `arn:aws:codedeploy:${REGION}:${ACCOUNT}:instance/${name}_${suffix()}`,
    ...identity,
    registeredAt: now(),
    tags: [],
  };
  store.transaction(() => {
    store.instances.put(row.instanceArn, row);
    hosts.declare(name, row.iamUserArn ?? row.iamSessionArn);
  });
  return undefined;
}

/** Takes an instance out of every group; its name and its ARN are free at once. */
export function deregister({ store, now }: ApiContext, instanceName: string | undefined): undefined {
  const row = instanceByName(store, checkName("instance", instanceName));
  if (row === undefined || row.deregisteredAt !== undefined) return undefined;
  store.instances.put(row.instanceArn, { ...row, tags: [], deregisteredAt: now() });
  return undefined;
}

function checkIdentity({
  iamUserArn,
  iamSessionArn,
}: Omit<Registration, "instanceName">): Pick<InstanceRow, "iamUserArn" | "iamSessionArn"> {
  if (iamUserArn !== undefined && iamSessionArn !== undefined) {
    throw refusal("MultipleIamArnsProvided", "Give either iamUserArn or iamSessionArn, not both.");
  }
  if (iamUserArn !== undefined) {
    if (USER_ARN.test(iamUserArn)) return { iamUserArn };
    const message = `${JSON.stringify(iamUserArn)} is not the ARN of a user; it looks like arn:aws:iam::${ACCOUNT}:user/name.`;
    throw refusal("InvalidIamUserArn", message);
  }
  if (iamSessionArn === undefined) throw refusal("IamArnRequired", "Give iamUserArn or iamSessionArn.");
  if (SESSION_ARN.test(iamSessionArn)) return { iamSessionArn };
  const message = `${JSON.stringify(iamSessionArn)} is not the ARN of a session; it looks like arn:aws:sts::${ACCOUNT}:assumed-role/role/session.`;
  throw refusal("InvalidIamSessionArn", message);
}

function requireUnused(rows: readonly InstanceRow[], { iamUserArn, iamSessionArn }: Partial<InstanceRow>): void {
  const registered = rows.filter(({ deregisteredAt }) => deregisteredAt === undefined);
  const holder = registered.find((row) =>
    iamUserArn === undefined ? row.iamSessionArn === iamSessionArn : row.iamUserArn === iamUserArn,
  );
  if (holder === undefined) return;
  const name = iamUserArn === undefined ? "IamSessionArnAlreadyRegistered" : "IamUserArnAlreadyRegistered";
  throw refusal(name, `${iamUserArn ?? iamSessionArn} is registered already, for instance ${holder.instanceName}.`);
}

function suffix(): string {
  return Array.from({ length: 10 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}
