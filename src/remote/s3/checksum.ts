import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";

/** A checksum that S3 states of an object. */
export interface StatedChecksum {
  /** As S3 calls it: `CRC64NVME`. */
  readonly algorithm: Algorithm;
  /** Base64, as in the header. */
  readonly value: string;
  /** Of `parts` it is a checksum of the checksums of an upload's parts, which says nothing about a stream of bytes. */
  readonly covers: "object" | "parts";
}

/** A checksum of bytes that come one after the other. */
export interface RunningChecksum {
  add(bytes: Uint8Array): void;
  /** Base64; to be called once. */
  result(): Promise<string>;
}

type Algorithm = keyof typeof ALGORITHMS;

/** Those that can be checked; an object rarely has more than one, and then the first of these counts: the quickest. */
const ALGORITHMS = {
  CRC32: crc32Checksum,
  SHA256: () => hashChecksum("sha256"),
  SHA1: () => hashChecksum("sha1"),
  SHA512: () => hashChecksum("sha512"),
  MD5: () => hashChecksum("md5"),
  CRC64NVME: async () => sdkChecksum(new (await import("@aws-sdk/checksums/crc")).Crc64Nvme()),
  CRC32C: async () => sdkChecksum(new (await import("@aws-sdk/checksums/crc")).Crc32c()),
} as const satisfies Record<string, () => RunningChecksum | Promise<RunningChecksum>>;

const PARTS_SUFFIX = /-\d+$/;

/** The checksum in an answer of S3 about a whole object; undefined when there is none that is known here. */
export function statedChecksum(answer: GetObjectCommandOutput): StatedChecksum | undefined {
  for (const algorithm of Object.keys(ALGORITHMS) as Algorithm[]) {
    const value = answer[`Checksum${algorithm}`];
    if (value === undefined) continue;
    const ofParts = answer.ChecksumType === "COMPOSITE" || PARTS_SUFFIX.test(value);
    return { algorithm, value, covers: ofParts ? "parts" : "object" };
  }
  return undefined;
}

/** Starts a checksum of no bytes yet. */
export async function startChecksum(algorithm: Algorithm): Promise<RunningChecksum> {
  return ALGORITHMS[algorithm]();
}

function crc32Checksum(): RunningChecksum {
  let sum = 0;
  return {
    add(bytes) {
      sum = crc32(bytes, sum);
    },
    async result() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(sum);
      return bytes.toString("base64");
    },
  };
}

function hashChecksum(name: string): RunningChecksum {
  const hash = createHash(name);
  return { add: (bytes) => void hash.update(bytes), result: async () => hash.digest("base64") };
}

/** Checksums that Node.js has not. */
function sdkChecksum(sum: { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> }): RunningChecksum {
  return { add: (bytes) => sum.update(bytes), result: async () => Buffer.from(await sum.digest()).toString("base64") };
}
