import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describePause, readPauseMarker, writePauseMarker } from "../../src/agent/pause-marker.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const read = (file: string) => readPauseMarker(file, localFileSystem);

describe("a pause marker", () => {
  test("is read as it was written", async () => {
    const file = join(temporaryDirectory(), "paused.json");
    expect(await read(file)).toBeUndefined();
    await writePauseMarker(file, { since: "2026-11-25T08:00:00Z", by: "ann", reason: "audit" }, localFileSystem);
    expect(await read(file)).toEqual({ since: "2026-11-25T08:00:00Z", by: "ann", reason: "audit" });
  });

  test.each(["", "no JSON", "null", "[]", '{"since": 5, "by": "", "reason": null}'])(
    "pauses also as %j",
    async (text) => {
      const file = join(temporaryDirectory(), "paused.json");
      writeFileSync(file, text);
      expect(await read(file)).toEqual({});
    },
  );

  test("pauses also when it is no file", async () => {
    const file = join(temporaryDirectory(), "paused.json");
    mkdirSync(file);
    expect(await read(file)).toEqual({});
  });
});

test.each([
  [{}, "Paused"],
  [{ by: "ann" }, "Paused by ann"],
  [{ reason: "Audit." }, "Paused: Audit"],
])("%j is described as %j", (note, text) => expect(describePause(note)).toBe(text));
