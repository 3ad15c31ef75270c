import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_LOG_CHARACTERS } from "../../src/deployment/diagnostics.ts";
import { Capture } from "../../src/hooks/capture.ts";

function captured(...batches: readonly (readonly string[])[]): string {
  const capture = new Capture();
  for (const lines of batches) if (lines.length > 0) capture.addLines(Buffer.from(`${lines.join("\n")}\n`));
  return capture.text;
}

test("lines follow one another, each with its newline", () => {
  expect(captured(["LifecycleEvent - X"], ["Script - a"], [], ["[stdout]1", "[stderr]2"])).toBe(
    "LifecycleEvent - X\nScript - a\n[stdout]1\n[stderr]2\n",
  );
});

test("a last line that was not ended gets no newline, but never runs into the next", () => {
  const capture = new Capture();
  capture.addUnendedLine(Buffer.from("[stdout]no end\n"));
  expect(capture.text).toBe("[stdout]no end");
  capture.addUnendedLine(Buffer.from("[stderr]either\n"));
  capture.addLines(Buffer.from("Script - b\n"));
  expect(capture.text).toBe("[stdout]no end\n[stderr]either\nScript - b\n");
});

test("the newest characters are kept", () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index}`);
  const all = `${lines.join("\n")}\n`;
  expect(captured(lines)).toBe(all.slice(-MAX_LOG_CHARACTERS));
  expect(captured(...lines.map((line) => [line]))).toBe(all.slice(-MAX_LOG_CHARACTERS));
});

test("a single long entry is cut, not dropped", () => {
  expect(captured(["old"], [`${"x".repeat(5000)}end`])).toBe(`${"x".repeat(MAX_LOG_CHARACTERS - 4)}end\n`);
});

test("a prefix goes before every line, and a flood in one piece keeps whole characters", () => {
  const capture = new Capture();
  capture.addLines(Buffer.from("é\n\n💾\n"), "[stdout]");
  expect(capture.text).toBe("[stdout]é\n[stdout]\n[stdout]💾\n");
  for (const character of ["a", "é", "€", "💾"]) {
    const flood = `${character.repeat(9)}\n`.repeat(20_000);
    capture.addLines(Buffer.from(flood), "[stderr]");
    const all = flood.replaceAll(/^(?=.)/gmu, "[stderr]");
    expect(capture.text).toBe(all.slice(-MAX_LOG_CHARACTERS).replace(/^[\uDC00-\uDFFF]/, ""));
  }
});

test("it is bounded and well-formed whatever comes", () => {
  const lines = fc.array(fc.array(fc.string({ unit: "binary", maxLength: 3000 }), { maxLength: 5 }), { maxLength: 10 });
  fc.assert(
    fc.property(lines, (batches) => {
      const text = captured(...batches);
      return text.length <= MAX_LOG_CHARACTERS && text.isWellFormed();
    }),
  );
});
