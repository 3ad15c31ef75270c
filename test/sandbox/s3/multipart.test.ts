import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { authorization } from "../support/simulated-agent.ts";
import { runningSandbox } from "../support/start.ts";

const OBJECT = { Bucket: "releases", Key: "big.zip" };
const FIVE_MIB = 5 * 1024 * 1024;
const md5 = (content: Uint8Array) => createHash("md5").update(content).digest();

async function s3() {
  const { url, client: sandbox } = await runningSandbox();
  const client = new S3Client({
    endpoint: url,
    forcePathStyle: true,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "thing" },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  await client.send(new CreateBucketCommand({ Bucket: OBJECT.Bucket }));
  const { dataDirectory } = await sandbox.describe();
  return { client, files: () => readdirSync(join(dataDirectory, "codedeploy-sandbox-objects")) };
}

/** Uploads parts; resolves with the id of the upload and how each part is listed. */
async function upload(client: S3Client, parts: readonly Uint8Array[]) {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...OBJECT, Metadata: { made: "in parts" } }),
  );
  const listed: { PartNumber: number; ETag: string | undefined }[] = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...OBJECT, UploadId, PartNumber, Body }));
    listed.push({ PartNumber, ETag });
  }
  return { UploadId, listed };
}

describe("an object in parts", () => {
  test("a document of parts that never end is refused, and quickly", async () => {
    const { url } = await runningSandbox();
    const answer = await fetch(`${url}/releases/big.zip?uploadId=x`, {
      method: "POST",
      headers: { authorization: authorization("s3") },
      body: "<Part>".repeat(170_000),
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("<Code>MalformedXML</Code>");
  });

  test("a part that arrives after the upload was aborted is refused and leaves no file", async () => {
    const { client, files } = await s3();
    const { UploadId } = await upload(client, []);
    const more = new PassThrough();
    more.write(Buffer.alloc(1000, "a"));
    const part = client.send(
      new UploadPartCommand({ ...OBJECT, UploadId, PartNumber: 1, Body: more, ContentLength: 2000 }),
    );
    const refused = expect(part).rejects.toMatchObject({ name: "NoSuchUpload" });
    await expect.poll(files, { timeout: 60_000 }).toHaveLength(1);
    await client.send(new AbortMultipartUploadCommand({ ...OBJECT, UploadId }));
    more.end(Buffer.alloc(1000, "b"));
    await refused;
    expect(files()).toEqual([]);
  });

  test("is the parts in order, with the ETag of its parts; no part is left", async () => {
    const { client, files } = await s3();
    const parts = [Buffer.alloc(FIVE_MIB, "a"), Buffer.from("the end")];
    const { UploadId, listed } = await upload(client, parts);
    const completed = await client.send(
      new CompleteMultipartUploadCommand({ ...OBJECT, UploadId, MultipartUpload: { Parts: listed } }),
    );
    const eTag = `"${createHash("md5")
      .update(Buffer.concat(parts.map(md5)))
      .digest("hex")}-2"`;
    expect(completed.ETag).toBe(eTag);
    const got = await client.send(new GetObjectCommand(OBJECT));
    expect({ eTag: got.ETag, version: got.VersionId, metadata: got.Metadata }).toEqual({
      eTag,
      version: completed.VersionId,
      metadata: { made: "in parts" },
    });
    expect(md5((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toEqual(md5(Buffer.concat(parts)));
    expect(files()).toHaveLength(1);
  });

  test("takes the newest of parts with one number, and can be given up", async () => {
    const { client, files } = await s3();
    const { UploadId } = await upload(client, [Buffer.from("first")]);
    await client.send(new UploadPartCommand({ ...OBJECT, UploadId, PartNumber: 1, Body: "second" }));
    expect(files()).toHaveLength(1);
    await client.send(new AbortMultipartUploadCommand({ ...OBJECT, UploadId }));
    expect(files()).toEqual([]);
    await expect(
      client.send(new UploadPartCommand({ ...OBJECT, UploadId, PartNumber: 1, Body: "third" })),
    ).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  test.each([
    ["a part that was not uploaded", "InvalidPart", [{ PartNumber: 9, ETag: `"${"0".repeat(32)}"` }]],
    ["parts out of order", "InvalidPartOrder", "reversed"],
    ["a small part before another", "EntityTooSmall", "as uploaded"],
    ["no parts", "MalformedXML", []],
  ] as const)("with %s is refused: %s", async (_what, name, how) => {
    const { client } = await s3();
    const { UploadId, listed } = await upload(client, [Buffer.from("a"), Buffer.from("b")]);
    const Parts = how === "reversed" ? listed.toReversed() : how === "as uploaded" ? listed : [...how];
    const complete = new CompleteMultipartUploadCommand({ ...OBJECT, UploadId, MultipartUpload: { Parts } });
    await expect(client.send(complete)).rejects.toMatchObject({ name });
  });
});

describe("listings", () => {
  test("of buckets, and of keys gathered at a delimiter, a page at a time", async () => {
    const { client } = await s3();
    await client.send(new CreateBucketCommand({ Bucket: "another" }));
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(["another", "releases"]);
    expect(Buckets?.[0]?.CreationDate).toBeInstanceOf(Date);
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket: "another" }));
    expect(LocationConstraint || undefined).toBeUndefined();
    for (const Key of ["a/1", "a/2", "b/c/1", "b/2", "top"]) {
      await client.send(new PutObjectCommand({ Bucket: "another", Key, Body: Key }));
    }
    const list = async (input: object) => {
      const page = await client.send(new ListObjectsV2Command({ Bucket: "another", Delimiter: "/", ...input }));
      const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);
      return { names: [...prefixes, ...(page.Contents ?? []).map(({ Key }) => Key)], next: page.NextContinuationToken };
    };
    expect((await list({})).names).toEqual(["a/", "b/", "top"]);
    expect((await list({ Prefix: "b/" })).names).toEqual(["b/c/", "b/2"]);
    const first = await list({ MaxKeys: 2 });
    expect(first.names).toEqual(["a/", "b/"]);
    expect((await list({ ContinuationToken: first.next })).names).toEqual(["top"]);
  });
});
