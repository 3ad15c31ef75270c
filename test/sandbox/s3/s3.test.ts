import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { authorization } from "../support/simulated-agent.ts";
import { runningSandbox } from "../support/start.ts";

const BUCKET = "releases";

async function s3(): Promise<{ client: S3Client; url: string }> {
  const { url } = await runningSandbox();
  const client = new S3Client({
    endpoint: url,
    forcePathStyle: true,
    region: "eu-central-1",
    credentials: { accessKeyId: "any", secretAccessKey: "thing" },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return { client, url };
}

const md5 = (text: string) => `"${createHash("md5").update(text).digest("hex")}"`;

describe("with the AWS SDK", () => {
  test("what was put is got, with ETag, version, type, metadata and date", async () => {
    const { client } = await s3();
    const put = await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: "a b/ü?&+.zip",
        Body: "hello",
        ContentType: "application/zip",
        Metadata: { made: "by hand" },
      }),
    );
    expect(put.ETag).toBe(md5("hello"));
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "a b/ü?&+.zip" }));
    expect(await got.Body?.transformToString()).toBe("hello");
    expect(got).toMatchObject({
      ETag: md5("hello"),
      VersionId: put.VersionId,
      ContentLength: 5,
      ContentType: "application/zip",
      AcceptRanges: "bytes",
      Metadata: { made: "by hand" },
    });
    expect(Date.now() - (got.LastModified?.getTime() ?? 0)).toBeLessThan(10_000);
  });

  test("a stream comes in aws-chunked framing with a checksum trailer, and is stored without either", async () => {
    const { client } = await s3();
    const content = Buffer.alloc(3_000_000, "abcdefg");
    const Body = Readable.from([content.subarray(0, 1_000_001), content.subarray(1_000_001)]);
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "big", Body, ContentLength: content.length }));
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "big" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);
  });

  test("an empty object", async () => {
    const { client } = await s3();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "empty", Body: Buffer.alloc(0) }));
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "empty" }));
    expect(await got.Body?.transformToString()).toBe("");
    expect(got.ContentLength).toBe(0);
  });

  test("ranges", async () => {
    const { client } = await s3();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "k", Body: "0123456789" }));
    const get = (Range: string) => client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "k", Range }));
    const middle = await get("bytes=2-4");
    expect(await middle.Body?.transformToString()).toBe("234");
    expect(middle).toMatchObject({
      ContentRange: "bytes 2-4/10",
      ContentLength: 3,
      $metadata: { httpStatusCode: 206 },
    });
    const all = await get("bytes=0-");
    expect(all).toMatchObject({ ContentRange: "bytes 0-9/10", $metadata: { httpStatusCode: 206 } });
    await all.Body?.transformToString();
    await expect(get("bytes=10-")).rejects.toMatchObject({ name: "InvalidRange", $metadata: { httpStatusCode: 416 } });
  });

  test("conditions", async () => {
    const { client } = await s3();
    const { ETag } = await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "k", Body: "x" }));
    const key = { Bucket: BUCKET, Key: "k" };
    await expect(client.send(new GetObjectCommand({ ...key, IfMatch: '"other"' }))).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    const matching = await client.send(new GetObjectCommand({ ...key, IfMatch: ETag }));
    expect(await matching.Body?.transformToString()).toBe("x");
    await expect(client.send(new GetObjectCommand({ ...key, IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(client.send(new GetObjectCommand({ ...key, IfUnmodifiedSince: new Date(0) }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
  });

  test("every put makes a version, and a delete hides the object but not its versions", async () => {
    const { client } = await s3();
    const key = { Bucket: BUCKET, Key: "k" };
    const one = await client.send(new PutObjectCommand({ ...key, Body: "one" }));
    const two = await client.send(new PutObjectCommand({ ...key, Body: "two" }));
    expect(one.VersionId).not.toBe(two.VersionId);
    const read = async (VersionId?: string) => {
      const { Body } = await client.send(new GetObjectCommand({ ...key, VersionId }));
      return Body?.transformToString();
    };
    expect([await read(), await read(one.VersionId)]).toEqual(["two", "one"]);

    const deleted = await client.send(new DeleteObjectCommand(key));
    expect(deleted.DeleteMarker).toBe(true);
    await expect(read()).rejects.toMatchObject({ name: "NoSuchKey" });
    expect(await read(two.VersionId)).toBe("two");
    await expect(read("nonsense")).rejects.toMatchObject({ name: "NoSuchVersion" });

    await client.send(new DeleteObjectCommand({ ...key, VersionId: deleted.VersionId }));
    expect(await read()).toBe("two");
    await client.send(new DeleteObjectCommand({ ...key, VersionId: two.VersionId }));
    expect(await read()).toBe("one");
  });

  test("heads of objects and buckets", async () => {
    const { client } = await s3();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "k", Body: "12345" }));
    const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "k" }));
    expect(head).toMatchObject({ ContentLength: 5, ETag: md5("12345") });
    await client.send(new HeadBucketCommand({ Bucket: BUCKET }));
    await expect(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "no" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await expect(client.send(new HeadBucketCommand({ Bucket: "no-such-bucket" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("lists of current objects, a page at a time", async () => {
    const { client } = await s3();
    for (const Key of ["b/2", "a/1", "b/1", "b/<&>", "b/3"]) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
    }
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "b/3" }));
    const first = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "b/", MaxKeys: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
    const ContinuationToken = first.NextContinuationToken;
    const rest = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "b/", ContinuationToken }));
    expect(rest.IsTruncated).toBe(false);
    const keys = [...(first.Contents ?? []), ...(rest.Contents ?? [])].map(({ Key, Size }) => [Key, Size]);
    expect(keys).toEqual([
      ["b/1", 3],
      ["b/2", 3],
      ["b/<&>", 5],
    ]);
  });

  test.each([
    ["NoSuchBucket", new GetObjectCommand({ Bucket: "no-such-bucket", Key: "k" })],
    ["NoSuchKey", new GetObjectCommand({ Bucket: BUCKET, Key: "no-such-key" })],
  ])("%s", async (name, command) => {
    const { client } = await s3();
    await expect(client.send(command)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 404 } });
  });
});

describe("byte by byte", () => {
  const signed = { authorization: authorization("s3") };

  test("an unsigned request and one signed for another service", async () => {
    const { url } = await s3();
    const unsigned = await fetch(`${url}/${BUCKET}/k`);
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain("<Code>AccessDenied</Code>");
    const wrong = await fetch(`${url}/${BUCKET}/k`, {
      headers: { authorization: authorization("codedeploy-commands") },
    });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("<Code>AuthorizationHeaderMalformed</Code>");
  });

  test("a fault names bucket or key, resource and request", async () => {
    const { url } = await s3();
    const answer = await fetch(`${url}/${BUCKET}/a%3Cb`, { headers: signed });
    const id = answer.headers.get("x-amz-request-id");
    expect(await answer.text()).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message><Key>a&lt;b</Key><Resource>/${BUCKET}/a%3Cb</Resource><RequestId>${id}</RequestId></Error>`,
    );
  });

  test.each([
    ["a wrong hash", { "x-amz-content-sha256": "0".repeat(64) }, "XAmzContentSHA256Mismatch"],
    ["a wrong MD5", { "content-md5": Buffer.alloc(16).toString("base64") }, "BadDigest"],
    ["no framing", { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }, "IncompleteBody"],
    ["a copy", { "x-amz-copy-source": "/a/b" }, "NotImplemented"],
  ])("an upload with %s leaves no object", async (_what, headers, code) => {
    const { url } = await s3();
    const put = await fetch(`${url}/${BUCKET}/k`, { method: "PUT", headers: { ...signed, ...headers }, body: "hello" });
    expect(await put.text()).toContain(`<Code>${code}</Code>`);
    expect((await fetch(`${url}/${BUCKET}/k`, { headers: signed })).status).toBe(404);
  });

  test("a framed upload whose length was announced wrongly", async () => {
    const { url } = await s3();
    const headers = {
      ...signed,
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "4",
    };
    const put = await fetch(`${url}/${BUCKET}/k`, { method: "PUT", headers, body: "5\r\nhello\r\n0\r\n\r\n" });
    expect(await put.text()).toContain("<Code>IncompleteBody</Code>");
  });

  test.each([
    ["GET", `/${BUCKET}/k?acl`, 501, "NotImplemented"],
    ["POST", `/${BUCKET}/k?uploads&acl`, 501, "NotImplemented"],
    ["POST", `/${BUCKET}/k`, 501, "NotImplemented"],
    ["GET", `/${BUCKET}/k?X-Amz-Signature=0`, 501, "NotImplemented"],
    ["GET", "/A_B/k", 400, "InvalidBucketName"],
    ["GET", `/${BUCKET}/%zz`, 400, "InvalidArgument"],
    ["GET", `/${BUCKET}?list-type=2&max-keys=x`, 400, "InvalidArgument"],
  ])("%s %s", async (method, path, status, code) => {
    const { url } = await s3();
    const answer = await fetch(`${url}${path}`, { method, headers: signed });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  });
});
