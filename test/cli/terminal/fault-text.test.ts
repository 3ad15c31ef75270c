import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faultText } from "../../../src/cli/terminal/fault-text.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("a file that the system refuses is named, with what to do", () => {
  expect(faultText(thrownBy(() => readFileSync("/nowhere/file")))).toBe(
    "/nowhere/file cannot be used (ENOENT). It does not exist, or has gone meanwhile.",
  );
  expect(faultText(Object.assign(new Error("x"), { code: "ENOSPC", path: "/full/disk" }))).toBe(
    "/full/disk cannot be used (ENOSPC). Make room on its file system.",
  );
});

test("what an error says cannot command the terminal", () => {
  expect(faultText(new Error("a\u001b[2Jb\u0007"))).toBe("ab");
  expect(faultText("a\u001b[2Jb")).toBe("ab");
});
