import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/build.ts"],
    pool: "forks",
    // Many tests wait for programs that they have started, so there is always one more at work than processors.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 150_000,
    hookTimeout: 150_000,
  },
});
