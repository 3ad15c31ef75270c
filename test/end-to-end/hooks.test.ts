import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { NewDeployment } from "../../src/sandbox/model/new-deployment.ts";
import { AgentHost } from "../support/agent-process.ts";
import type { RevisionFiles } from "../support/revision.ts";
import { failure, statuses, TestSandbox } from "../support/sandbox.ts";

const TRAFFIC = ["BeforeBlockTraffic", "AfterBlockTraffic", "BeforeAllowTraffic", "AfterAllowTraffic"];
const USUAL = [
  ...["ApplicationStop", "DownloadBundle", "BeforeInstall", "Install"],
  ...["AfterInstall", "ApplicationStart", "ValidateService"],
];

/** A revision whose scripts write down for which event and out of which revision they ran. */
function noting(notes: string, version: string, events: readonly string[]): RevisionFiles {
  const hooks = events.map((event) => `  ${event}:\n    - location: note.sh\n`).join("");
  return {
    "appspec.yml": `version: 0.0\nos: linux\nhooks:\n${hooks}`,
    "note.sh": `#!/bin/sh\necho "$LIFECYCLE_EVENT ${version}" >>${notes}\n`,
  };
}

/** A host that takes one deployment after another. */
async function deployingHost(events: readonly string[], config: Readonly<Record<string, unknown>> = {}) {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url, config).start({
    HOME: "/",
    LD_LIBRARY_PATH: "/of/the/agent",
    OTHER: "1",
  });
  const notes = join(host.directory, "notes");
  const deploy = (version: string, changes: Partial<NewDeployment>) =>
    sandbox.deploy(noting(notes, version, events), ["host-1"], changes);
  return { sandbox, host, deploy, notes: () => readFileSync(notes, "utf8").trim().split("\n") };
}

describe("the revision that traffic scripts come from", () => {
  test("replacement instances of a blue/green deployment: the current one", async () => {
    const { deploy, notes } = await deployingHost(TRAFFIC);
    const lifecycleEvents = [...USUAL, "BeforeAllowTraffic", "AfterAllowTraffic"];
    await deploy("1.0", { deploymentType: "BLUE_GREEN", lifecycleEvents });
    expect(notes()).toEqual(["BeforeAllowTraffic 1.0", "AfterAllowTraffic 1.0"]);
  });

  test("original instances: the last one that was installed", async () => {
    const { deploy, notes } = await deployingHost(TRAFFIC);
    await deploy("1.0", { lifecycleEvents: USUAL });
    const lifecycleEvents = ["BeforeBlockTraffic", "AfterBlockTraffic"];
    const blueGreen = await deploy("2.0", { deploymentType: "BLUE_GREEN", lifecycleEvents });
    expect(statuses(blueGreen)).toEqual({ BeforeBlockTraffic: "Succeeded", AfterBlockTraffic: "Succeeded" });
    expect(notes()).toEqual(["BeforeBlockTraffic 1.0", "AfterBlockTraffic 1.0"]);
  });

  test("a rollback: the last one installed to allow traffic, the last one downloaded to block it", async () => {
    const { deploy, notes } = await deployingHost(TRAFFIC);
    await deploy("1.0", { lifecycleEvents: USUAL });
    // Its archive is downloaded, and it is never installed.
    await deploy("2.0", { lifecycleEvents: ["DownloadBundle"] });
    const rollback = { deploymentType: "BLUE_GREEN", deploymentCreator: "codeDeployRollback" };
    await deploy("3.0", { ...rollback, lifecycleEvents: TRAFFIC });
    expect(notes()).toEqual([
      "BeforeBlockTraffic 2.0",
      "AfterBlockTraffic 2.0",
      "BeforeAllowTraffic 1.0",
      "AfterAllowTraffic 1.0",
    ]);
  });

  test("no earlier revision: there is nothing to do, which the service is told", async () => {
    const { sandbox, deploy } = await deployingHost(TRAFFIC);
    const lifecycleEvents = ["BeforeBlockTraffic", "AfterBlockTraffic"];
    const deployment = await deploy("1.0", { deploymentType: "BLUE_GREEN", lifecycleEvents });
    expect(deployment.status).toBe("Succeeded");
    const acknowledgements = (await sandbox.client.commands()).map((command) => command.acknowledgements[0]?.isNoop);
    expect(acknowledgements).toEqual([true, true]);
  });
});

describe("custom events", () => {
  const withEvents = (...custom: string[]) => ({
    lifecycleEvents: [...USUAL, ...custom],
    specification: { AllPossibleLifecycleEvents: [...USUAL, ...TRAFFIC, ...custom] },
  });

  test("run the scripts of the current revision", async () => {
    const { deploy, notes } = await deployingHost(["ApplicationStart", "WarmCaches"]);
    const deployment = await deploy("1.0", withEvents("WarmCaches"));
    expect(deployment.status).toBe("Succeeded");
    expect(notes()).toEqual(["ApplicationStart 1.0", "WarmCaches 1.0"]);
  });

  test("one that the AppSpec file lacks, and one that the deployment lacks, are found by Install", async () => {
    const { deploy } = await deployingHost(["WarmCachs"]);
    const deployment = await deploy("1.0", withEvents("WarmCaches"));
    expect(statuses(deployment)).toMatchObject({ BeforeInstall: "Succeeded", Install: "Failed" });
    expect(failure(deployment)).toMatchObject({
      errorCode: 5,
      message: expect.stringMatching(/has no lifecycle event WarmCachs; hooks lacks WarmCaches/),
    });
  });

  test("one that nobody announced is not run", async () => {
    const { deploy } = await deployingHost(["WarmCaches"]);
    const deployment = await deploy("1.0", { lifecycleEvents: ["DownloadBundle", "WarmCaches"] });
    expect(failure(deployment)?.message).toContain('the command "WarmCaches", which this agent does not know');
  });
});

describe("the environment of scripts", () => {
  test.each([
    ["is the agent's", {}, ["HOME", "LD_LIBRARY_PATH", "OTHER", "PATH"]],
    ["lacks what steers the loader", { strip_loader_env_in_hooks: true }, ["HOME", "OTHER", "PATH"]],
    ["is an allow-list", { restrict_hook_env_to_allowlist: true }, ["HOME", "PATH"]],
  ])("%s (%j)", async (_, config, inherited) => {
    const { sandbox, host } = await deployingHost([], config);
    const revision = {
      "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: show.sh\n",
      "show.sh": `#!/bin/sh\nenv | sort >${host.directory}/env\n`,
    };
    expect((await sandbox.deploy(revision, ["host-1"])).status).toBe("Succeeded");
    const names = readFileSync(join(host.directory, "env"), "utf8").match(/^\w+(?==)/gm) ?? [];
    expect(names.filter((name) => ["HOME", "LD_LIBRARY_PATH", "OTHER", "PATH"].includes(name))).toEqual(inherited);
    expect(names).toContain("DEPLOYMENT_ID");
  });

  test("has what the packages' launchers keep from the agent itself, under its name, and not what they give it", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start({
      CODEDEPLOY_FOR_SCRIPTS_NODE_OPTIONS: "--require /no/such.js",
      CODEDEPLOY_FOR_SCRIPTS_MALLOC_ARENA_MAX: "8",
      CODEDEPLOY_FOR_SCRIPTS_MALLOC_TRIM_THRESHOLD_: "",
      CODEDEPLOY_FOR_SCRIPTS_MALLOC_MMAP_THRESHOLD_: "",
      MALLOC_ARENA_MAX: "1",
      MALLOC_TRIM_THRESHOLD_: "65536",
      MALLOC_MMAP_THRESHOLD_: "1048576",
    });
    const revision = {
      "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: show.sh\n",
      "show.sh": `#!/bin/sh\nenv | grep -E 'NODE_OPTIONS|MALLOC|FOR_SCRIPTS' | sort >${host.directory}/env\n`,
    };
    expect((await sandbox.deploy(revision, ["host-1"])).status).toBe("Succeeded");
    expect(readFileSync(join(host.directory, "env"), "utf8")).toBe(
      "MALLOC_ARENA_MAX=8\nNODE_OPTIONS=--require /no/such.js\n",
    );
  });
});
