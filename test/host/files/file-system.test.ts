import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localFileSystem } from "../../../src/host/files/file-system.ts";
import { errnoOf, indexOf } from "../../../src/ports/errno.ts";
import type { FileSystem, NewObject } from "../../../src/ports/file-system.ts";
import { failingFileSystem, MUTATING } from "../../support/failing-file-system.ts";
import { memoryFileSystem } from "../../support/memory-file-system.ts";

interface Subject {
  readonly fileSystem: FileSystem;
  /** A new empty directory. */
  readonly root: string;
  readonly dispose: () => void;
}

const SUBJECTS: Readonly<Record<string, () => Promise<Subject>>> = {
  "of this machine": async () => onDisk(localFileSystem),
  "in memory": async () => {
    const fileSystem = memoryFileSystem();
    await fileSystem.makeDirectories("/work", 0o755);
    return { fileSystem, root: "/work", dispose: () => {} };
  },
  "that could fail but does not": async () => onDisk(failingFileSystem(localFileSystem).fileSystem),
};

function onDisk(fileSystem: FileSystem): Subject {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "codedeploy-agent-test-"));
  return { fileSystem, root, dispose: () => rmSync(root, { recursive: true, force: true }) };
}

describe.each(Object.entries(SUBJECTS))("a file system %s", (_name, make) => {
  let subject: Subject;
  let fs: FileSystem;
  const at = (name: string) => join(subject.root, name);
  const errno = async (work: Promise<unknown>) =>
    errnoOf(
      await work.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );

  beforeEach(async () => {
    subject = await make();
    fs = subject.fileSystem;
  });
  afterEach(() => subject.dispose());

  test("tells what is at a path, links followed or not", async () => {
    await fs.writeText(at("file"), "12345", 0o640);
    await fs.makeDirectory(at("directory"), 0o755);
    await fs.symbolicLink("directory", at("link"));
    await fs.symbolicLink("nowhere", at("dangling"));
    expect(await fs.status(at("file"))).toMatchObject({ kind: "file", size: 5, mode: 0o640 });
    expect(await fs.status(at("directory"))).toMatchObject({ kind: "directory" });
    expect(await fs.status(at("link"))).toMatchObject({ kind: "link" });
    expect(await fs.statusFollowing(at("link"))).toMatchObject({ kind: "directory" });
    expect(await fs.statusFollowing(at("dangling"))).toBeUndefined();
    expect(await fs.status(at("absent"))).toBeUndefined();
    expect(await fs.status(at("file/below"))).toBeUndefined();
    expect((await fs.list(subject.root)).toSorted()).toEqual(["dangling", "directory", "file", "link"]);
  });

  test("reads links and real paths", async () => {
    await fs.makeDirectory(at("directory"), 0o755);
    await fs.symbolicLink("directory", at("link"));
    expect(await fs.readLink(at("link"))).toBe("directory");
    expect(await fs.realPath(at("link"))).toBe(at("directory"));
    expect(await errno(fs.realPath(at("absent")))).toBe("ENOENT");
  });

  test("writes, appends and replaces texts", async () => {
    await fs.writeText(at("file"), "one", 0o600);
    await fs.appendText(at("file"), " two", 0o600);
    expect(await fs.readText(at("file"))).toBe("one two");
    await fs.replaceText(at("file"), "three", 0o644);
    expect(await fs.readText(at("file"))).toBe("three");
    expect(await fs.list(subject.root)).toEqual(["file"]);
  });

  test("reads and writes streams, exclusively when asked", async () => {
    const out = fs.writeStream(at("file"), { mode: 0o600, exclusive: true });
    out.end("content");
    await finished(out);
    expect(await text(fs.readStream(at("file")))).toBe("content");
    expect(await text(fs.readStream(at("file"), { start: 1, end: 3 }))).toBe("ont");
    const again = fs.writeStream(at("file"), { mode: 0o600, exclusive: true });
    expect(await errno(finished(again))).toBe("EEXIST");
  });

  test("makes a small file with its attributes, on a new path only", async () => {
    const content = Buffer.from("one two");
    await fs.createFiles([{ path: at("file"), content, mode: 0o750, mtimeMs: 1_600_000_000_000 }]);
    expect(await fs.readText(at("file"))).toBe("one two");
    expect(await fs.status(at("file"))).toMatchObject({ mode: 0o750, mtimeMs: 1_600_000_000_000 });
    await fs.symbolicLink("nowhere", at("link"));
    for (const taken of ["file", "link"]) {
      expect(await errno(fs.createFiles([{ path: at(taken), content, mode: 0o600 }]))).toBe("EEXIST");
    }
  });

  test("makes many small files, up to the first whose path is taken", async () => {
    const files = Array.from({ length: 200 }, (_, number) => ({
      path: at(`f${number}`),
      content: Buffer.from("x".repeat(number)),
      mode: [0o644, 0o4755, 0o600, 0o777][number % 4] ?? 0,
      mtimeMs: 1_600_000_000_000 + number * 1000,
    }));
    await fs.createFiles(files);
    for (const { path, content, mode, mtimeMs } of files) {
      expect(await fs.readText(path)).toBe(content.toString());
      expect(await fs.status(path)).toMatchObject({ mode, mtimeMs });
    }
    await fs.removeFile(at("f0"));
    expect(await errno(fs.createFiles(files))).toBe("EEXIST");
    expect(await fs.readText(at("f0"))).toBe("");
  });

  test("copies content, mode and time to a new path only", async () => {
    await fs.writeText(at("file"), "content", 0o644);
    await fs.changeMode(at("file"), 0o751);
    await fs.changeTime(at("file"), 1_600_000_000_123);
    await fs.copyFile(at("file"), at("copy"));
    expect(await fs.readText(at("copy"))).toBe("content");
    const copied = await fs.status(at("copy"));
    expect(copied).toMatchObject({ mode: 0o751, size: 7 });
    expect(copied?.mtimeMs).toBeCloseTo(1_600_000_000_123, 1);
    expect(await errno(fs.copyFile(at("file"), at("copy")))).toBe("EEXIST");
  });

  // So many that threads make them, and so few that none does.
  test.each([3, 1500])("makes %i files and links with their attributes", async (count) => {
    const { uid, gid } = fs.identity();
    const large = 100_000;
    await fs.writeText(at("small"), "content", 0o600);
    await fs.writeText(at("large"), "x".repeat(large), 0o600);
    const common = { wishedOwner: { uid, gid }, owner: { uid: -1, gid }, mtimeMs: 1_500_000_000_123 };
    const objects = Array.from({ length: count }, (_, index): NewObject => {
      const path = at(`new-${index}`);
      if (index % 3 === 0) return { kind: "link", path, from: "no\nwhere", ...common };
      return { kind: "file", path, from: at(index % 3 === 1 ? "small" : "large"), mode: 0o4640, ...common };
    });
    await fs.makeObjects(objects);
    const found = await fs.statuses(objects.map(({ path }) => path));
    for (const [index, status] of found.entries()) {
      expect(status).toMatchObject({ kind: index % 3 === 0 ? "link" : "file", uid, gid });
      expect(status?.mtimeMs).toBeCloseTo(common.mtimeMs, 1);
      if (index % 3 > 0) expect(status).toMatchObject({ mode: 0o4640, size: index % 3 === 1 ? 7 : large });
    }
    expect(await fs.readLink(at("new-0"))).toBe("no\nwhere");
    expect(await fs.readText(at("new-1"))).toBe("content");
    expect(await fs.readText(at("new-2"))).toBe("x".repeat(large));
  });

  test.each([3, 1500])("says which of %i objects cannot be made", async (count) => {
    const { uid, gid } = fs.identity();
    await fs.writeText(at("file"), "content", 0o600);
    const last = count - 1;
    await fs.symbolicLink("nowhere", at(`new-${last}`));
    const objects = Array.from({ length: count }, (_, index): NewObject => {
      const path = at(`new-${index}`);
      return { kind: "file", path, from: at("file"), mode: 0o600, wishedOwner: { uid, gid }, mtimeMs: 0 };
    });
    const error = await fs.makeObjects(objects).catch((failure: unknown) => failure);
    expect([errnoOf(error), indexOf(error)]).toEqual(["EEXIST", last]);
    expect(await fs.readLink(at(`new-${last}`))).toBe("nowhere");
    const absent = objects.map((object) => ({ ...object, path: `${object.path}-again`, from: at("absent") }));
    expect(await errno(fs.makeObjects(absent))).toBe("ENOENT");
  });

  test("tells what is at many paths, and what a directory has", async () => {
    await fs.writeText(at("file"), "12345", 0o640);
    await fs.symbolicLink("nowhere", at("link"));
    const [file, link, absent, below] = await fs.statuses([at("file"), at("link"), at("absent"), at("file/below")]);
    expect([file?.size, link?.kind, absent, below]).toEqual([5, "link", undefined, undefined]);
    const entries = await fs.entries(subject.root);
    expect(entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
      { name: "file", kind: "file" },
      { name: "link", kind: "link" },
    ]);
    expect(await errno(fs.entries(at("file")))).toBe("ENOTDIR");
    expect(await errno(fs.entries(at("absent")))).toBe("ENOENT");
  });

  test("tells what is at so many paths that threads look", async () => {
    await fs.writeText(at("file"), "12345", 0o640);
    await fs.symbolicLink("nowhere", at("link"));
    const names = ["file", "link", ".", "absent", "file/below"];
    const paths = Array.from({ length: 2500 }, (_, index) => at(names[index % names.length] ?? ""));
    const one = await Promise.all(paths.slice(0, names.length).map((path) => fs.status(path)));
    const many = await fs.statuses(paths);
    expect(many).toEqual(paths.map((_, index) => one[index % names.length]));
    expect(one.map((status) => status?.kind)).toEqual(["file", "link", "directory", undefined, undefined]);
  });

  test("makes directories in their order and says which one cannot be made", async () => {
    await fs.makeNewDirectories([at("one"), at("one/two"), at("three")]);
    expect((await fs.status(at("one/two")))?.mode).toBe(0o777 & ~fs.identity().umask);
    const error = await fs.makeNewDirectories([at("four"), at("one"), at("five")]).catch((failure: unknown) => failure);
    expect([errnoOf(error), indexOf(error)]).toEqual(["EEXIST", 1]);
    expect([await fs.status(at("five")), (await fs.status(at("four")))?.kind]).toEqual([undefined, "directory"]);
  });

  test("a hard link is the same object, of a symbolic link too", async () => {
    await fs.writeText(at("file"), "content", 0o644);
    await fs.hardLink(at("file"), at("other"));
    expect((await fs.status(at("other")))?.inode).toBe((await fs.status(at("file")))?.inode);
    expect(await errno(fs.hardLink(at("file"), at("other")))).toBe("EEXIST");
    await fs.symbolicLink("file", at("link"));
    await fs.hardLink(at("link"), at("link2"));
    expect(await fs.status(at("link2"))).toMatchObject({ kind: "link" });
  });

  test("a rename keeps the object and replaces what was there", async () => {
    await fs.writeText(at("old"), "old", 0o644);
    await fs.writeText(at("new"), "new", 0o644);
    const inode = (await fs.status(at("new")))?.inode;
    await fs.rename(at("new"), at("old"));
    expect(await fs.readText(at("old"))).toBe("new");
    expect((await fs.status(at("old")))?.inode).toBe(inode);
    expect(await fs.status(at("new"))).toBeUndefined();
  });

  test("a rename replaces a link, not what it leads to", async () => {
    await fs.writeText(at("target"), "target", 0o644);
    await fs.symbolicLink("target", at("link"));
    await fs.writeText(at("new"), "new", 0o644);
    await fs.rename(at("new"), at("link"));
    expect(await fs.readText(at("target"))).toBe("target");
    expect(await fs.status(at("link"))).toMatchObject({ kind: "file" });
  });

  test("moves a link itself, and nothing when both names are one object", async () => {
    await fs.makeDirectory(at("directory"), 0o755);
    await fs.symbolicLink("directory", at("link"));
    await fs.rename(at("link"), at("moved"));
    expect(await fs.readLink(at("moved"))).toBe("directory");
    await fs.hardLink(at("moved"), at("second"));
    await fs.rename(at("second"), at("moved"));
    expect((await fs.list(subject.root)).toSorted()).toEqual(["directory", "moved", "second"]);
  });

  test("works through links to directories", async () => {
    await fs.makeDirectory(at("directory"), 0o755);
    await fs.symbolicLink("directory", at("link"));
    await fs.makeDirectory(at("link/inside"), 0o755);
    await fs.writeText(at("link/inside/file"), "content", 0o644);
    await fs.rename(at("link/inside/file"), at("link/file"));
    expect(await fs.readText(at("directory/file"))).toBe("content");
    expect(await fs.realPath(at("link/inside"))).toBe(at("directory/inside"));
  });

  test("refuses links that lead round in a circle", async () => {
    await fs.symbolicLink("b", at("a"));
    await fs.symbolicLink("a", at("b"));
    expect(await errno(fs.realPath(at("a")))).toBe("ELOOP");
    expect(await fs.status(at("a"))).toMatchObject({ kind: "link" });
  });

  test("does not rename a directory over files, or a file over a directory", async () => {
    await fs.makeDirectories(at("full/inside"), 0o755);
    await fs.makeDirectory(at("directory"), 0o755);
    await fs.writeText(at("file"), "", 0o644);
    expect(await errno(fs.rename(at("directory"), at("full")))).toBe("ENOTEMPTY");
    expect(await errno(fs.rename(at("directory"), at("file")))).toBe("ENOTDIR");
    expect(await errno(fs.rename(at("file"), at("directory")))).toBe("EISDIR");
    expect(await errno(fs.rename(at("absent"), at("new")))).toBe("ENOENT");
  });

  test("moves whole directories, keeping the objects inside", async () => {
    await fs.makeDirectories(at("one/two"), 0o755);
    await fs.writeText(at("one/two/file"), "content", 0o644);
    const inode = (await fs.status(at("one")))?.inode;
    await fs.rename(at("one"), at("moved"));
    expect(await fs.readText(at("moved/two/file"))).toBe("content");
    expect((await fs.status(at("moved")))?.inode).toBe(inode);
  });

  test("removes files, empty directories and trees", async () => {
    await fs.makeDirectories(at("tree/inside"), 0o755);
    await fs.makeDirectories(at("tree/inside"), 0o755);
    await fs.writeText(at("tree/inside/file"), "", 0o644);
    expect(await errno(fs.removeDirectory(at("tree")))).toBe("ENOTEMPTY");
    await fs.removeTree(at("tree"));
    await fs.removeTree(at("tree"));
    expect(await fs.status(at("tree"))).toBeUndefined();
    expect(await errno(fs.removeFile(at("absent")))).toBe("ENOENT");
    expect(await errno(fs.removeDirectory(at("absent")))).toBe("ENOENT");
  });

  test("removing a link leaves what it leads to", async () => {
    await fs.makeDirectory(at("directory"), 0o755);
    await fs.writeText(at("directory/file"), "", 0o644);
    await fs.symbolicLink("directory", at("link"));
    await fs.symbolicLink("directory", at("link2"));
    await fs.removeFile(at("link"));
    await fs.removeTree(at("link2"));
    expect(await fs.list(at("directory"))).toEqual(["file"]);
  });

  test("makes one directory, or refuses", async () => {
    await fs.makeDirectory(at("directory"), 0o755);
    expect(await errno(fs.makeDirectory(at("directory"), 0o755))).toBe("EEXIST");
    expect(await errno(fs.makeDirectory(at("absent/directory"), 0o755))).toBe("ENOENT");
  });

  test("sets mode and time, the time of a link too", async () => {
    await fs.writeText(at("file"), "", 0o644);
    await fs.symbolicLink("file", at("link"));
    await fs.changeMode(at("file"), 0o4750);
    await fs.changeTime(at("link"), 1_500_000_000_000);
    expect((await fs.status(at("file")))?.mode).toBe(0o4750);
    expect((await fs.status(at("link")))?.mtimeMs).toBeCloseTo(1_500_000_000_000, 1);
    expect((await fs.status(at("file")))?.mtimeMs).not.toBeCloseTo(1_500_000_000_000, 1);
  });

  test("leaves owner or group alone with -1", async () => {
    await fs.writeText(at("file"), "", 0o644);
    const before = await fs.status(at("file"));
    await fs.changeOwner(at("file"), -1, -1);
    expect(await fs.status(at("file"))).toMatchObject({ uid: before?.uid, gid: before?.gid });
  });

  test.skipIf(process.getuid?.() !== 0)("changes the owner of a link itself (needs root)", async () => {
    await fs.writeText(at("file"), "", 0o644);
    await fs.symbolicLink("file", at("link"));
    await fs.changeOwner(at("link"), 1234, 2345);
    expect(await fs.status(at("link"))).toMatchObject({ uid: 1234, gid: 2345 });
    expect(await fs.status(at("file"))).toMatchObject({ uid: 0 });
  });

  test("knows rights, identity and space", async () => {
    await fs.writeText(at("script"), "", 0o755);
    await fs.writeText(at("text"), "", 0o644);
    expect(await fs.isExecutable(at("script"))).toBe(true);
    expect(await fs.isExecutable(at("text"))).toBe(false);
    expect(await fs.isExecutable(at("absent"))).toBe(false);
    expect(await fs.isWritable(subject.root)).toBe(true);
    expect(await fs.isWritable(at("absent"))).toBe(false);
    expect(fs.identity().uid).toBe(process.getuid?.());
    const { free, total } = await fs.space(subject.root);
    expect(total).toBeGreaterThanOrEqual(free);
  });

  test("syncs files, directories and whole file systems", async () => {
    await fs.writeText(at("file"), "", 0o644);
    await fs.sync(at("file"));
    await fs.sync(subject.root);
    await fs.syncFileSystem(subject.root);
    expect(await errno(fs.sync(at("absent")))).toBe("ENOENT");
  });

  test.each(["new\nline", "quote'\"", "; rm -rf x", "$(id)", "-rf", "blank ", "é漢", "n".repeat(255)])(
    "takes the name %j as it is",
    async (name) => {
      await fs.writeText(at(name), "content", 0o644);
      expect(await fs.list(subject.root)).toEqual([name]);
      await fs.rename(at(name), at("plain"));
      expect(await fs.readText(at("plain"))).toBe("content");
    },
  );
});

test("a failing file system fails where it is told to", async () => {
  const inner = memoryFileSystem();
  const once = failingFileSystem(inner, { at: 2, errno: "ENOSPC" });
  await once.fileSystem.makeDirectory("/a", 0o755);
  await expect(once.fileSystem.makeDirectory("/b", 0o755)).rejects.toMatchObject({ code: "ENOSPC" });
  await once.fileSystem.makeDirectory("/c", 0o755);
  expect(once.calls()).toBe(3);
  expect(await inner.list("/")).toEqual(["a", "c"]);

  const dead = failingFileSystem(inner, { at: 1, mode: "dead", after: true });
  await expect(dead.fileSystem.makeDirectory("/d", 0o755)).rejects.toMatchObject({ code: "EIO" });
  await expect(dead.fileSystem.list("/")).rejects.toMatchObject({ code: "EIO" });
  expect(await inner.list("/")).toEqual(["a", "c", "d"]);
});

test("every call that changes something can be made to fail", () => {
  for (const name of MUTATING) expect(typeof localFileSystem[name]).toBe("function");
});
