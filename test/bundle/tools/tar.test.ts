import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ArchiveType } from "../../../src/deployment/revision.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { deploymentHost, eagerMakers } from "../download-fixture.ts";
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
    await host.downloadBytes(readFileSync(archive), type, { accounts: ACCOUNTS, ...makers });
    const ours = listing(host.paths().archive, FACTS);
    expect(Object.keys(ours).length).toBeGreaterThan(10);
    expect(ours).toEqual(listing(reference, FACTS));
    expect(host.log.messages("warn")).toEqual([]);
  }
}
