import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "./address.ts";
import { S3Fault } from "./s3-fault.ts";
import { type BucketRow, type NewObject, newVersion, type ObjectTables, type StoredObject } from "./stored-object.ts";
import { writeBody } from "./write-body.ts";

export interface ObjectStoreOptions {
  readonly directory: string;
  readonly tables: ObjectTables;
  /** Whether objects outlive the store. */
  readonly keep: boolean;
}

/** Buckets whose every put makes a version. */
export class ObjectStore {
  readonly #directory: string;
  readonly #tables: ObjectTables;
  readonly #keep: boolean;

  private constructor({ directory, tables, keep }: ObjectStoreOptions) {
    this.#directory = directory;
    this.#tables = tables;
    this.#keep = keep;
  }

  /** Opens a store in a directory of its own; files that belong to no object, left by a crash, are removed. */
  static async open(options: ObjectStoreOptions): Promise<ObjectStore> {
    const { directory, tables } = options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const known = new Set([...tables.objects.all()].flatMap(({ versions }) => versions.map(({ file }) => file)));
    for (const file of await readdir(directory)) if (!known.has(file)) await rm(join(directory, file), { force: true });
    return new ObjectStore(options);
  }

  /** Removes all content that is not to be kept. */
  async close(): Promise<void> {
    if (!this.#keep) await rm(this.#directory, { recursive: true, force: true });
  }

  createBucket(bucket: string): void {
    const known = this.#tables.buckets.get(bucket);
    if (known === undefined) this.#tables.buckets.put(bucket, { bucket, createdAt: Date.now() });
  }

  buckets(): readonly BucketRow[] {
    return [...this.#tables.buckets.all()].sort((a, b) => (a.bucket < b.bucket ? -1 : 1));
  }

  /** @throws S3Fault NoSuchBucket */
  requireBucket(bucket: string): void {
    if (this.#tables.buckets.get(bucket) === undefined) throw new S3Fault("NoSuchBucket", { BucketName: bucket });
  }

  /** A new file in the store's directory, which the next start removes if no object takes it. */
  newFile(): string {
    return randomUUID();
  }

  /** Where a file of the store lies. */
  path(file: string): string {
    return join(this.#directory, file);
  }

  /** Writes a new version. @throws S3Fault NoSuchBucket; whatever the body or the check throws */
  async put({ bucket, key, body, contentType, metadata = {}, eTag, check }: NewObject): Promise<StoredObject> {
    this.requireBucket(bucket);
    const file = this.newFile();
    try {
      const measured = await writeBody(body, this.path(file));
      const written = { ...measured, eTag: eTag ?? measured.eTag };
      const object = newVersion({ ...written, file, contentType: contentType ?? "binary/octet-stream", metadata });
      check?.(object);
      this.#save({ bucket, key }, [...this.#versions({ bucket, key }), object]);
      return object;
    } catch (error) {
      await rm(this.path(file), { force: true });
      throw error;
    }
  }

  /** @throws S3Fault NoSuchBucket, NoSuchKey, NoSuchVersion, MethodNotAllowed (a version that is a delete marker) */
  get(address: Address, version?: string): StoredObject & { readonly file: string } {
    const { key } = address;
    const versions = this.#versions(address);
    const object = version === undefined ? versions.at(-1) : versions.find((one) => one.version === version);
    if (version !== undefined) {
      if (object === undefined) throw new S3Fault("NoSuchVersion", { Key: key, VersionId: version });
      if (object.file === undefined) throw new S3Fault("MethodNotAllowed", { Key: key, VersionId: version });
    }
    if (object?.file === undefined) throw new S3Fault("NoSuchKey", { Key: key });
    return { ...object, file: object.file };
  }

  /** Removes a version for good, or hides the object behind a delete marker, whose version is returned. */
  async delete(address: Address, version?: string): Promise<string | undefined> {
    const versions = this.#versions(address);
    if (version === undefined) {
      const marker = newVersion({ eTag: "", sha256: "", size: 0, contentType: "", metadata: {}, file: undefined });
      this.#save(address, [...versions, marker]);
      return marker.version;
    }
    const removed = versions.find((one) => one.version === version);
    this.#save(
      address,
      versions.filter((one) => one !== removed),
    );
    if (removed?.file !== undefined) await rm(this.path(removed.file), { force: true });
    return undefined;
  }

  /** Current objects of a bucket whose key begins with a prefix, by key. */
  list(bucket: string, prefix: string): readonly (readonly [key: string, object: StoredObject])[] {
    this.requireBucket(bucket);
    return [...this.#tables.objects.all()]
      .filter((row) => row.bucket === bucket && row.key.startsWith(prefix))
      .flatMap(({ key, versions }) => {
        const current = versions.at(-1);
        return current?.file === undefined ? [] : [[key, current] as const];
      })
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  #versions({ bucket, key }: Address): readonly StoredObject[] {
    this.requireBucket(bucket);
    return this.#tables.objects.get(`${bucket}/${key}`)?.versions ?? [];
  }

  #save({ bucket, key }: Address, versions: readonly StoredObject[]): void {
    if (versions.length === 0) this.#tables.objects.delete(`${bucket}/${key}`);
    else this.#tables.objects.put(`${bucket}/${key}`, { bucket, key, versions });
  }
}
