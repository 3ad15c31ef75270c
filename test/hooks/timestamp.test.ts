import { afterEach, expect, test } from "vitest";
import { preciseTimestamp, timestamp } from "../../src/hooks/timestamp.ts";

const zone = process.env["TZ"];

afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

test.each([
  ["UTC", "2026-01-02 03:04:05"],
  ["Asia/Kolkata", "2026-01-02 08:34:05"],
  ["America/New_York", "2026-01-01 22:04:05"],
])("local time in %s", (name, text) => {
  process.env["TZ"] = name;
  const time = Date.UTC(2026, 0, 2, 3, 4, 5, 7);
  expect(timestamp(time)).toBe(text);
  expect(preciseTimestamp(time)).toBe(`${text}.007`);
});
