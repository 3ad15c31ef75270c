import { toXml } from "../http/xml.ts";
import { REGION } from "../identifiers.ts";
import { reply } from "./reply.ts";
import type { S3Operation } from "./s3-operation.ts";

const XML = { "content-type": "application/xml" };
const OWNER = [
  "Owner",
  [
    ["ID", "sandbox"],
    ["DisplayName", "sandbox"],
  ],
] as const;

/** Makes a bucket; one that exists is fine. */
export const createBucket: S3Operation = async ({ store }, { bucket }, exchange) => {
  store.createBucket(bucket);
  exchange.request.resume();
  reply(exchange, { location: `/${bucket}` });
};

export const headBucket: S3Operation = async ({ store }, { bucket }, exchange) => {
  store.requireBucket(bucket);
  reply(exchange, { "x-amz-bucket-region": REGION });
};

/** An empty element stands for us-east-1, the sandbox's region. */
export const getBucketLocation: S3Operation = async ({ store }, { bucket }, exchange) => {
  store.requireBucket(bucket);
  reply(exchange, XML, toXml(["LocationConstraint", ""]));
};

export const listBuckets: S3Operation = async ({ store }, _address, exchange) => {
  const buckets = store
    .buckets()
    .map(({ bucket, createdAt }) => bucketElement(bucket, new Date(createdAt).toISOString()));
  reply(exchange, XML, toXml(["ListAllMyBucketsResult", [OWNER, ["Buckets", buckets]]]));
};

function bucketElement(name: string, createdAt: string) {
  return [
    "Bucket",
    [
      ["Name", name],
      ["CreationDate", createdAt],
    ],
  ] as const;
}
