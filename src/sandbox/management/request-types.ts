import { z } from "zod";
import { TAMPERINGS } from "../model/new-deployment.ts";

/** Names become parts of paths and ids, so that they hold neither slashes nor blanks. */
const Name = z.string().regex(/^[A-Za-z0-9._+=,@-]{1,100}$/, "must be 1 to 100 of A-Z a-z 0-9 . _ + = , @ -");

const Tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

export const HostBody = z.strictObject({
  hostIdentifier: z.string().min(1).exactOptional(),
  tags: z.array(Tag).max(50).exactOptional(),
});
export const MetadataBody = z.strictObject({
  version1: z.boolean().default(true),
  tokensArrive: z.boolean().default(true),
});
export const InstanceBody = z.strictObject({ iamUserArn: z.string().min(1), tags: z.array(Tag).max(10) });
export const GroupBody = z.strictObject({ hosts: z.array(Name).max(1000) });
export const NameParameter = Name;

const Revision = z.strictObject({
  bucket: z.string().min(1),
  key: z.string().min(1),
  bundleType: z.enum(["tar", "tgz", "zip"]),
  version: z.string().exactOptional(),
  eTag: z.string().exactOptional(),
});

const MinimumHealthyHosts = z.strictObject({
  type: z.enum(["HOST_COUNT", "FLEET_PERCENT", "MOST_CONCURRENCY"]),
  value: z.number(),
});

export const DeploymentBody = z.strictObject({
  application: Name,
  group: Name,
  revision: Revision,
  deploymentConfig: z.string().exactOptional(),
  minimumHealthyHosts: MinimumHealthyHosts.exactOptional(),
  fileExistsBehavior: z.enum(["DISALLOW", "OVERWRITE", "RETAIN"]).exactOptional(),
  ignoreApplicationStopFailures: z.boolean().exactOptional(),
  withLoadBalancer: z.boolean().exactOptional(),
  autoRollback: z.boolean().exactOptional(),
  appSpecFilename: z.string().min(1).exactOptional(),
  deploymentCreator: z.string().min(1).exactOptional(),
  deploymentType: z.string().min(1).exactOptional(),
  lifecycleEvents: z.array(Name).min(1).max(100).exactOptional(),
  tamper: z.enum(TAMPERINGS).exactOptional(),
  specification: z.record(z.string(), z.unknown()).exactOptional(),
});
