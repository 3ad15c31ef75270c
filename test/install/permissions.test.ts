import { describe, expect, test } from "vitest";
import type { AclEntry, PermissionEntry } from "../../src/appspec/appspec.ts";
import { appSpec, permission, type Workplace, workplace, workplaceInMemory } from "./workplace.ts";

const TREE = { "a.txt": "", "b.sh": "", "sub/c.txt": "", "sub/deep/d.sh": "", link: "-> a.txt" };

async function deployed(
  place: Workplace,
  entries: (app: string) => readonly PermissionEntry[],
  tree: Record<string, string> = TREE,
) {
  const destination = `${place.host}/app`;
  return place.deploy(tree, {
    appSpec: appSpec({ files: [{ source: "", destination }], permissions: entries(destination) }),
  });
}

async function modes(place: Workplace): Promise<Record<string, string | undefined>> {
  const names = Object.keys(await place.contents()).filter((name) => name !== "app/link");
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name.replace(/^app\/?/, ""), await place.mode(name)])),
  );
}

describe("an entry applies to", () => {
  const ORDINARY = {
    "": "755",
    "a.txt": "644",
    "b.sh": "644",
    sub: "755",
    "sub/c.txt": "644",
    "sub/deep": "755",
    "sub/deep/d.sh": "644",
  };

  test.each<readonly [string, Partial<PermissionEntry>, Record<string, string>]>([
    [
      "everything below its object, at any depth, but not the object itself",
      {},
      { "a.txt": "700", "b.sh": "700", sub: "700", "sub/c.txt": "700", "sub/deep": "700", "sub/deep/d.sh": "700" },
    ],
    ["files only", { types: ["file"] }, { "a.txt": "700", "b.sh": "700", "sub/c.txt": "700", "sub/deep/d.sh": "700" }],
    ["directories only", { types: ["directory"] }, { sub: "700", "sub/deep": "700" }],
    ["nothing without types", { types: [] }, {}],
    ["direct children only, with a pattern", { pattern: "*.txt" }, { "a.txt": "700" }],
    [
      "what is not excepted; only direct children can be",
      { except: ["*.txt", "sub", "d.sh"] },
      { "b.sh": "700", "sub/c.txt": "700", "sub/deep": "700", "sub/deep/d.sh": "700" },
    ],
  ])("%s", async (_name, parts, changed) => {
    const place = await workplaceInMemory();
    const { warnings } = await deployed(place, (object) => [permission({ object, mode: 0o700, ...parts })]);
    expect(await modes(place)).toEqual({ ...ORDINARY, ...changed });
    expect(warnings.length).toBe(Object.keys(changed).length === 0 ? 1 : 0);
  });

  test("a single file, and a directory by its name in its parent", async () => {
    const place = await workplaceInMemory();
    await deployed(place, (app) => [
      permission({ object: `${app}/sub/c.txt`, mode: 0o600 }),
      permission({ object: app, pattern: "sub", types: ["directory"], mode: 0o711 }),
    ]);
    expect(await modes(place)).toEqual({ ...ORDINARY, "sub/c.txt": "600", sub: "711" });
  });

  test("nothing that this deployment did not install; that is a warning", async () => {
    const place = await workplaceInMemory();
    await place.fileSystem.writeText(`${place.host}/own`, "", 0o644);
    const { warnings } = await deployed(place, () => [permission({ object: place.host, pattern: "own", mode: 0o777 })]);
    expect(await place.mode("own")).toBe("644");
    expect(warnings).toEqual([
      "permissions[0] of the AppSpec file (object /place/host) applies to nothing that this deployment installs.",
    ]);
    expect(place.log.messages("warn")).toEqual(warnings);
  });
});

describe("links", () => {
  test("never lead a mode or an access control list out of the deployment", async () => {
    const place = await workplaceInMemory();
    const secret = `${place.root}/secret`;
    await place.fileSystem.writeText(secret, "", 0o600);
    await deployed(
      place,
      (object) => [permission({ object, types: ["file"], mode: 0o777, acls: [acl("app", "rwx")], owner: "app" })],
      { evil: `-> ${secret}` },
    );
    expect(await place.fileSystem.status(secret)).toMatchObject({ mode: 0o600, uid: process.getuid?.() });
    expect(place.accessControl.acls.size).toBe(0);
    expect(await place.fileSystem.status(`${place.host}/app/evil`)).toMatchObject({ kind: "link", uid: 1001 });
  });
});

describe("access control lists", () => {
  test("have the mask of each object's own mode, and equal lists are set together", async () => {
    const place = await workplaceInMemory();
    const request = await place.revision({ a: "", b: "", c: "" });
    await place.fileSystem.changeMode(`${request.archive}/c`, 0o750);
    const files = [{ source: "", destination: `${place.host}/app` }];
    const permissions = [permission({ object: `${place.host}/app`, types: ["file"], acls: [acl("bob", "rw-")] })];
    const { install } = await import("../../src/install/install.ts");
    await install({ ...request, appSpec: appSpec({ files, permissions }) }, place.ports());
    expect(place.accessControl.calls).toEqual([
      "setAcl user:bob:rw-,mask::r--,user::rw-,group::r--,other::r-- 2",
      "setAcl user:bob:rw-,mask::r-x,user::rwx,group::r-x,other::--- 1",
    ]);
  });
});

describe("SELinux contexts", () => {
  const context = { user: null, type: "httpd_t", range: null };

  test("are set for the path without links and removed when no longer wanted", async () => {
    const place = await workplaceInMemory();
    await place.fileSystem.makeDirectory(`${place.root}/real`, 0o755);
    await place.fileSystem.symbolicLink(`${place.root}/real`, `${place.host}/app`);
    await deployed(place, (object) => [permission({ object, pattern: "a.txt", context })]);
    expect([...place.accessControl.contexts.keys()]).toEqual(["/place/real/a.txt"]);
    expect((await place.state())["group-1-cleanup"]).toMatch(/\nsemanage\0\/place\/real\/a\.txt\n$/);
    await deployed(place, () => []);
    expect(place.accessControl.contexts.size).toBe(0);
  });

  test("are as before when they cannot be set", async () => {
    const place = await workplaceInMemory();
    await deployed(place, (object) => [permission({ object, pattern: "a.txt", context })]);
    place.accessControl.contextFault = "semanage ended with status 1 for /place/host/app/a.txt: no policy";
    const before = await place.snapshot();
    const files = [{ source: "", destination: `${place.host}/app` }];
    const permissions = [
      permission({ object: `${place.host}/app`, pattern: "*.txt", context: { ...context, type: "etc_t" } }),
    ];
    const request = await place.revision(TREE, { appSpec: appSpec({ files, permissions }) });
    // The fault concerns the rule that is restored as well.
    expect(await place.failure(request)).toMatch(
      /^Install could not set the SELinux context of \/host\/app\/a.txt: semanage ended/,
    );
    place.accessControl.contextFault = undefined;
    const { recoverInstalls } = await import("../../src/install/recover.ts");
    expect(await recoverInstalls(place.layout, place.ports())).toMatchObject([{ outcome: "undone" }]);
    expect(await place.snapshot()).toEqual(before);
  });

  test("of an earlier deployment stay, with a warning, on a host that has lost its tools", async () => {
    const place = await workplaceInMemory();
    await deployed(place, (object) => [permission({ object, pattern: "a.txt", context })]);
    place.accessControl.missing = ["semanage"];
    await deployed(place, () => []);
    expect(place.log.messages("warn")).toEqual([
      "The SELinux rule of /place/host/app/a.txt stays, because this host has no semanage.",
    ]);
  });
});

describe("directories of the previous revision", () => {
  test("lose what the new revision does not set any more, unless others use them", async () => {
    const place = await workplaceInMemory();
    const tree = { "sub/a": "", "shared/a": "" };
    await deployed(place, (object) => [permission({ object, types: ["directory"], mode: 0o700, owner: "app" })], tree);
    await place.fileSystem.writeText(`${place.host}/app/shared/own`, "", 0o644);
    await deployed(place, () => [], tree);
    const status = (name: string) => place.fileSystem.status(`${place.host}/app/${name}`);
    expect(await status("sub")).toMatchObject({ mode: 0o755, uid: process.getuid?.() });
    expect(await status("shared")).toMatchObject({ mode: 0o700, uid: 1001 });
  });
});

describe("owners", () => {
  test.skipIf(process.getuid?.() !== 0)("come before modes, so that set-id bits survive (needs root)", async () => {
    const place = await workplace();
    await deployed(place, (object) => [
      permission({ object, pattern: "b.sh", owner: "app", group: "web", mode: 0o6755 }),
    ]);
    expect(await place.fileSystem.status(`${place.host}/app/b.sh`)).toMatchObject({
      mode: 0o6755,
      uid: 1001,
      gid: 2002,
    });
  });

  test.skipIf(process.getuid?.() !== 0)(
    "may be numbers without an account; files keep the archive's (needs root)",
    async () => {
      const place = await workplace();
      const request = await place.revision({ a: "", b: "" });
      await place.fileSystem.changeOwner(`${request.archive}/b`, 4321, 5432);
      const files = [{ source: "", destination: `${place.host}/app` }];
      const permissions = [permission({ object: `${place.host}/app/a`, owner: "54321", group: "65432" })];
      const { install } = await import("../../src/install/install.ts");
      await install({ ...request, appSpec: appSpec({ files, permissions }) }, place.ports());
      expect(await place.fileSystem.status(`${place.host}/app/a`)).toMatchObject({ uid: 54321, gid: 65432 });
      expect(await place.fileSystem.status(`${place.host}/app/b`)).toMatchObject({ uid: 4321, gid: 5432 });
    },
  );
});

test("the record lists the operations as AWS's agent does", async () => {
  const place = await workplaceInMemory();
  await deployed(
    place,
    (app) => [
      permission({
        object: `${app}/a.txt`,
        mode: 0o40,
        owner: "app",
        acls: [acl("bob", "r--")],
        context: { user: "system_u", type: "etc_t", range: "s0" },
      }),
    ],
    { "a.txt": "" },
  );
  const file = "/place/host/app/a.txt";
  expect(JSON.parse(await place.fileSystem.readText(place.layout.installFile("group-1")))).toEqual({
    instructions: [
      { type: "mkdir", directory: "/place/host/app" },
      { type: "copy", source: "/place/agent/group-1/d-1/deployment-archive/a.txt", destination: file },
      { type: "chmod", mode: "040", file },
      { type: "setfacl", acl: ["user:bob:r--", "mask::r--", "user::---", "group::r--", "other::---"], file },
      { type: "semanage", context: { user: "system_u", role: null, type: "etc_t", range: "s0" }, file },
      { type: "chown", owner: "app", group: null, file },
    ],
  });
});

function acl(name: string, permissions: string): AclEntry {
  return { isDefault: false, type: "user", name, permissions };
}
