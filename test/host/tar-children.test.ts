import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { createTarChildren } from "../../src/host/tar-children/gnu-tar.ts";
import { pathOf, textOf } from "../../src/ports/bytes.ts";
import { type FileMaking, FilesNotMade } from "../../src/ports/file-makers.ts";
import type { NewFile } from "../../src/ports/file-system.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const isRoot = process.getuid?.() === 0;
const WHOLE_SECOND = 1_700_000_000_000;

describe("files made by tar programs", () => {
  test("are those that the agent would make itself: names, modes, times and contents", async () => {
    const [theirs, ours] = [temporaryDirectory(), temporaryDirectory()];
    const deep = ["d".repeat(150), "e".repeat(150)].join("/");
    for (const root of [theirs, ours]) mkdirSync(join(root, deep), { recursive: true });
    const making = await started(theirs);
    for (const file of oddFiles(theirs, deep)) expect(making.take(file)).toBe(true);
    await making.finish();
    await localFileSystem.createFiles(oddFiles(ours, deep));
    const made = listing(theirs, deep);
    expect(Object.keys(made)).toHaveLength(15);
    expect(made).toEqual(listing(ours, deep));
  });

  test("are taken as fast as they are made, and all of them are there in the end", async () => {
    const root = temporaryDirectory();
    const making = await started(root);
    let waits = 0;
    for (let number = 0; number < 600; number++) {
      if (making.isFull) waits += 1;
      if (making.isFull) await making.room();
      expect(making.take(file(root, `f${number}`, { content: Buffer.alloc(20_000, number) }))).toBe(true);
    }
    await making.finish();
    expect(waits).toBeGreaterThan(0);
    const names = readdirSync(root);
    expect(names).toHaveLength(600);
    for (const name of names) {
      expect(readFileSync(join(root, name)).equals(Buffer.alloc(20_000, Number(name.slice(1))))).toBe(true);
    }
  });

  test.skipIf(!isRoot)("belong to whom they are to belong to (needs root)", async () => {
    const root = temporaryDirectory();
    const making = await started(root);
    expect(making.take(file(root, "both", { uid: 4001, gid: 4002 }))).toBe(true);
    expect(making.take(file(root, "group", { uid: -1, gid: 4003 }))).toBe(true);
    expect(making.take(file(root, "own"))).toBe(true);
    await making.finish();
    const owners = ["both", "group", "own"]
      .map((name) => lstatSync(join(root, name)))
      .map(({ uid, gid }) => [uid, gid]);
    expect(owners).toEqual([
      [4001, 4002],
      [0, 4003],
      [0, process.getgid?.()],
    ]);
  });

  test("are not those of which tar cannot say everything", async () => {
    const root = temporaryDirectory();
    const making = await started(root);
    const { mtimeMs: _none, ...now } = file(root, "now");
    expect(making.take(now)).toBe(false);
    expect(making.take(file(root, "set-id", { mode: 0o4755 }))).toBe(false);
    expect(making.take(file(root, "before-1970", { mtimeMs: -1000 }))).toBe(false);
    expect(making.take(file(root, "far", { mtimeMs: 1e13 * 1000 }))).toBe(false);
    expect(making.take(file(root, "large", { content: Buffer.alloc(600_000) }))).toBe(false);
    expect(making.take(file(root, "plain"))).toBe(true);
    // The programs were started for files that belong to the agent's user.
    expect(making.take(file(root, "another's", { uid: 4001, gid: 4001 }))).toBe(false);
    await making.finish();
    expect(readdirSync(root)).toEqual(["plain"]);
  });

  test.each(["a file", "a link"])("never take the place of %s, nor go through it", async (what) => {
    const root = temporaryDirectory();
    const outside = join(temporaryDirectory(), "outside");
    writeFileSync(outside, "untouched");
    if (what === "a link") symlinkSync(outside, join(root, "f"));
    else writeFileSync(join(root, "f"), "untouched");
    const making = await started(root);
    making.take(file(root, "f"));
    await expect(making.finish()).rejects.toThrow(/f: Cannot open: File exists/);
    await making.stop();
    expect(readFileSync(join(root, "f"), "utf8")).toBe("untouched");
    expect(readFileSync(outside, "utf8")).toBe("untouched");
  });
});

describe("tar programs", () => {
  test("are none where there is no GNU tar", async () => {
    const directory = temporaryDirectory();
    const busyBox = program(directory, "", "tar (busybox) 1.36.1");
    expect(await createTarChildren([busyBox, join(directory, "missing")]).start(directory)).toBeUndefined();
  });

  test("that are killed in the middle are told of, and end the waiting for room", async () => {
    const root = temporaryDirectory();
    const making = await started(root, "head -c 100000 >/dev/null; kill -9 $$");
    const failure = await filled(making, root).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FilesNotMade);
    expect(String(failure)).toMatch(/tar was ended by SIGKILL$/);
    await expect(making.finish()).rejects.toBe(failure);
    await making.stop();
  });

  test("that complain are stopped at once, and the complaint is told", async () => {
    const root = temporaryDirectory();
    const complaint = "tar: f1: Cannot write: No space left on device";
    const making = await started(root, `echo "${complaint}" >&2; exec sleep 1000`);
    await expect(filled(making, root)).rejects.toThrow(complaint);
    await making.stop();
  });

  test("that complain in pieces are told of with all of it", async () => {
    const root = temporaryDirectory();
    const making = await started(root, 'printf tar: >&2; sleep 0.1; echo " f1: No space" >&2; exec sleep 1000');
    await expect(filled(making, root)).rejects.toThrow("tar: f1: No space");
    await making.stop();
  });

  test("that end well before they have everything have not done it", async () => {
    const root = temporaryDirectory();
    const making = await started(root, "head -c 1000 >/dev/null");
    await expect(filled(making, root)).rejects.toThrow("ended before it had everything");
    await making.stop();
  });

  test("that take nothing are given a bounded amount, and can be stopped", async () => {
    const root = temporaryDirectory();
    const making = await started(root, "exec sleep 1000");
    let bytes = 0;
    const given = filled(making, root, (length) => {
      bytes += length;
    }).catch((error: unknown) => error);
    while (!making.isFull) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(bytes).toBeLessThan(4 * 1024 * 1024);
    await making.stop();
    expect(await given).toBeInstanceOf(FilesNotMade);
  });

  test("that cannot be started are told of", async () => {
    const root = temporaryDirectory();
    const tar = program(root, "");
    const making = await createTarChildren([tar]).start(root);
    if (making === undefined) throw new Error("it should be taken for a GNU tar");
    chmodSync(tar, 0o600);
    writeFileSync(tar, "");
    making.take(file(root, "f"));
    await expect(making.finish()).rejects.toThrow(/failed to execute .*: Permission denied/);
    await making.stop();
  });
});

async function started(root: string, behaviour?: string): Promise<FileMaking> {
  const places = behaviour === undefined ? undefined : [program(temporaryDirectory(), behaviour)];
  const making = await createTarChildren(places).start(root);
  if (making === undefined) throw new Error("there is no GNU tar");
  return making;
}

/** A program that calls itself a GNU tar and then behaves in some way. */
function program(directory: string, behaviour: string, version = "tar (GNU tar) 1.34"): string {
  const path = join(directory, "tar");
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && { echo "${version}"; exit; }\n${behaviour}\n`, {
    mode: 0o755,
  });
  return path;
}

/** Gives files until it fails. */
async function filled(making: FileMaking, root: string, onTaken: (bytes: number) => void = () => {}): Promise<never> {
  const content = Buffer.alloc(100_000);
  for (let number = 0; ; number++) {
    if (making.isFull) await making.room();
    if (making.take(file(root, `f${number}`, { content }))) onTaken(content.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function file(root: string, name: string, facts: Partial<NewFile> = {}): NewFile {
  return { path: `${root}/${name}`, content: Buffer.from(name), mode: 0o644, mtimeMs: WHOLE_SECOND, ...facts };
}

function oddFiles(root: string, deep: string): readonly NewFile[] {
  const bytes = textOf(Buffer.from([0x63, 0x61, 0x66, 0xe9]));
  return [
    file(root, "line\nbreak"),
    file(root, "--checkpoint-action=exec=sh"),
    file(root, bytes),
    file(root, `${bytes}${"y".repeat(120)}`),
    file(root, "ü".repeat(127)),
    file(root, "n".repeat(100)),
    file(root, "n".repeat(101)),
    file(root, " blank "),
    file(root, "back\\slash"),
    file(root, `${deep}/${"f".repeat(255)}`),
    file(root, "closed", { mode: 0 }),
    file(root, "open", { mode: 0o777 }),
    file(root, "empty", { content: Buffer.alloc(0) }),
    file(root, "block", { content: Buffer.alloc(512, "b"), mtimeMs: WHOLE_SECOND + 123.456 }),
    file(root, "long", { content: Buffer.alloc(128 * 1024, "c"), mtimeMs: 0 }),
  ];
}

function listing(root: string, deep: string): Record<string, string> {
  const paths = [root, join(root, deep)].flatMap((directory) =>
    readdirSync(directory, "buffer").map((name) => `${directory}/${textOf(name)}`),
  );
  const entries = paths.map((path) => [path, lstatSync(pathOf(path), { bigint: true })] as const);
  return Object.fromEntries(
    entries
      .filter(([, status]) => status.isFile())
      .map(([path, { mode, mtimeNs, uid, gid, size }]) => {
        // An ordinary user cannot read what is closed.
        const content = (Number(mode) & 0o400) === 0 ? "" : readFileSync(pathOf(path), "latin1");
        // Below a microsecond Node.js 24 gives what a number of seconds cannot hold more exactly.
        return [path.slice(root.length), `${mode.toString(8)} ${mtimeNs / 1000n} ${uid}:${gid} ${size} ${content}`];
      }),
  );
}
