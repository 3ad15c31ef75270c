import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Address } from "./address.ts";
import { S3Fault } from "./s3-fault.ts";

/** One version of an object. */
export interface StoredObject {
  readonly version: string;
  /** MD5 of the content, hexadecimal, without quotes. */
  readonly eTag: string;
  readonly sha256: string;
  readonly size: number;
  /** Milliseconds since the epoch, whole seconds, as HTTP dates are. */
  readonly lastModified: number;
  readonly contentType: string;
  /** Headers `x-amz-meta-*`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the content lies; undefined for a delete marker. */
  readonly file: string | undefined;
}

export interface NewObject extends Address {
  readonly body: AsyncIterable<Buffer>;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Looks at the written object; when it throws, the object is not kept. */
  readonly check?: (object: StoredObject) => void;
}

/** Buckets whose every put makes a version: content on disk, everything else in memory. */
export class ObjectStore {
  readonly #directory: string;
  /** Versions by bucket and key, oldest first. */
  readonly #buckets = new Map<string, Map<string, readonly StoredObject[]>>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens an empty store in a directory of its own; what a sandbox that was killed left there is removed. */
  static async open(directory: string): Promise<ObjectStore> {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { mode: 0o700 });
    return new ObjectStore(directory);
  }

  /** Removes all content. */
  async close(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  createBucket(bucket: string): void {
    if (!this.#buckets.has(bucket)) this.#buckets.set(bucket, new Map());
  }

  /** @throws S3Fault NoSuchBucket */
  requireBucket(bucket: string): void {
    this.#keys(bucket);
  }

  /** Writes a new version. @throws S3Fault NoSuchBucket; whatever the body or the check throws */
  async put({ bucket, key, body, contentType, metadata = {}, check }: NewObject): Promise<StoredObject> {
    const keys = this.#keys(bucket);
    const file = join(this.#directory, randomUUID());
    try {
      const written = await writeFile(body, file);
      const object = newVersion({ ...written, file, contentType: contentType ?? "binary/octet-stream", metadata });
      check?.(object);
      keys.set(key, [...(keys.get(key) ?? []), object]);
      return object;
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  /** @throws S3Fault NoSuchBucket, NoSuchKey, NoSuchVersion, MethodNotAllowed (a version that is a delete marker) */
  get({ bucket, key }: Address, version?: string): StoredObject & { readonly file: string } {
    const versions = this.#keys(bucket).get(key) ?? [];
    const object = version === undefined ? versions.at(-1) : versions.find((one) => one.version === version);
    if (version !== undefined) {
      if (object === undefined) throw new S3Fault("NoSuchVersion", { Key: key, VersionId: version });
      if (object.file === undefined) throw new S3Fault("MethodNotAllowed", { Key: key, VersionId: version });
    }
    if (object?.file === undefined) throw new S3Fault("NoSuchKey", { Key: key });
    return { ...object, file: object.file };
  }

  /** Removes a version for good, or hides the object behind a delete marker, whose version is returned. */
  async delete({ bucket, key }: Address, version?: string): Promise<string | undefined> {
    const keys = this.#keys(bucket);
    const versions = keys.get(key) ?? [];
    if (version === undefined) {
      const marker = newVersion({ eTag: "", sha256: "", size: 0, contentType: "", metadata: {}, file: undefined });
      keys.set(key, [...versions, marker]);
      return marker.version;
    }
    const removed = versions.find((one) => one.version === version);
    keys.set(
      key,
      versions.filter((one) => one !== removed),
    );
    if (removed?.file !== undefined) await rm(removed.file, { force: true });
    return undefined;
  }

  /** Current objects of a bucket whose key begins with a prefix, by key. */
  list(bucket: string, prefix: string): readonly (readonly [key: string, object: StoredObject])[] {
    return [...this.#keys(bucket)]
      .flatMap(([key, versions]) => {
        const current = versions.at(-1);
        return current?.file !== undefined && key.startsWith(prefix) ? [[key, current] as const] : [];
      })
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  #keys(bucket: string): Map<string, readonly StoredObject[]> {
    const keys = this.#buckets.get(bucket);
    if (keys === undefined) throw new S3Fault("NoSuchBucket", { BucketName: bucket });
    return keys;
  }
}

function newVersion(object: Omit<StoredObject, "version" | "lastModified">): StoredObject {
  const lastModified = Math.floor(Date.now() / 1000) * 1000;
  return { ...object, version: randomBytes(16).toString("hex"), lastModified };
}

async function writeFile(
  body: AsyncIterable<Buffer>,
  file: string,
): Promise<Pick<StoredObject, "eTag" | "sha256" | "size">> {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  let size = 0;
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const bytes of body) {
      md5.update(bytes);
      sha256.update(bytes);
      size += bytes.length;
      yield bytes;
    }
  }
  await pipeline(measured, createWriteStream(file, { flags: "wx", mode: 0o600 }));
  return { eTag: md5.digest("hex"), sha256: sha256.digest("hex"), size };
}
