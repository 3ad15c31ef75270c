import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { downloadBundle } from "../../../src/bundle/download.ts";
import type { S3Revision } from "../../../src/deployment/revision.ts";
import { localFileSystem } from "../../../src/host/files/file-system.ts";
import { deploymentHost, names } from "../../bundle/download-fixture.ts";
import { tarBytes } from "../../bundle/tar-bytes.ts";
import { zipBytes } from "../../bundle/zip-bytes.ts";
import { type Cut, cuttingRelay } from "./cutting-relay.ts";
import { everything, failureOf, OBJECT, s3From } from "./fixture.ts";
import { type S3Server, STRANGER, serversToTest } from "./servers.ts";
import { Uploads } from "./uploads.ts";

const MIB = 1024 * 1024;
const BYTES = noise(3 * MIB, 1);
const OTHER_BYTES = noise(3 * MIB, 2);
const APPSPEC = { name: "appspec.yml", body: "version: 0.0\n" };

describe.each(serversToTest())("$title", ({ features, start }) => {
  const has = (feature: (typeof features)[number]) => features.includes(feature);
  let server: S3Server;
  let uploads: Uploads;

  beforeAll(async () => {
    server = await start();
    uploads = new Uploads(server);
    await uploads.makeBucket({ versions: has("a switch for versions") });
  });
  afterAll(async () => {
    uploads.close();
    await server.close();
  });

  const from = (options: Parameters<typeof s3From>[1] = {}) =>
    s3From(server.endpoint, { credentials: server.owner, ...options });
  const open = async (revision: S3Revision) => (await from().revisions.open(revision)).content;
  const through = async (cuts: readonly Cut[]) => from({ endpoint: await cuttingRelay(server.endpoint, cuts) });

  async function deploy(revision: S3Revision) {
    const host = deploymentHost();
    const { revisions, clock, log } = from();
    const ports = { fileSystem: localFileSystem, revisions, clock, log };
    const outcome = await downloadBundle(host.request(revision), ports).catch((error: unknown) => error);
    return { outcome, files: names(host.paths().directory) };
  }

  describe("an object", () => {
    it("has its size and the MD5 of its bytes as ETag, whatever the key", async () => {
      const { key, eTag } = await uploads.put("dir/app 1.0+ü&=%2F.tar", BYTES);
      const opened = await from().revisions.open({ ...OBJECT, key });
      expect((await everything(opened.content)).equals(BYTES)).toBe(true);
      expect([opened.size, opened.eTag]).toEqual([BYTES.length, eTag]);
      expect(eTag).toBe(createHash("md5").update(BYTES).digest("hex"));
    });

    it("may be empty", async () => {
      const { key } = await uploads.put("empty", Buffer.alloc(0));
      expect(await everything(await open({ ...OBJECT, key }))).toHaveLength(0);
    });

    it("may be of 64 MiB", async () => {
      const large = Buffer.concat(Array.from({ length: 64 }, (_, at) => noise(MIB, at)));
      const { key } = await uploads.put("large", large);
      const [digest, expected] = [createHash("sha256"), createHash("sha256").update(large)];
      for await (const piece of await open({ ...OBJECT, key })) digest.update(piece);
      expect(digest.digest("hex")).toBe(expected.digest("hex"));
    });

    test.each([
      ["tar", tarBytes([APPSPEC])],
      ["tgz", gzipSync(tarBytes([APPSPEC]))],
      ["zip", zipBytes([APPSPEC])],
    ] as const)("may be a bundle (%s), which is unpacked", async (bundleType, bytes) => {
      const { outcome, files } = await deploy({ ...(await uploads.put(`app.${bundleType}`, bytes)), bundleType });
      expect(outcome).toMatchObject({ bytes: bytes.length, entries: 1 });
      expect(files).toContain("deployment-archive/appspec.yml");
    });

    it("with another ETag than the deployment's is not unpacked", async () => {
      const { key } = await uploads.put("replaced.tar", tarBytes([APPSPEC]));
      const { outcome, files } = await deploy({ ...OBJECT, key, eTag: "0123456789abcdef0123456789abcdef" });
      expect(String(outcome)).toContain("the deployment was created for the ETag 0123456789abcdef0123456789abcdef");
      expect(files).toEqual([]);
    });
  });

  describe("a connection that breaks", () => {
    it("is taken up by a range, and again", async () => {
      const { key } = await uploads.put("cut", BYTES);
      const { revisions, log } = await through([{ afterBytes: MIB }, { afterBytes: 300_000 }]);
      const { content } = await revisions.open({ ...OBJECT, key });
      expect((await everything(content)).equals(BYTES)).toBe(true);
      const brokeOff = expect.stringMatching(/^The download of s3:\/\/releases\/cut broke off after \d+ bytes/);
      expect(log.messages("warn")).toEqual([brokeOff, brokeOff]);
    });

    it("is not taken up with the bytes of another object", async () => {
      const { key } = await uploads.put("changing", BYTES);
      const { revisions } = await through([{ afterBytes: MIB, meanwhile: () => uploads.put(key, OTHER_BYTES) }]);
      const { content } = await revisions.open({ ...OBJECT, key });
      expect((await failureOf(everything(content))).message).toBe(
        "releases/changing (eu-central-1) was replaced in S3 while it was being downloaded.",
      );
    });

    it("is not taken up when the object is gone", async () => {
      const { key } = await uploads.put("going", BYTES);
      const { revisions } = await through([{ afterBytes: MIB, meanwhile: () => uploads.remove(key) }]);
      const { content } = await revisions.open({ ...OBJECT, key });
      expect((await failureOf(everything(content))).message).toContain("releases/going (eu-central-1): NoSuchKey");
    });
  });

  describe("a refusal", () => {
    it.each([
      ["key", { key: "nope" }, /^S3 refused releases\/nope \(eu-central-1\): NoSuchKey \(HTTP 404\).* Check the key,/],
      [
        "bucket",
        { bucket: "no-bucket" },
        /^S3 refused no-bucket\/app 1\.0\.tar .*: NoSuchBucket .* Check the bucket's/,
      ],
    ])("names the missing %s", async (_what, missing, says) => {
      expect((await failureOf(open({ ...OBJECT, ...missing }))).report).toMatch(says);
    });
  });

  if (has("versions")) {
    describe("a version", () => {
      it("is the same although the object was replaced and deleted", async () => {
        const old = await uploads.put("versioned", BYTES);
        await uploads.put("versioned", OTHER_BYTES);
        await uploads.remove("versioned");
        expect((await everything(await open(old))).equals(BYTES)).toBe(true);
      });

      it("is taken up after a break although the object was replaced", async () => {
        const old = await uploads.put("pinned", BYTES);
        const { revisions } = await through([{ afterBytes: MIB, meanwhile: () => uploads.put("pinned", OTHER_BYTES) }]);
        expect((await everything((await revisions.open(old)).content)).equals(BYTES)).toBe(true);
      });

      it("that never was, or that is the mark of a deletion, is told", async () => {
        const { marker } = await uploads.put("deleted", BYTES).then(({ key }) => uploads.remove(key));
        const version = { ...OBJECT, key: "deleted" };
        expect((await failureOf(open({ ...version, version: "1700000000.00000" }))).report).toMatch(
          /^S3 refused releases\/deleted version 1700000000\.00000 \(eu-central-1\): NoSuch(Version|Key) \(HTTP 404\)/,
        );
        expect(marker).toBeDefined();
        const failure = await failureOf(open({ ...version, version: marker ?? "" }));
        expect(failure.report).toMatch(/ MethodNotAllowed \(HTTP 405\).*delete marker| NoSuchKey \(HTTP 404\)/);
      });

      it("is what a pipeline hands over: a zip without a suffix, by version and ETag", async () => {
        const artifact = zipBytes([{ name: "a/", mode: 0o040755 }, APPSPEC, { name: "a/run", mode: 0o100755 }]);
        const uploaded = await uploads.put("shop-pipeline/BuildArtif/Xa1Yb2Z", artifact);
        await uploads.put(uploaded.key, OTHER_BYTES);
        const { outcome, files } = await deploy({ ...uploaded, bundleType: "zip" });
        expect(outcome).toMatchObject({ entries: 3, eTag: uploaded.eTag });
        expect(files).toContain("deployment-archive/a/run");
      });
    });
  }

  if (has("multipart uploads")) {
    describe("an object that was uploaded in parts", () => {
      const parts = [noise(5 * MIB, 3), noise(MIB, 4)];

      it("is read like any other, by an ETag that need not be an MD5", async () => {
        const { key, eTag } = await uploads.putInParts("parts", parts);
        if (has("ETags of parts")) expect(eTag).toMatch(/^[0-9a-f]{32}-2$/);
        const opened = await from().revisions.open({ ...OBJECT, key });
        expect((await everything(opened.content)).equals(Buffer.concat(parts))).toBe(true);
        expect(opened.eTag).toBe(eTag);
      });

      it("is taken up after a break", async () => {
        const { key } = await uploads.putInParts("cut-parts", parts);
        const { revisions } = await through([{ afterBytes: MIB }, { afterBytes: 4.5 * MIB }]);
        const { content } = await revisions.open({ ...OBJECT, key });
        expect((await everything(content)).equals(Buffer.concat(parts))).toBe(true);
      });
    });
  }

  if (has("signatures")) {
    it.each([
      ["an unknown key", { accessKeyId: "test:nobody" }],
      ["a wrong secret", { secretAccessKey: "guessed" }],
    ])("refuses %s, and the message says what to check", async (_what, wrong) => {
      const { revisions } = from({ credentials: { ...server.owner, ...wrong } });
      const { report } = await failureOf(revisions.open(OBJECT));
      expect(report).toMatch(
        /^S3 refused releases\/app 1\.0\.tar \(eu-central-1\): (InvalidAccessKeyId|SignatureDoesNotMatch) \(HTTP 403\)/,
      );
      expect(report).toContain("The credentials of this host are not valid;");
      expect(report).not.toContain("guessed");
    });
  }

  if (has("rights")) {
    it("refuses who has no right, and the message says which right is missing", async () => {
      const { key } = await uploads.put("private", BYTES);
      const { revisions } = from({ credentials: STRANGER });
      const { report } = await failureOf(revisions.open({ ...OBJECT, key }));
      expect(report).toContain("S3 refused releases/private (eu-central-1): AccessDenied (HTTP 403)");
      expect(report).toContain("The role of this host needs s3:GetObject on the object");
    });
  }

  if (has("regions")) {
    it("names its region to a host of another one, which asks again there", async () => {
      const { key } = await uploads.put("elsewhere", BYTES);
      const { revisions, log } = from({ region: "us-west-2" });
      const { content } = await revisions.open({ ...OBJECT, key });
      expect((await everything(content)).equals(BYTES)).toBe(true);
      expect(log.messages("info")).toEqual([
        "The bucket releases lies in eu-central-1, not in us-west-2; it is asked for there.",
      ]);
    });
  }
});

/** Bytes that look like chance, but are the same each time. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed + 1;
  for (let at = 0; at + 4 <= length; at += 4) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    bytes.writeInt32LE(state | 0, at);
  }
  return bytes;
}
