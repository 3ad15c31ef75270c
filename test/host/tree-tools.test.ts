import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { pathOf } from "../../src/ports/bytes.ts";
import type { FileStatus, NewObject, TreeEntry } from "../../src/ports/file-system.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const isRoot = process.getuid?.() === 0;
const ODD_NAMES = ["two\nlines", 'quo"te', "-dash", " blank ", "$(x);", "caf\udce9", "\u{1F600}", "n".repeat(255)];
const PATH = process.env["PATH"] ?? "";

let root = "";
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => {
  process.env["PATH"] = PATH;
});

function plant(directory: string): void {
  for (const [index, name] of [...ODD_NAMES, "plain"].entries()) {
    mkdirSync(pathOf(`${directory}/${name}`), { recursive: true });
    const file = `${directory}/${name}/${name}`;
    writeFileSync(pathOf(file), "x".repeat(index * 1000));
    chmodSync(pathOf(file), index % 2 === 0 ? 0o640 : 0o4751);
    utimesSync(pathOf(file), 1_600_000_000 + index, 1_600_000_000.123456 + index);
  }
  mkdirSync(join(directory, "empty/inside"), { recursive: true });
  symlinkSync("../nowhere", join(directory, "link"));
  symlinkSync("plain", join(directory, "plain-link"));
  execFileSync("mkfifo", [join(directory, "fifo")]);
}

describe("listing a tree", () => {
  test("says of everything what looking at each says", async () => {
    plant(root);
    const tree = await localFileSystem.tree(root);
    const found = new Map<string, TreeEntry>();
    for (const [directory, entries] of tree ?? []) {
      for (const entry of entries) found.set(`${directory}/${entry.name}`, entry);
    }
    const expected = new Map<string, Partial<FileStatus> | undefined>();
    const collect = async (directory: string): Promise<void> => {
      for (const name of await localFileSystem.list(directory)) {
        const path = `${directory}/${name}`;
        const status = await localFileSystem.status(path);
        const { changedMs: _, ...rest } = status ?? {};
        expected.set(path, rest);
        if (status?.kind === "directory") await collect(path);
      }
    };
    await collect(root);
    expect(new Map([...found].map(([path, { status }]) => [path, status]))).toEqual(expected);
    expect([...found.values()].every(({ kind, status }) => kind === status.kind)).toBe(true);
    expect(found.size).toBe(ODD_NAMES.length * 2 + 2 + 2 + 3);
  });

  test("says it of a large one, whose listing comes in pieces", async () => {
    const names = Array.from({ length: 1500 }, (_, index) => `${"\u00e9".repeat(index % 40)}${index}`);
    for (const name of [...names, "caf\udce9"]) writeFileSync(pathOf(`${root}/${name}`), "");
    const tree = await localFileSystem.tree(root);
    expect(
      tree
        ?.get(root)
        ?.map(({ name }) => name)
        .toSorted(),
    ).toEqual([...names, "caf\udce9"].toSorted());
    expect(tree?.get(root)?.every(({ kind, status }) => kind === "file" && status.size === 0)).toBe(true);
  });

  test("of an empty directory has that one only", async () => {
    expect(await localFileSystem.tree(root)).toEqual(new Map([[root, []]]));
  });

  test("is not to be had of a directory that is not there", async () => {
    expect(await localFileSystem.tree(join(root, "absent"))).toBeUndefined();
  });

  test("is not to be had without find, or with one that does not know the format", async () => {
    process.env["PATH"] = root;
    expect(await localFileSystem.tree(root)).toBeUndefined();
    writeFileSync(join(root, "find"), "#!/bin/sh\necho 'find: unrecognized: -printf' >&2\nexit 1\n", { mode: 0o755 });
    expect(await localFileSystem.tree(root)).toBeUndefined();
  });

  test.skipIf(isRoot)("is not to be had where something cannot be read (root can read everything)", async () => {
    mkdirSync(join(root, "closed"), { mode: 0 });
    expect(await localFileSystem.tree(root)).toBeUndefined();
  });
});

describe("copying directories", () => {
  test("brings content, links and times into directories that are there", async () => {
    const [from, to] = [join(root, "from"), join(root, "to")];
    plant(from);
    execFileSync("rm", [join(from, "fifo")]);
    for (const directory of ["plain", "empty/inside"]) mkdirSync(join(to, directory), { recursive: true });
    const names = ["plain", "empty", "link", "plain-link", "two\nlines", "-dash"];
    expect(await localFileSystem.copyEntries([{ from, to, names }], { umask: 0o022 })).toBe(true);
    expect(readdirSync(to).toSorted()).toEqual(names.toSorted());
    for (const file of ["plain/plain", "two\nlines/two\nlines", "link"]) {
      const [source, copy] = await localFileSystem.statuses([`${from}/${file}`, `${to}/${file}`]);
      expect(copy).toMatchObject({ kind: source?.kind, size: source?.size, mtimeMs: source?.mtimeMs });
      expect((copy?.mode ?? 0) & 0o7000).toBe(0);
    }
    expect(await localFileSystem.readLink(`${to}/plain-link`)).toBe("plain");
  });

  test.each([0, 0o022, 0o137])(
    "leaves out the permission bits of the umask %o, whatever the agent's own is",
    async (umask) => {
      const [from, to] = [join(root, "from"), join(root, "to")];
      mkdirSync(join(to, "d"), { recursive: true });
      mkdirSync(join(from, "d"), { recursive: true });
      for (const mode of [0o666, 0o755, 0o4711, 0o600]) {
        writeFileSync(join(from, "d", `${mode}`), "");
        chmodSync(join(from, "d", `${mode}`), mode);
      }
      expect(await localFileSystem.copyEntries([{ from, to, names: ["d"] }], { umask })).toBe(true);
      for (const mode of [0o666, 0o755, 0o4711, 0o600]) {
        const copy = await localFileSystem.status(join(to, "d", `${mode}`));
        expect(copy?.mode.toString(8)).toBe((mode & 0o777 & ~umask).toString(8));
      }
    },
  );

  test.skipIf(!isRoot)("gives files and links an owner, and leaves theirs to directories (needs root)", async () => {
    const [from, to] = [join(root, "from"), join(root, "to")];
    plant(from);
    const names = ["plain", "plain-link", "two\nlines", "-dash"];
    for (const directory of ["plain", "two\nlines"]) mkdirSync(join(to, directory), { recursive: true });
    const options = { umask: 0o027, owner: { uid: 12_345, gid: 23_456 } };
    expect(await localFileSystem.copyEntries([{ from, to, names }], options)).toBe(true);
    for (const path of ["plain/plain", "plain-link", "two\nlines/two\nlines"]) {
      expect(await localFileSystem.status(join(to, path))).toMatchObject(options.owner);
      expect(await localFileSystem.status(join(from, path))).not.toMatchObject(options.owner);
    }
    expect(await localFileSystem.status(join(to, "plain"))).toMatchObject({ kind: "directory", uid: 0, gid: 0 });
    expect(((await localFileSystem.status(join(to, "plain/plain")))?.mode ?? 0o777) & 0o027).toBe(0);
    writeTool("chown", "#!/bin/sh\nexit 1\n");
    expect(await localFileSystem.copyEntries([{ from, to, names }], options)).toBe(false);
  });

  test("is false when one of the copies fails, when a name is not UTF-8, and without the tools", async () => {
    const [from, to] = [join(root, "from"), join(root, "to")];
    plant(from);
    mkdirSync(to);
    expect(await localFileSystem.copyEntries([{ from, to, names: ["plain", "absent"] }], { umask: 0o022 })).toBe(false);
    expect(await localFileSystem.copyEntries([{ from, to, names: ["caf\udce9"] }], { umask: 0o022 })).toBe(false);
    process.env["PATH"] = root;
    expect(await localFileSystem.copyEntries([{ from, to, names: ["plain"] }], { umask: 0o022 })).toBe(false);
  });

  test("begins nothing when it is to stop already, and ends what is under way", async () => {
    const [from, to] = [join(root, "from"), join(root, "to")];
    mkdirSync(from);
    mkdirSync(to);
    execFileSync("mkfifo", [join(from, "endless")]);
    expect(
      await localFileSystem.copyEntries([{ from, to, names: ["endless"] }], {
        umask: 0o022,
        signal: AbortSignal.abort(),
      }),
    ).toBe(false);
    const stop = new AbortController();
    writeTool("cp", "#!/bin/sh\nexec sleep 60\n");
    const copying = localFileSystem.copyEntries([{ from, to, names: ["endless"] }], {
      umask: 0o022,
      signal: stop.signal,
    });
    stop.abort();
    expect(await copying).toBe(false);
  });

  test.each(["", ", owner: { uid: 1, gid: 1 }"])(
    "ends with the agent, even with one that is killed%s",
    async (owner) => {
      const pid = join(root, "pid");
      writeTool("cp", `#!/bin/sh\necho $$ >'${pid}.new'\nmv '${pid}.new' '${pid}'\nexec sleep 60\n`);
      const program = join(root, "program.mjs");
      await build({
        stdin: {
          contents: `import { copyEntries } from "./copy-entries.ts"; await copyEntries([{ from: "/", to: "/", names: ["x"] }], { umask: 0o022${owner} });`,
          resolveDir: fileURLToPath(new URL("../../src/host/tree-tools", import.meta.url)),
        },
        bundle: true,
        platform: "node",
        format: "esm",
        outfile: program,
      });
      const agent = spawn(process.execPath, [program], { stdio: "ignore" });
      while (!existsSync(pid)) await delay(5);
      const copier = Number(await localFileSystem.readText(pid));
      agent.kill("SIGKILL");
      await once(agent, "close");
      while (isAlive(copier)) await delay(5);
    },
  );
});

/** A tool of that name is found before the system's. */
function writeTool(name: string, script: string): void {
  const directory = join(root, "tools");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), script, { mode: 0o755 });
  process.env["PATH"] = `${directory}:${PATH}`;
}

/** A process that has ended may wait for somebody to ask how. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

describe("giving many objects their owners and modes", () => {
  const COUNT = 900;

  function manyObjects(): readonly NewObject[] {
    return Array.from({ length: COUNT }, (_, index): NewObject => {
      const path = join(root, `${ODD_NAMES[1]}${index}`);
      const isLink = index % 3 === 0;
      if (isLink) symlinkSync("nowhere", path);
      else writeFileSync(path, "");
      const owner = index % 2 === 0 ? { owner: { uid: 1, gid: -1 } } : {};
      const mode = isLink ? {} : { mode: index % 5 === 0 ? 0o4751 : 0o640 };
      const kind = isLink ? "link" : "file";
      return { kind, path, from: "nowhere", wishedOwner: { uid: 2, gid: 3 }, ...owner, ...mode, mtimeMs: 0 };
    });
  }

  async function given(objects: readonly NewObject[]): Promise<readonly unknown[]> {
    await localFileSystem.giveAttributes(objects);
    const statuses = await localFileSystem.statuses(objects.map(({ path }) => path));
    return statuses.map((status) => ({ uid: status?.uid, gid: status?.gid, mode: status?.mode }));
  }

  test.skipIf(!isRoot)("does by programs what threads do (needs root)", async () => {
    const objects = manyObjects();
    const byPrograms = await given(objects);
    expect(byPrograms.slice(0, 6)).toEqual([
      { uid: 1, gid: 3, mode: 0o777 },
      { uid: 2, gid: 3, mode: 0o640 },
      { uid: 1, gid: 3, mode: 0o640 },
      { uid: 2, gid: 3, mode: 0o777 },
      { uid: 1, gid: 3, mode: 0o640 },
      { uid: 2, gid: 3, mode: 0o4751 },
    ]);
    execFileSync("chown", ["-h", "0:0", ...objects.map(({ path }) => path)]);
    process.env["PATH"] = root;
    expect(await given(objects)).toEqual(byPrograms);
  });

  test.skipIf(!isRoot)("names the one that fails (needs root)", async () => {
    const objects = manyObjects();
    const gone = objects[7]?.path ?? "";
    rmSync(gone);
    await expect(localFileSystem.giveAttributes(objects)).rejects.toMatchObject({ code: "ENOENT", index: 7 });
  });
});
