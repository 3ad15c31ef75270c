import { afterEach, expect, test, vi } from "vitest";
import { fileThreads } from "../../src/host/file-threads/file-threads.ts";
import type { ThreadJob } from "../../src/host/file-threads/thread-job.ts";

afterEach(() => {
  vi.useRealTimers();
});

const LOOK: ThreadJob = { task: "look-at-paths", texts: "/\0/nowhere" };

test("a job that comes while idle threads end is done by another thread", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  for (let round = 0; round < 5; round++) {
    const first = await fileThreads.run(LOOK);
    expect(first.failure).toBeUndefined();
    vi.advanceTimersByTime(60_000);
    expect(await fileThreads.run(LOOK)).toEqual(first);
  }
});
