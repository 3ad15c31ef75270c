import { expect, test } from "vitest";
import { shownLog } from "../../../src/cli/daemon/debug-console.ts";
import { styleFor } from "../../../src/cli/terminal/style.ts";
import { readableCall } from "../../../src/remote/wire/readable.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { RecordingLog } from "../../support/recording-log.ts";

test("records are shown with the pause before them, and kept as they are", async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const kept = new RecordingLog();
  const style = styleFor({ stdout: { write: () => undefined }, environment: {} });
  const log = shownLog(kept, { write: (line) => lines.push(line), clock, style });
  log.info("Install begins.", { command: "c-1", deployment: "d-1" });
  await clock.sleep(1_500);
  log.error("It failed:\n\u001b[31mno space\u001b[0m", { durationMs: 1_500, code: 5 });
  expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3}/, "<time>"))).toEqual([
    "<time>     +0 ms info  Install begins.  (deployment d-1)",
    "<time>    +1.5 s error It failed:  (code 5, took 1.5 s)",
    "                             no space",
  ]);
  expect(kept.records.map(({ level, fields }) => [level, fields])).toEqual([
    ["info", { command: "c-1", deployment: "d-1" }],
    ["error", { durationMs: 1_500, code: 5 }],
  ]);
});

test("a call to the service is a sentence, and what is long is cut", () => {
  const request = {
    headers: { "X-Amz-Target": "CodeDeployCommandService_v20141006.PollHostCommand" },
    body: { HostIdentifier: "h" },
  };
  const answered = { durationMs: 12.4, request, response: { status: 200, body: { HostCommand: "x".repeat(400) } } };
  expect(readableCall(JSON.stringify(answered))).toMatch(
    /^PollHostCommand: 200 after 12 ms\. Sent \{"HostIdentifier":"h"\}, got \{"HostCommand":"x+\.\.\. \(418 characters\)$/,
  );
  expect(readableCall(JSON.stringify({ durationMs: 3, request, error: "connect ECONNREFUSED" }))).toBe(
    'PollHostCommand: failed (connect ECONNREFUSED) after 3 ms. Sent {"HostIdentifier":"h"}',
  );
});
