import { statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toSeconds } from "../../../src/host/files/seconds.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** What a file's time is when it was to be that, in nanoseconds. */
function given(milliseconds: number): bigint {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "");
  utimesSync(file, toSeconds(milliseconds), toSeconds(milliseconds));
  return statSync(file, { bigint: true }).mtimeNs;
}

test.each([-86_400_000, -1, 0, 1_600_000_000_000, 1_700_000_000_500, 4_102_444_800_000])(
  "%i milliseconds are exact",
  (milliseconds) => {
    expect(given(milliseconds)).toBe(BigInt(milliseconds) * 1_000_000n);
  },
);

test("microseconds are those that were asked for, to a fraction", () => {
  for (let microsecond = 0; microsecond < 300; microsecond += 1) {
    const asked = 1_600_000_000_123_000n + BigInt(microsecond * 3);
    const found = given(Number(asked) / 1000);
    expect(found / 1000n, `${asked}`).toBe(asked);
  }
});
