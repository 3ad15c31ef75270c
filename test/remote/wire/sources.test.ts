import { describe, expect, test } from "vitest";
import { readableCall } from "../../../src/remote/wire/readable.ts";
import { redactedUrl } from "../../../src/remote/wire/redaction.ts";
import { archive, cut, gitHubFrom, gitHubServer, PRIVATE_COMMIT, redirect } from "../github/fixture.ts";
import { CREDENTIALS, everything, failureOf, faultServer, OBJECT, object, refusal, s3From } from "../s3/fixture.ts";

const BYTES = Buffer.from("an archive");

function sink() {
  const lines: string[] = [];
  return { lines, wire: (line: string) => void lines.push(line) };
}

describe("the wire log of S3", () => {
  test("has a line for each request, with its size and without the credentials", async () => {
    const { endpoint } = await faultServer(refusal(503, "SlowDown"), object(BYTES));
    const { lines, wire } = sink();
    const { content } = await s3From(endpoint, { wire }).revisions.open({ ...OBJECT, version: "v/1" });
    await everything(content);
    const url = `${endpoint}/releases/app%201.0.tar?`;
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { service: "s3", request: { method: "GET", url: expect.stringContaining(url) }, response: { status: 503 } },
      { service: "s3", request: { url: expect.stringContaining("versionId=v%2F1") }, response: { status: 200 } },
    ]);
    expect(JSON.parse(lines[0] ?? "").request.headers.authorization).toBe("[redacted]");
    for (const secret of [CREDENTIALS.sessionToken, "Signature="]) expect(lines.join("\n")).not.toContain(secret);
    expect(readableCall(lines[1] ?? "")).toMatch(
      /^GET http:\/\/127\.0\.0\.1:\d+\/releases\/app%201\.0\.tar\?\S+: 200 after \d+ ms, 10 bytes$/,
    );
  });

  test("has no body, which may quote a token", async () => {
    const { endpoint } = await faultServer(
      refusal(400, "ExpiredToken", { more: `<Token-0>${CREDENTIALS.sessionToken}</Token-0>` }),
    );
    const { lines, wire } = sink();
    await failureOf(s3From(endpoint, { wire }).revisions.open(OBJECT));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(CREDENTIALS.sessionToken);
  });
});

describe("the wire log of GitHub", () => {
  test("has a line for each request, redirected ones included, without tokens", async () => {
    const codeload = await gitHubServer(archive(BYTES));
    const api = await gitHubServer(redirect(`${codeload.endpoint}/octo/shop/legacy.tar.gz/9f2c?token=AAAA`));
    const { lines, wire } = sink();
    const { content } = await gitHubFrom(api.endpoint, { wire }).revisions.open(PRIVATE_COMMIT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        service: "github",
        request: { method: "GET", url: `${api.endpoint}/repos/octo/shop/tarball/9f2c` },
        response: { status: 302 },
      },
      {
        request: { url: `${codeload.endpoint}/octo/shop/legacy.tar.gz/9f2c?token=[redacted]` },
        response: { status: 200 },
      },
    ]);
    for (const secret of ["AAAA", "ghp_very_secret"]) expect(lines.join("\n")).not.toContain(secret);
  });

  test("says what kept a request from being answered", async () => {
    const { endpoint } = await gitHubServer(cut, archive(BYTES));
    const { lines, wire } = sink();
    await everything((await gitHubFrom(endpoint, { wire }).revisions.open(PRIVATE_COMMIT)).content);
    expect(readableCall(lines[0] ?? "")).toMatch(/^GET \S+: failed \(.*socket hang up.*\) after \d+ ms$/);
  });
});

test.each([
  ["https://host/a?versionId=1&X-Amz-Signature=ab", "https://host/a?versionId=1&X-Amz-Signature=[redacted]"],
  ["https://user:word@host/a", "https://[redacted]@host/a"],
  ["https://host/a@b?sig=x;y=z#f", "https://host/a@b?sig=[redacted];y=[redacted]#f"],
  ["https://host/", "https://host/"],
])("%s is shown as %s", (url, shown) => {
  expect(redactedUrl(url)).toBe(shown);
});
