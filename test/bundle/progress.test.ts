import { Readable } from "node:stream";
import { expect, it, test } from "vitest";
import { Progress } from "../../src/bundle/progress.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { deploymentHost } from "./download-fixture.ts";
import { tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

it("is told every five seconds, and not before", async () => {
  const [clock, log] = [new FakeClock(), new RecordingLog()];
  const progress = new Progress({ what: "Fetching x", size: 4_000_000 }, { clock, log });
  const step = async (milliseconds: number) => {
    await clock.sleep(milliseconds);
    progress.add(1_000_000);
  };
  await step(4_999);
  expect(log.messages()).toEqual([]);
  await step(1);
  await step(4_999);
  await step(1);
  expect(log.messages("info")).toEqual([
    "Fetching x: 2.0 MB of 4.0 MB (50 %), 400 kB/s.",
    "Fetching x: 4.0 MB of 4.0 MB (100 %), 400 kB/s.",
  ]);
});

test("nobody may know how much there is", async () => {
  const [clock, log] = [new FakeClock(), new RecordingLog()];
  const progress = new Progress({ what: "Fetching x", size: undefined }, { clock, log });
  await clock.sleep(10_000);
  progress.add(512);
  expect(log.messages()).toEqual(["Fetching x: 512 B, 51 B/s."]);
});

test("a large file in a zip archive is told of piece by piece", async () => {
  const host = deploymentHost();
  const body = Buffer.alloc(4_000_000, "x");
  const bytes = zipBytes([
    { name: "small", body: "x" },
    { name: "large", body, method: 0 },
  ]);
  const clock = new FakeClock();
  // Every look at the clock takes six seconds.
  clock.monotonic = () => {
    void clock.sleep(6000);
    return clock.now();
  };
  await host.downloadBytes(bytes, "zip", { clock });
  const told = host.log.messages("info").filter((message) => message.startsWith("Unpacking "));
  const percents = told.map((message) => Number(/\((\d+) %\)/.exec(message)?.[1]));
  expect(percents.length).toBeGreaterThan(5);
  expect(percents).toEqual(percents.toSorted((one, other) => one - other));
  expect(percents.at(-1)).toBe(100);
});

test.each([
  ["tar", tarBytes([{ name: "a", body: "x".repeat(9000) }]), ["Fetching"]],
  ["zip", zipBytes([{ name: "a", body: "x".repeat(9000), method: 0 }]), ["Fetching", "Unpacking"]],
] as const)("a long download is told while it goes on (%s)", async (type, bytes, words) => {
  const host = deploymentHost();
  const clock = new FakeClock();
  // Every look at the clock takes six seconds.
  clock.monotonic = () => {
    void clock.sleep(6000);
    return clock.now();
  };
  await host.downloadBytes(bytes, type, { clock, download: { content: Readable.from([bytes]) } });
  const told = host.log.messages("info").filter((message) => / of .* %\), /.test(message));
  expect(told.map((message) => message.split(" ")[0])).toEqual(words);
  expect(told[0]).toContain(`Fetching s3://releases/app.${type}: `);
});
