import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { constants, crc32, createDeflateRaw, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { downloadBundle } from "../../src/bundle/download.ts";
import { Layout } from "../../src/deployment/layout.ts";
import type { ArchiveType } from "../../src/deployment/revision.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { createTarChildren } from "../../src/host/tar-children/gnu-tar.ts";
import type { FileMakers } from "../../src/ports/file-makers.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { deploymentHost, failureOf, names } from "./download-fixture.ts";
import { paxEntry, tarBytes } from "./tar-bytes.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const canMount = process.getuid?.() === 0 && mountsAndUnmounts();

/** Archives that hold ten gibibytes of zeros, or say so, in about ten mebibytes. */
const BOMBS: readonly { readonly title: string; readonly type: ArchiveType; readonly make: () => Promise<Buffer> }[] = [
  { title: "a tgz with one file", type: "tgz", make: async () => gzipBomb() },
  { title: "a tgz with many files", type: "tgz", make: async () => manyFiles(10 * 1024) },
  { title: "a tar with a file that is one hole", type: "tar", make: async () => hole(10 * GIB) },
  { title: "a zip that says how long its file is", type: "zip", make: () => zipBomb(10 * GIB) },
  { title: "a zip that says that its file is short", type: "zip", make: () => zipBomb(1000) },
];

describe.skipIf(!canMount)("a bomb on a file system of 16 MiB (needs root and the right to mount)", () => {
  test.each(BOMBS)("$title is refused, and leaves the space as it was", async ({ type, make }) => {
    const bytes = await make();
    expect(bytes.length).toBeLessThan(12 * MIB);
    const small = smallFileSystem();
    const before = free(small.directory);
    const peak = memoryPeak();
    const failure = await failureOf(small.download(bytes, type));
    expect(peak()).toBeLessThan(100 * MIB);
    expect(failure.message).toMatch(/^Not enough space on \S+ for the bundle|it is longer than stated/);
    expect(free(small.directory)).toBe(before);
    expect(small.left()).toEqual([]);
  });

  test.each([
    ["by the agent", undefined],
    ["by tar programs", createTarChildren()],
  ])(
    "more files than there are inodes, made %s, are refused with a message that says so",
    async (_whose, fileMakers) => {
      const small = smallFileSystem("nr_inodes=200");
      const entries = Array.from({ length: 500 }, (_, at) => ({ name: `f${at}` }));
      const failure = await failureOf(small.download(tarBytes(entries), "tar", fileMakers));
      expect(failure.report).toContain("no space, inode or quota left (ENOSPC)");
      expect(failure.report).toContain("df -i");
      expect(small.left()).toEqual([]);
    },
  );
});

function smallFileSystem(options = "nr_inodes=0") {
  const directory = temporaryDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=16m,${options}`, "tmpfs", directory]);
  onTestFinished(() => {
    execFileSync("umount", [directory]);
  });
  const layout = new Layout(join(directory, "root"));
  const deployment = layout.deployment({ deploymentGroupId: "g-1", deploymentId: "d-NEW" });
  mkdirSync(deployment.directory, { recursive: true });
  const host = deploymentHost();
  return {
    directory,
    left: () => names(deployment.directory),
    download: (bytes: Buffer, bundleType: ArchiveType, fileMakers?: FileMakers) => {
      const revision = { type: "S3", bucket: "releases", key: "bomb", bundleType } as const;
      const open = async () => ({ content: Readable.from(pieces(bytes)), size: bytes.length, eTag: undefined });
      const request = { ...host.request(revision), layout };
      const makers = fileMakers === undefined ? {} : { fileMakers };
      const ports = { ...host.ports({}, makers), fileSystem: localFileSystem, revisions: { open } };
      return downloadBundle(request, ports);
    },
  };
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}

function free(path: string): number {
  const { bfree, bsize } = statfsSync(path);
  return bfree * bsize;
}

/** How much more memory the process has taken at its peak since the call. */
function memoryPeak(): () => number {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  return () => {
    clearInterval(timer);
    return peak - before;
  };
}

/** Members of gzip data may follow each other: one of them, again and again, is as good as ten gibibytes. */
function gzipBomb(): Buffer {
  const header = tarHeader("bomb", 10 * GIB);
  const member = gzipSync(Buffer.alloc(64 * MIB));
  return Buffer.concat([gzipSync(header), ...Array.from({ length: 160 }, () => member)]);
}

function manyFiles(count: number): Buffer {
  const zeros = gzipSync(Buffer.alloc(MIB));
  return Buffer.concat(
    Array.from({ length: count }, (_, at) => [gzipSync(tarHeader(`f${at}`, MIB), { level: 1 }), zeros]).flat(),
  );
}

function tarHeader(name: string, size: number): Buffer {
  return tarBytes([{ name, size }], { endMark: false }).subarray(0, 512);
}

function hole(size: number): Buffer {
  return tarBytes([paxEntry({ "GNU.sparse.size": String(size), "GNU.sparse.map": `${size},0` }), { name: "hole" }]);
}

/** One entry of ten gibibytes of zeros whose length is stated as told, with the numbers in a zip64 field. */
async function zipBomb(stated: number): Promise<Buffer> {
  const packed = await deflatedZeros(160);
  const name = Buffer.from("bomb");
  const common = Buffer.alloc(26);
  common.writeUInt16LE(45, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt16LE((46 << 9) | (11 << 5) | 24, 8);
  common.writeUInt32LE(crc32(Buffer.alloc(10)), 10);
  common.fill(0xff, 14, 22);
  common.writeUInt16LE(name.length, 22);
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(stated), 4);
  extra.writeBigUInt64LE(BigInt(packed.length), 12);
  common.writeUInt16LE(extra.length, 24);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, extra, packed]);
  const rest = Buffer.alloc(14);
  const central = Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([45, 3]), common, rest, name, extra]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** Deflated data may be cut where it was flushed, and the same piece put in many times. */
async function deflatedZeros(times: number): Promise<Buffer> {
  const deflate = createDeflateRaw();
  const found: Buffer[] = [];
  deflate.on("data", (piece: Buffer) => found.push(piece));
  await new Promise<void>((resolve) => deflate.write(Buffer.alloc(64 * MIB), () => resolve()));
  await new Promise<void>((resolve) => deflate.flush(constants.Z_FULL_FLUSH, () => resolve()));
  const piece = Buffer.concat(found);
  found.length = 0;
  await new Promise<void>((resolve) => deflate.end(() => resolve()));
  return Buffer.concat([...Array.from({ length: times }, () => piece), Buffer.from([3, 0])]);
}

function mountsAndUnmounts(): boolean {
  const script = 'd=$(mktemp -d) && { mount -t tmpfs tmpfs "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s; }';
  return spawnSync("sh", ["-c", script]).status === 0;
}
