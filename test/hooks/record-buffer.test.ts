import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineIndex } from "../../src/hooks/line-index.ts";
import { RecordBuffer } from "../../src/hooks/record-buffer.ts";

function recordsOf(batches: readonly string[], prefix: string, trimmed: boolean): string {
  const buffer = new RecordBuffer();
  for (const lines of batches)
    buffer.add(new LineIndex().of(Buffer.from(lines)), { prefix: Buffer.from(prefix), trimmed });
  expect(buffer.length).toBe(buffer.bytes.length);
  return buffer.bytes.toString();
}

describe("every line becomes a record", () => {
  test.each([
    ["one", ["a\n"], "> a\n"],
    ["several", ["a\nbc\n\nd\n"], "> a\n> bc\n> \n> d\n"],
    ["in several batches", ["a\n", "b\nc\n"], "> a\n> b\n> c\n"],
    ["an empty one", ["\n"], "> \n"],
    ["characters of several bytes", ["é€💾\n💾\n"], "> é€💾\n> 💾\n"],
  ])("%s", (_, batches, records) => {
    expect(recordsOf(batches, "> ", false)).toBe(records);
  });

  test("whatever the lines and the prefix", () => {
    const line = fc.string({ unit: fc.constantFrom("a", " ", "\t", "\r", "é", "\u00a0"), maxLength: 12 });
    const batches = fc.array(fc.array(line, { minLength: 1, maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(batches, fc.string({ maxLength: 30 }), fc.boolean(), (all, prefix, trimmed) => {
        const text = (one: string) => `${prefix}${trimmed ? one.replace(/[\t\r ]+$/, "") : one}\n`;
        const given = all.map((lines) => `${lines.join("\n")}\n`);
        expect(recordsOf(given, prefix, trimmed)).toBe(all.flat().map(text).join(""));
      }),
    );
  });
});

test("a blank that is no ASCII is not cut in two", () => {
  expect(recordsOf(["à\u00a0\n"], "", true)).toBe("à\u00a0\n");
});

test("memory is used again", () => {
  const buffer = new RecordBuffer();
  const form = { prefix: Buffer.from("> "), trimmed: false };
  buffer.add(new LineIndex().of(Buffer.from("a long line, so that there is room\n")), form);
  const { buffer: memory } = buffer.bytes;
  buffer.empty();
  expect(buffer.length).toBe(0);
  buffer.add(new LineIndex().of(Buffer.from("short\n")), form);
  expect(buffer.bytes.toString()).toBe("> short\n");
  expect(buffer.bytes.buffer).toBe(memory);
});
