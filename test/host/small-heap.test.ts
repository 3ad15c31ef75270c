import { expect, test } from "vitest";
import { heap } from "../../src/host/small-heap.ts";

test.each(["roomy", "quick"] as const)(
  "work that is given a %s heap ends with its own result or failure, also while other work goes on",
  async (kind) => {
    const failure = new Error("no");
    const [one, other] = await Promise.allSettled([
      heap[kind](async () => Array.from({ length: 200_000 }, (_, index) => ({ index })).length),
      heap[kind](() => Promise.reject(failure)),
    ]);
    expect(one).toEqual({ status: "fulfilled", value: 200_000 });
    expect(other).toEqual({ status: "rejected", reason: failure });
  },
);
