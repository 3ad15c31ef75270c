import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openZip } from "../../../src/bundle/zip/entries.ts";
import { localFileSystem } from "../../../src/host/files/file-system.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { type DownloadSetup, deploymentHost, eagerMakers } from "../download-fixture.ts";
import { zipBytes } from "../zip-bytes.ts";
import { commit, listing, makeTree, type TreeFeatures } from "./tree.ts";

const FILE = { name: "a", body: "some text" };
const MAKE_ZIP = fileURLToPath(new URL("make_zip.py", import.meta.url));
const has = (program: string, option: string) => spawnSync(program, [option]).error === undefined;
const hasUnzip = has("unzip", "-v");
const hasZip = hasUnzip && has("zip", "-v");
const hasPython = has("python3", "--version");
const hasBsdTar = hasUnzip && has("bsdtar", "--version");
const hasGit = hasUnzip && has("git", "--version");

/** unzip gives links the time of their unpacking. */
const FACTS = { owners: false, timeStepMs: 1000, linkTimes: false };
const TREE: TreeFeatures = { longNames: true, bytes: true };

/** Links that lead nowhere cannot be followed, and none can be sent through a pipe. */
const WITHOUT_LINKS = ["-x", "dangling", "data", "start", "long-link", "to-bytes"];

const INFO_ZIP: readonly { readonly title: string; readonly command: string; readonly features?: TreeFeatures }[] = [
  { title: "with links", command: "zip -qry archive.zip ." },
  { title: "with what links lead to", command: "zip -qr archive.zip . -x dangling data long-link" },
  { title: "stored", command: "zip -qry -Z store archive.zip ." },
  { title: "deflated as well as can be", command: "zip -qry9 archive.zip ." },
  { title: "without entries for directories", command: "zip -qryD archive.zip ." },
  { title: "without extra fields", command: "zip -qryX archive.zip ." },
  { title: "with zip64 forced", command: "zip -qry -fz archive.zip ." },
  { title: "with UTF-8 marked", command: "zip -qry -UN=UTF8 archive.zip .", features: { longNames: true } },
  {
    title: "with data descriptors, through a pipe",
    command: `zip -qr - . ${WITHOUT_LINKS.join(" ")} | cat >archive.zip`,
  },
];

describe.skipIf(!hasZip)("a zip archive of Info-ZIP is unpacked as unzip does (needs zip and unzip)", () => {
  test.each(INFO_ZIP)("$title", async ({ command, features = TREE }) => {
    const directory = temporaryDirectory();
    const archive = join(directory, "archive.zip");
    execFileSync("sh", ["-c", command.replace("archive.zip", `"${archive}"`)], { cwd: makeTree(features) });
    await expectSame(archive);
  });
});

describe.skipIf(!hasBsdTar)("a zip archive of bsdtar is unpacked as unzip does (needs bsdtar and unzip)", () => {
  test.each([
    ["deflated", []],
    ["stored", ["--options", "zip:compression=store"]],
    ["with zip64", ["--options", "zip:zip64"]],
  ])("%s", async (_title, options) => {
    const archive = join(temporaryDirectory(), "archive.zip");
    execFileSync("bsdtar", ["--format=zip", ...options, "-cf", archive, "-C", makeTree({ longNames: true }), "."]);
    await expectSame(archive);
  });
});

describe.skipIf(!hasGit)("a zip archive of git is unpacked as unzip does (needs git and unzip)", () => {
  test("with its names", async () => {
    const archive = join(temporaryDirectory(), "archive.zip");
    const repository = commit(makeTree({ longNames: true }));
    execFileSync("git", ["archive", "--format=zip", "-o", archive, "HEAD"], { cwd: repository });
    await expectSame(archive);
  });
});

describe.skipIf(!hasPython || !hasUnzip)("a zip archive of Python is unpacked as unzip does (needs both)", () => {
  test.each([
    ["plain", "with all it can hold"],
    ["piped-plain", "with data descriptors"],
    ["forced", "with zip64 forced, and a long comment"],
    ["piped-forced", "with zip64 and data descriptors"],
    ["dos", "with attributes of MS-DOS and Windows"],
  ])("(%s) %s", async (kind, _title) => {
    await expectSame(madeByPython(kind));
  });

  test("as the Finder of macOS makes them: what it adds neither comes along nor keeps the directory", async () => {
    const archive = madeByPython("macos");
    const host = deploymentHost();
    await host.downloadBytes(readFileSync(archive), "zip");
    const reference = join(temporaryDirectory(), "reference");
    execFileSync("unzip", ["-qo", archive, "-d", reference]);
    expect(listing(host.paths().archive, FACTS)).toEqual(listing(join(reference, "app"), FACTS));
  });
});

/** What Info-ZIP's `unzip` takes although the format does not ask for it. */
describe.skipIf(!hasUnzip)("unpacked as unzip does (needs unzip), a zip archive", () => {
  const entries = [FILE, { name: "b/c", body: "other" }];
  const name = Buffer.from("caf_");

  test.each([
    [
      "that extracts itself",
      Buffer.concat([Buffer.from("#!/bin/sh\nexec unzip $0\n"), zipBytes(entries)]),
      /^24 B lie before/,
    ],
    ["with a line behind its end", Buffer.concat([zipBytes(entries), Buffer.from("\n")]), /^1 B lie behind/],
    ["with padding behind its end", Buffer.concat([zipBytes(entries), Buffer.alloc(5000)]), /^5\.0 kB lie behind/],
    [
      "with both",
      Buffer.concat([Buffer.alloc(1000, "x"), zipBytes(entries, { comment: "c" }), Buffer.alloc(5000)]),
      /lie behind.*lie before/,
    ],
    ["with the times of the Finder", zipBytes([FILE, { ...FILE, name: "b", extra: unixTimes(1e9 + 1) }]), /^$/],
    [
      "with a name in UTF-8 beside its name",
      zipBytes([FILE, { name, flags: 0, extra: unicodePath(name, "cafÉ") }]),
      /^$/,
    ],
    [
      "with a name in UTF-8 of another name",
      zipBytes([FILE, { name, flags: 0, extra: unicodePath("else", "cafÉ") }]),
      /^$/,
    ],
  ])("%s", async (_what, bytes, warning) => {
    const archive = join(temporaryDirectory(), "archive.zip");
    writeFileSync(archive, bytes);
    for (const setup of [{}, { fileMakers: eagerMakers() }]) {
      const host = deploymentHost();
      await sameAsUnzip(archive, host, setup);
      expect(host.log.messages("warn").join(" ")).toMatch(warning);
    }
  });

  test("of more entries than its end record has bits for their number", async () => {
    const many = Array.from({ length: 65_541 }, (_, index) => ({ name: `d${index % 50}/f${index}`, body: "" }));
    const host = deploymentHost();
    const archive = zipBytes(many, { records: many.length % 0x10000 });
    expect(await host.downloadBytes(archive, "zip")).toMatchObject({ entries: 65_541 });
  });
});

test.skipIf(!hasPython)("a zip64 archive of 66,000 entries is read to its end (needs python3)", async () => {
  const archive = await openZip(localFileSystem, madeByPython("many"), { warn: () => {}, together: true });
  let count = 0;
  let bytes = 0;
  for (let entry = await archive.entries.next(); entry !== undefined; entry = await archive.entries.next()) {
    if (entry.kind !== "file") continue;
    expect(entry.content.toString()).toBe(String(count));
    count += 1;
    bytes += entry.size;
  }
  expect(count).toBe(66_000);
  expect(bytes).toBe(archive.unpackedBytes);
  await archive.close();
});

function madeByPython(kind: string): string {
  const archive = join(temporaryDirectory(), "archive.zip");
  execFileSync("python3", [MAKE_ZIP, kind, archive]);
  return archive;
}

async function expectSame(archive: string): Promise<void> {
  await expectAsUnzip(archive, deploymentHost(), {});
  await expectAsUnzip(archive, deploymentHost(), { fileMakers: eagerMakers() });
}

async function expectAsUnzip(archive: string, host: ReturnType<typeof deploymentHost>, setup: DownloadSetup) {
  await sameAsUnzip(archive, host, setup);
  expect(host.log.messages("warn")).toEqual([]);
}

/** Status 1 of unzip is a warning. */
async function sameAsUnzip(archive: string, host: ReturnType<typeof deploymentHost>, setup: DownloadSetup) {
  await host.downloadBytes(readFileSync(archive), "zip", setup);
  const reference = join(temporaryDirectory(), "reference");
  expect(spawnSync("unzip", ["-qo", archive, "-d", reference]).status).toBeLessThan(2);
  const ours = listing(host.paths().archive, FACTS);
  expect(Object.keys(ours).length).toBeGreaterThan(1);
  expect(ours).toEqual(listing(reference, FACTS));
}

/** Info-ZIP's older field: the times of last use and last change, in seconds. */
function unixTimes(mtimeSeconds: number): Buffer {
  const field = Buffer.alloc(12);
  field.writeUInt16LE(0x5855, 0);
  field.writeUInt16LE(8, 2);
  field.writeInt32LE(mtimeSeconds - 100, 4);
  field.writeInt32LE(mtimeSeconds, 8);
  return field;
}

/** The field that holds a name in UTF-8, with the checksum of the name that it stands for. */
function unicodePath(of: string | Buffer, name: string): Buffer {
  const text = Buffer.from(name);
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + text.length, 2);
  field.writeUInt8(1, 4);
  field.writeUInt32LE(crc32(of), 5);
  return Buffer.concat([field, text]);
}
