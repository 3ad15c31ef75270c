import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { deploymentHost, failureOf, NOTHING_LEFT, names } from "../download-fixture.ts";
import { type ZipEntryBytes, zipBytes } from "../zip-bytes.ts";

const KIB = 1024;

/** A text that differs from those of the other entries. */
function text(length: number, number: number): string {
  return `${number}: `.repeat(length).slice(0, length);
}

/** Files and links with a body each. */
const MIXED: readonly (ZipEntryBytes & { body: string })[] = [
  { name: "a", body: text(10, 1) },
  { name: "stored", body: text(100 * KIB, 2), method: 0 },
  { name: "empty", body: "" },
  { name: "empty-stored", body: "", method: 0 },
  { name: "one-block", body: text(0xffff, 3), method: 0 },
  { name: "link", mode: 0o120777, body: "a" },
  { name: "large", body: text(700 * KIB, 4) },
  { name: "large-stored", body: text(600 * KIB, 5), method: 0 },
  { name: "signed", body: text(3000, 6), descriptor: "signed" },
  { name: "most", body: text(128 * KIB, 7) },
  { name: "large-again", body: text(128 * KIB + 1, 8) },
  { name: "stored-link", mode: 0o120777, body: "large", method: 0 },
  { name: "z", body: text(20, 9) },
];

describe("entries of a zip archive that are unpacked together", () => {
  it("are what was packed, whatever is between them", async () => {
    const host = deploymentHost();
    await host.downloadBytes(zipBytes(MIXED), "zip");
    const { archive } = host.paths();
    for (const { name, body, mode } of MIXED) {
      const path = join(archive, String(name));
      const found = mode === undefined ? readFileSync(path, "utf8") : readlinkSync(path);
      expect(found === body, String(name)).toBe(true);
    }
  });

  it("may have bytes behind what was packed, as single ones may", async () => {
    const host = deploymentHost();
    const slack = Buffer.concat([deflateRawSync("padded"), Buffer.alloc(100)]);
    const entries = [
      { name: "a", body: "first" },
      { name: "b", body: "padded", packed: slack },
      { name: "c\\d", body: "last", host: 0 },
    ];
    await host.downloadBytes(zipBytes(entries), "zip");
    const contents = ["a", "b", "c/d"].map((name) => readFileSync(join(host.paths().archive, name), "utf8"));
    expect(contents).toEqual(["first", "padded", "last"]);
    // Although the archive was read twice.
    expect(host.log.messages("warn").filter((message) => message.includes("backslash"))).toHaveLength(1);
  });
});

const COUNT = 9;
type Damage = (length: number) => Partial<ZipEntryBytes>;

const DAMAGES: readonly { title: string; damage: Damage; says: string }[] = [
  { title: "is longer than stated", damage: (length) => ({ size: length - 1 }), says: "it is longer than stated" },
  { title: "is shorter than stated", damage: (length) => ({ size: length + 1 }), says: "it is shorter than stated" },
  { title: "has a wrong checksum", damage: () => ({ crc: 1 }), says: "its checksum is wrong" },
  { title: "is said to be empty", damage: () => ({ size: 0, crc: 7 }), says: "it is longer than stated" },
  {
    title: "is not deflated",
    damage: () => ({ packed: Buffer.alloc(900, 0xff) }),
    says: "its content cannot be read",
  },
  {
    title: "is stored, and longer than stated",
    damage: (length) => ({ method: 0, size: length - 1 }),
    says: "it is longer than stated",
  },
  {
    title: "is stored, and shorter than stated",
    damage: (length) => ({ method: 0, size: length + 1 }),
    says: "it is shorter than stated",
  },
];

describe.each(DAMAGES)("a zip archive one of whose entries $title", ({ damage, says }) => {
  test.each(Array.from({ length: COUNT }, (_, index) => index))("names it: number %i", async (index) => {
    const host = deploymentHost();
    const entries = Array.from({ length: COUNT }, (_, number) => ({
      name: `f${number}`,
      body: text(number === 4 ? 300 * KIB : 1000, number),
    }));
    const broken = entries.map((entry, number) =>
      number === index ? { ...entry, ...damage(entry.body.length) } : entry,
    );
    const error = await failureOf(host.downloadBytes(zipBytes(broken), "zip"));
    expect(error.message).toContain(`entry "f${index}"`);
    expect(error.message).toContain(says);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });
});
