import { expect, test } from "vitest";
import { backoffMs } from "../../src/agent/backoff.ts";

const wait = (consecutive: number, random: number, retryAfterMs?: number) =>
  backoffMs({ consecutive, random, retryAfterMs });

test.each([
  [1, 10],
  [2, 13],
  [5, 27],
  [10, 90],
  [11, 90],
  [1000, 90],
])("after %i failures the wait is anything up to %i s", (consecutive, seconds) => {
  expect(wait(consecutive, 0.999_999)).toBeCloseTo(seconds * 1000, -1);
  expect(wait(consecutive, 0.5)).toBe(seconds * 500);
});

test("a wait is never below a second", () => expect(wait(1, 0)).toBe(1000));

test("the service's wish wins", () => expect(wait(10, 0.9, 2500)).toBe(2500));
