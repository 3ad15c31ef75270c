import { createHash } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import { downloadBundle } from "../../../src/bundle/download.ts";
import { localFileSystem } from "../../../src/host/files/file-system.ts";
import { deploymentHost, names } from "../../bundle/download-fixture.ts";
import { tarBytes } from "../../bundle/tar-bytes.ts";
import { cutAfter, everything, failureOf, faultServer, OBJECT, object, s3From } from "./fixture.ts";

const DIGITS = Buffer.from("123456789");
const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) % 251));
const SHA256 = createHash("sha256").update(BYTES).digest("base64");

const base64 = (hexadecimal: string) => Buffer.from(hexadecimal, "hex").toString("base64");
const stating = (algorithm: string, value: string, type = "FULL_OBJECT") => ({
  [`x-amz-checksum-${algorithm}`]: value,
  "x-amz-checksum-type": type,
});

/** The published check values of these algorithms: their result for the nine digits. */
const CHECK_VALUES: readonly (readonly [algorithm: string, value: string])[] = [
  ["crc32", base64("cbf43926")],
  ["crc32c", base64("e3069283")],
  ["crc64nvme", base64("ae8b14860a799888")],
  ["sha1", base64("f7c3bc1d808e04732adf679965ccc34ca7ae3441")],
  ["sha256", base64("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")],
  ["md5", base64("25f9e794323b453885f5181f1b624d0b")],
];

describe("the checksum that S3 states", () => {
  test.each(CHECK_VALUES)("(%s) is that of the bytes", async (algorithm, value) => {
    const { endpoint, seen } = await faultServer(object(DIGITS, "5d41", stating(algorithm, value)));
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    expect(await everything(content)).toEqual(DIGITS);
    expect(seen[0]?.checksumMode).toBe("ENABLED");
  });

  test.each(CHECK_VALUES)("(%s) is not that of other bytes", async (algorithm, value) => {
    const { endpoint } = await faultServer(object(Buffer.from("123456798"), "5d41", stating(algorithm, value)));
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    const failure = await failureOf(everything(content));
    expect(failure.message).toMatch(
      new RegExp(`^The bytes of releases/app 1\\.0\\.tar .* their ${algorithm.toUpperCase()} is \\S+, S3 states `),
    );
    expect(failure.message).toContain(`S3 states ${value}.`);
    expect(failure.code).toBe(5);
  });

  it("is that of all answers together when the download was resumed", async () => {
    const headers = stating("sha256", SHA256);
    const { endpoint } = await faultServer(
      cutAfter(BYTES, 100_000, { headers }),
      // S3 states no checksum with a part of an object, or that of a part of the upload.
      cutAfter(BYTES, 50_000, { headers: stating("crc32", "AAAAAA==") }),
      object(BYTES),
    );
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    expect((await everything(content)).equals(BYTES)).toBe(true);
  });

  it("shows that bytes changed in a later answer", async () => {
    const changed = Buffer.from(BYTES);
    changed[200_000] = 252;
    const headers = stating("sha256", SHA256);
    const { endpoint } = await faultServer(cutAfter(BYTES, 100_000, { headers }), object(changed));
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    expect((await failureOf(everything(content))).message).toContain(`S3 states ${SHA256}.`);
  });

  test.each(["COMPOSITE", ""])(
    "of the parts of an upload (type %j) is not checked, which the log says",
    async (type) => {
      const { endpoint } = await faultServer(object(DIGITS, "5d41-2", stating("crc32c", "AAAAAA==-2", type)));
      const { revisions, log } = s3From(endpoint);
      expect(await everything((await revisions.open(OBJECT)).content)).toEqual(DIGITS);
      expect(log.messages("debug")).toEqual([
        "S3 states a CRC32C of the parts of s3://releases/app 1.0.tar, not of the whole; it cannot be checked.",
      ]);
    },
  );

  it("of an algorithm of tomorrow is not looked at", async () => {
    const { endpoint } = await faultServer(object(DIGITS, "5d41", stating("blake9", "AAAA")));
    const { content } = await s3From(endpoint).revisions.open(OBJECT);
    expect(await everything(content)).toEqual(DIGITS);
  });

  it("counts for a bundle that is unpacked while it comes: nothing of a wrong one is kept", async () => {
    const bytes = tarBytes([{ name: "appspec.yml", body: "version: 0.0\n" }]);
    const { endpoint } = await faultServer(object(bytes, "5d41", stating("sha256", SHA256)));
    const host = deploymentHost();
    const { revisions, clock, log } = s3From(endpoint);
    const ports = { fileSystem: localFileSystem, revisions, clock, log };
    const failure = await failureOf(downloadBundle(host.request(OBJECT), ports));
    expect(failure.report).toContain("are not those that were uploaded");
    expect(names(host.paths().directory)).toEqual([]);
  });
});
