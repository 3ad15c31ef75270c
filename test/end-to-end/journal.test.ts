import { spawn } from "node:child_process";
import { fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import { eventually } from "../support/eventually.ts";
import { TestSandbox } from "../support/sandbox.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/codedeploy-agent.js", import.meta.url));

/** What an agent has written to its standard error, a file here, once it polls. */
async function writtenBy(journalStream: (device: bigint, inode: bigint) => string): Promise<string> {
  const sandbox = await TestSandbox.start();
  const { configFile, directory } = new AgentHost("host-1", sandbox.url);
  const path = join(directory, "stderr");
  const file = openSync(path, "w");
  const { dev, ino } = fstatSync(file, { bigint: true });
  const agent = spawn(process.execPath, [PROGRAM, "run", "--config-file", configFile], {
    stdio: ["ignore", "ignore", file],
    env: { ...process.env, JOURNAL_STREAM: journalStream(dev, ino) },
  });
  onTestFinished(() => void agent.kill("SIGKILL"));
  await eventually(() => expect(readFileSync(path, "utf8")).toContain("Polling as"));
  return readFileSync(path, "utf8");
}

test("what goes to the journal of systemd begins with its priority, and has no time of its own", async () => {
  const lines = (await writtenBy((device, inode) => `${device}:${inode}`)).trim().split("\n");
  expect(lines.filter((line) => !/^<[3467]>(?!\d{4}-)/.test(line))).toEqual([]);
});

test("an agent whose standard error is not the journal that it inherited the name of writes for people", async () => {
  expect(await writtenBy(() => "8:12345")).not.toMatch(/^<\d>/m);
});
