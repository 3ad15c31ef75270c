import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type AccountsOptions, createAccounts } from "../../../src/host/accounts/accounts.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const NO_GETENT = !["/usr/bin/getent", "/bin/getent"].some(existsSync);
const ROOT = { name: "root", uid: 0, gid: 0, home: expect.any(String), shell: expect.any(String) };

const USERS = `root:x:0:0:root:/root:/bin/bash
app:x:1500:1500:The App,,,:/srv/app:/usr/sbin/nologin
1500:x:42:42::/:/bin/sh
broken line
nouid:x::5::/:/bin/sh
`;
const GROUPS = `root:x:0:
app:x:1500:
web:x:33:other,app
adm:x:4:app,root
broken
`;

/** Accounts of a host without `getent` and `id`. */
function fromFiles(options: AccountsOptions = {}) {
  const directory = temporaryDirectory();
  const [userFile, groupFile] = [join(directory, "passwd"), join(directory, "group")];
  writeFileSync(userFile, USERS);
  writeFileSync(groupFile, GROUPS);
  return { userFile, accounts: createAccounts({ toolPath: "/nonexistent", userFile, groupFile, ...options }) };
}

describe.each([
  ["through getent", NO_GETENT, {}],
  ["from the files", false, { toolPath: "/nonexistent" }],
])("this host %s", (_, skipped, options) => {
  const accounts = createAccounts(options);

  test.skipIf(skipped)("knows root by name and by id", async () => {
    expect(await accounts.user("root")).toEqual(ROOT);
    expect(await accounts.user("0")).toEqual(ROOT);
    expect(await accounts.group("root")).toBe(0);
    expect(await accounts.group("0")).toBe(0);
  });

  test.skipIf(skipped)("has no such user or group", async () => {
    expect(await accounts.user("no-such-user")).toBeUndefined();
    expect(await accounts.user("4000000000")).toBeUndefined();
    expect(await accounts.group("no-such-group")).toBeUndefined();
  });

  test.skipIf(skipped)("groups of a user include the primary one", async () => {
    const root = await accounts.user("root");
    expect(root && (await accounts.groupsOf(root))).toContain(0);
  });

  test.skipIf(skipped)("groups of a user that nobody knows are the primary one", async () => {
    const gone = { name: "no-such-user", uid: 4242, gid: 4343, home: "/", shell: "" };
    expect(await accounts.groupsOf(gone)).toEqual([4343]);
  });
});

describe("the files", () => {
  const APP = { name: "app", uid: 1500, gid: 1500, home: "/srv/app", shell: "/usr/sbin/nologin" };

  test("a user, with the groups that list it", async () => {
    const { accounts } = fromFiles();
    expect(await accounts.user("app")).toEqual(APP);
    expect(await accounts.groupsOf(APP)).toEqual([1500, 33, 4]);
    expect(await accounts.group("web")).toBe(33);
    expect(await accounts.group("33")).toBe(33);
  });

  test("a name of digits wins over the id", async () => {
    expect(await fromFiles().accounts.user("1500")).toMatchObject({ uid: 42 });
  });

  test("broken lines are no accounts", async () => {
    const { accounts } = fromFiles();
    expect(await accounts.user("broken line")).toBeUndefined();
    expect(await accounts.user("nouid")).toBeUndefined();
  });
});

test.each(["", "-x", "--help", "a:b", "../etc", "a\nb", "a\0b", " ", "\t"])(
  "%j is no name and is not looked up",
  async (name) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "getent"), '#!/bin/sh\necho "$2:x:0:0::/:/bin/sh"\n', { mode: 0o755 });
    const accounts = createAccounts({ toolPath: `${directory}:/bin:/usr/bin` });
    expect(await accounts.user("anything")).toMatchObject({ name: "anything" });
    expect(await accounts.user(name)).toBeUndefined();
    expect(await accounts.group(name)).toBeUndefined();
  },
);

test("a look-up that fails is an error, not an absence, and is tried again", async () => {
  const directory = temporaryDirectory();
  const getent = join(directory, "getent");
  writeFileSync(getent, "#!/bin/sh\necho 'database is down' >&2\nexit 1\n", { mode: 0o755 });
  const accounts = createAccounts({ toolPath: `${directory}:/bin:/usr/bin` });
  await expect(accounts.user("app")).rejects.toThrow(/^Cannot look up accounts: .*getent passwd app/);
  writeFileSync(getent, "#!/bin/sh\necho 'app:x:7:7::/:/bin/sh'\n");
  expect(await accounts.user("app")).toMatchObject({ uid: 7 });
});

test("answers are remembered for a short time only", async () => {
  const { accounts, userFile } = fromFiles({ cacheMs: 50 });
  await accounts.user("app");
  writeFileSync(userFile, "");
  expect(await accounts.user("app")).toMatchObject({ uid: 1500 });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(await accounts.user("app")).toBeUndefined();
});
