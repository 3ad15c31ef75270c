import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { lives } from "../../src/cli/sandbox/process-identity.ts";
import { listen } from "../support/loopback.ts";
import { type Ended, runProgram, stable } from "../support/program.ts";
import { packTar, writeRevision } from "../support/revision.ts";
import { SandboxProcesses } from "../support/sandbox-processes.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function sandbox(...words: readonly string[]): Promise<Ended> {
  return runProgram("codedeploy-sandbox", words);
}

/** A directory whose sandbox and fleets end with the test. */
function dataDirectory(): string {
  const directory = temporaryDirectory();
  onTestFinished(async () => {
    await sandbox("down", "--data", directory);
  });
  return directory;
}

describe("in the background", () => {
  test("a sandbox and a fleet outlive the commands that start them, and down ends both", async () => {
    const data = dataDirectory();
    const up = await sandbox("up", "--detach", "--data", data);
    expect({ ...up, stdout: stable(up.stdout, { data }).replace(/\d+ in/, "<pid> in") }).toEqual({
      status: 0,
      stdout: [
        "Sandbox   http://127.0.0.1:<port>   (a local CodeDeploy: no AWS account needed)",
        "State     <data>",
        "Process   <pid> in the background; stop it with codedeploy-sandbox down --data <data>",
        "",
      ].join("\n"),
      stderr: "",
    });
    const fleet = await sandbox("fleet", "--hosts", "1", "--detach", "--data", data);
    expect(fleet).toMatchObject({ status: 0, stderr: "" });
    expect(fleet.stdout).toMatch(/^Fleet {5}web-1: 1 agent polling\n/);
    expect(fleet.stdout).toContain(`stop it with codedeploy-sandbox down --data ${data}\n`);
    const [sandboxId, fleetId] = [up, fleet].map(({ stdout }) => Number(/Process +(\d+)/.exec(stdout)?.[1]));
    const { agents } = JSON.parse(readFileSync(join(data, "fleets/web.json"), "utf8"));
    const all: readonly number[] = [sandboxId ?? 0, fleetId ?? 0, agents[0].processId];
    expect(await Promise.all(all.map(lives))).toEqual([true, true, true]);

    const again = await sandbox("up", "--detach", "--data", data);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/^error: A sandbox \(process \d+\) runs already with the data directory [^\n]+\n$/);
    const twice = await sandbox("fleet", "--hosts", "1", "--detach", "--data", data);
    expect(twice.status).toBe(1);
    expect(twice.stderr).toMatch(
      /^error: A fleet web \(process \d+\) runs already\. Stop it, or give another --name\.\n$/,
    );

    const down = await sandbox("down", "--data", data);
    expect({ ...down, stdout: stable(down.stdout) }).toEqual({
      status: 0,
      stdout: "Stopped the fleet web.\nStopped the sandbox at http://127.0.0.1:<port>.\n",
      stderr: "",
    });
    expect(await Promise.all(all.map(lives))).toEqual([false, false, false]);
    expect(await sandbox("down", "--data", data)).toEqual({
      status: 0,
      stdout: `Nothing runs with the directory ${data}.\n`,
      stderr: "",
    });
  }, 300_000);

  test("a fleet that a kill has left without its keeper is ended by down", async () => {
    const data = dataDirectory();
    await sandbox("up", "--detach", "--data", data);
    const { stdout } = await sandbox("fleet", "--hosts", "1", "--detach", "--json", "--data", data);
    const { agents } = JSON.parse(readFileSync(join(data, "fleets/web.json"), "utf8"));
    process.kill(JSON.parse(stdout).processId, "SIGKILL");
    const down = await sandbox("down", "--data", data);
    expect(down.stdout).toMatch(/^Ended 1 agent of a fleet that was killed\.\nStopped the sandbox at /);
    expect(await lives(agents[0].processId)).toBe(false);
  }, 300_000);
});

describe("a sandbox that cannot start says so in one line, also from the background", () => {
  const REFUSED: readonly (readonly [what: string, words: (port: number) => readonly string[], message: RegExp])[] = [
    [
      "the port is taken",
      (port) => ["--port", String(port)],
      /^error: Cannot listen on 127\.0\.0\.1:\d+: another program listens there; leave the port out to get a free one\.\n$/,
    ],
    [
      "the directory cannot be made",
      () => ["--state", "/dev/null/state"],
      /^error: The data directory \/dev\/null\/state cannot be made \(ENOTDIR\); choose another with --data or --state\.\n$/,
    ],
    [
      "anybody could use it",
      () => ["--host", "0.0.0.0", "--any-key"],
      /^error: 0\.0\.0\.0 is not a loopback address\. [^\n]+\n$/,
    ],
  ];

  test.each(REFUSED)(
    "%s",
    async (_what, words, message) => {
      const port = await listen(createServer());
      const own = words(port);
      const where = own.includes("--state") ? [] : ["--data", dataDirectory()];
      for (const background of [[], ["--detach"]]) {
        const { status, stdout, stderr } = await sandbox("up", ...own, ...where, ...background);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toMatch(message);
      }
    },
    60_000,
  );
});

describe("a fleet that is told to stop while a script runs", () => {
  test("lets it end; a second Ctrl-C gives it up, and it is reported as failed", async () => {
    const processes = new SandboxProcesses();
    onTestFinished(() => processes.stop());
    await processes.up();
    const fleet = await processes.fleet(["--hosts", "1"]);
    const { client } = processes;
    await client.createGroup({ application: "shop", group: "web", hosts: ["web-1"] });
    const appSpec = "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - {location: run.sh, timeout: 600}\n";
    const files = { "appspec.yml": appSpec, "run.sh": "#!/bin/sh\nsleep 600\n" };
    const object = await client.putObject("releases", "shop.tgz", await packTar(writeRevision(files), { gzip: true }));
    const { bucket, key, version, eTag } = object;
    const revision = { bucket, key, version, eTag, bundleType: "tgz" } as const;
    const { deploymentId } = await client.createDeployment({ application: "shop", group: "web", revision });
    const event = async () =>
      (await client.deployment(deploymentId)).hosts[0]?.events.find(({ name }) => name === "AfterInstall");
    await expect.poll(async () => (await event())?.status, { timeout: 60_000 }).toBe("InProgress");

    const exited = new Promise((resolve) => fleet.once("exit", resolve));
    fleet.kill("SIGINT");
    await delay(1000);
    expect(fleet.exitCode).toBeNull();
    expect((await event())?.status).toBe("InProgress");
    fleet.kill("SIGINT");
    expect(await exited).toBe(0);
    expect(await event()).toMatchObject({ status: "Failed", diagnostics: { errorCode: 7 } });
  }, 300_000);
});
