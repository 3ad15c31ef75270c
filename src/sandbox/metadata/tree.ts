import { ACCOUNT, REGION } from "../identifiers.ts";
import type { AccessKey } from "../identity/key-ring.ts";
import type { HostView } from "../model/host.ts";

/** What a path of the metadata service holds: a text, or the names below it (those of folders end in a slash). */
export type MetadataNode = string | readonly string[];

/** What the metadata of an instance is made of. */
export interface InstanceFacts {
  readonly host: HostView;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  /** The keys of its role now. */
  readonly key: () => AccessKey;
}

/** Role of every simulated instance; each has a session of its own, named as the instance is. */
export const INSTANCE_ROLE = "codedeploy-sandbox-host";
const ZONE = `${REGION}a`;
const IMAGE = "ami-0c0de0de0105a4db0";
const INSTANCE_TYPE = "t3.micro";
const ADDRESS = "127.0.0.1";
const PROFILE_ARN = `arn:aws:iam::${ACCOUNT}:instance-profile/${INSTANCE_ROLE}`;

type Leaf = (facts: InstanceFacts) => string;

/** Texts by path below `/latest/`; the folders follow from them. */
const LEAVES: Readonly<Record<string, Leaf>> = {
  "dynamic/instance-identity/document": (facts) => JSON.stringify(identityDocument(facts), undefined, 2),
  "meta-data/ami-id": () => IMAGE,
  "meta-data/hostname": ({ host }) => `${host.name}.ec2.internal`,
  "meta-data/iam/info": (facts) => JSON.stringify(profile(facts), undefined, 2),
  [`meta-data/iam/security-credentials/${INSTANCE_ROLE}`]: (facts) => JSON.stringify(credentials(facts), undefined, 2),
  "meta-data/instance-id": ({ host }) => host.name,
  "meta-data/instance-type": () => INSTANCE_TYPE,
  "meta-data/local-hostname": ({ host }) => `${host.name}.ec2.internal`,
  "meta-data/local-ipv4": () => ADDRESS,
  "meta-data/placement/availability-zone": () => ZONE,
  "meta-data/placement/region": () => REGION,
  "meta-data/services/domain": () => "amazonaws.com",
  "meta-data/services/partition": () => "aws",
};

/** Looks a path below `/latest/` up, with or without a slash at its end. */
export function lookUp(path: string, facts: InstanceFacts): MetadataNode | undefined {
  const leaves = { ...LEAVES, ...tagLeaves(facts) };
  const wanted = path.replace(/\/$/, "");
  if (Object.hasOwn(leaves, wanted)) return leaves[wanted]?.(facts);
  const below = wanted === "" ? "" : `${wanted}/`;
  const names = Object.keys(leaves)
    .filter((leaf) => leaf.startsWith(below))
    .map((leaf) => /^[^/]+\/?/.exec(leaf.slice(below.length))?.[0] ?? "");
  return names.length === 0 ? undefined : [...new Set(names)].sort();
}

/** Tags whose key could be taken for a path are not shown, as on EC2. */
function tagLeaves({ host }: InstanceFacts): Readonly<Record<string, Leaf>> {
  const shown = (host.tags ?? []).filter(({ Key }) => !/[/\s]/.test(Key) && !/^\.+$/.test(Key));
  return Object.fromEntries(shown.map(({ Key, Value }) => [`meta-data/tags/instance/${Key}`, () => Value]));
}

function identityDocument({ host, launchedAt }: InstanceFacts): Record<string, unknown> {
  return {
    accountId: ACCOUNT,
    architecture: process.arch === "arm64" ? "arm64" : "x86_64",
    availabilityZone: ZONE,
    billingProducts: null,
    devpayProductCodes: null,
    imageId: IMAGE,
    instanceId: host.name,
    instanceType: INSTANCE_TYPE,
    kernelId: null,
    pendingTime: timestamp(launchedAt),
    privateIp: ADDRESS,
    ramdiskId: null,
    region: REGION,
    version: "2017-09-30",
  };
}

function profile({ key }: InstanceFacts): Record<string, string> {
  return { Code: "Success", LastUpdated: timestamp(key().createdAt), InstanceProfileArn: PROFILE_ARN };
}

function credentials({ key }: InstanceFacts): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken = "", createdAt, expiresAt = 0 } = key();
  return {
    Code: "Success",
    LastUpdated: timestamp(createdAt),
    Type: "AWS-HMAC",
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: timestamp(expiresAt),
  };
}

/** `2026-11-24T12:00:00Z` */
function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
