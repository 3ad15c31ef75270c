import fc from "fast-check";
import { expect, test } from "vitest";
import { printable, printableLines } from "../../../src/cli/sandbox/terminal/printable.ts";

test.each([
  ["plain text\nwith lines", "plain text\nwith lines"],
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007after", "after"],
  ["\u001b]8;;http://x\u001b\\link", "link"],
  ["a\rb\u0000c\u009b31md", "abc31md"],
  ["one\r\ntwo\ttab", "one\ntwo\ttab"],
  ["\u001b", ""],
])("%j becomes %j", (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("nothing that commands a terminal is left, and once is enough", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const clean = printable(text);
      expect(clean).not.toMatch(/[^\t\n\P{Cc}]/u);
      expect(printable(clean)).toBe(clean);
    }),
  );
});

test("blank lines at the end are left out", () => {
  expect(printableLines("a\n\nb\n\n")).toEqual(["a", "", "b"]);
  expect(printableLines("\n")).toEqual([]);
});
