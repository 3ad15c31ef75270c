import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32, gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import type { Accounts } from "../../src/ports/accounts.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";
import { deploymentHost, names, snapshot } from "./download-fixture.ts";
import { paxEntry, tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const isRoot = process.getuid?.() === 0;
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
  it("has names of MS-DOS where they are not UTF-8", async () => {
    const bytes = zipBytes([{ name: "gr~n", body: "x", flags: 0, host: 0 }]);
    for (let at = bytes.indexOf("~"); at !== -1; at = bytes.indexOf("~", at)) bytes[at] = 0x81;
    const host = deploymentHost();
    await host.downloadBytes(bytes, "zip");
    expect(names(host.paths().archive)).toEqual(["grün"]);
  });

  test.each(["signed", "bare", "zip64"] as const)("may have lengths behind the contents (%s)", async (descriptor) => {
    const host = deploymentHost();
    const entries = [
      { name: "deflated", body: "x".repeat(300_000), descriptor },
      { name: "stored", body: "PK\x07\x08 is how a descriptor begins", method: 0, descriptor },
      { name: "after", body: "y" },
    ];
    await host.downloadBytes(zipBytes(entries), "zip");
    expect(names(host.paths().archive)).toEqual(["after", "deflated", "stored"]);
    expect(readFileSync(join(host.paths().archive, "stored"), "utf8")).toBe(entries[1]?.body);
    expect(readFileSync(join(host.paths().archive, "deflated"), "utf8")).toBe(entries[0]?.body);
  });

  it("has names as they are where they are neither UTF-8 nor of MS-DOS, in links too", async () => {
    const bytes = zipBytes([
      { name: "caf~", body: "x", flags: 0 },
      { name: "link", body: "caf~", mode: 0o120777, method: 0, crc: crc32(Buffer.from("caf\xe9", "latin1")) },
    ]);
    for (let at = bytes.indexOf("~"); at !== -1; at = bytes.indexOf("~", at)) bytes[at] = 0xe9;
    const host = deploymentHost();
    await host.downloadBytes(bytes, "zip");
    const archive = Buffer.from(host.paths().archive);
    expect(readdirSync(archive, "latin1" as BufferEncoding)).toEqual(["café", "link"]);
    expect(readlinkSync(`${archive}/link`, "latin1")).toBe("café");
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
    const top = host.paths().archiveBeingUnpacked;
    const changeAttributes: FileSystem["changeAttributes"] = async (changes) =>
      void closed.push(...changes.map(({ path }) => path.slice(top.length)));
    const entries = [
      { name: "a/", type: "5", mode: 0 },
      { name: "a/b/", type: "5", mode: 0 },
      { name: "a/b/c", body: "x" },
      { name: "z/y", body: "x" },
    ];
    await host.downloadBytes(tarBytes(entries), "tar", { fileSystem: { changeAttributes } });
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
