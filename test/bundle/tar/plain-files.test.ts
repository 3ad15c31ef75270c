import { expect, test } from "vitest";
import type { ArchiveEntry } from "../../../src/bundle/archive-entry.ts";
import { ByteReader } from "../../../src/bundle/bytes/byte-reader.ts";
import { TarEntries } from "../../../src/bundle/tar/entries.ts";
import { paxEntry, type TarEntryBytes, tarBytes } from "../tar-bytes.ts";

async function entriesOf(bytes: Buffer): Promise<ArchiveEntry[]> {
  async function* whole() {
    yield bytes;
  }
  const entries = new TarEntries(new ByteReader(whole()));
  const found: ArchiveEntry[] = [];
  for (let entry = await entries.next(); entry !== undefined; entry = await entries.next()) found.push(entry);
  return found;
}

/** What counts; the offset of an entry is another one where it is alone. */
function facts(entry: ArchiveEntry | undefined) {
  if (entry === undefined) return undefined;
  const content = entry.kind === "file" && Buffer.isBuffer(entry.content) ? entry.content.toString() : undefined;
  return { ...entry, offset: 0, content };
}

const FILE: TarEntryBytes = { name: "d/file", uid: 7, gid: 8, uname: "deploy", gname: "www", body: "content" };

/** Each differs in one thing from the file before and after it. */
const OTHERS: readonly (readonly [string, TarEntryBytes])[] = [
  ["of the same kind", { ...FILE, name: "d/other", body: "other content", mtime: 1_600_000_000 }],
  ["with a name that fills its field", { ...FILE, name: `d/${"n".repeat(98)}` }],
  ["with a name that is not ASCII", { ...FILE, name: "d/größe" }],
  ["without content", { ...FILE, body: "" }],
  ["of another mode", { ...FILE, mode: 0o755 }],
  ["of another owner", { ...FILE, uid: 9 }],
  ["of another group's name", { ...FILE, gname: "adm" }],
  ["of another format", { ...FILE, magic: "ustar  \0" }],
  ["of an old format", { ...FILE, magic: "" }],
  ["that is a directory", { ...FILE, type: "5", body: "" }],
  ["that is a directory by its name only", { ...FILE, name: "d/sub/", body: "" }],
  ["that is a link", { ...FILE, type: "2", linkname: "file", body: "" }],
  ["that is contiguous", { ...FILE, type: "7" }],
  ["that is long", { ...FILE, body: "x".repeat(200_000) }],
];

test.each(OTHERS)("a file after one %s is read as if it were alone", async (_title, other) => {
  const found = await entriesOf(tarBytes([FILE, other, FILE, other, other, FILE]));
  const [file, alone] = [await entriesOf(tarBytes([FILE])), await entriesOf(tarBytes([other]))].map(([one]) =>
    facts(one),
  );
  const expected = [file, alone, file, alone, alone, file];
  const contentless = (entry: ReturnType<typeof facts>) =>
    entry?.kind === "file" && typeof entry.content === "function" ? { ...entry, content: undefined } : entry;
  expect(found.map(facts).map(contentless)).toEqual(expected.map(contentless));
});

test("the positions of files that are alike are those of their headers", async () => {
  const found = await entriesOf(tarBytes([FILE, FILE, { ...FILE, body: "x".repeat(513) }, FILE]));
  expect(found.map(({ offset }) => offset)).toEqual([0, 1024, 2048, 3584]);
});

test("a header that counts for all files after it counts for those that are like one before it, too", async () => {
  const later = paxEntry({ mtime: "1500000000.5" }, "g");
  const found = await entriesOf(tarBytes([FILE, FILE, later, FILE, FILE]));
  expect(found.map(({ mtimeMs }) => mtimeMs)).toEqual([
    1_700_000_000_000, 1_700_000_000_000, 1_500_000_000_500, 1_500_000_000_500,
  ]);
});

test("a header for one file counts for that one only", async () => {
  const found = await entriesOf(tarBytes([FILE, FILE, paxEntry({ path: "d/long" }), FILE, FILE]));
  expect(found.map(({ name }) => name)).toEqual(["d/file", "d/file", "d/long", "d/file"]);
});

test.each([
  ["a wrong checksum", { ...FILE, breakChecksum: true }, 'damaged at byte 2048, after the entry "d/file"'],
  ["an impossible length", { ...FILE, size: -1 }, "it has an impossible length"],
  ["less content than it says", { ...FILE, size: 5000 }, "it ends"],
])("a file with %s is damaged after others that are like it, too", async (_title, broken, says) => {
  const bytes = tarBytes([FILE, FILE, broken], { endMark: false });
  if (broken.size === -1) bytes.fill(0xff, 2048 + 124, 2048 + 136);
  await expect(entriesOf(fixedChecksum(bytes, 2048, broken.size === -1))).rejects.toThrow(says);
});

function fixedChecksum(bytes: Buffer, at: number, isWrong: boolean): Buffer {
  if (!isWrong) return bytes;
  bytes.fill(0x20, at + 148, at + 156);
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  return bytes;
}
