import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, pathOf, textOf } from "../../src/ports/bytes.ts";

test.each([
  ["plain", "plain"],
  ["é漢🎉", "é漢🎉"],
  ["\ufeffmark", "\ufeffmark"],
  [Buffer.of(0xff, 0x61), "\udcffa"],
  [Buffer.of(0xc3), "\udcc3"],
  [Buffer.of(0xed, 0xb3, 0xbf), "\udced\udcb3\udcbf"],
  [Buffer.from("\ufffd\ufffd"), "\ufffd\ufffd"],
])("%j is the text %j", (bytes, text) => {
  expect(textOf(Buffer.from(bytes as string))).toBe(text);
});

test("any bytes survive the way to a text and back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(bytesOf(textOf(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
    }),
  );
});

test("a path is a text for Node as long as it can be one", () => {
  expect(pathOf("/a/é")).toBe("/a/é");
  expect(pathOf("/a/\udcff")).toEqual(Buffer.from([0x2f, 0x61, 0x2f, 0xff]));
});
