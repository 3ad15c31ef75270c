import fc from "fast-check";
import { expect, test } from "vitest";
import { FIRST_LINE_BYTES, readFirstLine } from "../../src/hooks/shebang.ts";

const read = (text: string) => readFirstLine(Buffer.from(text, "latin1"));

test.each([
  ["#!/bin/sh\necho", "/bin/sh", false],
  ["#!/bin/sh", "/bin/sh", false],
  ["#! \t/bin/sh -e\n", "/bin/sh", false],
  ["#!/usr/bin/env python3\n", "/usr/bin/env", false],
  ["#!/bin/sh\r\n", "/bin/sh\r", true],
  ["#!/bin/sh -e\r\n", "/bin/sh", true],
  ["#!/bin/sh\nline two\r\n", "/bin/sh", false],
  ["#!bin/relative\n", "bin/relative", false],
])("%j: interpreter %j", (text, path, endsInCarriageReturn) => {
  expect(read(text)).toEqual({ kind: "interpreter", path, endsInCarriageReturn });
});

test("the path of an interpreter is UTF-8", () => {
  expect(readFirstLine(Buffer.from("#!/opt/é/sh\n"))).toMatchObject({ path: "/opt/é/sh" });
});

test.each(["", "echo hello\n", "# !/bin/sh\n", " #!/bin/sh\n", "#!", "#!\n/bin/sh", "#! \n", "\r\n#!/bin/sh"])(
  "%j: for /bin/sh",
  (text) => {
    expect(read(text)).toEqual({ kind: "none", byteOrderMark: false });
  },
);

test("a byte order mark hides the line", () => {
  expect(read("\xEF\xBB\xBF#!/bin/sh\n")).toEqual({ kind: "none", byteOrderMark: true });
  expect(read("\xEF\xBB\xBFecho\n")).toEqual({ kind: "none", byteOrderMark: false });
});

test("a program", () => {
  expect(read("\x7FELF\x02\x01")).toEqual({ kind: "program" });
});

test("only as much is read as the kernel reads", () => {
  expect(read(`#!/bin/sh ${"x".repeat(FIRST_LINE_BYTES)}\r\n`)).toMatchObject({ endsInCarriageReturn: false });
});

test("any bytes have an answer", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readFirstLine(bytes).kind.length > 0));
});
