import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createAccessControl } from "../../../src/host/accounts/access-control.ts";
import { contextRules, fileSpecification } from "../../../src/host/accounts/selinux-rules.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const missing = await createAccessControl().missingTools(["setfacl", "getfacl"]);
const lacksAcls = missing.length > 0;

const HOSTILE = [
  "plain",
  "blank and 'quote\"",
  "new\nline",
  "; touch x",
  "$(id)",
  "-rf",
  "back\\slash",
  "comma,colon:",
  "é",
];

describe(`access control lists${lacksAcls ? " (needs the tools setfacl and getfacl)" : ""}`, () => {
  test.skipIf(lacksAcls)("are set on, saved from and restored to directories of any name", async () => {
    const accessControl = createAccessControl();
    const root = temporaryDirectory();
    const paths = HOSTILE.map((name) => join(root, name));
    for (const path of paths) mkdirSync(path, { mode: 0o750 });
    const acl = [
      "user::rwx",
      "group::r-x",
      "other::---",
      "user:daemon:rwx",
      "mask::rwx",
      "default:user::rwx",
      "default:group::r-x",
      "default:other::---",
    ];
    const before = await accessControl.saveAcls(paths);
    expect(before).not.toContain("default:");
    await accessControl.setAcl(acl, paths);
    const after = await accessControl.saveAcls(paths);
    expect(after.match(/^user:1:rwx$/gm)).toHaveLength(paths.length);
    expect(after.match(/^default:group::r-x$/gm)).toHaveLength(paths.length);
    await accessControl.restoreAcls(before);
    expect(await accessControl.saveAcls(paths)).toBe(before);
  });

  test.skipIf(lacksAcls)("that are wrong are refused with the tool's own words", async () => {
    const path = join(temporaryDirectory(), "file");
    writeFileSync(path, "");
    await expect(createAccessControl().setAcl(["user:no-such-user:r--"], [path])).rejects.toThrow(
      /^setfacl ended with status 2 for \/.*\/file: .*Invalid argument/,
    );
  });
});

test("a name that is not UTF-8 is refused, for no tool can be told it", async () => {
  const directory = temporaryDirectory();
  fakeTool(directory, "setfacl");
  await expect(createAccessControl(directory).setAcl(["user::rw-"], ["/a/\udcff"])).rejects.toThrow(
    /^setfacl cannot be told a name that is not UTF-8$/,
  );
});

/** A tool that writes its arguments to a file, one a line, and does what its script says. */
function fakeTool(directory: string, name: string, script = ""): string {
  const record = join(directory, `${name}.calls`);
  writeFileSync(record, "");
  const tool = join(directory, name);
  writeFileSync(tool, `#!/bin/sh\necho "$#: $*" >>'${record}'\n${script}\n`);
  chmodSync(tool, 0o755);
  return record;
}

const calls = (record: string) => readFileSync(record, "utf8").split("\n").slice(0, -1);

describe("tools", () => {
  test("that the host lacks are named", async () => {
    const directory = temporaryDirectory();
    fakeTool(directory, "setfacl");
    writeFileSync(join(directory, "getfacl"), "not executable");
    const accessControl = createAccessControl(`relative::${directory}`);
    expect(await accessControl.missingTools(["setfacl", "getfacl", "semanage"])).toEqual(["getfacl", "semanage"]);
    await expect(accessControl.saveAcls(["/x"])).rejects.toThrow("getfacl is not installed");
  });

  test("take many paths in few calls, each call within what a command line may hold", async () => {
    const directory = temporaryDirectory();
    const record = fakeTool(directory, "setfacl");
    const paths = Array.from({ length: 3000 }, (_, index) => `/srv/${"long-name-".repeat(8)}${index}`);
    await createAccessControl(directory).setAcl(["user::rwx"], paths);
    const counts = calls(record).map((line) => Number.parseInt(line, 10) - 4);
    expect(counts.reduce((sum, count) => sum + count)).toBe(3000);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.length).toBeLessThan(10);
  });

  test("that fail are reported with status, path and words", async () => {
    const directory = temporaryDirectory();
    fakeTool(directory, "setfacl", "echo 'no such thing' >&2; echo more >&2; exit 3");
    await expect(createAccessControl(directory).setAcl(["user::rwx"], ["/srv/a b"])).rejects.toThrow(
      "setfacl ended with status 3 for /srv/a b: no such thing",
    );
  });
});

describe("SELinux contexts", () => {
  const context = { user: "system_u", type: "httpd_t", range: "s0" };

  test("are added when there is no rule to modify, then applied", async () => {
    const directory = temporaryDirectory();
    const semanage = fakeTool(directory, "semanage", 'test "$2" != --modify');
    const restorecon = fakeTool(directory, "restorecon");
    await createAccessControl(directory).setContext(context, "/srv/a b");
    expect(calls(semanage)).toEqual([
      "9: fcontext --modify --seuser system_u --type httpd_t --range s0 /srv/a b",
      "9: fcontext --add --seuser system_u --type httpd_t --range s0 /srv/a b",
    ]);
    expect(calls(restorecon)).toEqual(["2: -F /srv/a b"]);
  });

  test("have neither user nor range when none is given", async () => {
    const directory = temporaryDirectory();
    const semanage = fakeTool(directory, "semanage");
    fakeTool(directory, "restorecon");
    await createAccessControl(directory).setContext({ user: null, type: "httpd_t", range: null }, "/srv/a");
    expect(calls(semanage)).toEqual(["5: fcontext --modify --type httpd_t /srv/a"]);
  });

  test("are removed, and a missing rule is no error", async () => {
    const directory = temporaryDirectory();
    const semanage = fakeTool(directory, "semanage", "exit 1");
    fakeTool(directory, "restorecon", "exit 1");
    await createAccessControl(directory).removeContext("/srv/a*");
    expect(calls(semanage)).toEqual(["3: fcontext --delete /srv/a\\*", "3: fcontext --delete /srv/a*"]);
  });

  test("of this host's own are found by their exact path", async () => {
    const directory = temporaryDirectory();
    fakeTool(
      directory,
      "semanage",
      "echo '/srv/a   all files   system_u:object_r:httpd_t:s0 '; echo '/srv/b  all files  a_u:object_r:b_t:s0'",
    );
    const found = await createAccessControl(directory).localContexts(["/srv/a", "/srv"]);
    expect([...found]).toEqual([["/srv/a", context]]);
  });

  test("of a path with special characters concern that path alone", () => {
    expect(fileSpecification("/srv/a.b c")).toBe("/srv/a.b c");
    expect(fileSpecification("/srv/.*(x)")).toBe("/srv/\\.\\*\\(x\\)");
  });

  test("are read from the tool's list; other kinds of lines are passed over", () => {
    const list = `
SELinux fcontext                                   type               Context

/srv/a b(/.*)?                                     all files          system_u:object_r:httpd_t:s0:c1,c2
/srv/c                                             regular file       system_u:object_r:httpd_t:s0
/srv/d                                             all files          <<None>>
/srv/e                                             all files          user_u:object_r:etc_t
/srv/f = /srv/g
`;
    expect([...contextRules(list)]).toEqual([
      ["/srv/a b(/.*)?", { user: "system_u", type: "httpd_t", range: "s0:c1,c2" }],
      ["/srv/e", { user: "user_u", type: "etc_t", range: null }],
    ]);
  });
});
