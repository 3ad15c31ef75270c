import { describe, expect, test } from "vitest";
import type { FileMapping, PermissionEntry } from "../../src/appspec/appspec.ts";
import type { FileExistsBehavior } from "../../src/deployment/specification.ts";
import { conflictError, conflictText } from "../../src/install/messages.ts";
import type { Conflict } from "../../src/install/plan/conflict.ts";
import { memoryFileSystem, writeTree } from "../support/memory-file-system.ts";
import { appSpec, permission, Workplace, workplaceInMemory } from "./workplace.ts";

const NOTHING_CHANGED = "Nothing on the host was changed.";

describe("a destination that exists", () => {
  const BEHAVIORS = ["DISALLOW", "OVERWRITE", "RETAIN"] as const;
  const exists =
    "/host/app/x already exists and no deployment of this group installed it. Move it away or set file_exists_behavior to OVERWRITE or RETAIN.";
  const directory =
    "/host/app/x is a directory, but /agent/group-1/d-1/deployment-archive/x is to be installed there. Move the directory away or change the destination.";

  /** What is there, and what each behaviour makes of it: the content afterwards, or the conflict. */
  const CASES: readonly (readonly [string, Record<string, string>, Record<FileExistsBehavior, string>])[] = [
    ["a file", { x: "old" }, { DISALLOW: exists, OVERWRITE: "new", RETAIN: "old" }],
    [
      "a link to a file",
      { x: "-> target", target: "old" },
      { DISALLOW: exists, OVERWRITE: "new", RETAIN: "-> target" },
    ],
    ["a link to a directory", { x: "-> d", "d/": "" }, { DISALLOW: exists, OVERWRITE: "new", RETAIN: "-> d" }],
    ["a dangling link", { x: "-> nowhere" }, { DISALLOW: exists, OVERWRITE: "new", RETAIN: "-> nowhere" }],
    ["a directory", { "x/": "" }, { DISALLOW: directory, OVERWRITE: directory, RETAIN: directory }],
  ];

  test.each(
    CASES.flatMap(([what, host, outcomes]) =>
      BEHAVIORS.map((behavior) => ({ what, host, behavior, outcome: outcomes[behavior] })),
    ),
  )("is $what, $behavior", async ({ host, behavior, outcome }) => {
    const place = await workplaceInMemory();
    await writeTree(place.fileSystem, `${place.host}/app`, host);
    const request = await place.revision({ x: "new" }, { fileExistsBehavior: behavior });
    if (outcome.startsWith("/")) {
      expect(await place.failure(request)).toBe(`${outcome} ${NOTHING_CHANGED}`);
      return;
    }
    await place.deploy({ x: "new" }, { fileExistsBehavior: behavior });
    const contents = await place.contents();
    expect(contents["app/x"]).toBe(outcome);
    if (host["target"] !== undefined) expect(contents["app/target"]).toBe("old");
    const cleanup = (await place.state())["group-1-cleanup"] ?? "";
    expect(cleanup.includes("/app/x\n")).toBe(behavior === "OVERWRITE");
  });

  test("the AppSpec file's behaviour wins over the deployment's", async () => {
    const place = await workplaceInMemory();
    await writeTree(place.fileSystem, `${place.host}/app`, { x: "old" });
    const files = [{ source: "", destination: `${place.host}/app` }];
    const { retained, files: installed } = await place.deploy(
      { x: "new", y: "y" },
      { appSpec: appSpec({ files, fileExistsBehavior: "RETAIN" }), fileExistsBehavior: "DISALLOW" },
    );
    expect({ retained, installed }).toEqual({ retained: 1, installed: 1 });
    expect(await place.contents()).toEqual({ app: "/", "app/x": "old", "app/y": "y" });
  });

  test("a retained file is not touched by permissions and not removed by the next deployment", async () => {
    const place = await workplaceInMemory();
    await writeTree(place.fileSystem, `${place.host}/app`, { x: "old" });
    const files = [{ source: "", destination: `${place.host}/app` }];
    const permissions = [permission({ object: `${place.host}/app`, mode: 0o600 })];
    await place.deploy(
      { x: "new", y: "y" },
      { appSpec: appSpec({ files, permissions, fileExistsBehavior: "RETAIN" }) },
    );
    expect(await place.mode("app/x")).toBe("644");
    expect(await place.mode("app/y")).toBe("600");
    await place.deploy({}, { fileExistsBehavior: "RETAIN" });
    expect(await place.contents()).toEqual({ app: "/", "app/x": "old" });
  });
});

describe("a plan that cannot be carried out", () => {
  const REVISION = { "a/x": "ax", "b/x": "bx", "d/x/y": "y", file: "f", loop: "-> loop2", loop2: "-> loop" };

  const CASES: readonly (readonly [
    string,
    { files: readonly (readonly [string, string])[]; permissions?: readonly PermissionEntry[] },
    string,
  ])[] = [
    [
      "two sources for one file",
      {
        files: [
          ["a", "/place/host"],
          ["b", "/place/host"],
        ],
      },
      "/host/x would be installed from two sources, ARCHIVE/a/x and ARCHIVE/b/x. Keep one of them in files.",
    ],
    [
      "one source matched twice",
      {
        files: [
          ["file", "/place/host"],
          ["file", "/place/host"],
        ],
      },
      "/host/file would be installed from two sources, ARCHIVE/file and ARCHIVE/file. Keep one of them in files.",
    ],
    [
      "a file onto a directory of the plan",
      {
        files: [
          ["d", "/place/host"],
          ["a", "/place/host"],
        ],
      },
      "/host/x would be both a directory and a copy of ARCHIVE/a/x. Change a destination in files.",
    ],
    [
      "a directory onto a file of the plan",
      {
        files: [
          ["a", "/place/host"],
          ["d", "/place/host"],
        ],
      },
      "/host/x would be both a directory and a copy of ARCHIVE/a/x. Change a destination in files.",
    ],
    [
      "a source that is missing",
      { files: [["absent", "/place/host"]] },
      "The source ARCHIVE/absent (for /host/absent) is not in the revision.",
    ],
    [
      "a pattern in a source",
      { files: [["d/*", "/place/host"]] },
      "The source ARCHIVE/d/* (for /host/*) is not in the revision.",
    ],
    [
      "links in a loop",
      { files: [["loop", "/place/host"]] },
      "The source ARCHIVE/loop (for /host/loop) is part of a loop of symbolic links.",
    ],
    [
      "a destination below a file",
      { files: [["a", "/place/host/taken/deep/er"]] },
      "/host/taken is not a directory, but files are to be installed below it. Move it away or change the destination.",
    ],
    [
      "an object matched twice",
      {
        files: [["a", "/place/host/new"]],
        permissions: [
          permission({ object: "/place/host/new", mode: 0o600 }),
          permission({ object: "/place/host/new/x", owner: "app" }),
        ],
      },
      "/host/new/x is matched by permissions[0] and permissions[1] of the AppSpec file. Narrow one of them; an object takes one entry.",
    ],
    [
      "a pattern for a file",
      {
        files: [["a", "/place/host/new"]],
        permissions: [permission({ object: "/place/host/new/x", pattern: "*.js" })],
      },
      "permissions[0] has the pattern *.js, but its object /host/new/x is a file. Leave the pattern out.",
    ],
    [
      "exceptions for a file",
      { files: [["a", "/place/host/new"]], permissions: [permission({ object: "/place/host/new/x", except: ["y"] })] },
      "permissions[0] has exceptions (except), but its object /host/new/x is a file. Leave them out.",
    ],
    [
      "a default entry for a file",
      {
        files: [["a", "/place/host/new"]],
        permissions: [
          permission({
            object: "/place/host/new",
            acls: [{ isDefault: true, type: "user", name: "", permissions: "rw-" }],
          }),
        ],
      },
      "permissions[0] has a default access control entry, which only directories can have, but applies to the file /host/new/x. Restrict its type to directory.",
    ],
    [
      "an unknown owner",
      {
        files: [["a", "/place/host/new"]],
        permissions: [permission({ object: "/place/host/new", owner: "nobody-here" })],
      },
      "permissions[0] names the owner nobody-here, but this host has no such user.",
    ],
    [
      "an unknown group",
      {
        files: [["a", "/place/host/new"]],
        permissions: [permission({ object: "/place/host/new", group: "no group" })],
      },
      'permissions[0] names the group "no group", but this host has no such group.',
    ],
  ];

  test.each(CASES)(
    "because of %s is refused and nothing is changed",
    async (_name, { files, permissions = [] }, message) => {
      const place = await workplaceInMemory();
      await writeTree(place.fileSystem, place.host, { taken: "a file" });
      const mappings = files.map(([source, destination]): FileMapping => ({ source, destination }));
      const request = await place.revision(REVISION, { appSpec: appSpec({ files: mappings, permissions }) });
      const expected = message.replaceAll("ARCHIVE", "/agent/group-1/d-1/deployment-archive");
      expect(await place.failure(request)).toBe(`${expected} ${NOTHING_CHANGED}`);
      expect(await place.contents()).toEqual({ taken: "a file" });
      expect(await place.state()).toEqual({});
    },
  );

  test("names all its conflicts at once", async () => {
    const place = await workplaceInMemory();
    await writeTree(place.fileSystem, `${place.host}/app`, { a: "", b: "" });
    const files = [
      { source: "", destination: `${place.host}/app` },
      { source: "absent", destination: place.host },
    ];
    const request = await place.revision({ a: "", b: "" }, { appSpec: appSpec({ files }) });
    expect(await place.failure(request)).toMatch(
      /^3 reasons why Install cannot be done: \(1\) \/host\/app\/a already .* \(2\) \/host\/app\/b already .* \(3\) The source .*absent.* Nothing on the host was changed\.$/,
    );
  });

  test("caps the list of conflicts", () => {
    const conflicts = Array.from({ length: 25 }, (_, index) => ({ type: "file-exists", path: `/x/${index}` }) as const);
    const { message } = conflictError(conflicts);
    expect(message).toMatch(/^25 reasons .* \(10\) \/x\/9 .* And 15 more\.$/);
  });

  test("for want of tools", async () => {
    const place = await workplaceInMemory();
    place.accessControl.missing = ["setfacl", "getfacl", "semanage", "restorecon"];
    const files = [{ source: "", destination: `${place.host}/app` }];
    const acls = [{ isDefault: false, type: "user", name: "app", permissions: "r--" }] as const;
    const permissions = [permission({ object: `${place.host}/app`, types: ["file"], acls })];
    const request = await place.revision({ a: "" }, { appSpec: appSpec({ files, permissions }) });
    expect(await place.failure(request)).toBe(
      `This host lacks setfacl and getfacl, which permissions in the AppSpec file need. Install the package that has it, or leave out acls and context. ${NOTHING_CHANGED}`,
    );
  });

  test("for want of space", async () => {
    const place = await workplaceInMemory({ free: 9_000 });
    const request = await place.revision({ a: "x".repeat(5000) });
    expect(await place.failure(request)).toBe(
      `Not enough space on the file system of /host: 12.3 kB needed, 9.0 kB free. ${NOTHING_CHANGED}`,
    );
  });

  test("because a directory is not writable", async () => {
    const fileSystem = memoryFileSystem();
    const place = new Workplace(
      "/place",
      Object.assign(fileSystem, { isWritable: async (path: string) => path !== "/place/host" }),
    );
    await fileSystem.makeDirectories(place.host, 0o755);
    expect(await place.failure(await place.revision({ a: "" }))).toBe(
      `The agent's user may not change the directory /host: its permissions, a read-only file system or an immutable flag forbid it. ${NOTHING_CHANGED}`,
    );
  });

  test("says so of every problem of a source, and of special files", () => {
    const texts = (["outside", "special", "too-many"] as const).map((problem) =>
      conflictText({ type: "unusable-source", source: "/r/a b", path: "/h/a b", problem }),
    );
    expect(texts).toEqual([
      'The source "/r/a b" (for "/h/a b") leads out of the revision.',
      'The source "/r/a b" (for "/h/a b") is neither a file nor a directory nor a symbolic link.',
      'The source "/r/a b" (for "/h/a b") has more files than this agent installs.',
    ]);
    const special: Conflict = { type: "special-file", path: "/dev/null" };
    expect(conflictText(special)).toBe(
      "/dev/null is a device, pipe or socket, which an installation does not replace. Move it away or change the destination.",
    );
  });
});

describe("what is allowed", () => {
  test("items that share directories but no file", async () => {
    const place = await workplaceInMemory();
    const files = [
      { source: "a", destination: `${place.host}/x/y` },
      { source: "b", destination: `${place.host}/x/y` },
      { source: "file", destination: `${place.host}/x` },
    ];
    await place.deploy({ "a/1": "1", "b/2": "2", file: "f" }, { appSpec: appSpec({ files }) });
    expect(await place.contents()).toEqual({ x: "/", "x/y": "/", "x/y/1": "1", "x/y/2": "2", "x/file": "f" });
  });

  test("a destination that is a link to a directory: the files land in what it leads to", async () => {
    const place = await workplaceInMemory();
    await writeTree(place.fileSystem, place.host, { "real/": "", app: "-> real" });
    await place.deploy({ a: "a" });
    await place.deploy({ b: "b" });
    expect(await place.contents()).toEqual({ app: "-> real", real: "/", "real/b": "b" });
  });

  test("links to directories inside of the revision become the directories", async () => {
    const place = await workplaceInMemory();
    await place.deploy({ "real/x": "x", alias: "-> real", "deep/alias": "-> ../real" });
    expect(await place.contents()).toMatchObject({ "app/alias": "/", "app/alias/x": "x", "app/deep/alias/x": "x" });
  });

  test("links that lead nowhere or to files stay links", async () => {
    const place = await workplaceInMemory();
    await place.deploy({ file: "f", a: "-> file", b: "-> ../shared/config" });
    expect(await place.contents()).toMatchObject({ "app/a": "-> file", "app/b": "-> ../shared/config" });
  });
});

describe("a revision must not lead out of itself", () => {
  test.each([
    ["a link to a directory outside", { evil: "-> /place/host" }, ""],
    ["a link upwards to the outside", { "a/evil": "-> ../../../.." }, ""],
    ["a link to the directory that holds it", { "a/b/evil": "-> .." }, ""],
    ["a link to the whole revision", { evil: "-> ." }, ""],
    ["a source that is a link to the outside", { evil: "-> /place/host" }, "evil"],
    ["a source through a link to the outside", { evil: "-> /place/host" }, "evil/secret"],
  ])("%s", async (_name, revision, source) => {
    const place = await workplaceInMemory();
    await writeTree(place.fileSystem, place.host, { secret: "s" });
    const files = [{ source, destination: `${place.host}/app` }];
    const request = await place.revision(revision, { appSpec: appSpec({ files }) });
    expect(await place.failure(request)).toMatch(/leads out of the revision|is part of a loop of symbolic links/);
    expect(await place.contents()).toEqual({ secret: "s" });
  });
});
