import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { byteSize } from "../../src/bundle/byte-size.ts";
import { detectCompression, detectFormat, foreignFormat } from "../../src/bundle/format.ts";
import { tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const tar = tarBytes([{ name: "a", body: "x" }]);

/** The sum some old programs stored: a name with a high byte makes it differ from the usual one. */
function tarWithSignedChecksum(): Buffer {
  const bytes = tarBytes([{ name: "\u00e9" }]);
  bytes.fill(0x20, 148, 156);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + (byte > 127 ? byte - 256 : byte), 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

test.each([
  ["zip", zipBytes([{ name: "a" }]), "zip"],
  ["an empty zip", zipBytes([]), "zip"],
  ["a zip that was split", Buffer.from("PK\x07\x08PK\x03\x04"), "zip"],
  ["gzip", gzipSync(tar), "tgz"],
  ["tar", tar, "tar"],
  ["tar as of Unix v7", tarBytes([{ name: "a", magic: "" }]), "tar"],
  ["tar with a signed checksum", tarWithSignedChecksum(), "tar"],
  ["an empty tar", tarBytes([]), "tar"],
  ["tar with a wrong checksum", tarBytes([{ name: "a", breakChecksum: true }]), undefined],
  ["tar cut within the first block", tar.subarray(0, 500), undefined],
  ["a few zeros", Buffer.alloc(100), undefined],
  ["nothing", Buffer.alloc(0), undefined],
  ["text", Buffer.from("PK is a name".padEnd(600)), undefined],
] as const)("%s is recognised", (_title, bytes, format) => {
  expect(detectFormat(bytes)).toBe(format);
});

test.each([
  ["BZh9", "bzip2"],
  ["\xfd7zXZ\0", "xz"],
  ["\x28\xb5\x2f\xfd", "Zstandard"],
  ["Rar!", undefined],
])("%j is compressed with %s", (text, compression) => {
  expect(detectCompression(Buffer.from(text, "latin1"))).toBe(compression);
});

test.each([
  ["BZh9", undefined],
  ["Rar!", "RAR"],
  ["hello", undefined],
])("%j is named %s", (text, format) => {
  expect(foreignFormat(Buffer.from(text, "latin1"))).toBe(format);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [4200, "4.2 kB"],
  [99_960, "100 kB"],
  [999_600, "1.0 MB"],
  [214_000_000, "214 MB"],
  [2_100_000_000, "2.1 GB"],
])("%i bytes read %s", (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});
