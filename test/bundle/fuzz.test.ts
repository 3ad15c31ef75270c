import { mkdirSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { DeploymentError } from "../../src/deployment/error.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import type { FileMakers } from "../../src/ports/file-makers.ts";
import type { FileSystem, NewFile } from "../../src/ports/file-system.ts";
import { deploymentHost, eagerMakers, names, snapshot } from "./download-fixture.ts";
import { paxEntry, type TarEntryBytes, tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const TAR = tarBytes([
  { name: "app/", type: "5" },
  { name: "app/appspec.yml", body: "version: 0.0\n" },
  paxEntry({ path: "app/grün", mtime: "1700000000.25" }),
  { name: "short", body: "x".repeat(700) },
  { name: "././@LongLink", type: "L", body: `app/${"n".repeat(200)}\0` },
  { name: "short", body: "y" },
  { name: "app/link", type: "2", linkname: "grün" },
  { name: "app/hard", type: "1", linkname: "app/appspec.yml" },
  paxEntry({ "GNU.sparse.size": "70000", "GNU.sparse.map": "0,4,60000,3" }),
  { name: "app/sparse", body: "datatoo" },
]);
const ZIP = zipBytes([
  { name: "app/", mode: 0o040755 },
  { name: "app/appspec.yml", body: "version: 0.0\n" },
  { name: "app/big", body: "0123456789".repeat(500) },
  { name: "app/stored", body: "stored", method: 0 },
  { name: "app/streamed", body: "behind", descriptor: "signed" },
  { name: "app/link", mode: 0o120777, body: "big" },
]);

/** Bytes with some of them changed, taken out or cut off. */
function mutated(bytes: Buffer): fc.Arbitrary<Buffer> {
  const position = fc.nat(bytes.length - 1);
  const change = fc.record({ at: position, to: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x2f, 0x2e, 0xff, 0x37)) });
  return fc
    .tuple(fc.array(change, { maxLength: 4 }), fc.option(position), fc.option(position))
    .map(([changes, cut, gap]) => {
      const copy = Buffer.from(bytes);
      for (const { at, to } of changes) copy[at] = to;
      const short = cut === null ? copy : copy.subarray(0, cut);
      return gap === null ? short : Buffer.concat([short.subarray(0, gap), short.subarray(gap + 1)]);
    });
}

/** Changes that keep the checksums of a tar right, so that what the entries say is what is put to the test. */
const hostileEntries: fc.Arbitrary<TarEntryBytes[]> = fc.array(
  fc.record({
    name: fc.constantFrom("a", "a/b", "a/b/c", "b", "./a", "/a", "a/", "..", "a/..", "../a", "l", "l/a", "", "."),
    type: fc.constantFrom("0", "1", "2", "5", "L", "K", "x", "7", "6"),
    linkname: fc.constantFrom("a", "l", "..", "/etc", "../../outside", "b", "a/b", ""),
    body: fc.constantFrom("", "x", "../a\0", "11 path=../\n", "9 path=a\n"),
  }),
  { maxLength: 8 },
);

const ARCHIVES = [
  ["tar", mutated(TAR)],
  ["tgz", mutated(gzipSync(TAR))],
  ["tgz", mutated(TAR).map((bytes) => gzipSync(bytes))],
  ["zip", mutated(ZIP)],
  ["tar", hostileEntries.map((entries) => tarBytes(entries))],
] as const;

/** Beyond what it takes to hold the small files of an archive, and the garbage of many runs. */
const MEMORY_BYTES = 400 * 1024 * 1024;

/** An ordinary user could not look into what a changed byte has closed, nor remove it. */
const fileSystem: Partial<FileSystem> = {
  changeAttributes: (changes) =>
    localFileSystem.changeAttributes(changes.map((change) => ({ ...change, mode: change.mode | 0o700 }))),
  createFiles: (files) => localFileSystem.createFiles(files.map((file) => ({ ...file, mode: file.mode | 0o600 }))),
};

/** With the second one every small file goes to programs. */
const MAKERS = [
  ["by the agent", undefined, 150],
  ["by tar programs", openFilesOnly(eagerMakers()), 40],
] as const;

function openFilesOnly(makers: FileMakers): FileMakers {
  return {
    ...makers,
    async start(root) {
      const making = await makers.start(root);
      if (making === undefined) throw new Error("there is no GNU tar here");
      const take = (file: NewFile) => making.take({ ...file, mode: file.mode | 0o600 });
      return {
        get isFull() {
          return making.isFull;
        },
        take,
        room: () => making.room(),
        finish: () => making.finish(),
        stop: () => making.stop(),
      };
    },
  };
}

describe.each(MAKERS)("archives that are nearly right, unpacked %s,", (_whose, fileMakers, numRuns) => {
  test.each(ARCHIVES)("(%s) are unpacked or refused, and nothing else happens", async (type, archives) => {
    const host = deploymentHost();
    mkdirSync(host.layout.root);
    host.file("outside", "untouched");
    let refused = 0;
    const before = process.memoryUsage.rss();
    let peak = before;
    await fc.assert(
      fc.asyncProperty(archives, async (bytes) => {
        rmSync(host.layout.root, { recursive: true });
        mkdirSync(host.layout.root);
        const outcome = await host
          .downloadBytes(bytes, type, { fileSystem, ...(fileMakers === undefined ? {} : { fileMakers }) })
          .catch((error: unknown) => error);
        peak = Math.max(peak, process.memoryUsage.rss());
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(DeploymentError);
          expect(names(host.paths().directory)).toEqual([]);
          refused += 1;
        }
        const { ".": _top, "./root": _root, ...rest } = snapshot(host.directory, { times: false, owners: false });
        const outside = Object.keys(rest).filter((name) => !name.startsWith("./root/"));
        expect(outside).toEqual(["./outside"]);
        expect(rest["./outside"]).toMatch(/^file \d+ untouched$/);
      }),
      { numRuns },
    );
    expect(refused).toBeGreaterThan(numRuns / 8);
    expect(peak - before).toBeLessThan(MEMORY_BYTES);
  });

  it("begin with ones that are right", async () => {
    for (const [bytes, type] of [
      [TAR, "tar"],
      [ZIP, "zip"],
    ] as const) {
      const host = deploymentHost();
      await host.downloadBytes(bytes, type);
      expect(names(host.paths().archive)).toContain("appspec.yml");
    }
  });
});
