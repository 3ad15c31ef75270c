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

test.each(["s3://bucket/a%zz", "s3://bu cket/key", "https://github.com/octo/sh%zzop", "https://git hub.com/a/b"])(
  "%s, which is no URL, is refused by a message of its own",
  async (location) => {
    await expect(at(location)).rejects.toThrow(`${location} is not a valid URL`);
  },
);
