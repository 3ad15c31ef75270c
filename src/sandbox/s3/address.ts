import { S3Fault } from "./s3-fault.ts";

/** What a path-style request is about; `key` "" is the bucket itself, `bucket` "" the service. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
}

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Reads `/bucket/key/with/slashes` (percent-encoded).
 * @throws S3Fault InvalidArgument, InvalidBucketName
 */
export function parseAddress(path: string): Address {
  if (path === "/") return { bucket: "", key: "" };
  const slash = path.indexOf("/", 1);
  const bucket = decode(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = slash < 0 ? "" : decode(path.slice(slash + 1));
  if (!BUCKET_NAME.test(bucket)) throw new S3Fault("InvalidBucketName", { BucketName: bucket });
  return { bucket, key };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new S3Fault("InvalidArgument", { ArgumentName: "path", ArgumentValue: text });
  }
}
