import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { EntryTexts } from "../../src/bundle/entry-texts.ts";
import { type DownloadSetup, deploymentHost, eagerMakers, failureOf, NOTHING_LEFT, names } from "./download-fixture.ts";
import { paxEntry, type TarEntryBytes, tarBytes } from "./tar-bytes.ts";
import { type ZipEntryBytes, zipBytes } from "./zip-bytes.ts";

/** Whoever makes the files, the outcome is the same. */
const MAKERS: readonly (readonly [string, DownloadSetup])[] = [
  ["by the agent", {}],
  ["by tar programs", { fileMakers: eagerMakers() }],
];

interface Hostile {
  readonly title: string;
  readonly entries: readonly TarEntryBytes[];
  readonly says: string;
}

const sparse = (size: string) => paxEntry({ "GNU.sparse.major": "1", "GNU.sparse.realsize": size });
const sparseBody = (map: string, data: string) => map.padEnd(512, "\0") + data;

const LINK = { name: "current", type: "2", linkname: "/etc" };

const LONG = "q".repeat(900_000);

const HOSTILE_TARS: readonly Hostile[] = [
  {
    title: "a link text that Linux does not take",
    entries: [paxEntry({ linkpath: LONG }), { name: "l", type: "2" }],
    says: 'entry "l" (byte 900608) is a link to more than 4095 bytes',
  },
  {
    title: "a hard link to a name that Linux does not take",
    entries: [paxEntry({ linkpath: LONG }), { name: "l", type: "1" }],
    says: 'entry "l" (byte 900608) is a link to more than 4095 bytes',
  },
  {
    title: "a name of slashes that Linux does not take",
    entries: [paxEntry({ path: `${"/".repeat(900_000)}a` }), { name: "x", type: "2", linkname: "y" }],
    says: "has a name of more than 4095 bytes",
  },
  {
    title: "a part of a name that no file system takes",
    entries: [{ name: "d/a" }, paxEntry({ path: `d/${"é".repeat(128)}` }), { name: "x" }],
    says: "has a name with a part of more than 255 bytes",
  },
  { title: "a link to nothing", entries: [{ name: "l", type: "2" }], says: "is a symbolic link to nothing" },
  { title: "a name that climbs", entries: [{ name: "../evil" }], says: 'entry "../evil" (byte 0) contains ".."' },
  { title: "a name that climbs beside another", entries: [{ name: "d/a" }, { name: "d/.." }], says: 'contains ".."' },
  {
    title: "a NUL in a pax path beside another",
    entries: [{ name: "d/a" }, paxEntry({ path: "d/a\0b" }), { name: "x" }],
    says: "contains a NUL byte",
  },
  {
    title: "a link beside another, and a file through it",
    entries: [{ name: "d/a" }, { name: "d/l", type: "2", linkname: "/etc" }, { name: "d/l/evil" }],
    says: 'leads through the symbolic link "d/l"',
  },
  { title: "a name that climbs later", entries: [{ name: "a/../../evil" }], says: 'contains ".."' },
  {
    title: "a pax path that climbs",
    entries: [paxEntry({ path: "a/../../../evil" }), { name: "harmless" }],
    says: 'entry "a/../../../evil"',
  },
  {
    title: "a GNU long name that climbs",
    entries: [{ name: "././@LongLink", type: "L", body: "../evil\0" }, { name: "harmless" }],
    says: 'entry "../evil"',
  },
  {
    title: "a NUL in a pax path",
    entries: [paxEntry({ path: "a\0b" }), { name: "harmless" }],
    says: 'entry "a\\u0000b" (byte 0) contains a NUL byte'.replace("byte 0", "byte 1024"),
  },
  {
    title: "a name without a name",
    entries: [{ name: "." }],
    says: "is a file where the archive has a directory already",
  },
  {
    title: "a file below a link to the outside",
    entries: [LINK, { name: "current/passwd", body: "root" }],
    says: 'entry "current/passwd" (byte 512) leads through the symbolic link "current"',
  },
  {
    title: "a file below a link to the inside",
    entries: [{ name: "lib/a" }, { name: "l", type: "2", linkname: "lib" }, { name: "l/b" }],
    says: 'leads through the symbolic link "l"',
  },
  {
    title: "links within links",
    entries: [{ name: "a", type: "2", linkname: "." }, { name: "b", type: "2", linkname: "a/.." }, { name: "b/evil" }],
    says: 'leads through the symbolic link "b"',
  },
  {
    title: "a directory in the place of a link",
    entries: [LINK, { name: "current/", type: "5" }],
    says: "is a directory where the archive has a symbolic link already",
  },
  {
    title: "a link in the place of a directory",
    entries: [{ name: "current/", type: "5" }, LINK],
    says: "is a symbolic link where the archive has a directory already",
  },
  {
    title: "a file below a file",
    entries: [{ name: "a" }, { name: "a/b" }],
    says: 'lies below "a", which is a file in the same archive',
  },
  {
    title: "a hard link to the outside",
    entries: [{ name: "shadow", type: "1", linkname: "../../../etc/shadow" }],
    says: 'is a hard link to "../../../etc/shadow", which contains ".."',
  },
  {
    title: "an absolute hard link",
    entries: [{ name: "shadow", type: "1", linkname: "/etc/shadow" }],
    says: 'is a hard link to "/etc/shadow", which is no earlier entry of the archive',
  },
  {
    title: "a hard link to a file below a link",
    entries: [LINK, { name: "shadow", type: "1", linkname: "current/shadow" }],
    says: "which is no earlier entry of the archive",
  },
  {
    title: "a hard link to a directory",
    entries: [
      { name: "d/", type: "5" },
      { name: "h", type: "1", linkname: "d" },
    ],
    says: 'is a hard link to the directory "d"',
  },
  {
    title: "a character device",
    entries: [{ name: "dev/null", type: "3" }],
    says: 'entry "dev/null" (byte 0) is a character device',
  },
  { title: "a block device", entries: [{ name: "sda", type: "4" }], says: "is a block device" },
  { title: "a FIFO", entries: [{ name: "pipe", type: "6" }], says: "is a FIFO" },
  {
    title: "an unknown type",
    entries: [{ name: "m", type: "M" }],
    says: 'is of the tar type "M", which this agent cannot unpack',
  },
  {
    title: "a sparse file without a map",
    entries: [paxEntry({ "GNU.sparse.major": "1" }), { name: "GNUSparseFile.1/a" }],
    says: 'entry "GNUSparseFile.1/a" at byte 1024: its map of holes is wrong',
  },
  {
    title: "a sparse file whose map has an offset without a length",
    entries: [paxEntry({ "GNU.sparse.size": "9", "GNU.sparse.map": "0,4,8" }), { name: "a", body: "data" }],
    says: "its map of holes is wrong",
  },
  {
    title: "a sparse file whose map has more than the archive",
    entries: [
      paxEntry({ "GNU.sparse.size": "9", "GNU.sparse.offset": "4", "GNU.sparse.numbytes": "5" }),
      { name: "a" },
    ],
    says: "its map of holes is wrong",
  },
  {
    title: "a sparse file with more than it says",
    entries: [sparse("3"), { name: "a", body: sparseBody("1\n0\n4\n", "data") }],
    says: "its map of holes is wrong",
  },
  {
    title: "a sparse file whose pieces overlap",
    entries: [sparse("9"), { name: "a", body: sparseBody("2\n0\n4\n2\n4\n", "datadata") }],
    says: "its map of holes is wrong",
  },
  {
    title: "a sparse file with an endless map",
    entries: [sparse("9"), { name: "a", body: sparseBody("99999999\n", "") }],
    says: "its map of holes is wrong",
  },
];

describe.each(MAKERS)("unpacked %s, a tar archive with", (_whose, setup) => {
  test.each(HOSTILE_TARS)("$title is refused and leaves nothing", async ({ entries, says }) => {
    const host = deploymentHost();
    const bytes = tarBytes([{ name: "appspec.yml", body: "version: 0.0\n" }, ...entries]);
    const error = await failureOf(host.downloadBytes(bytes, "tar", setup));
    expect(error.message.replace(/byte (\d+)/, (_, at) => `byte ${Number(at) - 1024}`)).toContain(says);
    expect(error.code).toBe(5);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });

  it("an absolute name is unpacked without the slash, with one warning", async () => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes([{ name: "/etc/app.conf", body: "x" }, { name: "//srv/b" }]), "tar", setup);
    expect(names(host.paths().archive)).toEqual(["etc", "etc/app.conf", "srv", "srv/b"]);
    expect(host.log.messages("warn")).toEqual([
      'The bundle has absolute names, such as "/etc/app.conf"; the leading "/" is taken off.',
    ]);
  });

  it("a link to the outside keeps the link, which nothing is written through", async () => {
    const host = deploymentHost();
    const outside = host.file("outside", "untouched");
    const entries = [
      { name: "a", type: "2", linkname: outside },
      { name: "a", body: "mine" },
    ];
    await host.downloadBytes(tarBytes(entries), "tar", setup);
    expect(readFileSync(outside, "utf8")).toBe("untouched");
    expect(readFileSync(join(host.paths().archive, "a"), "utf8")).toBe("mine");
  });

  it("a link and files below its name in other letters keeps them apart, and writes through none", async () => {
    const host = deploymentHost();
    const outside = host.file("outside", "untouched");
    const entries = [
      { name: "Conf", type: "2", linkname: host.directory },
      { name: "conf/outside", body: "mine" },
      { name: "CONF", type: "2", linkname: outside },
    ];
    await host.downloadBytes(tarBytes(entries), "tar", setup);
    expect(readFileSync(outside, "utf8")).toBe("untouched");
    expect(names(host.paths().archive)).toEqual(["CONF", "Conf", "conf", "conf/outside"]);
    expect(readFileSync(join(host.paths().archive, "conf/outside"), "utf8")).toBe("mine");
  });

  it("a link and files below its name in other letters writes through none where case does not count", async () => {
    const host = deploymentHost();
    const outside = host.file("outside", "untouched");
    const made: string[] = [];
    const symbolicLink = async (_text: string, path: string) => {
      made.push(path);
      throw Object.assign(new Error("EEXIST: file already exists"), { code: "EEXIST", path });
    };
    const entries = [
      { name: "Conf", type: "2", linkname: host.directory },
      { name: "conf/outside", body: "mine" },
    ];
    const failure = await failureOf(
      host.downloadBytes(tarBytes(entries), "tar", { ...setup, fileSystem: { symbolicLink } }),
    );
    expect(failure.message).toContain("EEXIST");
    expect(made).toHaveLength(1);
    expect(readFileSync(outside, "utf8")).toBe("untouched");
    expect(names(host.paths().directory)).toEqual([]);
  });

  it("a hard link and then a file of the same name leaves the first file alone", async () => {
    const host = deploymentHost();
    const entries = [
      { name: "a", body: "first" },
      { name: "b", type: "1", linkname: "a" },
      { name: "b", body: "second" },
    ];
    await host.downloadBytes(tarBytes(entries), "tar", setup);
    expect(readFileSync(join(host.paths().archive, "a"), "utf8")).toBe("first");
    expect(readFileSync(join(host.paths().archive, "b"), "utf8")).toBe("second");
  });

  it("a backslash in a name keeps it", async () => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes([{ name: "..\\..\\evil" }]), "tar", setup);
    expect(names(host.paths().archive)).toEqual(["..\\..\\evil"]);
  });
});

const HOSTILE_ZIPS: readonly { title: string; entries: readonly ZipEntryBytes[]; says: string }[] = [
  { title: "a name that climbs", entries: [{ name: "../../evil", body: "x" }], says: 'entry "../../evil"' },
  {
    title: "a name that climbs with backslashes, made on Windows",
    entries: [{ name: "..\\..\\evil", host: 0, body: "x" }],
    says: 'contains ".."',
  },
  {
    title: "a file below a link",
    entries: [
      { name: "l", mode: 0o120777, body: "/etc" },
      { name: "l/passwd", body: "x" },
    ],
    says: 'leads through the symbolic link "l"',
  },
  { title: "a device", entries: [{ name: "d", mode: 0o020644 }], says: "is a character device" },
  { title: "a FIFO", entries: [{ name: "d", mode: 0o010644 }], says: "is a FIFO" },
  { title: "a NUL in a name", entries: [{ name: "a\0b" }], says: "contains a NUL byte" },
  {
    title: "a NUL in a link",
    entries: [{ name: "l", mode: 0o120777, body: "a\0b" }],
    says: 'entry "l" (byte 0) is a symbolic link to a text with a NUL byte',
  },
  { title: "a link to nothing", entries: [{ name: "l", mode: 0o120777 }], says: "is a symbolic link to nothing" },
  {
    title: "an encrypted entry",
    entries: [{ name: "a", flags: 1, body: "x" }],
    says: "is encrypted, which this agent cannot",
  },
  {
    title: "an unknown method",
    entries: [{ name: "a", method: 12, body: "x" }],
    says: "uses the compression method bzip2 (12)",
  },
  {
    title: "an entry longer than stated",
    entries: [{ name: "bomb", size: 10, body: "x".repeat(100_000) }],
    says: 'damaged at entry "bomb" at byte 0: it is longer than stated',
  },
  {
    title: "an entry shorter than stated",
    entries: [{ name: "a", size: 10, body: "x" }],
    says: "it is shorter than stated",
  },
  {
    title: "a wrong checksum",
    entries: [{ name: "a", crc: 1, body: "x" }],
    says: 'entry "a" at byte 0: its checksum is wrong',
  },
];

test("names and link texts that are too much to be held in memory are refused, in whatever entries they come", () => {
  const texts = new EntryTexts(1000);
  const entry = { offset: 0, mode: 0o644, mtimeMs: 0 };
  expect(
    texts.fault({ ...entry, kind: "symbolic-link", name: "n".repeat(200), target: "t".repeat(300) }),
  ).toBeUndefined();
  expect(texts.fault({ ...entry, kind: "directory", name: "n/".repeat(250) })).toBeUndefined();
  expect(texts.fault({ ...entry, kind: "directory", name: "n" })).toBe(
    "is one too many: the archive's names and link texts have more than 1000 characters together",
  );
});

describe.each(MAKERS)("unpacked %s, a zip archive with", (_whose, setup) => {
  test.each(HOSTILE_ZIPS)("$title is refused and leaves nothing", async ({ entries, says }) => {
    const host = deploymentHost();
    const error = await failureOf(host.downloadBytes(zipBytes(entries), "zip", setup));
    expect(error.message).toContain(says);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });

  it("entries that share bytes are refused", async () => {
    const entries = [
      { name: "a", body: "x".repeat(9999) },
      { name: "b", body: "x".repeat(9999), overlaps: true },
    ];
    const error = await failureOf(deploymentHost().downloadBytes(zipBytes(entries), "zip", setup));
    expect(error.message).toContain('entry "b" at byte 0: it overlaps the entry before it');
  });

  it("a count of entries that cannot be is refused before anything is made of it", async () => {
    const error = await failureOf(
      deploymentHost().downloadBytes(zipBytes([{ name: "a" }], { records: 0xfffe }), "zip", setup),
    );
    expect(error.message).toContain("its end record points to no directory");
  });

  it.each([3, 1, 0])(
    "a count of entries that is too low is damage, and nothing of them is kept (%i of 4)",
    async (records) => {
      const host = deploymentHost();
      const entries = ["a", "b", "c", "d"].map((name) => ({ name, body: name }));
      const error = await failureOf(host.downloadBytes(zipBytes(entries, { records }), "zip", setup));
      expect(error.message).toContain(`its directory lists 4 entries, its end record ${records}`);
      expect(names(host.directory)).toEqual(NOTHING_LEFT);
    },
  );

  it("an end record within its comment is read by the true one", async () => {
    const host = deploymentHost();
    const inner = zipBytes([{ name: "decoy", body: "x" }]).toString("latin1");
    await host.downloadBytes(zipBytes([{ name: "a", body: "x", method: 0 }], { comment: `${inner}!` }), "zip", setup);
    expect(names(host.paths().archive)).toEqual(["a"]);
  });
});

describe.each(MAKERS)("unpacked %s, damage", (_whose, setup) => {
  const good = tarBytes([
    { name: "appspec.yml", body: "version: 0.0\n" },
    { name: "big", body: "b".repeat(300_000) },
  ]);

  test.each([
    [
      "a tar cut within a file",
      good.subarray(0, 200_000),
      "tar",
      'entry "big" at byte 1024: it ends 101536 bytes before the end of the file',
    ],
    [
      "a tar cut within a header",
      good.subarray(0, 1300),
      "tar",
      'byte 1024, after the entry "appspec.yml": it ends within a header',
    ],
    ["a gzip cut short", gzipSync(good).subarray(0, 200), "tgz", "the gzip data is wrong or ends too early"],
    [
      "a gzip with a wrong checksum",
      Buffer.concat([gzipSync(good).subarray(0, -8), Buffer.alloc(8)]),
      "tgz",
      `damaged at byte ${gzipSync(good).length}, after the entry "big": the gzip data is wrong or ends too early`,
    ],
    [
      "a zip cut short",
      zipBytes([{ name: "a", body: "x" }]).subarray(0, 60),
      "zip",
      "damaged at byte 60: its end record is missing",
    ],
    [
      "a wrong header checksum",
      tarBytes([{ name: "a" }, { name: "b", breakChecksum: true }]),
      "tar",
      'byte 512, after the entry "a": the checksum of a header is wrong',
    ],
    [
      "a pax header that is none",
      tarBytes([{ name: "x", type: "x", body: "99 path=a\n" }]),
      "tar",
      "byte 0: a pax header cannot be read",
    ],
    [
      "a long name of a gigabyte",
      tarBytes([{ name: "x", type: "L", size: 2 ** 30 }]),
      "tar",
      "a header has an impossible length",
    ],
    [
      "nothing at all",
      Buffer.alloc(0),
      "zip",
      "s3://releases/app.zip is empty (0 bytes), so there is no zip archive to unpack.",
    ],
    [
      "a web page",
      Buffer.from("<html>nope"),
      "tgz",
      "s3://releases/app.tgz was declared tgz, but it is no zip, gzip or tar archive (it starts with the bytes 3c 68 74 6d 6c 3e 6e 6f).",
    ],
    ["bzip2", Buffer.from("BZh91AY&SY"), "tar", "is packed with bzip2, and this host has no program that unpacks it."],
    ["gzip of something else", gzipSync("hello"), "tgz", "is gzip data, but what it contains is no tar archive"],
  ] as const)("%s is told with its place and leaves nothing", async (_title, bytes, type, says) => {
    const host = deploymentHost();
    const error = await failureOf(host.downloadBytes(bytes, type, setup));
    expect(error.message).toContain(says);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });

  it("of a missing end mark is a warning, since some programs write none", async () => {
    const host = deploymentHost();
    await host.downloadBytes(tarBytes([{ name: "a" }], { endMark: false }), "tar", setup);
    expect(host.log.messages("warn")).toEqual([expect.stringContaining("no end mark")]);
  });
});

describe("a bomb", () => {
  const room = (free: number) => ({ fileSystem: { space: async () => ({ free, total: 10 ** 9 }) } });

  it("in a tgz is stopped at the first entry that does not fit", async () => {
    const host = deploymentHost();
    const bytes = gzipSync(
      tarBytes([
        { name: "a", body: "x" },
        { name: "bomb", body: Buffer.alloc(4_000_000) },
      ]),
    );
    const error = await failureOf(host.downloadBytes(bytes, "tgz", room(1_000_000)));
    expect(error.message).toMatch(/^Not enough space on \S+ for the bundle: 4\.0 MB needed, 1\.0 MB free\.$/);
    expect(existsSync(host.paths().archiveBeingUnpacked)).toBe(false);
  });

  it("in a zip is stopped before a byte is unpacked", async () => {
    const host = deploymentHost();
    const bytes = zipBytes([
      { name: "a", body: Buffer.alloc(600_000) },
      { name: "b", body: Buffer.alloc(600_000) },
    ]);
    const setup = room(1_000_000);
    const made: string[] = [];
    const makeDirectory = async (path: string) => void made.push(path);
    const error = await failureOf(
      host.downloadBytes(bytes, "zip", { fileSystem: { ...setup.fileSystem, makeDirectory } }),
    );
    expect(error.message).toContain("1.2 MB needed, 1.0 MB free.");
    expect(made).toEqual([]);
  });

  it("that is too big already as it comes is not fetched", async () => {
    const host = deploymentHost();
    mkdirSync(host.layout.group("g-1"), { recursive: true });
    mkdirSync(host.paths("d-OLD").archive, { recursive: true });
    writeFileSync(host.paths("d-OLD").bundle, Buffer.alloc(4000));
    symlinkSync("/", join(host.paths("d-OLD").directory, "root"));
    const error = await failureOf(host.downloadBytes(Buffer.alloc(3_000_000), "tgz", room(2_000_000)));
    expect(error.report).toMatch(/3\.0 MB needed, 2\.0 MB free\. 1 kept revision uses 4\.0 kB \(max_revisions\)\.$/);
  });

  it("that is a zip whose length nobody tells is stopped where it does not fit", async () => {
    const host = deploymentHost();
    const bytes = zipBytes([{ name: "a", body: Buffer.alloc(3_000_000, "x"), method: 0 }]);
    const pieces = Array.from({ length: 31 }, (_, at) => bytes.subarray(at * 100_000, (at + 1) * 100_000));
    const download = { content: Readable.from(pieces), size: undefined };
    const looks = [2_000_000, 2_000_000];
    const space = async () => ({ free: looks.shift() ?? 0, total: 10 ** 9 });
    const error = await failureOf(host.downloadBytes(bytes, "zip", { fileSystem: { space }, download }));
    expect(error.message).toMatch(/: 2\.1 MB needed, 2\.0 MB free\.$/);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
  });
});
