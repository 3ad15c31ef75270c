import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { DeploymentError } from "../../../src/deployment/error.ts";
import type { ArchiveType } from "../../../src/deployment/revision.ts";
import { createDecompressors } from "../../../src/host/decompressors.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { deploymentHost, eagerMakers, failureOf, NOTHING_LEFT, names } from "../download-fixture.ts";
import { tarBytes } from "../tar-bytes.ts";
import { commit, listing, makeTree, type TreeFeatures } from "./tree.ts";

const hasBsdTar = spawnSync("bsdtar", ["--version"]).error === undefined;
const hasGit = spawnSync("git", ["--version"]).error === undefined;
const ALL: TreeFeatures = { longNames: true, lineBreaks: true, hardLinks: true, oddModes: true, bytes: true };
const SHORT: TreeFeatures = { ...ALL, longNames: false };
const FACTS = { owners: true, timeStepMs: 1, linkTimes: true };
/** Nobody's names are known, so that owners go by number. */
const ACCOUNTS = { user: async () => undefined, group: async () => undefined, groupsOf: async () => [] };

interface Packing {
  readonly title: string;
  readonly command: readonly string[];
  readonly type?: ArchiveType;
  readonly features: TreeFeatures;
}

const GNU_TAR: readonly Packing[] = [
  { title: "gnu", command: ["--format=gnu"], features: ALL },
  { title: "oldgnu", command: ["--format=oldgnu"], features: ALL },
  { title: "pax", command: ["--format=pax"], features: ALL },
  { title: "ustar", command: ["--format=ustar"], features: SHORT },
  { title: "v7", command: ["--format=v7"], features: SHORT },
  { title: "gnu, gzipped", command: ["--format=gnu", "-z"], type: "tgz", features: ALL },
  { title: "pax, gzipped", command: ["--format=pax", "-z"], type: "tgz", features: ALL },
  { title: "gnu, by number", command: ["--format=gnu", "--numeric-owner"], features: ALL },
  { title: "gnu, incremental", command: ["--format=gnu", "--incremental"], features: ALL },
  { title: "gnu, sorted, with a label", command: ["--format=gnu", "--sort=name", "-V", "release 1"], features: ALL },
  { title: "pax, times to the second", command: ["--format=pax", "--pax-option=delete=mtime"], features: ALL },
  { title: "gnu, sparse", command: ["--format=gnu", "-S"], features: { ...ALL, holes: true } },
  { title: "oldgnu, sparse", command: ["--format=oldgnu", "-S"], features: { ...ALL, holes: true } },
  ...["0.0", "0.1", "1.0"].map((version) => ({
    title: `pax, sparse ${version}`,
    command: ["--format=pax", "-S", `--sparse-version=${version}`],
    features: { ...ALL, holes: true },
  })),
];

describe("a tar archive of GNU tar is unpacked as GNU tar does", () => {
  test.each(GNU_TAR)("$title", async ({ command, type = "tar", features }) => {
    const archive = join(temporaryDirectory(), "archive");
    execFileSync("tar", [...command, "-cf", archive, "-C", makeTree(features), "."]);
    if (features.holes) expect(statSync(archive).size).toBeLessThan(3_000_000);
    await expectSame(archive, type, unpackedByTar(archive));
  });
});

/** What GNU tar finds out and has a program undo. */
const COMPRESSIONS = [
  { name: "bzip2", program: "bzip2", option: "-j" },
  { name: "xz", program: "xz", option: "-J" },
  { name: "Zstandard", program: "zstd", option: "--zstd" },
].map((one) => ({ ...one, isThere: spawnSync(one.program, ["--version"]).error === undefined }));

describe.each(COMPRESSIONS)("a tar archive packed with $name", ({ name, program, option, isThere }) => {
  const packed = () => {
    const archive = join(temporaryDirectory(), "archive");
    execFileSync("tar", [option, "-cf", archive, "-C", makeTree(ALL), "."]);
    return archive;
  };

  test.skipIf(!isThere)(`is unpacked as GNU tar does (needs ${program})`, async () => {
    const archive = packed();
    await expectSame(archive, "tar", unpackedByTar(archive));
  });

  test.skipIf(!isThere)(`is unpacked with a warning if another type was declared (needs ${program})`, async () => {
    const host = deploymentHost();
    const decompressors = createDecompressors();
    await host.downloadBytes(readFileSync(packed()), "zip", { decompressors });
    expect(host.log.messages("warn")).toEqual([
      expect.stringContaining(`was declared zip but is tar packed with ${name}`),
    ]);
  });

  test.skipIf(!isThere)(`and damaged is told with what ${program} says, and leaves nothing (needs it)`, async () => {
    const bytes = readFileSync(packed());
    for (const damaged of [bytes.subarray(0, -20), Buffer.concat([bytes.subarray(0, 400), Buffer.alloc(400, "x")])]) {
      const host = deploymentHost();
      const error = await failureOf(host.downloadBytes(damaged, "tar", { decompressors: createDecompressors() }));
      expect(error.message).toMatch(
        new RegExp(`^The bundle is damaged at byte \\d+.*: ${program} cannot unpack it \\(.+\\)\\.$`, "s"),
      );
      expect(names(host.directory)).toEqual(NOTHING_LEFT);
    }
  });

  test.skipIf(!isThere)(`that holds no tar archive is told so (needs ${program})`, async () => {
    const bytes = execFileSync(program, ["-c"], { input: "x".repeat(100_000) });
    const host = deploymentHost();
    const error = await failureOf(host.downloadBytes(bytes, "tar", { decompressors: createDecompressors() }));
    expect(error.message).toContain(`is packed with ${name}, but what it contains is no tar archive`);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });

  test.skipIf(!isThere)(`is given up in the middle when the deployment is cancelled (needs ${program})`, async () => {
    const bytes = execFileSync(program, ["-c"], { input: tarBytes([{ name: "a", body: randomBytes(900_000) }]) });
    const stop = new AbortController();
    const content = new Readable({ read() {} });
    content.push(bytes.subarray(0, 500_000));
    setTimeout(() => stop.abort(), 200).unref();
    const host = deploymentHost();
    const setup = { decompressors: createDecompressors(), download: { content }, signal: stop.signal };
    expect((await failureOf(host.downloadBytes(bytes, "tar", setup))).message).toContain("was cancelled");
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });

  test.skipIf(!isThere).each([
    ["after its last byte, as a wrong checksum is", 0],
    ["in the middle", 20],
  ])(
    `fails with what its source fails with %s, not with what ${program} makes of it (needs it)`,
    async (_, missing) => {
      const bytes = readFileSync(packed());
      const fault = new DeploymentError(5, "The bytes are not those that were uploaded.");
      async function* failing() {
        yield bytes.subarray(0, bytes.length - missing);
        await sleep(100);
        throw fault;
      }
      const host = deploymentHost();
      const setup = { decompressors: createDecompressors(), download: { content: Readable.from(failing()) } };
      expect(await failureOf(host.downloadBytes(bytes, "tar", setup))).toBe(fault);
      expect(names(host.directory)).toEqual(NOTHING_LEFT);
    },
  );

  test("is refused by a host that has no program for it", async () => {
    const magic = { bzip2: "BZh9", xz: "\xfd7zXZ\0", Zstandard: "\x28\xb5\x2f\xfd" }[name] ?? "";
    const host = deploymentHost();
    const decompressors = createDecompressors([temporaryDirectory()]);
    const error = await failureOf(host.downloadBytes(Buffer.from(magic, "latin1"), "tar", { decompressors }));
    expect(error.message).toContain(`is packed with ${name}, and this host has no program that unpacks it.`);
    expect(error.hint).toMatch(new RegExp(`^Install .*${program}`));
  });
});

const BSD_TAR: readonly Packing[] = [
  { title: "pax", command: ["--format=pax"], features: { ...ALL, bytes: false } },
  { title: "restricted pax", command: ["--format=paxr"], features: { ...ALL, bytes: false } },
  { title: "ustar", command: ["--format=ustar"], features: SHORT },
  { title: "gnutar", command: ["--format=gnutar"], features: ALL },
  { title: "v7", command: ["--format=v7tar"], features: SHORT },
  { title: "pax, gzipped", command: ["--format=pax", "-z"], type: "tgz", features: { ...ALL, bytes: false } },
  { title: "pax, with holes", command: ["--format=pax"], features: { ...SHORT, bytes: false, holes: true } },
];

describe.skipIf(!hasBsdTar)("a tar archive of bsdtar is unpacked as bsdtar does (needs bsdtar)", () => {
  test.each(BSD_TAR)("$title", async ({ command, type = "tar", features }) => {
    const archive = join(temporaryDirectory(), "archive");
    execFileSync("bsdtar", [...command, "-cf", archive, "-C", makeTree(features), "."]);
    const reference = join(temporaryDirectory(), "reference");
    mkdirSync(reference);
    execFileSync("bsdtar", ["-xpf", archive, "-C", reference]);
    await expectSame(archive, type, reference);
  });
});

describe.skipIf(!hasGit)("a tar archive of git is unpacked as GNU tar does (needs git)", () => {
  test.each(["tar", "tgz"] as const)("%s", async (type) => {
    const archive = join(temporaryDirectory(), "archive");
    const repository = commit(makeTree({ longNames: true, bytes: true }));
    execFileSync("git", ["archive", `--format=${type}`, "-o", archive, "HEAD"], { cwd: repository });
    await expectSame(archive, type, unpackedByTar(archive));
  });
});

function unpackedByTar(archive: string): string {
  const reference = join(temporaryDirectory(), "reference");
  mkdirSync(reference);
  execFileSync("tar", ["-xpsf", archive, "-C", reference]);
  return reference;
}

async function expectSame(archive: string, type: ArchiveType, reference: string): Promise<void> {
  for (const makers of [{}, { fileMakers: eagerMakers() }]) {
    const host = deploymentHost();
    await host.downloadBytes(readFileSync(archive), type, {
      accounts: ACCOUNTS,
      decompressors: createDecompressors(),
      ...makers,
    });
    const ours = listing(host.paths().archive, FACTS);
    expect(Object.keys(ours).length).toBeGreaterThan(10);
    expect(ours).toEqual(listing(reference, FACTS));
    expect(host.log.messages("warn")).toEqual([]);
  }
}
