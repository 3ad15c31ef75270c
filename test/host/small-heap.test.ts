import { expect, test } from "vitest";
import { heap } from "../../src/host/small-heap.ts";

test("work that is given a roomy heap ends with its own result or failure, also while other work goes on", async () => {
  const failure = new Error("no");
  const [one, other] = await Promise.allSettled([
    heap.roomy(async () => Array.from({ length: 200_000 }, (_, index) => ({ index })).length),
    heap.roomy(() => Promise.reject(failure)),
  ]);
  expect(one).toEqual({ status: "fulfilled", value: 200_000 });
  expect(other).toEqual({ status: "rejected", reason: failure });
});
