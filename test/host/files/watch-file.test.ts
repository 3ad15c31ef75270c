import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { onFileChange } from "../../../src/host/files/watch-file.ts";
import { until } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("a file that came and a file that went is told once each, a file that is not there is not", async () => {
  const file = join(temporaryDirectory(), "marker");
  const watched = new AbortController();
  onTestFinished(() => watched.abort());
  let calls = 0;
  onFileChange(file, () => (calls += 1), watched.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  writeFileSync(file, "");
  await until(() => calls > 0);
  expect(calls).toBe(1);
  rmSync(file);
  await until(() => calls > 1);
  expect(calls).toBe(2);
});
