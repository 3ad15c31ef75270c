import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter, MAX_LINE_BYTES } from "../../src/hooks/line-splitter.ts";
import { withoutControlSequences } from "../../src/hooks/readable.ts";

/** A splitter whose lines are kept, without their newlines. */
function splitterInto(lines: string[]): LineSplitter {
  return new LineSplitter((taken) => lines.push(...linesOf(taken)));
}

function linesOf(taken: Buffer | undefined): string[] {
  return taken === undefined ? [] : taken.toString().slice(0, -1).split("\n");
}

function split(...chunks: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = splitterInto(lines);
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  return [...lines, ...linesOf(splitter.end())];
}

/** Cuts bytes into chunks of the lengths, repeated. */
function chunksOf(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    chunks.push(bytes.subarray(start, start + length));
    start += length;
  }
  return chunks;
}

describe("lines", () => {
  test.each([
    ["several in a chunk", ["a\nb\n"], ["a", "b"]],
    ["one in several chunks", ["a", "b", "c\n"], ["abc"]],
    ["the last one without a newline", ["a\nb"], ["a", "b"]],
    ["empty ones", ["\n\na\n"], ["", "", "a"]],
    ["nothing", [""], []],
    ["a newline of its own", ["a", "\n"], ["a"]],
    ["Windows line ends are kept", ["a\r\n"], ["a\r"]],
  ])("%s", (_, chunks, lines) => {
    expect(split(...chunks)).toEqual(lines);
  });

  test("a line shows as soon as its newline comes, not before", () => {
    const lines: string[] = [];
    const splitter = splitterInto(lines);
    splitter.push(Buffer.from("abc"));
    expect(lines).toEqual([]);
    splitter.push(Buffer.from("d\ne"));
    expect(lines).toEqual(["abcd"]);
    expect(splitter.end()?.toString()).toBe("e\n");
    expect(splitter.end()).toBeUndefined();
  });

  test("chunk borders make no difference", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: "grapheme", maxLength: 80 }).map((text) => Buffer.from(text)),
      fc
        .string({ unit: fc.constantFrom("a", "\n", "\x1b", "[", "m", "é", "\r"), maxLength: 80 })
        .map((text) => Buffer.from(text)),
    );
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(bytes, lengths, (content, cuts) => {
        const buffer = Buffer.from(content);
        expect(split(...chunksOf(buffer, cuts))).toEqual(split(buffer));
      }),
    );
  });
});

describe("bytes that are no UTF-8", () => {
  test.each([
    ["a character in two chunks is whole", [Buffer.from([0x63, 0xc3]), Buffer.from([0xa9, 0x0a])], ["cé"]],
    ["a stray byte", [Buffer.from([0x61, 0xff, 0x62, 0x0a])], ["a\uFFFDb"]],
    ["a character cut off by a newline", [Buffer.from([0xe2, 0x82, 0x0a, 0x61])], ["\uFFFD", "a"]],
    ["a character cut off by the end", [Buffer.from([0x61, 0xe2, 0x82])], ["a\uFFFD"]],
    ["half a surrogate pair", [Buffer.from([0xed, 0xa0, 0x80])], ["\uFFFD\uFFFD\uFFFD"]],
  ])("%s", (_, chunks, lines) => {
    expect(split(...chunks)).toEqual(lines);
  });
});

describe("long lines", () => {
  test("one of exactly the greatest length stays whole", () => {
    const line = "x".repeat(MAX_LINE_BYTES);
    expect(split(`${line}\nnext\n`)).toEqual([line, "next"]);
    expect(split(line, "\n", "next\n")).toEqual([line, "next"]);
  });

  test("a longer one is cut, nothing is lost", () => {
    const line = "x".repeat(MAX_LINE_BYTES * 2 + 5);
    expect(split(`before\n${line}\nafter\n`).map(({ length }) => length)).toEqual([
      6,
      MAX_LINE_BYTES,
      MAX_LINE_BYTES,
      5,
      5,
    ]);
  });

  test("pieces come while the line still goes on, and take no more memory than one", () => {
    const lines: string[] = [];
    const splitter = splitterInto(lines);
    for (let turn = 0; turn < 100; turn += 1) splitter.push(Buffer.alloc(10_000, "x"));
    expect(lines.map(({ length }) => length)).toEqual(Array(15).fill(MAX_LINE_BYTES));
    expect(splitter.end()).toHaveLength(1_000_001 - 15 * MAX_LINE_BYTES);
  });

  test.each([1, 2, 3])("a cut never goes through a character (%i bytes too far)", (offset) => {
    const line = `${"x".repeat(MAX_LINE_BYTES - offset)}💾${"y".repeat(10)}`;
    const pieces = split(line, "\n");
    expect(pieces.join("")).toBe(line);
    expect(Buffer.byteLength(pieces[0] ?? "")).toBe(MAX_LINE_BYTES - offset);
  });

  test("cuts are the same whatever the chunks", () => {
    const line = Buffer.from("aé€💾\xff".repeat(20_000));
    expect(split(...chunksOf(line, [7919, 13, 70_001]))).toEqual(split(line));
  });

  test("bytes without any start of a character are cut all the same", () => {
    expect(split(Buffer.alloc(MAX_LINE_BYTES * 2 + 1, 0x80))).toHaveLength(3);
  });
});

describe("control sequences", () => {
  test.each([
    ["colours", "\x1b[1;31mred\x1b[0m", "red"],
    ["cursor movements", "50%\x1b[2K\x1b[1G100%", "50%100%"],
    ["window titles ended by BEL", "\x1b]0;title\x07text", "text"],
    ["links ended by ST", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["device control strings", "\x1bPq#0\x1b\\text", "text"],
    ["character sets", "\x1b(Btext", "text"],
    ["resets", "\x1bctext", "text"],
    ["eight-bit CSI", "\x9b31mred", "red"],
    ["unfinished ones", "text\x1b", "text"],
    ["an unfinished title keeps its text", "\x1b]0;title", "0;title"],
    ["none", "plain [text] 100%", "plain [text] 100%"],
  ])("%s", (_, text, plain) => {
    expect(withoutControlSequences(text)).toBe(plain);
  });

  test("no escape character survives", () => {
    const text = fc.string({ unit: fc.constantFrom("\x1b", "[", "]", "P", "\\", "\x07", "3", "m", " ", "é", "\x9b") });
    fc.assert(fc.property(text, (hostile) => !/\p{Cc}/u.test(withoutControlSequences(hostile).replaceAll("\x07", ""))));
  });

  test.each(["\x1b]", "\x1b[0", "\x1bP", "\x1b ("])("many unfinished ones cost linear time", (unfinished) => {
    const start = performance.now();
    withoutControlSequences(unfinished.repeat(200_000));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
