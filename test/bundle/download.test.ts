import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { revisionsByType } from "../../src/bundle/revisions-by-type.ts";
import { DeploymentError } from "../../src/deployment/error.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";
import { deploymentHost, failureOf, inChunks, makeTree, NOTHING_LEFT, names, snapshot } from "./download-fixture.ts";
import { tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const TAR = tarBytes([
  { name: "appspec.yml", body: "version: 0.0\n" },
  { name: "app/index.js", body: "1" },
]);
const GITHUB = { type: "GitHub", account: "octo", repository: "shop", commitId: "0a1b2c", bundleType: "tar" } as const;

describe("a download", () => {
  it("ends with the archive in its place and the pointer set", async () => {
    const host = deploymentHost();
    const summary = await host.downloadBytes(gzipSync(TAR), "tgz");
    expect(summary).toEqual({ source: "downloaded", bytes: gzipSync(TAR).length, entries: 2, eTag: "5d41402a" });
    expect(names(host.paths().directory)).toEqual([
      ".archive-manifest",
      "deployment-archive",
      "deployment-archive/app",
      "deployment-archive/app/index.js",
      "deployment-archive/appspec.yml",
    ]);
    expect(readFileSync(host.layout.mostRecentFile("g-1"), "utf8")).toBe(host.paths().directory);
    expect(statSync(host.paths().archive).mode & 0o777).toBe(0o755);
    expect(host.log.messages("info")).toEqual([
      expect.stringMatching(/^Fetched s3:\/\/releases\/app\.tgz: .* 2 entries/),
    ]);
  });

  it("falls back to the source when an archive is to be used again", async () => {
    const host = deploymentHost();
    const request = host.request({ type: "Local File", location: host.file("a.tar", TAR), bundleType: "tar" });
    expect(request.specification.reuseArchiveFromDeploymentId).toBeUndefined();
    expect((await host.downloadBytes(TAR, "tar")).source).toBe("downloaded");
  });

  it("replaces what an earlier attempt of the same deployment left", async () => {
    const host = deploymentHost();
    makeTree(host.paths().archiveBeingUnpacked, { half: "1" });
    makeTree(host.paths().archive, { old: "1" });
    writeFileSync(host.paths().bundle, "half");
    await host.downloadBytes(TAR, "tar");
    expect(names(host.paths().archive)).toEqual(["app", "app/index.js", "appspec.yml"]);
    expect(existsSync(host.paths().bundle)).toBe(false);
    expect(existsSync(host.paths().archiveBeingUnpacked)).toBe(false);
  });

  it("keeps the logs of an earlier attempt", async () => {
    const host = deploymentHost();
    makeTree(host.paths().logs, { "scripts.log": "1" });
    await host.downloadBytes(TAR, "tar");
    expect(existsSync(host.paths().scriptsLog)).toBe(true);
  });

  it("removes surplus revisions, and leaves the others and the pointer alone when it fails", async () => {
    const host = deploymentHost();
    await host.downloadBytes(TAR, "tar", { deploymentId: "d-1" });
    await host.downloadBytes(TAR, "tar", { deploymentId: "d-2" });
    const before = snapshot(host.paths("d-2").directory);
    await failureOf(host.downloadBytes(TAR.subarray(0, 600), "tar", { maxRevisions: 2 }));
    expect(existsSync(host.paths("d-1").directory)).toBe(false);
    expect(snapshot(host.paths("d-2").directory)).toEqual(before);
    expect(readFileSync(host.layout.mostRecentFile("g-1"), "utf8")).toBe(host.paths("d-2").directory);
  });

  it("that is cancelled says so and leaves nothing", async () => {
    const host = deploymentHost();
    const stop = new AbortController();
    const content = new PassThrough();
    content.write(TAR.subarray(0, 1200));
    setTimeout(() => stop.abort(), 50);
    const error = await failureOf(host.downloadBytes(TAR, "tar", { download: { content }, signal: stop.signal }));
    expect(error.message).toContain("was cancelled before it was complete");
    expect(content.destroyed).toBe(true);
    expect(names(host.paths().directory)).toEqual([]);
  });

  it("passes on what the source says, and leaves nothing", async () => {
    const host = deploymentHost();
    const broken = new DeploymentError(5, "S3 went away");
    const content = Readable.from(
      (async function* () {
        yield TAR.subarray(0, 1200);
        throw broken;
      })(),
    );
    expect(await failureOf(host.downloadBytes(TAR, "tar", { download: { content } }))).toBe(broken);
    const zipped = Readable.from(
      (async function* () {
        yield zipBytes([{ name: "a", body: "x" }]).subarray(0, 20);
        throw broken;
      })(),
    );
    expect(await failureOf(host.downloadBytes(TAR, "zip", { download: { content: zipped } }))).toBe(broken);
    expect(names(host.paths().directory)).toEqual([]);
  });
});

describe("the ETag", () => {
  const object = { type: "S3", bucket: "releases", key: "app.tar", bundleType: "tar" } as const;

  it("is compared without quotes", async () => {
    const host = deploymentHost();
    await host.download({ ...object, eTag: '"5d41"' }, { download: { content: inChunks(TAR), eTag: "5d41" } });
    expect(names(host.paths().archive)).toContain("appspec.yml");
  });

  test.each([
    ["9f86", "s3://releases/app.tar has the ETag 9f86, but the deployment was created for the ETag 5d41."],
    [undefined, "s3://releases/app.tar has none, but the deployment was created for the ETag 5d41."],
  ])("%j instead of the expected one stops before a byte is read", async (eTag, message) => {
    const host = deploymentHost();
    let read = false;
    const content = new Readable({
      read() {
        read = true;
        this.push(null);
      },
    });
    const error = await failureOf(host.download({ ...object, eTag: "5d41" }, { download: { content, eTag } }));
    expect(error.message).toBe(message);
    expect(read).toBe(false);
    expect(content.destroyed).toBe(true);
  });
});

describe("a leading directory", () => {
  const cases: readonly { title: string; files: readonly string[]; stripped: boolean }[] = [
    { title: "alone with an AppSpec file", files: ["app-1.0/appspec.yml", "app-1.0/x"], stripped: true },
    { title: "with any name that contains appspec", files: ["app/my-AppSpecs.txt"], stripped: true },
    {
      title: "beside Finder leftovers",
      files: ["app/appspec.yml", "__MACOSX/._app", ".DS_Store", "._app"],
      stripped: true,
    },
    { title: "without an AppSpec file", files: ["app/index.js"], stripped: false },
    { title: "with an AppSpec file further down only", files: ["app/conf/appspec.yml"], stripped: false },
    { title: "with a leftover for an AppSpec file", files: ["app/._appspec.yml"], stripped: false },
    { title: "beside a file", files: ["app/appspec.yml", "README"], stripped: false },
    { title: "beside another directory", files: ["app/appspec.yml", "lib/x"], stripped: false },
  ];

  test.each(cases)("$title: stripped is $stripped", async ({ files, stripped }) => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes(files.map((name) => ({ name, body: "x" }))), "tar");
    const found = names(host.paths().archive).filter(
      (name) => !statSync(join(host.paths().archive, name)).isDirectory(),
    );
    const inside = files.filter((name) => name.startsWith("app")).map((name) => name.replace(/^app[^/]*\//, ""));
    expect(found).toEqual(stripped ? inside : [...files].sort());
  });

  it("that is a link is not stripped", async () => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes([{ name: "app", type: "2", linkname: "/etc" }]), "tar");
    expect(names(host.paths().archive)).toEqual(["app"]);
  });

  it("keeps its mode", async () => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes([{ name: "app/", type: "5", mode: 0o750 }, { name: "app/appspec.yml" }]), "tar");
    expect(statSync(host.paths().archive).mode & 0o777).toBe(0o750);
  });
});

describe("a local file", () => {
  test.each(["tar", "zip"] as const)("(%s) is linked as the bundle and unpacked", async (bundleType) => {
    const host = deploymentHost();
    const bytes = bundleType === "tar" ? TAR : zipBytes([{ name: "appspec.yml", body: "version: 0.0\n" }]);
    const location = host.file("app", bytes);
    const summary = await host.download({ type: "Local File", location, bundleType });
    expect(summary.bytes).toBe(bytes.length);
    expect(readlinkSync(host.paths().bundle)).toBe(location);
    expect(names(host.paths().archive)).toContain("appspec.yml");
  });

  it("is copied where links cannot be made", async () => {
    const host = deploymentHost();
    const location = host.file("app", TAR);
    const symbolicLink = () => Promise.reject(Object.assign(new Error("no"), { code: "EPERM" }));
    await host.download({ type: "Local File", location, bundleType: "tar" }, { fileSystem: { symbolicLink } });
    expect(lstatSync(host.paths().bundle).isFile()).toBe(true);
  });

  it("outlives the next attempt", async () => {
    const host = deploymentHost();
    const location = host.file("app", TAR);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await host.download({ type: "Local File", location, bundleType: "tar" });
    }
    expect(readFileSync(location)).toEqual(TAR);
  });

  it("that does not exist, or is a directory, is told", async () => {
    const host = deploymentHost();
    const location = join(host.directory, "absent");
    const revision = { type: "Local File", location, bundleType: "tar" } as const;
    expect((await failureOf(host.download(revision))).message).toBe(`The local revision ${location} does not exist.`);
    mkdirSync(location);
    expect((await failureOf(host.download(revision))).message).toBe(`The local revision ${location} is not a file.`);
  });
});

describe("a local directory", () => {
  it("is copied with links, modes and times", async () => {
    const host = deploymentHost();
    const location = join(host.directory, "revision");
    makeTree(location, { "appspec.yml": "version: 0.0\n", "bin/run": "x", empty: undefined });
    symlinkSync("bin/run", join(location, "run"));
    symlinkSync("/nowhere", join(location, "dangling"));
    const summary = await host.download({ type: "Local Directory", location });
    expect(snapshot(host.paths().archive)).toEqual(snapshot(location));
    expect(summary).toMatchObject({ bytes: 14, entries: 6 });
  });

  it("is not stripped", async () => {
    const host = deploymentHost();
    const location = join(host.directory, "revision");
    makeTree(location, { "app/appspec.yml": "version: 0.0\n" });
    await host.download({ type: "Local Directory", location });
    expect(names(host.paths().archive)).toEqual(["app", "app/appspec.yml"]);
  });

  it("that holds the agent's own root is refused", async () => {
    const host = deploymentHost();
    const error = await failureOf(host.download({ type: "Local Directory", location: host.directory }));
    expect(error.message).toContain("contains the agent's own directory");
  });

  it("that does not exist, or is a file, is told", async () => {
    const host = deploymentHost();
    const location = join(host.directory, "absent");
    expect((await failureOf(host.download({ type: "Local Directory", location }))).message).toContain("does not exist");
    host.file("absent", "");
    expect((await failureOf(host.download({ type: "Local Directory", location }))).message).toContain(
      "is not a directory",
    );
  });
});

it("a revision type without a source is refused", async () => {
  const error = await failureOf(revisionsByType({}).open(GITHUB));
  expect(error.report).toBe(
    "This agent cannot fetch github.com/octo/shop@0a1b2c: it has no access to revisions of type GitHub. " +
      "Deploy the revision from S3.",
  );
  const source = { open: async () => ({ content: Readable.from([]), size: 7, eTag: undefined }) };
  expect(await revisionsByType({ GitHub: source }).open(GITHUB)).toMatchObject({ size: 7 });
});

describe("a file system that fails", () => {
  const bundles = {
    tgz: gzipSync(
      tarBytes([
        { name: "app/", type: "5" },
        { name: "app/appspec.yml", body: "version: 0.0\n" },
        { name: "app/big", body: "b".repeat(200_000) },
        { name: "app/link", type: "2", linkname: "big" },
        { name: "app/hard", type: "1", linkname: "app/big" },
        { name: "app/big", body: "again" },
      ]),
    ),
    zip: zipBytes([
      { name: "appspec.yml", body: "version: 0.0\n" },
      { name: "big", body: "b".repeat(200_000) },
    ]),
  };

  test.each(["tgz", "zip"] as const)("at any one operation (%s) leaves no half archive", async (type) => {
    let failures = 0;
    for (let at = 0; ; at += 1) {
      const host = deploymentHost();
      await host.downloadBytes(bundles[type], type, { deploymentId: "d-OLD" });
      const before = snapshot(host.paths("d-OLD").directory);
      const { fileSystem, calls } = failingAt(at);
      const outcome = await host.downloadBytes(bundles[type], type, { fileSystem }).catch((error: unknown) => error);
      expect(snapshot(host.paths("d-OLD").directory)).toEqual(before);
      if (calls() <= at) break;
      // Only the removal of an old revision or of remains may fail and yet be overcome.
      if (!(outcome instanceof Error)) continue;
      failures += 1;
      expect(outcome).toBeInstanceOf(DeploymentError);
      expect(outcome.message).toMatch(/EIO/);
      expect(existsSync(host.paths().archive)).toBe(false);
      expect(existsSync(host.paths().archiveBeingUnpacked)).toBe(false);
      expect(existsSync(host.paths().bundle)).toBe(false);
      expect(names(host.layout.instructions)).toEqual(["g-1_most_recent_install"]);
    }
    expect(failures).toBeGreaterThan(20);
  });

  it("does not fetch what could not be recorded at the end", async () => {
    const host = deploymentHost();
    const fault = Object.assign(new Error("read-only"), { code: "EROFS", path: "/pointer" });
    const endless = new Readable({ read() {} });
    const setup = { fileSystem: { prepareText: () => Promise.reject(fault) }, download: { content: endless } };
    const error = await failureOf(host.downloadBytes(TAR, "tar", setup));
    expect(error.message).toMatch(/\/pointer\b.*EROFS/);
    expect(endless.destroyed).toBe(true);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });

  it("for want of space says so", async () => {
    const host = deploymentHost();
    const path = join(host.paths().archiveBeingUnpacked, "app/index.js");
    const createFiles = () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC", path }));
    const error = await failureOf(host.downloadBytes(TAR, "tar", { fileSystem: { createFiles } }));
    expect(error.report).toMatch(/refused to store \S+index\.js: no space, inode or quota left \(ENOSPC\)\. Free some/);
  });
});

/** The local file system with one operation, counted from 0, that fails with EIO. */
function failingAt(at: number): { fileSystem: FileSystem; calls: () => number } {
  let calls = 0;
  const fault = () => Object.assign(new Error("EIO: the disk is broken"), { code: "EIO", path: "/broken" });
  const prepareText: FileSystem["prepareText"] = async (...args) => {
    const prepared = await localFileSystem.prepareText(...args);
    const putInPlace = () => {
      calls += 1;
      return calls - 1 === at ? Promise.reject(fault()) : prepared.putInPlace();
    };
    return { ...prepared, putInPlace };
  };
  const fileSystem = new Proxy(
    { ...localFileSystem, prepareText },
    {
      get(target, name, receiver) {
        const operation: unknown = Reflect.get(target, name, receiver);
        if (typeof operation !== "function") return operation;
        return (...args: unknown[]) => {
          calls += 1;
          if (calls - 1 !== at) return operation(...args);
          if (name === "readStream")
            return new Readable({
              read() {
                this.destroy(fault());
              },
            });
          if (name === "writeStream") return new Writable({ write: (_chunk, _encoding, done) => done(fault()) });
          return Promise.reject(fault());
        };
      },
      ownKeys: (target) => Reflect.ownKeys(target),
    },
  );
  return { fileSystem, calls: () => calls };
}
