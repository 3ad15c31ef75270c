import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import type { ArchiveType } from "../../src/deployment/revision.ts";
import { localFileSystem } from "../../src/host/file-system.ts";
import type { Accounts } from "../../src/ports/accounts.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { deploymentHost, makeTree, names, snapshot } from "./download-fixture.ts";
import { paxEntry, tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const isRoot = process.getuid?.() === 0;
const hasZip = canRun("zip") && canRun("unzip");
const hasPython = canRun("python3", "--version");

function canRun(program: string, option = "-v"): boolean {
  return spawnSync(program, [option]).error === undefined;
}

/** A tree with everything that a revision may hold. */
function makeRevision(): string {
  const root = join(temporaryDirectory(), "revision");
  makeTree(root, {
    "appspec.yml": "version: 0.0\n",
    "empty/inner": undefined,
    "scripts/start.sh": "#!/bin/sh\n",
    "scripts/stop now.sh": "#!/bin/sh\n",
    zero: "",
    "big.bin": "0123456789abcdef".repeat(60_000),
    [`deep/${"d".repeat(120)}/${"f".repeat(120)}`]: "long names",
    "grün/naïve.txt": "umlauts",
  });
  linkSync(join(root, "appspec.yml"), join(root, "hard.yml"));
  symlinkSync("scripts/start.sh", join(root, "start"));
  symlinkSync("/var/lib/app", join(root, "data"));
  symlinkSync("nowhere", join(root, "dangling"));
  chmodSync(join(root, "scripts/start.sh"), 0o755);
  chmodSync(join(root, "scripts/stop now.sh"), 0o4711);
  chmodSync(join(root, "empty/inner"), 0o1777);
  chmodSync(join(root, "zero"), 0o400);
  // Only root can remove such a tree again.
  chmodSync(join(root, "empty"), isRoot ? 0o550 : 0o750);
  const old = new Date("2019-03-04T05:06:08Z");
  for (const name of ["scripts/start.sh", "zero", "scripts", "empty/inner", "empty"])
    utimesSync(join(root, name), old, old);
  return root;
}

const TARS: readonly { title: string; options: readonly string[]; type: ArchiveType }[] = [
  { title: "GNU tar", options: ["--format=gnu", "-cf"], type: "tar" },
  { title: "POSIX tar", options: ["--format=posix", "-cf"], type: "tar" },
  { title: "gzipped tar", options: ["--format=gnu", "-czf"], type: "tgz" },
];

describe("an archive made by the system's tar", () => {
  test.each(TARS)("($title) is unpacked as tar itself does", async ({ options, type }) => {
    const revision = makeRevision();
    const host = deploymentHost();
    const archive = join(host.directory, "archive");
    execFileSync("tar", [...options, archive, "-C", revision, "."]);
    const reference = join(host.directory, "reference");
    mkdirSync(reference);
    execFileSync("tar", ["-xpsf", archive, "-C", reference]);

    await host.downloadBytes(readFileSync(archive), type, { accounts: accountsWith({}) });

    expect(snapshot(host.paths().archive)).toEqual(snapshot(reference));
    const [one, other] = ["appspec.yml", "hard.yml"].map((name) => statSync(join(host.paths().archive, name)).ino);
    expect(one).toBe(other);
  });

  test.each(["gnu", "posix"])("has files with holes (%s)", async (format) => {
    const revision = join(temporaryDirectory(), "revision");
    makeTree(revision, { "appspec.yml": "version: 0.0\n", after: "z" });
    const holes = openSync(join(revision, "holes"), "w");
    for (let piece = 0; piece < 40; piece += 1) writeSync(holes, `piece ${piece}`, piece * 65_536);
    ftruncateSync(holes, 5_000_000);
    closeSync(holes);
    truncateSync(join(revision, "after"), 1_000_000);
    const host = deploymentHost();
    const archive = join(host.directory, "archive");
    execFileSync("tar", [`--format=${format}`, "-Scf", archive, "-C", revision, "."]);
    expect(statSync(archive).size).toBeLessThan(1_000_000);
    await host.downloadBytes(readFileSync(archive), "tar");
    expect(snapshot(host.paths().archive)).toEqual(snapshot(revision));
  });

  it("of Unix v7 is unpacked", async () => {
    const revision = join(temporaryDirectory(), "revision");
    makeTree(revision, { "appspec.yml": "version: 0.0\n", "bin/run": "x" });
    const host = deploymentHost();
    const archive = join(host.directory, "archive");
    execFileSync("tar", ["--format=v7", "-cf", archive, "-C", revision, "appspec.yml", "bin"]);
    await host.downloadBytes(readFileSync(archive), "tar");
    expect(names(host.paths().archive)).toEqual(["appspec.yml", "bin", "bin/run"]);
    expect(host.log.messages("warn")).toEqual([]);
  });
});

describe("owners", () => {
  const archive = tarBytes([
    { name: "by-name", uname: "app", gname: "web", uid: 4001, gid: 4002 },
    { name: "by-gnu-name", uname: "app", gname: "web", uid: 4001, gid: 4002, magic: "ustar  \0" },
    { name: "by-id", uname: "stranger", gname: "strangers", uid: 4003, gid: 4004 },
    paxEntry({ uname: "app", gid: "4005" }),
    { name: "by-pax", uname: "stranger", gname: "", uid: 4003, gid: 4004 },
    { name: "link", type: "2", linkname: "by-id", uname: "app", gid: 4006 },
    { name: "dir/", type: "5", mode: 0o2755, uname: "stranger", uid: 4007, gid: 4008 },
    { name: "set-id", mode: 0o4755, uid: 4009, gid: 4009 },
    { name: "digits", uname: "4001", uid: 4010, gid: 4010 },
    { name: "big", uname: "app", body: "x".repeat(200_000), gid: 4011 },
  ]);
  const owners = (directory: string) =>
    Object.fromEntries(
      names(directory).map((name) => {
        const { uid, gid, mode } = lstatSync(join(directory, name));
        return [name, `${uid}:${gid} ${(mode & 0o7000).toString(8)}`];
      }),
    );

  test.skipIf(!isRoot)("are restored by name, then by number (needs root)", async () => {
    const host = deploymentHost();
    await host.downloadBytes(archive, "tar", { accounts: accountsWith({ app: 3001, web: 3002, "4001": 3003 }) });
    expect(owners(host.paths().archive)).toEqual({
      "by-name": "3001:3002 0",
      "by-gnu-name": "3001:3002 0",
      "by-id": "4003:4004 0",
      "by-pax": "3001:4005 0",
      link: "3001:4006 0",
      dir: "4007:4008 2000",
      "set-id": "4009:4009 4000",
      digits: "4010:4010 0",
      big: "3001:4011 0",
    });
  });

  it("are left alone if the agent is not root", async () => {
    const host = deploymentHost();
    const status = async (path: string) => {
      const found = await localFileSystem.status(path);
      return found === undefined ? undefined : { ...found, uid: 1000 };
    };
    const fileSystem = { status, changeOwner: () => Promise.reject(new Error("only root may do that")) };
    await host.downloadBytes(archive, "tar", { accounts: accountsWith({ app: 3001 }), fileSystem });
    expect(statSync(join(host.paths().archive, "by-name")).uid).toBe(process.getuid?.());
  });

  it("are left alone without accounts", async () => {
    const host = deploymentHost();
    await host.downloadBytes(archive, "tar");
    const own = `${process.getuid?.()}:${process.getgid?.()}`;
    expect(new Set(Object.values(owners(host.paths().archive)).map((text) => text.split(" ")[0]))).toEqual(
      new Set([own]),
    );
  });
});

describe("a zip archive", () => {
  test.skipIf(!hasZip)("made by zip is unpacked as unzip does (needs zip and unzip)", async () => {
    const revision = makeRevision();
    const host = deploymentHost();
    const archive = join(host.directory, "archive.zip");
    execFileSync("zip", ["-qry", archive, "."], { cwd: revision });
    const reference = join(host.directory, "reference");
    execFileSync("unzip", ["-qo", archive, "-d", reference]);

    await host.downloadBytes(readFileSync(archive), "zip");

    const facts = { times: false, owners: false };
    const { ".": _ours, ...ours } = snapshot(host.paths().archive, facts);
    const { ".": _theirs, ...theirs } = snapshot(reference, facts);
    expect(ours).toEqual(theirs);
    // The format counts time in steps of two seconds; unzip knows the extra field that is more precise.
    expect(statSync(join(host.paths().archive, "scripts/start.sh")).mtime).toEqual(new Date("2019-03-04T05:06:08Z"));
  });

  it("has names of MS-DOS where they are not UTF-8", async () => {
    const bytes = zipBytes([{ name: "gr~n", body: "x", flags: 0 }]);
    for (let at = bytes.indexOf("~"); at !== -1; at = bytes.indexOf("~", at)) bytes[at] = 0x81;
    const host = deploymentHost();
    await host.downloadBytes(bytes, "zip");
    expect(names(host.paths().archive)).toEqual(["grün"]);
  });

  test.skipIf(!hasPython)("made by Python is unpacked (needs python3)", async () => {
    const host = deploymentHost();
    const archive = join(host.directory, "archive.zip");
    const script = [
      "import sys, zipfile",
      "archive = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)",
      "archive.writestr('appspec.yml', 'version: 0.0')",
      "archive.open('streamed', 'w', force_zip64=True).write(b'x' * 100000)",
      "archive.comment = b'c' * 60000",
      "archive.close()",
    ].join("\n");
    execFileSync("python3", [
      "-c",
      script
        .replace("archive.open(", "stream = archive.open(")
        .replace(".write(b'x'", "\nstream.write(b'x'")
        .replace("* 100000)", "* 100000)\nstream.close()"),
      archive,
    ]);
    await host.downloadBytes(readFileSync(archive), "zip");
    expect(names(host.paths().archive)).toEqual(["appspec.yml", "streamed"]);
    expect(readFileSync(join(host.paths().archive, "streamed"), "utf8")).toBe("x".repeat(100_000));
  });

  it("keeps modes without set-id bits, and gives usual ones where it has none", async () => {
    const host = deploymentHost();
    const entries = [
      { name: "run", mode: 0o104755, body: "x" },
      { name: "plain", mode: 0, host: 0, body: "x" },
      { name: "stored", mode: 0o100600, method: 0, body: "stored" },
      { name: "d/", mode: 0o040700 },
      { name: "e/", mode: 0, host: 0 },
      { name: "l", mode: 0o120777, body: "run" },
    ];
    await host.downloadBytes(zipBytes(entries), "zip");
    expect(snapshot(host.paths().archive, { times: false, owners: false })).toEqual({
      ".": "directory 755",
      "./run": "file 755 x",
      "./plain": "file 644 x",
      "./stored": "file 600 stored",
      "./d": "directory 700",
      "./e": "directory 755",
      "./l": "link run ",
    });
  });

  it("made on Windows with backslashes gets directories, with one warning", async () => {
    const host = deploymentHost();
    const entries = ["appspec.yml", "scripts\\start.sh", "scripts\\stop.sh"].map((name) => ({
      name,
      host: 0,
      body: "x",
    }));
    await host.downloadBytes(zipBytes(entries), "zip");
    expect(names(host.paths().archive)).toEqual(["appspec.yml", "scripts", "scripts/start.sh", "scripts/stop.sh"]);
    expect(host.log.messages("warn")).toEqual([expect.stringContaining("scripts\\start.sh")]);
  });

  it("without entries is an empty revision", async () => {
    const host = deploymentHost();
    await host.downloadBytes(zipBytes([]), "zip");
    expect(names(host.paths().archive)).toEqual([]);
  });

  it("leaves no copy of itself", async () => {
    const host = deploymentHost();
    await host.downloadBytes(zipBytes([{ name: "a", body: "x" }]), "zip");
    expect(names(host.paths().directory)).toEqual([".archive-manifest", "deployment-archive", "deployment-archive/a"]);
  });
});

describe("a wrongly declared type", () => {
  const tar = tarBytes([{ name: "a", body: "x" }]);
  test.each([
    ["zip", tar, "tar"],
    ["tar", gzipSync(tar), "tgz"],
    ["tgz", tar, "tar"],
    ["tar", zipBytes([{ name: "a", body: "x" }]), "zip"],
  ] as const)("%s is corrected with a warning", async (declared, bytes, actual) => {
    const host = deploymentHost();
    await host.downloadBytes(bytes, declared);
    expect(names(host.paths().archive)).toEqual(["a"]);
    expect(host.log.messages("warn")).toEqual([
      `s3://releases/app.${declared} was declared ${declared} but is ${actual}; it is unpacked as ${actual}.`,
    ]);
  });
});

describe("odd but valid tar archives", () => {
  it("may hold one name twice: the later entry counts", async () => {
    const host = deploymentHost();
    await host.downloadBytes(
      tarBytes([
        { name: "a", body: "1", mode: 0o444 },
        { name: "./a", body: "2" },
      ]),
      "tar",
    );
    expect(readFileSync(join(host.paths().archive, "a"), "utf8")).toBe("2");
  });

  it("may hold newlines in names", async () => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes([paxEntry({ path: "a\nb=c" }), { name: "short", body: "x" }]), "tar");
    expect(names(host.paths().archive)).toEqual(["a\nb=c"]);
  });

  it("may hold a hard link to a symbolic link, which becomes another one", async () => {
    const host = deploymentHost();
    const entries = [
      { name: "l", type: "2", linkname: "x" },
      { name: "m", type: "1", linkname: "l" },
    ];
    await host.downloadBytes(tarBytes(entries), "tar");
    expect(snapshot(host.paths().archive, { times: false, owners: false })).toMatchObject({ "./m": "link x " });
  });

  it("may begin with a global pax header, as git archive writes it", async () => {
    const host = deploymentHost();
    const entries = [paxEntry({ comment: "0a1b", path: "not for all" }, "g"), { name: "a" }, { name: "b" }];
    await host.downloadBytes(tarBytes(entries), "tar");
    expect(names(host.paths().archive)).toEqual(["a", "b"]);
  });

  it("may consist of several gzip members", async () => {
    const host = deploymentHost();
    const bytes = tarBytes([{ name: "a", body: "x" }]);
    await host.downloadBytes(Buffer.concat([gzipSync(bytes.subarray(0, 700)), gzipSync(bytes.subarray(700))]), "tgz");
    expect(names(host.paths().archive)).toEqual(["a"]);
  });

  it("may close directories to their owner, which are closed from the inside", async () => {
    const host = deploymentHost();
    const closed: string[] = [];
    const changeMode = async (path: string) => void closed.push(path.slice(host.paths().archiveBeingUnpacked.length));
    const entries = [
      { name: "a/", type: "5", mode: 0 },
      { name: "a/b/", type: "5", mode: 0 },
      { name: "a/b/c", body: "x" },
      { name: "z/y", body: "x" },
    ];
    await host.downloadBytes(tarBytes(entries), "tar", { fileSystem: { changeMode } });
    expect(closed).toEqual(["/z", "/a/b", "/a", ""]);
  });

  it("may be empty", async () => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes([]), "tar");
    expect(names(host.paths().archive)).toEqual([]);
  });
});

/** Accounts with these names; users and groups are looked up alike. */
function accountsWith(ids: Readonly<Record<string, number>>): Accounts {
  return {
    user: async (name) => {
      const uid = ids[name];
      return uid === undefined ? undefined : { name, uid, gid: uid, home: "/", shell: "/bin/sh" };
    },
    group: async (name) => ids[name],
    groupsOf: async () => [],
  };
}
