import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { S3Revision } from "../../../src/deployment/revision.ts";
import { withoutVersionWarning } from "../../../src/remote/sdk-warning.ts";
import { OBJECT } from "./fixture.ts";
import type { S3Server } from "./servers.ts";

/** What an upload came to: a revision with its ETag, without quotes, and its version where the server makes one. */
export type Uploaded = S3Revision & { readonly eTag: string };

/** Puts objects into the bucket `releases` of a server. */
export class Uploads {
  readonly #client: S3Client;
  readonly #bucket = OBJECT.bucket;

  constructor({ endpoint, owner }: S3Server) {
    const options = { endpoint, credentials: owner, forcePathStyle: true, region: "eu-central-1" };
    // Other checksums would be sent in a framing that not all servers know.
    const requestChecksumCalculation = "WHEN_REQUIRED";
    this.#client = withoutVersionWarning(() => new S3Client({ ...options, requestChecksumCalculation }));
  }

  async makeBucket({ versions }: { readonly versions: boolean }): Promise<void> {
    const Bucket = this.#bucket;
    await this.#client.send(new CreateBucketCommand({ Bucket }));
    if (!versions) return;
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await this.#client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }

  async put(key: string, body: Buffer): Promise<Uploaded> {
    const command = new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body });
    return this.#toRevision(key, await this.#client.send(command));
  }

  /** Uploads an object in parts, each of which but the last has to be 5 MiB or longer. */
  async putInParts(key: string, bodies: readonly Buffer[]): Promise<Uploaded> {
    const object = { Bucket: this.#bucket, Key: key };
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(object));
    const Parts = await Promise.all(
      bodies.map(async (Body, index) => {
        const part = { PartNumber: index + 1, UploadId, Body, ...object };
        return { PartNumber: index + 1, ETag: (await this.#client.send(new UploadPartCommand(part))).ETag };
      }),
    );
    const command = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } });
    return this.#toRevision(key, await this.#client.send(command));
  }

  async remove(key: string): Promise<{ readonly marker: string | undefined }> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key });
    return { marker: (await this.#client.send(command)).VersionId };
  }

  close(): void {
    this.#client.destroy();
  }

  #toRevision(key: string, { ETag = "", VersionId }: { ETag?: string | undefined; VersionId?: string | undefined }) {
    const version = VersionId === undefined ? {} : { version: VersionId };
    return { ...OBJECT, key, eTag: ETag.replaceAll('"', ""), ...version };
  }
}
