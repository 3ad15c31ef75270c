import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { containedPath, entryPath, isInside } from "../../src/bundle/safe-path.ts";

const ROOT = "/opt/archive";

describe("containedPath", () => {
  test.each([
    ["scripts/start.sh", "/opt/archive/scripts/start.sh", false],
    ["/scripts/start.sh", "/opt/archive/scripts/start.sh", true],
    ["///a", "/opt/archive/a", true],
    ["./a//b/", "/opt/archive/a/b", false],
    ["a/../b", "/opt/archive/b", false],
    ["/", "/opt/archive", true],
    ["", "/opt/archive", false],
    ["a\\..\\b", "/opt/archive/a\\..\\b", false],
    ["...", "/opt/archive/...", false],
    ["a b", "/opt/archive/a b", false],
  ])("takes %j", (name, path, wasAbsolute) => {
    expect(containedPath(ROOT, name)).toMatchObject({ kind: "contained", path, wasAbsolute });
  });

  test.each([
    ["..", "leads out of its directory"],
    ["../archive/a", "leads out of its directory"],
    ["a/../../b", "leads out of its directory"],
    ["/..", "leads out of its directory"],
    ["a\0b", "contains a NUL byte"],
  ])("refuses %j", (name, reason) => {
    expect(containedPath(ROOT, name)).toEqual({ kind: "refused", reason });
  });

  it("never leads out, whatever the name", () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "", "/", "\\", "\0", "a"), fc.string());
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const found = containedPath(ROOT, parts.join("/"));
        return found.kind === "refused" || isInside(ROOT, found.path);
      }),
    );
  });
});

describe("entryPath", () => {
  test.each([
    ["a/b", "/opt/archive/a/b"],
    ["./", "/opt/archive"],
    ["..a/b..", "/opt/archive/..a/b.."],
    ["a\uDC80\uFFFD", "/opt/archive/a\uDC80\uFFFD"],
  ])("takes %j", (name, path) => {
    expect(entryPath(ROOT, name)).toMatchObject({ kind: "contained", path });
  });

  test.each([
    ["", "has no name"],
    ["a/../b", 'contains ".."'],
    ["a\0", "contains a NUL byte"],
  ])("refuses %j", (name, reason) => {
    expect(entryPath(ROOT, name)).toEqual({ kind: "refused", reason });
  });
});

test.each([
  ["/a", "/a", true],
  ["/a", "/a/b", true],
  ["/a", "/a/..b", true],
  ["/a", "/ab", false],
  ["/a", "/", false],
  ["/", "/a", true],
])("isInside(%j, %j) is %j", (root, path, inside) => {
  expect(isInside(root, path)).toBe(inside);
});
