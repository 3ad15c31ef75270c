import * as fc from "fast-check";
import { expect, it, test } from "vitest";
import { parsePax } from "../../../src/bundle/tar/pax.ts";
import { paxRecord } from "../tar-bytes.ts";

test.each([
  ["path=a/b", { path: "a/b" }],
  ["path=a=b", { path: "a=b" }],
  ["linkpath=grün", { linkpath: "grün" }],
  ["mtime=1700000000.5", { mtimeMs: 1_700_000_000_500 }],
  ["size=8589934592", { size: 8_589_934_592 }],
  ["uid=70000", { uid: 70_000 }],
  ["uid=many", {}],
  ["GNU.sparse.name=x", { sparse: true, sparseName: "x" }],
  ["GNU.sparse.major=1", { sparse: true, sparseMajor: 1 }],
  ["GNU.sparse.realsize=9", { sparse: true, sparseSize: 9 }],
  ["SCHILY.xattr.user.x=y", {}],
])("the record %j is read", (record, fields) => {
  expect(parsePax(paxRecord(record))).toEqual(fields);
});

it("reads values of any text, newlines included", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 }), (values) => {
      const body = Buffer.concat(values.map((value) => paxRecord(`path=${value}`)));
      expect(parsePax(body)).toEqual(values.length === 0 ? {} : { path: values.at(-1) });
    }),
  );
});

test.each([
  "path=a\n",
  "5 path=a\n",
  "99 path=a\n",
  "9 path=a ",
  "3 \n",
  "8 path=\n\n",
  "-1 a=b\n",
  "x a=b\n",
  "6 =ab\n",
])("the damaged record %j is refused", (text) => {
  expect(parsePax(Buffer.from(text))).toBeUndefined();
});

it("takes any bytes without an exception", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void parsePax(Buffer.from(bytes))));
});
