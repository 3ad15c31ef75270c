import { describe, expect, test } from "vitest";
import { aclText, completeAcl, parseAclEntry } from "../../src/appspec/acl.ts";

function parsed(text: string): string {
  const entry = parseAclEntry(text);
  if (typeof entry === "string") throw new Error(entry);
  return aclText(entry);
}

describe("an entry", () => {
  test.each([
    ["bob:rw", "user:bob:rw-"],
    ["u:bob:rw", "user:bob:rw-"],
    [":bob:6", "user:bob:rw-"],
    ["group:web:7", "group:web:rwx"],
    ["g:web:0", "group:web:---"],
    ["bob:", "user:bob:---"],
    ["bob:xxwr-", "user:bob:rwx"],
    ["m:rw", "mask::rw-"],
    ["m::rw", "mask::rw-"],
    ["d::rw", "default:user::rw-"],
    ["d:o:r", "default:other::r--"],
    ["default:g:web:rx", "default:group:web:r-x"],
    ["d:m:5", "default:mask::r-x"],
    ["d:bob:r", "default:user:bob:r--"],
    ["u:m:r", "user:m:r--"],
    ["u:mask:r", "user:mask:r--"],
    ["constructor:r", "user:constructor:r--"],
  ])("%s in normal form is %s", (text, normal) => expect(parsed(text)).toBe(normal));

  test.each(["u::rw", "g::r", "o:r", "other::r", ":rw"])("%s is a base entry, for which there is mode", (text) => {
    expect(parseAclEntry(text)).toBe(`"${text}" sets a base permission; use mode for it`);
  });

  test.each(["", "bob", "d:rw", "d:d:bob:r", "a:b:c:d:e", "d:u:a:b:c", "x:bob:r", "m:bob:r", "o:bob:r", "d:default:r"])(
    "%s is refused",
    (text) => expect(parseAclEntry(text)).toMatch(/is not an access control entry/),
  );

  test.each(["a,b:r", "a b:r"])("%s has a name that would become another entry", (text) => {
    expect(parseAclEntry(text)).toMatch(/has a name that an access control list cannot hold/);
  });

  test.each(["bob:X", "bob:8", "bob:77", "bob:rq"])("%s has a wrong permission", (text) => {
    expect(parseAclEntry(text)).toMatch(/among its permissions/);
  });
});

describe("a complete list", () => {
  const complete = (entries: readonly string[], mode: number) =>
    completeAcl(
      entries.map((text) => {
        const entry = parseAclEntry(text);
        if (typeof entry === "string") throw new Error(entry);
        return entry;
      }),
      mode,
    );

  test("has the base entries of the mode", () => {
    expect(complete([], 0o4751)).toEqual(["user::rwx", "group::r-x", "other::--x"]);
  });

  test("has a mask of the group's rights when somebody is named, unless one is given", () => {
    expect(complete(["bob:rw"], 0o640)).toEqual(["user:bob:rw-", "mask::r--", "user::rw-", "group::r--", "other::---"]);
    expect(complete(["bob:rw", "m:rw"], 0o640)).toEqual([
      "user:bob:rw-",
      "mask::rw-",
      "user::rw-",
      "group::r--",
      "other::---",
    ]);
  });

  test("has all default entries as soon as it has one, the mask from the default group", () => {
    expect(complete(["d:bob:rw", "d:g::rwx"], 0o750)).toEqual([
      "user::rwx",
      "group::r-x",
      "other::---",
      "default:user:bob:rw-",
      "default:group::rwx",
      "default:mask::rwx",
      "default:user::rwx",
      "default:other::---",
    ]);
  });
});
