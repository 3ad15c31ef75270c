import { describe, expect, it, test } from "vitest";
import { revisionAt } from "../../../src/cli/local/bundle-location.ts";
import { Secret } from "../../../src/deployment/secret.ts";
import { localFileSystem } from "../../../src/host/files/file-system.ts";

const at = (location: string, type: "directory" | "tar" | "tgz" | "zip" = "tar", gitHubToken?: Secret) =>
  revisionAt({ location, type, ...(gitHubToken === undefined ? {} : { gitHubToken }) }, localFileSystem);

describe("a URL of GitHub names a commit", () => {
  test.each([
    ["https://github.com/octo/shop", { commitId: "HEAD", bundleType: "tar" }],
    ["https://github.com/octo/shop.git", { commitId: "HEAD", bundleType: "tar" }],
    ["https://www.github.com/octo/shop/", { commitId: "HEAD", bundleType: "tar" }],
    ["https://github.com/octo/shop/tree/feature/x", { commitId: "feature/x", bundleType: "tar" }],
    ["https://github.com/octo/shop/commit/9f2c", { commitId: "9f2c", bundleType: "tar" }],
    ["https://api.github.com/repos/octo/shop/zipball/9f2c", { commitId: "9f2c", bundleType: "zip" }],
    ["https://api.github.com/repos/octo/shop/tarball", { commitId: "HEAD", bundleType: "tar" }],
  ])("%s", async (location, expected) => {
    expect(await at(location)).toEqual({ type: "GitHub", account: "octo", repository: "shop", ...expected });
  });

  it("as zip if asked for, with the token if there is one", async () => {
    const token = new Secret("t");
    expect(await at("https://github.com/octo/shop", "zip", token)).toMatchObject({ bundleType: "zip", token });
  });

  it("as tgz, which is what GitHub's tarballs are", async () => {
    expect(await at("https://github.com/octo/shop", "tgz")).toMatchObject({ type: "GitHub", bundleType: "tar" });
  });

  test.each(["https://github.com/octo", "https://github.com/octo/shop/issues/1", "https://example.com/a/b"])(
    "%s names none",
    async (location) => {
      await expect(at(location)).rejects.toThrow("only https://github.com/account/repository can be used");
    },
  );
});

describe("a location in S3 names an object, of whose key nothing is lost", () => {
  test.each([
    ["s3://b/app.zip", { key: "app.zip" }],
    ["s3://b/app#1.zip", { key: "app#1.zip" }],
    ["s3://b/a/../c.zip", { key: "a/../c.zip" }],
    ["s3://b/./a//b/", { key: "./a//b/" }],
    ["s3://b/a%3Fb%20c.zip?versionId=v%201", { key: "a?b c.zip", version: "v 1" }],
    ["S3://My.Bucket-1/é.zip?etag=%22aa%22&versionId=", { bucket: "My.Bucket-1", key: "é.zip", eTag: "aa" }],
  ])("%s", async (location, expected) => {
    expect(await at(location, "zip")).toEqual({ type: "S3", bucket: "b", bundleType: "zip", ...expected });
  });

  test.each([
    ["s3://b", "lacks a key"],
    ["s3://b/", "lacks a key"],
    ["s3:///key", "lacks a key"],
    ["s3://b:80/x.zip", "is not a valid URL"],
    ["s3://user@b/x.zip", "is not a valid URL"],
    ["s3://b/a?b.zip", "after ? only versionId and etag can be given, not b.zip; write a ? in a key as %3F."],
    ["s3://b/a?versionID=1", "not versionID"],
  ])("%s names none", async (location, message) => {
    await expect(at(location, "zip")).rejects.toThrow(message);
  });
});

test.each(["s3://bucket/a%zz", "s3://bu cket/key", "https://github.com/octo/sh%zzop", "https://git hub.com/a/b"])(
  "%s, which is no URL, is refused by a message of its own",
  async (location) => {
    await expect(at(location)).rejects.toThrow(`${location} is not a valid URL`);
  },
);
