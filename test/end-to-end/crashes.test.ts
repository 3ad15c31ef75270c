import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import type { RevisionFiles } from "../support/revision.ts";
import { TestSandbox } from "../support/sandbox.ts";

const CYCLES = 8;
const FILES = 30;

function revision(target: string): RevisionFiles {
  const events = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"];
  const hooks = events.map((event) => `  ${event}:\n    - location: sleep.sh\n      timeout: 10\n`).join("");
  const files = Array.from({ length: FILES }, (_, index) => [`app/file-${index}`, "x".repeat(2000)]);
  return {
    "appspec.yml": `version: 0.0\nos: linux\nfiles:\n  - source: app\n    destination: ${target}\nhooks:\n${hooks}`,
    "sleep.sh": "#!/bin/sh\nsleep 0.02\n",
    ...Object.fromEntries(files),
  };
}

test("an agent that is killed at any moment: every command is reported, none is lost, the files are whole", async () => {
  const sandbox = await TestSandbox.start({ redeliverSeconds: 0.5, longPollSeconds: 2 });
  const host = new AgentHost("host-1", sandbox.url);
  const target = join(host.directory, "srv");
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    host.start();
    const { deploymentId } = await sandbox.begin(revision(target), ["host-1"]);
    await delay(150 + Math.random() * 600);
    host.signal("SIGKILL");
    await host.ended();
    host.start();
    const { hosts } = await sandbox.client.waitForDeployment(deploymentId, { timeoutSeconds: 25 });
    const failed = hosts[0]?.events.find(({ status }) => status === "Failed")?.diagnostics;
    expect([undefined, 7]).toContain(failed?.errorCode);
    await host.stop();
    const installed = readdirSync(join(host.directory)).includes("srv") ? readdirSync(target) : [];
    expect([0, FILES]).toContain(installed.length);
  }
  const unreported = (await sandbox.client.commands()).filter(({ completions }) => completions.length === 0);
  expect(unreported.map(({ event }) => event)).toEqual([]);
}, 120_000);
