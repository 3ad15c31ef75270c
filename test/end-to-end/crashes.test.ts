import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CommandView } from "../../src/sandbox/model/command.ts";
import { AgentHost } from "../support/agent-process.ts";
import type { RevisionFiles } from "../support/revision.ts";
import { TestSandbox } from "../support/sandbox.ts";

/** scripts/test-crashes asks for more. */
const CYCLES = Number(process.env["CRASH_CYCLES"] ?? 6);
/** Decides the moments; printed, so that a failure can be had again. */
const SEED = Number(process.env["CRASH_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const SECONDS_A_CYCLE = 30;
const FILES = 30;

/** Numbers from 0 (included) to 1 (excluded), the same for the same seed: the minimal standard generator. */
function chance(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = (seed % (modulus - 1)) + 1;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}

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

/** What the service was told of a command's end, each different report once. */
function reports({ completions }: CommandView): ReadonlySet<string> {
  return new Set(completions.map(({ status, payload }) => `${status} ${payload}`));
}

// A result that the service has taken is sent again when the agent is killed before it has noted that, since it cannot
// know. The service takes the same result again as it took the first; another one would be a command reported twice.
test(
  `an agent that is killed at any moment (seed ${SEED}): every command is reported once, none is lost, the files are whole`,
  async () => {
    const random = chance(SEED);
    const sandbox = await TestSandbox.start({ redeliverSeconds: 0.5, longPollSeconds: 2 });
    const host = new AgentHost("host-1", sandbox.url);
    const target = join(host.directory, "srv");
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      host.start();
      const { deploymentId } = await sandbox.begin(revision(target), ["host-1"]);
      await delay(150 + random() * 900);
      host.signal("SIGKILL");
      await host.ended();
      host.start();
      const { hosts } = await sandbox.client.waitForDeployment(deploymentId, { timeoutSeconds: SECONDS_A_CYCLE });
      const failed = hosts[0]?.events.find(({ status }) => status === "Failed")?.diagnostics;
      expect([undefined, 7]).toContain(failed?.errorCode);
      await host.stop();
      const installed = existsSync(target) ? readdirSync(target) : [];
      expect([0, FILES]).toContain(installed.length);
    }
    const commands = await sandbox.client.commands();
    expect(commands.filter((command) => reports(command).size !== 1).map(({ id }) => id)).toEqual([]);
    const again = commands.filter(({ completions }) => completions.length > 1);
    expect(again.length).toBeLessThanOrEqual(CYCLES);
  },
  CYCLES * SECONDS_A_CYCLE * 1000,
);
