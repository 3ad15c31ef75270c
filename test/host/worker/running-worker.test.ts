import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { SMALL_DAEMON } from "../../../src/host/daemon/daemons.ts";
import { workerOptions } from "../../../src/host/worker/running-worker.ts";

test("a worker has a compiler and room for its heap, whatever its daemon does without", () => {
  const options = workerOptions([...SMALL_DAEMON, "--inspect=127.0.0.1:9229", "--enable-source-maps"]);
  expect(options).toEqual(expect.arrayContaining(["--enable-source-maps"]));
  expect(options.filter((option) => /jitless|lite|inspect/.test(option))).toEqual([]);
  expect(options.filter((option) => option.startsWith("--initial-old-space-size"))).toHaveLength(1);
});

test("this Node.js takes the options of a worker", () => {
  const { status, stderr } = spawnSync(process.execPath, [...workerOptions(SMALL_DAEMON), "-e", ""]);
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
});
