import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Address } from "./address.ts";
import type { ObjectStore } from "./object-store.ts";
import { S3Fault } from "./s3-fault.ts";
import type { StoredObject } from "./stored-object.ts";
import { writeBody } from "./write-body.ts";

interface Part {
  readonly file: string;
  readonly eTag: string;
  readonly size: number;
}

interface Upload extends Address {
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, Part>;
}

/** A part as CompleteMultipartUpload names it. */
export interface ListedPart {
  readonly number: number;
  /** Without quotes. */
  readonly eTag: string;
}

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

/** Objects that arrive in parts. An upload that has not been completed is forgotten when the sandbox stops. */
export class MultipartUploads {
  readonly #store: ObjectStore;
  readonly #uploads = new Map<string, Upload>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Resolves with the id of the upload. @throws S3Fault NoSuchBucket */
  begin(upload: Omit<Upload, "parts">): string {
    this.#store.requireBucket(upload.bucket);
    const id = randomBytes(24).toString("base64url");
    this.#uploads.set(id, { ...upload, parts: new Map() });
    return id;
  }

  /** Writes a part, in place of an earlier one with the number. @throws S3Fault NoSuchUpload, InvalidArgument */
  async putPart(
    { id, address, number }: { readonly id: string; readonly address: Address; readonly number: number },
    body: AsyncIterable<Buffer>,
    check: (part: Pick<StoredObject, "eTag" | "sha256" | "size">) => void,
  ): Promise<Part> {
    const upload = this.#upload(id, address);
    const { parts } = upload;
    if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
      throw new S3Fault("InvalidArgument", { ArgumentName: "partNumber", ArgumentValue: String(number) });
    }
    const file = this.#store.newFile();
    try {
      const { eTag, size, sha256 } = await writeBody(body, this.#store.path(file));
      check({ eTag, size, sha256 });
      // It may have been aborted or completed while the part arrived; nobody would ever remove the file.
      if (this.#uploads.get(id) !== upload) throw new S3Fault("NoSuchUpload", { UploadId: id });
      const old = parts.get(number);
      const part = { file, eTag, size };
      parts.set(number, part);
      if (old !== undefined) await rm(this.#store.path(old.file), { force: true });
      return part;
    } catch (error) {
      await rm(this.#store.path(file), { force: true });
      throw error;
    }
  }

  /** Puts the listed parts together. @throws S3Fault NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall */
  async complete(id: string, address: Address, listed: readonly ListedPart[]): Promise<StoredObject> {
    const upload = this.#upload(id, address);
    const parts = requireParts(upload.parts, listed);
    const { contentType, metadata } = upload;
    const object = await this.#store.put({
      ...address,
      body: this.#content(parts),
      ...(contentType === undefined ? {} : { contentType }),
      metadata,
      eTag: eTagOf(parts),
    });
    await this.abort(id, address);
    return object;
  }

  /** Forgets an upload and its parts. @throws S3Fault NoSuchUpload */
  async abort(id: string, address: Address): Promise<void> {
    const { parts } = this.#upload(id, address);
    this.#uploads.delete(id);
    for (const { file } of parts.values()) await rm(this.#store.path(file), { force: true });
  }

  async *#content(parts: readonly Part[]): AsyncGenerator<Buffer> {
    for (const { file } of parts) yield* createReadStream(this.#store.path(file));
  }

  #upload(id: string, { bucket, key }: Address): Upload {
    const upload = this.#uploads.get(id);
    if (upload?.bucket === bucket && upload.key === key) return upload;
    throw new S3Fault("NoSuchUpload", { UploadId: id });
  }
}

function requireParts(known: ReadonlyMap<number, Part>, listed: readonly ListedPart[]): readonly Part[] {
  if (listed.length === 0) throw new S3Fault("MalformedXML");
  const isInOrder = listed.every(({ number }, index) => index === 0 || number > (listed[index - 1]?.number ?? 0));
  if (!isInOrder) throw new S3Fault("InvalidPartOrder");
  const parts = listed.map(({ number, eTag }) => {
    const part = known.get(number);
    if (part?.eTag === eTag) return part;
    throw new S3Fault("InvalidPart", { PartNumber: String(number), ETag: eTag });
  });
  if (parts.slice(0, -1).every(({ size }) => size >= MIN_PART_BYTES)) return parts;
  throw new S3Fault("EntityTooSmall");
}

/** MD5 of the MD5 sums of the parts, and how many there are. */
function eTagOf(parts: readonly Part[]): string {
  const sums = Buffer.concat(parts.map(({ eTag }) => Buffer.from(eTag, "hex")));
  return `${createHash("md5").update(sums).digest("hex")}-${parts.length}`;
}
