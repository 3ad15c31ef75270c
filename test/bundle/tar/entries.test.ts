import { describe, expect, it, test } from "vitest";
import type { ArchiveEntry } from "../../../src/bundle/archive-entry.ts";
import { ByteReader } from "../../../src/bundle/bytes/byte-reader.ts";
import { TarEntries } from "../../../src/bundle/tar/entries.ts";
import { paxEntry, type TarEntryBytes, tarBytes } from "../tar-bytes.ts";

/** What counts of an entry, with its content. */
async function facts(entry: ArchiveEntry) {
  if (entry.kind !== "file") return entry;
  const { content } = entry;
  if (Buffer.isBuffer(content)) return { ...entry, content: content.toString("latin1") };
  const pieces: Buffer[] = [];
  for await (const piece of content()) pieces.push(piece);
  return { ...entry, content: Buffer.concat(pieces).toString("latin1") };
}

/** @param onWant called when another chunk is wanted */
async function entriesOf(bytes: Buffer, chunkBytes: number, onWant: (reader: ByteReader) => void = () => {}) {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      onWant(reader);
      // Copies, as a connection makes them: nothing may rely on what lies behind a chunk.
      yield Buffer.from(bytes.subarray(at, at + chunkBytes));
    }
  }
  const reader = new ByteReader(chunks());
  const entries = new TarEntries(reader);
  const found: unknown[] = [];
  for (let entry = await entries.next(); entry !== undefined; entry = await entries.next())
    found.push(await facts(entry));
  return found;
}

const FILE: TarEntryBytes = { name: "d/file", uid: 7, gid: 8, uname: "deploy", gname: "www", body: "content" };
const LONG_NAME = `d/${"n".repeat(150)}`;
const LONG: TarEntryBytes = { name: "././@LongLink", type: "L", body: `${LONG_NAME}\0` };
const TIMES = { mtime: "1600000000.25", atime: "1700000000.5", ctime: "1700000000.5" };

/** Everything that can stand before a small file, and what can stand in its place. */
const MIXED: readonly TarEntryBytes[] = [
  { name: "d/", type: "5" },
  FILE,
  { ...FILE, name: "d/second", body: "x".repeat(700) },
  paxEntry(TIMES),
  FILE,
  LONG,
  { ...FILE, name: LONG_NAME.slice(0, 99) },
  paxEntry({ path: "d/größe" }),
  LONG,
  FILE,
  paxEntry({ size: "3" }),
  { ...FILE, body: "abc", size: 0 },
  paxEntry({ comment: "none" }, "g"),
  FILE,
  paxEntry({ linkpath: "d/elsewhere" }),
  { ...FILE, name: "d/link", type: "2", body: "" },
  paxEntry({ mtime: "1500000000" }, "g"),
  FILE,
  paxEntry(TIMES),
  { ...FILE, name: "d/long", body: "y".repeat(140_000) },
  FILE,
];

test.each([1, 100, 511, 512, 513, 1000, 1536, 4096, 65_536])(
  "what is read does not depend on the chunks it came in: %i bytes",
  async (chunkBytes) => {
    const bytes = tarBytes(MIXED);
    const expected = await entriesOf(bytes, bytes.length);
    expect(expected).toHaveLength(12);
    expect(await entriesOf(bytes, chunkBytes)).toEqual(expected);
  },
);

describe("what stands before a file", () => {
  it("counts for that file, several of them too", async () => {
    const found = await entriesOf(tarBytes(MIXED), 1024);
    expect(found).toMatchObject([
      { name: "d/", kind: "directory" },
      { name: "d/file", content: "content", mtimeMs: 1_700_000_000_000, offset: 512 },
      { name: "d/second", size: 700 },
      { name: "d/file", mtimeMs: 1_600_000_000_250 },
      { name: LONG_NAME, mtimeMs: 1_700_000_000_000 },
      { name: LONG_NAME },
      { name: "d/file", content: "abc", size: 3 },
      { name: "d/file", mtimeMs: 1_700_000_000_000 },
      { name: "d/link", target: "d/elsewhere" },
      { name: "d/file", mtimeMs: 1_500_000_000_000 },
      { name: "d/long", size: 140_000, mtimeMs: 1_600_000_000_250 },
      { name: "d/file", mtimeMs: 1_500_000_000_000 },
    ]);
  });

  it("is not gathered in memory without an end", async () => {
    const notes = Array.from({ length: 600 }, () => paxEntry(TIMES));
    let most = 0;
    const found = await entriesOf(tarBytes([...notes, FILE]), 65_536, ({ atHand }) => {
      most = Math.max(most, atHand);
    });
    expect(found).toMatchObject([{ name: "d/file", mtimeMs: 1_600_000_000_250 }]);
    expect(most).toBeLessThan(200_000);
  });

  test.each([
    ["that cannot be read", [{ ...paxEntry(TIMES), body: "9 mtime=1 " }, FILE], "a pax header cannot be read"],
    ["with a wrong checksum", [{ ...paxEntry(TIMES), breakChecksum: true }, FILE], "the checksum of a header is wrong"],
    ["that is cut off", [{ ...paxEntry(TIMES), size: 5000 }], "it ends within a header"],
  ])("%s is damage, wherever the chunks end", async (_title, damaged, says) => {
    for (const chunkBytes of [100, 512, 1024, 65_536]) {
      const bytes = tarBytes([FILE, FILE, ...damaged], { endMark: false });
      await expect(entriesOf(bytes, chunkBytes)).rejects.toThrow(says);
    }
  });
});
