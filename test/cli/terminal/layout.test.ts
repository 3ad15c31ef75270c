import { describe, expect, test } from "vitest";
import { shorten, table, wrap, wrapAfter } from "../../../src/cli/terminal/layout.ts";
import { count, duration, size } from "../../../src/cli/terminal/quantities.ts";
import { withoutPassword } from "../../../src/cli/terminal/url.ts";

describe("lines", () => {
  test("are broken at blanks; a word that is too long stays whole", () => {
    expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
    expect(wrap("see /a/very/long/path now", 10)).toEqual(["see", "/a/very/long/path", "now"]);
    expect(wrap("kept\nlines", 80)).toEqual(["kept", "lines"]);
    expect(wrap("", 10)).toEqual([""]);
  });

  test("after a lead have less room at first", () => {
    expect(wrapAfter(6, "one two three four", 14, 2)).toEqual(["one two", "three four"]);
    expect(wrapAfter(20, "longer-than-the-rest b", 24, 2)).toEqual(["", "longer-than-the-rest b"]);
  });

  test("of a table fit the terminal as far as a column gives way", () => {
    const columns = [{ title: "id" }, { title: "took", align: "right" }, { title: "path", shrinks: true }] as const;
    const rows = [
      ["a", "1 s", "/short"],
      ["bb", "100 s", "/a/path/that/is/much/too/long/for/it"],
    ];
    expect(table(columns, rows, 30)).toEqual(
      ["id   took  path", "a     1 s  /short", "bb  100 s  /a/path…oo/long/for/it"].map((line) =>
        expect.stringMatching(new RegExp(`^${line.slice(0, 12).replaceAll("/", "\\/")}`)),
      ),
    );
    for (const line of table(columns, rows, 30)) expect(line.length).toBeLessThanOrEqual(30);
  });

  test.each([
    ["/opt/agent/root", 20, "/opt/agent/root"],
    ["/opt/agent/deployment-root", 11, "/opt…t-root"],
    ["abc", 1, "a"],
  ])("%s in %i characters is %s", (text, width, expected) => {
    expect(shorten(text, width)).toBe(expected);
    expect(shorten(text, width).length).toBeLessThanOrEqual(width);
  });
});

describe("quantities", () => {
  test.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [1_250, "1.3 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min 00 s"],
    [185_000, "3 min 05 s"],
    [18_720_000, "5 h 12 min"],
    [273_600_000, "3 days 4 h"],
  ])("%i ms is %s", (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [4_200, "4.2 kB"],
    [999_700, "1.0 MB"],
    [214_000_000, "214 MB"],
    [2_000_000_000_000_000, "2000 TB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });

  test("are counted with their noun", () => {
    expect([1, 2, 999, 1_204, 1_204_567].map((number) => count(number, "file"))).toEqual([
      "1 file",
      "2 files",
      "999 files",
      "1,204 files",
      "1,204,567 files",
    ]);
  });
});

test.each([
  ["http://user:secret@proxy:3128", "http://user:[redacted]@proxy:3128"],
  ["http://proxy:3128", "http://proxy:3128"],
  ["/a/path:with@signs", "/a/path:with@signs"],
])("%s is shown as %s", (text, expected) => {
  expect(withoutPassword(text)).toBe(expected);
});
