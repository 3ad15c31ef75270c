import { statSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Authenticate } from "../../../src/sandbox/identity/authenticator.ts";
import { ownKeys } from "../../../src/sandbox/identity/authenticator.ts";
import { parseAuthorization } from "../../../src/sandbox/identity/authorization.ts";
import { KeyRing } from "../../../src/sandbox/identity/key-ring.ts";
import { isSignedWith, type SignedRequest } from "../../../src/sandbox/identity/signature.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { publicApi } from "../support/public-api.ts";
import { call } from "../support/simulated-agent.ts";
import { runningSandbox } from "../support/start.ts";

const EXAMPLE_HEADERS = {
  host: "examplebucket.s3.amazonaws.com",
  range: "bytes=0-9",
  "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "x-amz-date": "20130524T000000Z",
};

/** "GET Object" of AWS's documentation of Signature Version 4. */
const EXAMPLE: SignedRequest = {
  method: "GET",
  path: "/test.txt",
  query: "",
  headers: EXAMPLE_HEADERS,
  payloadHash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};
const EXAMPLE_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

function exampleAuthorization(signature: string, headers = "host;range;x-amz-content-sha256;x-amz-date") {
  const parsed = parseAuthorization(
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${headers},Signature=${signature}`,
  );
  if (typeof parsed === "string") throw new Error(parsed);
  return { authorization: parsed, time: "20130524T000000Z" };
}

describe("a signature", () => {
  test("is that of AWS's documentation for its examples", () => {
    const get = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    expect(isSignedWith(EXAMPLE_SECRET, EXAMPLE, exampleAuthorization(get))).toBe(true);
    const list = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
    const request = { ...EXAMPLE, path: "/", query: "max-keys=2&prefix=J" };
    const headers = "host;x-amz-content-sha256;x-amz-date";
    expect(isSignedWith(EXAMPLE_SECRET, request, exampleAuthorization(list, headers))).toBe(true);
    const lifecycle = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
    const bare = { ...EXAMPLE, path: "/", query: "lifecycle" };
    expect(isSignedWith(EXAMPLE_SECRET, bare, exampleAuthorization(lifecycle, headers))).toBe(true);
  });

  test.each([
    ["method", { method: "PUT" }],
    ["path", { path: "/other.txt" }],
    ["query", { query: "x=1" }],
    ["payload", { payloadHash: "0".repeat(64) }],
    ["header", { headers: { ...EXAMPLE.headers, range: "bytes=0-8" } }],
  ])("is another one with another %s", (_what, change) => {
    const get = exampleAuthorization("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    expect(isSignedWith(EXAMPLE_SECRET, { ...EXAMPLE, ...change }, get)).toBe(false);
  });
});

describe("a sandbox with keys of its own", () => {
  test("lets its keys in, and nobody else; each service says so in its own words", async () => {
    const { sandbox, url } = await runningSandbox({ checkSignatures: true });
    const key = sandbox.adminKey;
    if (key === undefined) throw new Error("no key was made");
    expect(await publicApi(url, key).listApplications({})).toMatchObject({ applications: [] });
    const wrong = { ...key, secretAccessKey: "wrong" };
    await expect(publicApi(url, wrong).listApplications({})).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
    await expect(publicApi(url).listApplications({})).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    expect((await call(url, "PollHostCommand", { HostIdentifier: "a" })).body["__type"]).toBe(
      "UnrecognizedClientException",
    );
    expect(await putError(url, wrong)).toMatchObject({ name: "SignatureDoesNotMatch" });
    expect(await putError(url, { accessKeyId: "AKIDTEST", secretAccessKey: "x" })).toMatchObject({
      name: "InvalidAccessKeyId",
    });
    expect(await putError(url, key)).toMatchObject({ name: "NoSuchBucket" });
  });

  test("keeps its keys over a restart, in a file for its owner", async () => {
    const dataDirectory = temporaryDirectory();
    const first = await startSandbox({ dataDirectory, checkSignatures: true });
    await first.close();
    expect(first.adminKey?.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(statSync(join(dataDirectory, "keys.json")).mode & 0o777).toBe(0o600);
    const second = await startSandbox({ dataDirectory, checkSignatures: true });
    onTestFinished(() => second.close());
    expect(second.adminKey).toEqual(first.adminKey);
  });
});

describe("keys", () => {
  const request = (headers: Record<string, string>): SignedRequest => ({ ...EXAMPLE, headers });
  const ring = () => new KeyRing({ load: () => [], save: () => {} }, () => Date.UTC(2013, 4, 24));
  const header = (id: string, signed = "host;x-amz-date") =>
    `AWS4-HMAC-SHA256 Credential=${id}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${"0".repeat(64)}`;

  test.each([
    ["without a header", {}, "missing"],
    ["of another algorithm", { authorization: "Basic eA==" }, "malformed"],
    ["of a key that is none", { authorization: header("AKIDOTHER") }, "unknown-key"],
  ])("a request %s is %s", (_what, headers, verdict) => {
    expect(ownKeys(ring(), () => 0)(request(headers), "s3")).toBe(verdict);
  });

  test("have to sign every header that decides what a request does", () => {
    const key = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: EXAMPLE_SECRET };
    const kept = { ...key, principal: "arn:aws:iam::1:user/a", userId: "AIDA", createdAt: 0 };
    const keys = new KeyRing({ load: () => [kept], save: () => {} }, () => 0);
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`;
    const verdict = (more: Record<string, string>) =>
      ownKeys(keys, () => Date.UTC(2013, 4, 24))(request({ ...EXAMPLE_HEADERS, authorization, ...more }), "s3");
    expect(verdict({})).toEqual({ principal: kept.principal, userId: kept.userId });
    expect(verdict({ "user-agent": "any", "x-amzn-trace-id": "Root=1" })).toMatchObject({ userId: kept.userId });
    expect(verdict({ "x-amz-target": "CodeDeploy_20141006.DeleteApplication" })).toBe("mismatch");
    expect(verdict({ "x-amz-copy-source": "other/key" })).toBe("mismatch");
  });

  test("are told apart by token, expiry, clock and host", () => {
    const keys = ring();
    const lasting = keys.create({ principal: "arn:aws:iam::1:user/a", userId: "AIDA" });
    const session = keys.create({ principal: "arn:aws:sts::1:assumed-role/r/s", userId: "AROA:s", seconds: 900 });
    const at = (now: number): Authenticate => ownKeys(keys, () => now);
    const noon = Date.UTC(2013, 4, 24);
    const base = { "x-amz-date": "20130524T000000Z", host: "x" };
    const token = session.sessionToken ?? "";
    const verdict = (now: number, headers: Record<string, string>) => at(now)(request({ ...base, ...headers }), "s3");
    const own = { authorization: header(lasting.accessKeyId) };
    expect(verdict(noon, own)).toBe("mismatch");
    expect(verdict(noon, { ...own, "x-amz-security-token": token })).toBe("wrong-token");
    expect(verdict(noon + 16 * 60_000, own)).toBe("skewed");
    expect(verdict(noon - 16 * 60_000, own)).toBe("skewed");
    expect(verdict(noon, { ...own, "x-amz-date": "20130525T000000Z" })).toBe("malformed");
    expect(verdict(noon, { authorization: header(lasting.accessKeyId, "x-amz-date") })).toBe("malformed");
    const temporary = { authorization: header(session.accessKeyId) };
    expect(verdict(noon, temporary)).toBe("wrong-token");
    expect(verdict(noon, { ...temporary, "x-amz-security-token": token })).toBe("mismatch");
    expect(verdict(noon + 901_000, { ...temporary, "x-amz-security-token": token })).toBe("expired-token");
    expect(at(noon)(request({ ...base, ...own }), "codedeploy")).toBe("wrong-service");
  });
});

async function putError(url: string, credentials: { accessKeyId: string; secretAccessKey: string }): Promise<unknown> {
  const s3 = new S3Client({ endpoint: url, region: "us-east-1", credentials, forcePathStyle: true, maxAttempts: 1 });
  onTestFinished(() => s3.destroy());
  const put = new PutObjectCommand({ Bucket: "none-here", Key: "a b/c+d(1)!.txt", Body: "hello" });
  return s3.send(put).catch((error: unknown) => error);
}
