import fc from "fast-check";
import { expect, test } from "vitest";
import { type CleanupEntry, cleanupText, parseCleanupFile } from "../../src/install/records/cleanup-file.ts";

test("reads what AWS's agent wrote: paths, contexts, and an unfinished last line that does not count", () => {
  const text = "/srv/app\n/srv/app/a b \nsemanage\0/srv/app/a\n/srv/app/unfin";
  expect(parseCleanupFile(text)).toEqual({
    entries: [
      { type: "path", path: "/srv/app" },
      { type: "path", path: "/srv/app/a b " },
      { type: "context", path: "/srv/app/a" },
    ],
    ignoredLines: 0,
  });
});

test.each([
  "",
  "relative",
  "/",
  "/a/../b",
  "/a//b",
  "/a/",
  "/a\0b",
  "semanage\0relative",
  "/dev/null/codedeploy-agent/%",
])("does nothing about the line %j", (line) => {
  expect(parseCleanupFile(`/a\n${line}\n/b\n`)).toEqual({
    entries: [
      { type: "path", path: "/a" },
      { type: "path", path: "/b" },
    ],
    ignoredLines: 1,
  });
});

test("writes one path a line", () => {
  const entries: CleanupEntry[] = [
    { type: "path", path: "/srv/app" },
    { type: "context", path: "/srv/app/a" },
  ];
  expect(cleanupText(entries)).toBe("/srv/app\nsemanage\0/srv/app/a\n");
});

test("hides a name that a line cannot hold from an agent that would misread it", () => {
  expect(cleanupText([{ type: "path", path: "/srv/a\n/etc/passwd" }])).toBe(
    "/dev/null/codedeploy-agent/%2Fsrv%2Fa%0A%2Fetc%2Fpasswd\n",
  );
});

test("whatever the names, it reads what it wrote, one line an entry", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/[/\0]|^\.{1,2}$/.test(text));
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
  const entry = fc.record({ type: fc.constantFrom("path" as const, "context" as const), path });
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const text = cleanupText(entries);
      expect(text.split("\n")).toHaveLength(entries.length + 1);
      expect(parseCleanupFile(text)).toEqual({ entries, ignoredLines: 0 });
    }),
  );
});

test("any text gives an answer, and only absolute, normalised paths", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const { path } of parseCleanupFile(text).entries) expect(path).toMatch(/^\/[^\0]+$/);
    }),
  );
});
