import { expect, test } from "vitest";
import { retryAfterMs, secondsAheadOf } from "../../../src/remote/commands/http-dates.ts";

const NOW = Date.UTC(2026, 10, 24, 12);

test.each([
  [undefined, undefined],
  ["7", 7_000],
  [" 0 ", 0],
  ["Tue, 24 Nov 2026 12:00:30 GMT", 30_000],
  ["Tue, 24 Nov 2026 11:00:00 GMT", 0],
  ["999999999", 3_600_000],
  ["-5", undefined],
  ["soon", undefined],
  ["", undefined],
])("Retry-After %j means %j ms", (header, wait) => {
  expect(retryAfterMs(header, NOW)).toBe(wait);
});

test.each([
  [undefined, undefined],
  ["Tue, 24 Nov 2026 11:45:00 GMT", 900],
  ["Tue, 24 Nov 2026 12:00:05 GMT", -5],
  ["yesterday", undefined],
])("a Date of %j means that this host is %j s ahead", (header, seconds) => {
  expect(secondsAheadOf(header, NOW)).toBe(seconds);
});
