import { spawnSync } from "node:child_process";
import { Agent as HttpAgent } from "node:http";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { unusedPort } from "../../support/loopback.ts";
import {
  CREDENTIALS,
  cutAfter,
  everything,
  failureOf,
  faultServer,
  OBJECT,
  object,
  refusal,
  s3From,
} from "./fixture.ts";

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) % 251));

describe("a version", () => {
  it("is asked for by its id", async () => {
    const { endpoint, seen } = await faultServer(object(BYTES));
    const { content } = await s3From(endpoint).revisions.open({ ...OBJECT, version: "v/1" });
    await everything(content);
    expect(new URL(seen[0]?.url ?? "", endpoint).searchParams.get("versionId")).toBe("v/1");
  });
});

describe("a connection that breaks", () => {
  it("is taken up where it broke, and the object is the same to the byte", async () => {
    const { endpoint, seen } = await faultServer(cutAfter(BYTES, 100_000), cutAfter(BYTES, 50_000), object(BYTES));
    const { revisions, log } = s3From(endpoint);
    const { content } = await revisions.open(OBJECT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(seen.map(({ range, ifMatch }) => ({ range, ifMatch }))).toEqual([
      { range: undefined, ifMatch: undefined },
      { range: "bytes=100000-", ifMatch: '"5d41"' },
      { range: "bytes=150000-", ifMatch: '"5d41"' },
    ]);
    expect(log.messages("warn")[0]).toMatch(
      /^The download of s3:\/\/releases\/app 1\.0\.tar broke off after 100000 bytes/,
    );
  });

  it("or that brings nothing any more is taken up", async () => {
    const silent = cutAfter(BYTES, 100_000, { stays: true });
    const mute = () => {};
    const { endpoint, seen } = await faultServer(silent, mute, object(BYTES));
    const { revisions, log } = s3From(endpoint, { idleTimeoutMs: 200 });
    const { content } = await revisions.open(OBJECT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(seen.map(({ range }) => range)).toEqual([undefined, "bytes=100000-", "bytes=100000-"]);
    expect(log.messages("warn")[0]).toMatch(/broke off after 100000 bytes \(.*timed out after 200 ms/);
  });

  it("is taken up although S3 is busy just then", async () => {
    const { endpoint } = await faultServer(cutAfter(BYTES, 1000), refusal(503, "SlowDown"), object(BYTES));
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
  });

  test.each([
    ["is refused under If-Match", refusal(412, "PreconditionFailed")],
    ["is shorter now", refusal(416, "InvalidRange")],
    ["comes with another ETag", object(BYTES, "9f86")],
  ])("is an error if the object %s", async (_title, answer) => {
    const { endpoint } = await faultServer(cutAfter(BYTES, 1000), answer);
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    expect((await failureOf(everything(content))).message).toBe(
      "releases/app 1.0.tar (eu-central-1) was replaced in S3 while it was being downloaded.",
    );
  });

  it("is an error if the server begins anew in place of going on", async () => {
    const whole = object(BYTES);
    const ignoresRange = (request: Parameters<typeof whole>[0], response: Parameters<typeof whole>[1]) => {
      delete request.headers.range;
      whole(request, response);
    };
    const { endpoint } = await faultServer(cutAfter(BYTES, 1000), ignoresRange);
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    expect((await failureOf(everything(content))).message).toContain("was replaced in S3");
  });

  it("again and again without a byte is given up", async () => {
    const { endpoint, seen } = await faultServer(cutAfter(BYTES, 1000), cutAfter(BYTES, 0));
    const { revisions, clock } = s3From(endpoint);
    const { content } = await revisions.open(OBJECT);
    expect((await failureOf(everything(content))).message).toBe(
      "The download of releases/app 1.0.tar (eu-central-1) broke off after 1000 of 300000 bytes and could not be resumed.",
    );
    expect(seen).toHaveLength(6);
    expect(clock.sleeps).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it("because the reader has enough is not taken up, and is closed", async () => {
    let closed = false;
    const { endpoint, seen } = await faultServer((_request, response) => {
      response.on("close", () => {
        closed = true;
      });
      response.writeHead(200, { etag: '"5d41"', "content-length": 10_000_000 });
      response.write(BYTES);
    });
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    for await (const _ of content) break;
    await expect.poll(() => closed, { timeout: 60_000 }).toBe(true);
    expect(seen).toHaveLength(1);
  });
});

describe("a busy S3", () => {
  test.each([
    ["SlowDown", refusal(503, "SlowDown", { message: "Please reduce your request rate." })],
    ["an internal error", refusal(500, "InternalError")],
    [
      "an empty 502",
      (_request: unknown, response: { writeHead(status: number): { end(): void } }) => response.writeHead(502).end(),
    ],
    ["RequestTimeout", refusal(400, "RequestTimeout")],
    ["a busy KMS", refusal(400, "KMS.ThrottlingException")],
    ["a cut connection", (_request: unknown, response: { destroy(): void }) => response.destroy()],
  ])("(%s) is asked again", async (_title, answer) => {
    const { endpoint } = await faultServer(answer, answer, object(BYTES));
    const { revisions, clock, log } = s3From(endpoint);
    const { content } = await revisions.open(OBJECT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(clock.sleeps).toEqual([500, 1000]);
    expect(log.messages("warn")).toHaveLength(2);
  });

  it("that stays busy fails after six attempts", async () => {
    const { endpoint, seen } = await faultServer(
      refusal(503, "SlowDown", { message: "Please reduce your request rate." }),
    );
    const error = await failureOf(s3From(endpoint).revisions.open(OBJECT));
    expect(seen).toHaveLength(6);
    expect(error.report).toBe(
      "S3 refused releases/app 1.0.tar (eu-central-1) again and again: SlowDown (HTTP 503): " +
        '"Please reduce your request rate." S3 asked for fewer requests; deploy to fewer hosts at a time or try again later.',
    );
  });
});

describe("a bucket elsewhere", () => {
  test.each([
    [
      "301 with the region's header",
      refusal(301, "PermanentRedirect", { headers: { "x-amz-bucket-region": "us-west-2" } }),
    ],
    [
      "301 with an endpoint",
      refusal(301, "PermanentRedirect", { more: "<Endpoint>releases.s3.us-west-2.amazonaws.com</Endpoint>" }),
    ],
    [
      "307 with a location",
      refusal(307, "TemporaryRedirect", {
        headers: { location: "https://releases.s3-us-west-2.amazonaws.com/app.tar" },
      }),
    ],
    ["400 with the right region", refusal(400, "AuthorizationHeaderMalformed", { more: "<Region>us-west-2</Region>" })],
  ])("(%s) is asked in its region", async (_title, answer) => {
    const { endpoint, seen } = await faultServer(answer, object(BYTES));
    const { revisions, clock } = s3From(endpoint);
    const { content } = await revisions.open(OBJECT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(seen.map(({ signedFor }) => signedFor)).toEqual(["eu-central-1", "us-west-2"]);
    expect(clock.sleeps).toEqual([]);
  });

  it("that nobody names is told", async () => {
    const { endpoint } = await faultServer(refusal(301, "PermanentRedirect"));
    expect((await failureOf(s3From(endpoint).revisions.open(OBJECT))).report).toContain(
      "PermanentRedirect (HTTP 301). s3_endpoint_override leads to a region that does not hold the bucket.",
    );
  });

  it("that is sent around in circles is given up", async () => {
    const to = (region: string) => refusal(301, "PermanentRedirect", { headers: { "x-amz-bucket-region": region } });
    const { endpoint, seen } = await faultServer(to("us-west-2"), to("us-east-1"), to("us-west-2"));
    await failureOf(s3From(endpoint).revisions.open(OBJECT));
    expect(seen).toHaveLength(3);
  });
});

describe("a refusal", () => {
  const principal = "arn:aws:sts::123456789012:assumed-role/deploy-host/i-0abc";
  const notAuthorized = `User: ${principal} is not authorized to perform: s3:GetObject`;

  test.each([
    [
      "AccessDenied with the principal",
      refusal(403, "AccessDenied", { message: notAuthorized }),
      `S3 refused releases/app 1.0.tar (eu-central-1): AccessDenied (HTTP 403) for ${principal}: "${notAuthorized}" ` +
        "The role of this host needs s3:GetObject on the object, and kms:Decrypt if it is encrypted with a customer key; " +
        "S3 says the same when the key does not exist and s3:ListBucket is missing.",
    ],
    [
      "403 without a body",
      (_request: unknown, response: { writeHead(status: number): { end(): void } }) => response.writeHead(403).end(),
      "S3 refused releases/app 1.0.tar (eu-central-1): Forbidden (HTTP 403). The role of this host needs s3:GetObject",
    ],
    ["an archived object", refusal(403, "InvalidObjectState"), "The object is archived (Glacier); restore it first."],
    [
      "expired credentials",
      refusal(400, "ExpiredToken"),
      "The credentials of this host have expired and were not renewed.",
    ],
    ["an unknown key id", refusal(403, "InvalidAccessKeyId"), "The credentials of this host are not valid;"],
    ["a delete marker", refusal(405, "MethodNotAllowed"), "The version is a delete marker"],
    [
      "a disabled KMS key",
      refusal(400, "KMS.DisabledException"),
      "The KMS key the object is encrypted with is disabled; enable it.",
    ],
    ["a KMS key that is to be deleted", refusal(400, "KMS.KMSInvalidStateException"), "is pending deletion"],
    ["a KMS key that is gone", refusal(400, "KMS.NotFoundException"), "does not exist any more."],
    [
      "no right to decrypt",
      refusal(403, "AccessDenied", {
        message: `User: ${principal} is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:1:key/k`,
      }),
      "The role of this host needs kms:Decrypt on the KMS key the object is encrypted with, and the key's policy must",
    ],
    [
      "the policy of a VPC endpoint",
      refusal(403, "AccessDenied", { message: `${notAuthorized} because no VPC endpoint policy allows the action` }),
      "The policy of the VPC endpoint for S3 stands in the way;",
    ],
    [
      "the policy of the bucket",
      refusal(403, "AccessDenied", { message: `${notAuthorized} with an explicit deny in a resource-based policy` }),
      "The policy of the bucket denies it;",
    ],
    [
      "the policy of the organisation",
      refusal(403, "AccessDenied", { message: `${notAuthorized} with an explicit deny in a service control policy` }),
      "A policy of the organisation",
    ],
    ["an object encrypted with SSE-C", refusal(400, "InvalidRequest"), "with a key of the customer (SSE-C)"],
    [
      "a code of tomorrow",
      refusal(418, "Teapot", { message: "short and stout" }),
      'Teapot (HTTP 418): "short and stout"',
    ],
  ])("(%s) is told with its remedy, at once and without a secret", async (_title, answer, says) => {
    const { endpoint, seen } = await faultServer(answer);
    const error = await failureOf(s3From(endpoint).revisions.open(OBJECT));
    expect(error.report).toContain(says);
    expect(error.report).not.toContain("secret");
    expect(error.code).toBe(5);
    expect(seen).toHaveLength(1);
  });

  it("of a version names the version and the right it needs", async () => {
    const { endpoint } = await faultServer(refusal(403, "AccessDenied"));
    const error = await failureOf(s3From(endpoint).revisions.open({ ...OBJECT, version: "8f1c" }));
    expect(error.report).toMatch(/app 1\.0\.tar version 8f1c \(eu-central-1\).* needs s3:GetObjectVersion on/);
  });
});

test.each([
  ["a page of a gateway", 403, "<html><hr><body>Forbidden</html>"],
  ["a body that is cut off", 400, "<?xml version='1.0'?><Error><Code>Inva"],
])("%s is told as an answer that is not S3's, without a word of the SDK", async (_, status, page) => {
  const { endpoint } = await faultServer((_request, response) => {
    response.writeHead(status, { "content-type": "text/html" }).end(page);
  });
  const failure = await failureOf(s3From(endpoint).revisions.open(OBJECT));
  expect(failure.report).toBe(
    `S3 refused releases/app 1.0.tar (eu-central-1): HTTP ${status}. That answer is not S3's: ` +
      "look for a proxy or a gateway on the way, and check s3_endpoint_override.",
  );
});

describe("no answer", () => {
  it("is told with the endpoint, without its password", async () => {
    const port = await unusedPort();
    const { revisions } = s3From(`http://127.0.0.1:${port}`);
    expect((await failureOf(revisions.open(OBJECT))).report).toMatch(
      new RegExp(
        `^S3 could not be reached for releases/app 1.0.tar \\(eu-central-1\\): ECONNREFUSED: .* Check s3_endpoint_override \\(http://127.0.0.1:${port}\\)\\.$`,
      ),
    );
  });

  it("for want of credentials is told as that", async () => {
    const { endpoint } = await faultServer(object(BYTES));
    const credentials = () =>
      Promise.reject(Object.assign(new Error("nothing found"), { name: "CredentialsProviderError" }));
    const error = await failureOf(s3From(endpoint, { credentials }).revisions.open(OBJECT));
    expect(error.report).toMatch(/CredentialsProviderError: "nothing found" Attach an instance profile/);
  });

  it("is not waited for when the signal is aborted", async () => {
    const { endpoint } = await faultServer(() => {});
    const pending = s3From(endpoint).revisions.open(OBJECT, AbortSignal.timeout(50));
    await expect(pending).rejects.toThrow(/abort/i);
  });
});

it("a revision that is not in S3 is refused", async () => {
  const revision = { type: "Local Directory", location: "/srv/app" } as const;
  expect((await failureOf(s3From("http://127.0.0.1:1").revisions.open(revision))).message).toBe(
    "/srv/app is not in S3.",
  );
});

describe("the endpoint", () => {
  /** Host names that requests go to, seen by an agent that connects nowhere. */
  async function hostOf(region: string, kind: { fips: boolean; dualStack?: boolean }): Promise<string> {
    const { Agent } = await import("node:https");
    let host = "";
    const https = new Agent();
    https.createConnection = (options) => {
      host = String(options.host);
      throw Object.assign(new Error("no network in tests"), { code: "EPERM" });
    };
    const { endpoint: _none, ...options } = { region, ...kind, agents: { https }, endpoint: undefined };
    const { clock, log } = s3From("http://127.0.0.1:1");
    const { createS3Revisions } = await import("../../../src/remote/s3/revisions.ts");
    await createS3Revisions({ credentials: CREDENTIALS, clock, log, ...options })
      .open(OBJECT)
      .catch(() => {});
    return host;
  }

  test.each([
    ["eu-central-1", false, "releases.s3.eu-central-1.amazonaws.com"],
    ["us-east-1", true, "releases.s3-fips.us-east-1.amazonaws.com"],
    ["us-gov-west-1", true, "releases.s3-fips.us-gov-west-1.amazonaws.com"],
    ["eusc-de-east-1", false, "releases.s3.eusc-de-east-1.amazonaws.eu"],
    ["cn-north-1", false, "releases.s3.cn-north-1.amazonaws.com.cn"],
  ])("of %s (FIPS: %s) is %s", async (region, fips, host) => {
    expect(await hostOf(region, { fips })).toBe(host);
  });

  test.each([
    [false, "releases.s3.dualstack.us-east-1.amazonaws.com"],
    [true, "releases.s3-fips.dualstack.us-east-1.amazonaws.com"],
  ])("with IPv6 (FIPS: %s) is %s", async (fips, host) => {
    expect(await hostOf("us-east-1", { fips, dualStack: true })).toBe(host);
  });

  it("of a VPC is asked for the bucket in the path, and nothing else about it changes", async () => {
    const { endpoint, seen } = await faultServer(object(BYTES));
    const { port } = new URL(endpoint);
    const http = new HttpAgent();
    onTestFinished(() => http.destroy());
    const connected: string[] = [];
    const connect = http.createConnection.bind(http);
    http.createConnection = (options, ...rest) => {
      connected.push(String(options.host));
      return connect({ ...options, host: "127.0.0.1", port: Number(port) }, ...rest);
    };
    const host = "bucket.vpce-0a1b2c3d-4e5f.s3.eu-central-1.vpce.amazonaws.com";
    const { revisions } = s3From(`http://${host}`, { agents: { http }, fips: true });
    await everything((await revisions.open({ ...OBJECT, version: "8f1c" })).content);
    expect(connected).toEqual([host]);
    expect(seen).toMatchObject([{ signedFor: "eu-central-1" }]);
    expect(seen[0]?.url).toMatch(/^\/releases\/app%201\.0\.tar\?/);
  });

  it("is reached through the agent that is passed in", async () => {
    const { endpoint } = await faultServer(object(BYTES));
    const http = new HttpAgent();
    onTestFinished(() => http.destroy());
    let connections = 0;
    const connect = http.createConnection.bind(http);
    http.createConnection = (...args) => {
      connections += 1;
      return connect(...args);
    };
    const { content } = await s3From(endpoint, { agents: { http } }).revisions.open(OBJECT);
    await everything(content);
    expect(connections).toBe(1);
  });
});

it("making a client prints no warning about Node, and leaves the environment as it was", async () => {
  const script = `
    import { S3Client } from "@aws-sdk/client-s3";
    import { withoutVersionWarning } from "./src/remote/sdk-warning.ts";
    withoutVersionWarning(() => new S3Client({ region: "eu-central-1" }));
    new S3Client({ region: "eu-central-1" });
    console.log(Object.keys(process.env).filter((name) => name.startsWith("AWS_SDK_JS")).join());
  `;
  const stdin = { contents: script, resolveDir: process.cwd() };
  const built = await build({ stdin, bundle: true, platform: "node", write: false, logLevel: "silent" });
  const input = built.outputFiles[0]?.text ?? "";
  const { stdout, stderr } = spawnSync(process.execPath, ["-"], { input, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "\n", stderr: "" });
});
