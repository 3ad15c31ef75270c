import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, test } from "vitest";
import { checkScript } from "../../src/hooks/check-script.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { deploymentHost, failureOf, names, snapshot } from "./download-fixture.ts";
import { tarBytes } from "./tar-bytes.ts";

const isRoot = process.getuid?.() === 0;

const TAR = tarBytes([
  { name: "appspec.yml", body: "version: 0.0\n" },
  { name: "bin/run", body: "#!/bin/sh\n", mode: 0o4755, uid: 4001, gid: 4002 },
  { name: "empty/", type: "5", mode: 0o2750 },
  { name: "current", type: "2", linkname: "bin/run" },
]);
const OTHER = tarBytes([{ name: "appspec.yml", body: "version: 0.0 # downloaded\n" }]);

/** A host with the archive of d-OLD, which a deployment that restarts may use; time passes as for a hook. */
async function hostWithArchive() {
  const host = deploymentHost();
  await host.downloadBytes(TAR, "tar", { deploymentId: "d-OLD" });
  await pause(20);
  const old = host.paths("d-OLD");
  const restart = (setup = {}) => host.downloadBytes(OTHER, "tar", { reuse: "d-OLD", ...setup });
  const script = { location: "appspec.yml", timeoutSeconds: 1, sudo: false };
  const facts = {
    event: "BeforeInstall",
    location: "appspec.yml",
    revisionId: "d-OLD",
    earlier: false,
    sudo: false,
    isLocal: false,
  };
  /** As before a hook. */
  const makeExecutable = async () => {
    const check = { archive: old.archive, script, facts: { ...facts, groupId: "g-1" } };
    expect(await checkScript(check, { fileSystem: localFileSystem, log: host.log })).toMatchObject({ kind: "ready" });
    expect(lstatSync(join(old.archive, "appspec.yml")).mode & 0o111).toBe(0o111);
  };
  return { ...host, old, restart, makeExecutable };
}

describe("a deployment that restarts", () => {
  test.each(["d-OLD", "arn:aws:codedeploy:eu-central-1:123456789012:deployment/d-OLD"])(
    "uses the archive of %s again, and leaves it as it is",
    async (reuse) => {
      const { restart, old, paths } = await hostWithArchive();
      const before = snapshot(old.archive);
      expect(await restart({ reuse })).toMatchObject({ source: "archive-reuse", entries: 5 });
      expect(snapshot(paths().archive)).toEqual(before);
      expect(snapshot(old.archive)).toEqual(before);
      expect(names(paths().directory)).not.toContain("deployment-archive-temp");
    },
  );

  test.skipIf(!isRoot)("keeps owners (needs root)", async () => {
    const host = deploymentHost();
    const accounts = { user: async () => undefined, group: async () => undefined, groupsOf: async () => [] };
    await host.downloadBytes(TAR, "tar", { deploymentId: "d-OLD", accounts: accounts as never });
    await host.downloadBytes(OTHER, "tar", { reuse: "d-OLD" });
    const { uid, gid, mode } = lstatSync(join(host.paths().archive, "bin/run"));
    expect([uid, gid, mode & 0o7777]).toEqual([4001, 4002, 0o4755]);
  });

  it("uses the archive again after the agent has made a script of it executable", async () => {
    const { restart, makeExecutable, paths } = await hostWithArchive();
    await makeExecutable();
    expect(await restart()).toMatchObject({ source: "archive-reuse" });
    expect(await restart({ deploymentId: "d-NEWER", reuse: "d-NEW" })).toMatchObject({ source: "archive-reuse" });
    expect(names(paths().directory)).not.toContain(".archive-own-changes");
  });

  test.each<[string, (work: { script: string; notes: string; makeExecutable: () => Promise<void> }) => unknown]>([
    [
      "somebody else had changed it before",
      async ({ script, makeExecutable }) => {
        appendFileSync(script, "#");
        await makeExecutable();
      },
    ],
    [
      "somebody else changed it afterwards",
      async ({ script, makeExecutable }) => {
        await makeExecutable();
        await pause(20);
        appendFileSync(script, "#");
      },
    ],
    [
      "the note of it is damaged",
      async ({ notes, makeExecutable }) => {
        await makeExecutable();
        writeFileSync(notes, readFileSync(notes, "utf8").slice(0, -4));
      },
    ],
  ])("does not when that happened and %s", async (_, changes) => {
    const { restart, makeExecutable, old, log } = await hostWithArchive();
    const script = join(old.archive, "appspec.yml");
    await changes({ script, notes: join(old.directory, ".archive-own-changes"), makeExecutable });
    expect(await restart()).toMatchObject({ source: "downloaded" });
    expect(log.messages("info")).toContainEqual(expect.stringContaining(`${script} was changed since`));
  });

  it("can be followed by another one", async () => {
    const { restart, downloadBytes } = await hostWithArchive();
    await restart({ deploymentId: "d-2" });
    expect(await downloadBytes(OTHER, "tar", { reuse: "d-2" })).toMatchObject({ source: "archive-reuse" });
  });

  it("points to its own directory afterwards", async () => {
    const { restart, layout, paths } = await hostWithArchive();
    await restart();
    expect(readFileSync(layout.mostRecentFile("g-1"), "utf8")).toBe(paths().directory);
  });
});

describe("the revision is downloaded when the archive", () => {
  const CHANGES: readonly [string, (archive: string) => void][] = [
    ["has a longer file", (archive) => appendFileSync(join(archive, "appspec.yml"), "#")],
    [
      "has a file of the same length and time",
      (archive) => {
        const path = join(archive, "appspec.yml");
        const { atime, mtime, size } = lstatSync(path);
        writeFileSync(path, "x".repeat(size));
        utimesSync(path, atime, mtime);
      },
    ],
    ["has another mode", (archive) => chmodSync(join(archive, "bin/run"), 0o700)],
    ["lacks a file", (archive) => unlinkSync(join(archive, "bin/run"))],
    ["has one more", (archive) => mkdirSync(join(archive, "empty/new"))],
    [
      "has another link",
      (archive) => {
        unlinkSync(join(archive, "current"));
        symlinkSync("/etc/passwd", join(archive, "current"));
      },
    ],
    ["is gone", (archive) => rmSync(archive, { recursive: true })],
    [
      "was replaced by a link to the outside",
      (archive) => {
        renameSync(archive, join(archive, "../../../../elsewhere"));
        symlinkSync("../../../elsewhere", archive);
      },
    ],
    ["is not known to be complete", (archive) => rmSync(join(archive, "../.archive-manifest"))],
  ];

  test.each(CHANGES)("%s", async (_title, change) => {
    const { restart, old, paths, log } = await hostWithArchive();
    change(old.archive);
    expect(await restart()).toMatchObject({ source: "downloaded" });
    expect(snapshot(paths().archive, { times: false, owners: false })["./appspec.yml"]).toContain("# downloaded");
    expect(log.messages("info").join("\n")).toContain("The archive of the deployment d-OLD is not used again (");
    expect(log.messages("warn")).toEqual([]);
  });

  test.each([
    ["is of an id that is none", { reuse: "../g-2/d-OLD" }],
    ["is its own", { deploymentId: "d-OLD" }],
    ["is of an unknown deployment", { reuse: "d-NONE" }],
    ["may not be used", { rules: { reuseArchives: false } }],
    ["holds what is forbidden now", { rules: { rejectLinks: true } }],
  ])("%s", async (_title, setup) => {
    const { restart } = await hostWithArchive();
    expect(await restart(setup)).toMatchObject({ source: "downloaded" });
  });

  it("cannot be copied to its end", async () => {
    const { restart, paths } = await hostWithArchive();
    const copyFile = () => Promise.reject(Object.assign(new Error("EIO: broken"), { code: "EIO" }));
    expect(await restart({ fileSystem: { copyFile } })).toMatchObject({ source: "downloaded" });
    expect(names(paths().archive)).toEqual(["appspec.yml"]);
  });

  it("but not when it is cancelled, nor for a bug of ours", async () => {
    const { restart, old } = await hostWithArchive();
    const bug = () => Promise.reject(new Error("a bug"));
    await expect(restart({ fileSystem: { copyFile: bug } })).rejects.toThrow("a bug");
    const cancel = new AbortController();
    const status = (path: string) => {
      if (path.startsWith(old.archive)) cancel.abort();
      return localFileSystem.status(path);
    };
    const error = await failureOf(restart({ fileSystem: { status }, signal: cancel.signal }));
    expect(error.message).toContain("was cancelled");
  });
});
