import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import type { InstallRequest } from "../../src/install/request.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";
import { withCalls } from "../support/failing-file-system.ts";
import { appSpec, permission, type Workplace, workplace } from "./workplace.ts";

const lacksAcls = spawnSync("setfacl", ["--version"]).status !== 0;
const isRoot = process.getuid?.() === 0;

/** Enough files for directories to be copied as they are, of every kind that needs a second look. */
async function manyFiles(place: Workplace): Promise<InstallRequest> {
  const many = Array.from({ length: 480 }, (_, index) => [`d${index % 30}/sub/f${index}`, `${index}`]);
  const links = { "d1/to-file": "-> sub/f1", "d2/dangling": "-> nowhere", "d3/to-directory": "-> ../d4" };
  const odd = { "d5/two\nlines": "n", "d6/caf\udce9": "c", "d7/-dash": "d", "d8/sub/deeper/one": "1", top: "t" };
  const request = await place.revision({ ...Object.fromEntries(many), ...links, ...odd });
  const inArchive = (name: string) => join(request.archive, name);
  mkdirSync(inArchive("d9/empty"));
  chmodSync(inArchive("d10/sub/f10"), 0o4755);
  chmodSync(inArchive("d10/sub/f40"), 0o666);
  chmodSync(inArchive("d10/sub/f70"), 0o444);
  writeFileSync(inArchive("d11/sparse"), Buffer.alloc(2 ** 20));
  const app = join(place.host, "app");
  const extra = { source: "d12", destination: join(app, "d13") };
  const owner = isRoot ? { owner: "app", group: "web" } : {};
  const permissions = [
    permission({ object: join(app, "d14"), mode: 0o750, ...owner, types: ["file", "directory"] }),
    permission({ object: join(app, "d15"), pattern: "f15", mode: 0o6711, types: ["file"] }),
  ];
  const files = [{ source: "", destination: app }, extra];
  return { ...request, appSpec: appSpec({ files, permissions }), fileExistsBehavior: "OVERWRITE" };
}

/** What is there in the end, but for what differs from one Install to the next and the times of directories. */
async function outcome(place: Workplace): Promise<unknown> {
  const found = Object.entries(await place.snapshot()).map(([name, value]) => {
    const { inode: _, mtimeMs, ...rest } = value as Record<string, unknown>;
    return [name, rest["kind"] === "directory" ? rest : { ...rest, mtimeMs: Math.floor(Number(mtimeMs) / 1000) }];
  });
  const text = JSON.stringify(found).replaceAll(place.root, "").replaceAll(encodeURIComponent(place.root), "");
  return JSON.parse(text);
}

async function installed(change: (fileSystem: FileSystem) => Partial<FileSystem>) {
  const place = await workplace();
  const request = await manyFiles(place);
  for (const name of ["d0/sub/f0", "d10/sub/f10", "d1/to-file"]) {
    await place.fileSystem.changeTime(join(request.archive, name), 1_500_000_000_000);
  }
  const calls: string[] = [];
  const counted = withCalls(place.fileSystem, {
    copyEntries: async (shares, options) => {
      const succeeded = await place.fileSystem.copyEntries(shares, options);
      calls.push(`copied ${succeeded}`);
      return succeeded;
    },
  });
  await install(request, place.ports({ fileSystem: withCalls(counted, change(counted)) }));
  return { place, calls, outcome: await outcome(place) };
}

const oneByOne = () => ({ copyEntries: async () => false, tree: async () => undefined });
const timeless = (found: unknown) =>
  JSON.parse(JSON.stringify(found).replaceAll(/"mtimeMs":1[67]\d+/g, '"mtimeMs":"now"'));

describe("directories that are copied as they are", () => {
  test("become what they become file by file", async () => {
    const [copied, made] = [await installed(() => ({})), await installed(oneByOne)];
    expect(copied.calls).toEqual(["copied true"]);
    expect(made.calls).toEqual([]);
    expect(timeless(copied.outcome)).toEqual(timeless(made.outcome));
  });

  test.each<[string, number | undefined, readonly string[]]>([
    ["without permissions", undefined, ["d10/sub/f10"]],
    ["when most get the same mode", 0o600, ["d10/sub/f70"]],
    ["that may be wider than theirs", 0o755, ["all"]],
  ])("%s have their permission bits from the beginning, but for some", async (_, mode, exceptions) => {
    const place = await workplace();
    const request = await manyFiles(place);
    const app = join(place.host, "app");
    const all = permission({ object: app, pattern: "**", mode: mode ?? 0, types: ["file"] });
    const permissions = mode === undefined ? [] : [all];
    const changed: string[] = [];
    const fileSystem = withCalls(place.fileSystem, {
      giveAttributes: (objects) => {
        for (const object of objects) if (object.mode !== undefined) changed.push(basename(object.path));
        return place.fileSystem.giveAttributes(objects);
      },
    });
    await install(
      { ...request, appSpec: appSpec({ files: [{ source: "", destination: app }], permissions }) },
      place.ports({ fileSystem }),
    );
    if (exceptions[0] === "all") expect(changed.length).toBeGreaterThan(480);
    else expect(changed).toEqual(exceptions.map((name) => basename(name)));
    for (const name of ["d0/sub/f0", "d10/sub/f10", "d10/sub/f40", "d10/sub/f70", "d8/sub/deeper/one"]) {
      const [source, copy] = await place.fileSystem.statuses([join(request.archive, name), join(app, name)]);
      expect(copy?.mode).toBe(mode ?? source?.mode);
    }
  });

  test.skipIf(!isRoot).each([
    ["all of them", [], ["copied", "owner"]],
    ["all but one, which is never anybody else's", ["f40"], ["copied"]],
  ])("get their owner with the copy when it is that of %s (needs root)", async (_, except, steps) => {
    const place = await workplace();
    const request = await manyFiles(place);
    const app = join(place.host, "app");
    const done = new Set<string>();
    const fileSystem = withCalls(place.fileSystem, {
      copyEntries: (shares, options) => {
        done.add("copied");
        if (options.owner !== undefined) done.add("owner");
        return place.fileSystem.copyEntries(shares, options);
      },
    });
    const owner = { pattern: "**", owner: "app", group: "web" };
    const others = Array.from({ length: 30 }, (_, index) => `d${index}`).filter((name) => name !== "d10");
    const permissions = [
      ...others.map((name) => permission({ object: join(app, name), ...owner })),
      permission({ object: join(app, "d10/sub"), ...owner, except }),
    ];
    await install(
      { ...request, appSpec: appSpec({ files: [{ source: "", destination: app }], permissions }) },
      place.ports({ fileSystem }),
    );
    expect([...done]).toEqual(steps);
    const names = [
      "d0/sub/f0",
      "d10/sub/f10",
      "d1/to-file",
      "d2/dangling",
      "d5/two\nlines",
      "d6/caf\udce9",
      "d10/sub/f40",
      "d0",
    ];
    const statuses = await place.fileSystem.statuses(names.map((name) => join(app, name)));
    const ids = statuses.map((status) => `${status?.uid}:${status?.gid}`);
    expect(ids.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => ids[0]));
    expect(ids[0]).not.toBe("0:0");
    expect(ids[6]).toBe(except.length === 0 ? ids[0] : "0:0");
    const [source, copy] = await place.fileSystem.statuses([
      join(request.archive, "d10/sub/f10"),
      join(app, "d10/sub/f10"),
    ]);
    expect(copy?.mode).toBe(source?.mode);
  });

  test("are made file by file when copying fails in the middle", async () => {
    const made = await installed(oneByOne);
    const failed = await installed((fileSystem) => ({
      copyEntries: async (shares, options) => {
        await fileSystem.copyEntries(shares.slice(0, 1), options);
        return false;
      },
    }));
    expect(failed.calls).toEqual(["copied true"]);
    expect(timeless(failed.outcome)).toEqual(timeless(made.outcome));
  });

  test("leave nothing when a file cannot be made in the end", async () => {
    const place = await workplace();
    const request = await manyFiles(place);
    const before = await place.snapshot();
    const fileSystem = withCalls(place.fileSystem, {
      giveAttributes: () =>
        Promise.reject(Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC", index: 0 })),
    });
    expect(await place.failure(request, { fileSystem })).toContain("no space is left");
    expect(await place.snapshot()).toEqual(before);
  });

  test("leave nothing when the Install is interrupted while they are copied", async () => {
    const place = await workplace();
    const request = await manyFiles(place);
    const before = await place.snapshot();
    const stop = new AbortController();
    const fileSystem = withCalls(place.fileSystem, {
      copyEntries: (shares, options) => {
        const copying = place.fileSystem.copyEntries(shares, options);
        stop.abort();
        return copying;
      },
    });
    await expect(install(request, place.ports({ fileSystem }), stop.signal)).rejects.toThrow();
    expect(await place.snapshot()).toEqual(before);
  });

  test.skipIf(lacksAcls)("keep their modes below a default access control list (needs setfacl)", async () => {
    const place = await workplace();
    const request = await manyFiles(place);
    mkdirSync(place.host, { recursive: true });
    execFileSync("setfacl", ["-d", "-m", "u::rwx,g::---,o::---", place.host]);
    await install(request, place.ports());
    const [source, copy] = await place.fileSystem.statuses([
      join(request.archive, "d10/sub/f100"),
      join(place.host, "app/d10/sub/f100"),
    ]);
    expect((source?.mode ?? 0) & 0o044).toBe(0o044);
    expect(copy?.mode).toBe(source?.mode);
  });
});
