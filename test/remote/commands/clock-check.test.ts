import { expect, test } from "vitest";
import { createCommandsApi } from "../../../src/remote/commands/api.ts";
import { clockCheck } from "../../../src/remote/commands/clock-check.ts";
import { commandsApiOptions, failureOf, NEVER } from "../../support/commands-api.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { recordingServer } from "../../support/recording-server.ts";

test("a clock that is off is said once, and once when it is right again, also by answers that are refusals", async () => {
  let [offset, status] = [0, 200];
  const server = await recordingServer((response) =>
    response
      .writeHead(status, {
        date: new Date(Date.now() + offset).toUTCString(),
        "content-type": "application/x-amz-json-1.1",
      })
      .end(status === 200 ? "{}" : '{"__type":"ClientException"}'),
  );
  const log = new RecordingLog();
  const api = createCommandsApi({ ...commandsApiOptions(server.url), onServerTime: clockCheck(log) });
  const poll = () => api.poll("host", NEVER);
  await poll();
  expect(log.records).toEqual([]);
  [offset, status] = [-600_000, 400];
  await failureOf(poll());
  status = 200;
  await poll();
  expect(log.messages("warn")).toEqual([
    "The clock of this host is 10 min ahead of the command service's; requests are refused from 5 minutes on. Correct it, and enable chrony.",
  ]);
  offset = 0;
  await poll();
  await poll();
  expect(log.messages("info")).toEqual(["The clock of this host agrees with the command service's again."]);
});
