import { Agent as HttpAgent } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { downloadBundle } from "../../../src/bundle/download.ts";
import { localFileSystem } from "../../../src/host/files/file-system.ts";
import { connectionAgents } from "../../../src/remote/connection/agents.ts";
import { deploymentHost, names } from "../../bundle/download-fixture.ts";
import { tarBytes } from "../../bundle/tar-bytes.ts";
import { zipBytes } from "../../bundle/zip-bytes.ts";
import { HttpProxy } from "../../support/http-proxy.ts";
import { everything, failureOf, OBJECT } from "../s3/fixture.ts";
import {
  archive,
  brokenAfter,
  COMMIT,
  cut,
  gitHubFrom,
  gitHubServer,
  PRIVATE_COMMIT,
  redirect,
  refusal,
} from "./fixture.ts";

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) % 251));

describe("a commit", () => {
  test.each([
    ["tar", "/repos/octo/shop/tarball/9f2c"],
    ["zip", "/repos/octo/shop/zipball/9f2c"],
  ] as const)("is asked for as %s", async (bundleType, url) => {
    const { endpoint, seen } = await gitHubServer(archive(BYTES));
    const { revisions } = gitHubFrom(endpoint);
    const { content, size, eTag } = await revisions.open({ ...COMMIT, bundleType });
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect([size, eTag]).toEqual([undefined, undefined]);
    expect(seen).toMatchObject([{ url, authorization: undefined }]);
    expect(seen[0]?.userAgent).toContain("codedeploy-agent/1");
  });

  it("is asked for at the API of an enterprise server", async () => {
    const { endpoint, seen } = await gitHubServer(archive(BYTES));
    const { content } = await gitHubFrom(`${endpoint}/api/v3/`).revisions.open(COMMIT);
    await everything(content);
    expect(seen[0]?.url).toBe("/api/v3/repos/octo/shop/tarball/9f2c");
  });

  it("whose name holds a slash is one part of the URL", async () => {
    const { endpoint, seen } = await gitHubServer(archive(BYTES));
    const { content } = await gitHubFrom(endpoint).revisions.open({ ...COMMIT, commitId: "feature/../x" });
    await everything(content);
    expect(seen[0]?.url).toBe("/repos/octo/shop/tarball/feature%2F..%2Fx");
  });

  test.each([
    ["tar", gzipSync(tarBytes([{ name: "octo-shop-9f2c/appspec.yml", body: "version: 0.0\n" }]))],
    ["zip", zipBytes([{ name: "octo-shop-9f2c/appspec.yml", body: "version: 0.0\n" }])],
  ] as const)("(%s) is unpacked without its leading directory", async (bundleType, bytes) => {
    const { endpoint } = await gitHubServer(archive(bytes));
    const host = deploymentHost();
    const { revisions, clock, log } = gitHubFrom(endpoint);
    const ports = { fileSystem: localFileSystem, revisions, clock, log };
    await downloadBundle(host.request({ ...COMMIT, bundleType }), ports);
    expect(names(host.paths().archive)).toEqual(["appspec.yml"]);
    expect(log.messages("warn")).toEqual([]);
  });

  it("is not asked for where the revision is in S3", async () => {
    expect((await failureOf(gitHubFrom("http://127.0.0.1:1").revisions.open(OBJECT))).message).toContain(
      "is not in GitHub",
    );
  });

  it("is fetched through the agents that are given", async () => {
    const { endpoint } = await gitHubServer(archive(BYTES));
    const { port } = new URL(endpoint);
    const agent = new HttpAgent();
    const connected: string[] = [];
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (options, ...rest) => {
      connected.push(String(options.host));
      return connect({ ...options, host: "127.0.0.1", port: Number(port) }, ...rest);
    };
    const { revisions } = gitHubFrom("http://github.example", { agents: { http: agent } });
    const { content } = await revisions.open(COMMIT);
    expect((await everything(content)).length).toBe(BYTES.length);
    expect(connected).toEqual(["github.example"]);
  });
});

it("a commit is fetched through the proxy, from the API and from where that redirects to", async () => {
  const storage = await gitHubServer(archive(BYTES));
  const api = await gitHubServer(redirect(`${storage.endpoint}/octo/shop`));
  const proxy = await HttpProxy.start();
  const agents = connectionAgents({ proxyUri: proxy.url });
  onTestFinished(() => agents?.http.destroy());
  const { content } = await gitHubFrom(api.endpoint, { agents }).revisions.open(PRIVATE_COMMIT);
  expect((await everything(content)).equals(BYTES)).toBe(true);
  expect([...proxy.asked]).toEqual([`${api.endpoint}/repos/octo/shop/tarball/9f2c`, `${storage.endpoint}/octo/shop`]);
  const authorizations = [...api.seen, ...storage.seen].map(({ authorization }) => authorization);
  expect(authorizations).toEqual(["token ghp_very_secret", undefined]);
});

describe("the access token", () => {
  it("goes to the API and not to the host of the redirect", async () => {
    const storage = await gitHubServer(archive(BYTES));
    const api = await gitHubServer(redirect(`${storage.endpoint}/octo/shop?token=xyz`));
    const { content } = await gitHubFrom(api.endpoint).revisions.open(PRIVATE_COMMIT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(api.seen[0]?.authorization).toBe("token ghp_very_secret");
    expect(storage.seen).toMatchObject([{ url: "/octo/shop?token=xyz", authorization: undefined }]);
  });

  it("does not come back when the other host redirects to the first", async () => {
    const storage = await gitHubServer((_request, response) => {
      response.writeHead(302, { location: `${api.endpoint}/again` }).end();
    });
    const api = await gitHubServer(redirect(`${storage.endpoint}/`), archive(BYTES));
    const { content } = await gitHubFrom(api.endpoint).revisions.open(PRIVATE_COMMIT);
    await everything(content);
    expect(api.seen.map(({ authorization }) => authorization)).toEqual(["token ghp_very_secret", undefined]);
  });

  it("follows to where a renamed repository lies on the same host", async () => {
    const { endpoint, seen } = await gitHubServer(redirect("/repositories/1/tarball/9f2c"), archive(BYTES));
    const { content } = await gitHubFrom(endpoint).revisions.open(PRIVATE_COMMIT);
    await everything(content);
    expect(seen[1]).toMatchObject({ url: "/repositories/1/tarball/9f2c", authorization: "token ghp_very_secret" });
  });

  it("is in no message", async () => {
    const { endpoint } = await gitHubServer(refusal(503, "Unavailable"));
    const { revisions, log } = gitHubFrom(endpoint);
    const failure = await failureOf(revisions.open(PRIVATE_COMMIT));
    expect([failure.report, ...log.messages()].join()).not.toContain("very_secret");
  });
});

it("a limit for which GitHub names no time is waited for a minute, and told as one", async () => {
  const text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  const { endpoint, seen } = await gitHubServer(refusal(403, text));
  const { revisions, clock } = gitHubFrom(endpoint);
  const failure = await failureOf(revisions.open(PRIVATE_COMMIT));
  expect(failure.hint).toBe("GitHub asks for fewer requests at a time; deploy to fewer hosts at a time.");
  expect([seen.length, clock.sleeps]).toEqual([4, [60_000, 60_000, 90_000]]);
});

describe("what GitHub refuses for good fails at once", () => {
  test.each([
    [401, PRIVATE_COMMIT, "The access token is not valid"],
    [403, PRIVATE_COMMIT, "The access token lacks the right"],
    [403, COMMIT, "does not allow anonymous access"],
    [404, PRIVATE_COMMIT, "where the access token may not read the repository"],
    [404, COMMIT, "a private repository needs an access token"],
    [422, COMMIT, "github_api_endpoint"],
  ] as const)("%i", async (status, revision, hint) => {
    const { endpoint, seen } = await gitHubServer(refusal(status, "No\nway"));
    const { revisions, clock } = gitHubFrom(endpoint);
    const failure = await failureOf(revisions.open(revision));
    expect(failure.message).toBe(`GitHub (${endpoint}) refused github.com/octo/shop@9f2c: HTTP ${status} "No way".`);
    expect(failure.hint).toContain(hint);
    expect([seen.length, clock.sleeps]).toEqual([1, []]);
  });

  it("and a used-up limit says until when", async () => {
    const { endpoint, seen } = await gitHubServer(refusal(403, "API rate limit exceeded", usedUpFor(91)));
    const failure = await failureOf(gitHubFrom(endpoint).revisions.open(COMMIT));
    expect(failure.hint).toContain("used up until 2026-11-24T12:01:31.000Z");
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["a redirect to an address without encryption", "ftp://elsewhere/x", /could not give .* without encryption\.$/, 1],
    [
      "endless redirects",
      "/again",
      /could not give .* redirected more than 5 times, at last to 127\.0\.0\.1:\d+\.$/,
      6,
    ],
  ])("and so do %s", async (_, location, message, requests) => {
    const { endpoint, seen } = await gitHubServer(redirect(location));
    const { revisions, clock } = gitHubFrom(endpoint);
    const failure = await failureOf(revisions.open(COMMIT));
    expect(failure.message).toMatch(message);
    expect(failure.hint).toBe("Check github_api_endpoint and what lies on the way.");
    expect([seen.length, clock.sleeps]).toEqual([requests, []]);
  });
});

describe("what may pass is asked for again", () => {
  test.each([
    ["429", refusal(429, "Slow down")],
    ["503", refusal(503, "Unavailable")],
    ["a connection that breaks", cut],
  ])("%s", async (_title, fault) => {
    const { endpoint, seen } = await gitHubServer(fault, fault, fault, archive(BYTES));
    const { revisions, clock, log } = gitHubFrom(endpoint);
    const { content } = await revisions.open(COMMIT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(seen).toHaveLength(4);
    expect(clock.sleeps).toEqual([10_000, 30_000, 90_000]);
    expect(log.messages("warn")).toHaveLength(3);
  });

  it("four times, and every answer is told", async () => {
    const { endpoint, seen } = await gitHubServer(refusal(500, ""), refusal(429, "Wait"), cut, refusal(502, ""));
    const failure = await failureOf(gitHubFrom(endpoint).revisions.open(COMMIT));
    expect(failure.message).toContain('in 4 attempts: HTTP 500; HTTP 429 "Wait"; ');
    expect(failure.message).toContain("; HTTP 502.");
    expect(seen).toHaveLength(4);
  });

  test.each([
    ["429", 429, { "retry-after": "42" }],
    ["403, as it says for a secondary limit", 403, { "retry-after": "42" }],
    ["403, for a limit that ends soon", 403, usedUpFor(42)],
  ])("after as long as GitHub asks (%s)", async (_title, status, headers) => {
    const { endpoint } = await gitHubServer(refusal(status, "Wait", headers), archive(BYTES));
    const { revisions, clock } = gitHubFrom(endpoint);
    await everything((await revisions.open(COMMIT)).content);
    expect(clock.sleeps).toEqual([42_000]);
  });

  it("four times while requests are limited, and the message says until when", async () => {
    const { endpoint, seen } = await gitHubServer(refusal(429, "Wait", usedUpFor(3600)));
    const { revisions, clock } = gitHubFrom(endpoint);
    const failure = await failureOf(revisions.open(PRIVATE_COMMIT));
    expect(failure.hint).toContain("allows this access token are used up until 2026-11-24T13:00:00.000Z");
    expect([seen.length, clock.sleeps]).toEqual([4, [90_000, 90_000, 90_000]]);
  });

  it("when nothing comes for a minute", async () => {
    const { endpoint, seen } = await gitHubServer(() => {}, archive(BYTES));
    const { revisions, log } = gitHubFrom(endpoint, { idleTimeoutMs: 200 });
    expect((await everything((await revisions.open(COMMIT)).content)).equals(BYTES)).toBe(true);
    expect(seen).toHaveLength(2);
    expect(log.messages("warn")[0]).toContain("ETIMEDOUT: nothing came for 0.2 s");
  });

  it("not once it is cancelled", async () => {
    const { endpoint, seen } = await gitHubServer(refusal(503, "Unavailable"));
    const cancel = new AbortController();
    const { revisions, clock } = gitHubFrom(endpoint);
    clock.sleep = async () => cancel.abort();
    await expect(revisions.open(COMMIT, cancel.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(seen).toHaveLength(1);
  });
});

describe("an archive that breaks off", () => {
  it("or of which nothing comes any more is read again", async () => {
    const { endpoint, seen } = await gitHubServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/x-gzip" });
      response.write(BYTES.subarray(0, 100_000));
    }, archive(BYTES));
    const { revisions } = gitHubFrom(endpoint, { idleTimeoutMs: 200 });
    expect((await everything((await revisions.open(COMMIT)).content)).equals(BYTES)).toBe(true);
    expect(seen).toHaveLength(2);
  });

  it("is read again and joined", async () => {
    const { endpoint, seen } = await gitHubServer(
      brokenAfter(BYTES, 100_000),
      brokenAfter(BYTES, 40_000),
      refusal(502, ""),
      archive(BYTES),
    );
    const { revisions, log } = gitHubFrom(endpoint);
    const { content } = await revisions.open(COMMIT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(seen).toHaveLength(4);
    expect(log.messages("warn")[0]).toMatch(/broke off after 100000 bytes .*; it is read again from its start\.$/);
  });

  it("is not mixed with another packing", async () => {
    const other = Buffer.from(BYTES);
    other[99_999] = 252;
    const { endpoint } = await gitHubServer(brokenAfter(BYTES, 100_000), archive(other));
    const { content } = await gitHubFrom(endpoint).revisions.open(COMMIT);
    expect((await failureOf(everything(content))).message).toContain("GitHub packed it differently");
  });

  it("is not joined with a shorter one", async () => {
    const { endpoint } = await gitHubServer(brokenAfter(BYTES, 100_000), archive(BYTES.subarray(0, 99_999)));
    const { content } = await gitHubFrom(endpoint).revisions.open(COMMIT);
    expect((await failureOf(everything(content))).message).toContain("GitHub packed it differently");
  });

  it("again and again fails in the end", async () => {
    const { endpoint, seen } = await gitHubServer(brokenAfter(BYTES, 100_000));
    const { content } = await gitHubFrom(endpoint).revisions.open(COMMIT);
    expect((await failureOf(everything(content))).message).toContain("broke off after 100000 bytes, and again");
    expect(seen).toHaveLength(4);
  });
});

/** What GitHub says when all requests are used up for so many seconds from the clock's first moment on. */
function usedUpFor(seconds: number) {
  const reset = Date.UTC(2026, 10, 24, 12) / 1000 + seconds;
  return { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
}
