import type { CodeDeploy } from "@aws-sdk/client-codedeploy";
import { describe, expect, test } from "vitest";
import type { SandboxClient } from "../../../src/sandbox/client/sandbox-client.ts";
import { APPLICATION, fleetOf, GROUP, ROLE, sandboxWithApi } from "../support/public-api.ts";
import { call, type EventOutcome, runAgents, SimulatedAgent } from "../support/simulated-agent.ts";

const at = (version: string) =>
  ({ revisionType: "S3", s3Location: { bucket: "b", key: `shop-${version}.zip`, bundleType: "zip" } }) as const;
const tagged = (Value: string) => [{ Key: "fleet", Value, Type: "KEY_AND_VALUE" as const }];
const ALL_AT_ONCE = { deploymentConfigName: "CodeDeployDefault.AllAtOnce" };
const ec2Agent = (url: string, id: string, outcome?: (event: string) => EventOutcome) =>
  new SimulatedAgent(url, `arn:aws:ec2:us-east-1:123456789012:instance/${id}`, outcome);
const info = async (api: CodeDeploy, deploymentId: string | undefined) =>
  (await api.getDeployment({ deploymentId })).deploymentInfo ?? {};

async function ec2Group(api: CodeDeploy, settings: object = {}): Promise<void> {
  await api.createApplication(APPLICATION);
  await api.createDeploymentGroup({
    ...GROUP,
    serviceRoleArn: ROLE,
    ec2TagFilters: tagged("one"),
    ...ALL_AT_ONCE,
    ...settings,
  });
}

const tag = (client: SandboxClient, host: string, value: string) =>
  client.registerHost(host, { tags: [{ Key: "fleet", Value: value }] });

describe("EC2 hosts that join with an older revision while a deployment runs", () => {
  async function joined(settings: object) {
    const { api, url, client } = await sandboxWithApi();
    await tag(client, "i-1", "one");
    await tag(client, "i-2", "one");
    await ec2Group(api, settings);
    const agents = [ec2Agent(url, "i-1"), ec2Agent(url, "i-2")];
    await api.createDeployment({ ...GROUP, revision: at("1.0") });
    await runAgents(agents);
    await tag(client, "i-2", "elsewhere");
    const root = await api.createDeployment({ ...GROUP, revision: at("1.1"), description: "the root" });
    await tag(client, "i-2", "one");
    await tag(client, "i-new", "one");
    await runAgents(agents);
    return { api, url, client, agents, root: await info(api, root.deploymentId) };
  }

  test("get a follow-up deployment, and the two know each other", async () => {
    const { api, root } = await joined({});
    expect(root.status).toBe("Succeeded");
    const [id] = root.relatedDeployments?.autoUpdateOutdatedInstancesDeploymentIds ?? [];
    const followUp = await info(api, id);
    expect(followUp).toMatchObject({
      status: "Succeeded",
      creator: "CodeDeployAutoUpdate",
      revision: at("1.1"),
      relatedDeployments: { autoUpdateOutdatedInstancesRootDeploymentId: root.deploymentId },
    });
    expect(followUp.description).toBeUndefined();
    expect((await api.listDeploymentTargets({ deploymentId: id })).targetIds).toEqual(["i-2"]);
    expect((await api.listDeployments({})).deployments).toHaveLength(3);
  });

  test("are left alone where the group says so", async () => {
    const { api, root } = await joined({ outdatedInstancesStrategy: "IGNORE" });
    expect(root.status).toBe("Succeeded");
    expect(root.relatedDeployments).toBeUndefined();
    expect((await api.listDeployments({})).deployments).toHaveLength(2);
  });
});

describe("a blue/green deployment", () => {
  const STYLE = {
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"] },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
    },
  };

  /** A group whose EC2 host i-blue has revision 1.0, and a deployment of 1.1 to i-green. */
  async function deploying() {
    const { api, url, client } = await sandboxWithApi();
    await tag(client, "i-first", "one");
    await tag(client, "i-blue", "two");
    await tag(client, "i-green", "three");
    await ec2Group(api, STYLE);
    await api.createDeployment({ ...GROUP, revision: at("1.0"), targetInstances: { tagFilters: tagged("two") } });
    const blue = ec2Agent(url, "i-blue");
    await runAgents([ec2Agent(url, "i-first"), blue]);
    const { deploymentId } = await api.createDeployment({
      ...GROUP,
      revision: at("1.1"),
      targetInstances: { tagFilters: tagged("three") },
    });
    return { api, url, client, blue, deploymentId };
  }

  test("that fails after traffic was rerouted is rolled back by sending the traffic back, without an install", async () => {
    const { api, url, client, deploymentId } = await deploying();
    const blue = ec2Agent(url, "i-blue", (event) => (event === "AfterBlockTraffic" ? "fail" : "ok"));
    await runAgents([blue, ec2Agent(url, "i-green")]);
    const failed = await info(api, deploymentId);
    expect(failed.status).toBe("Failed");
    expect(failed.rollbackInfo?.rollbackMessage).toContain("the traffic goes back");
    const rollback = await info(api, failed.rollbackInfo?.rollbackDeploymentId);
    expect(rollback).toMatchObject({
      status: "Succeeded",
      creator: "codeDeployRollback",
      revision: at("1.0"),
      deploymentStyle: { deploymentType: "BLUE_GREEN" },
      rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
    });
    const events = async (targetId: string) =>
      (
        await api.getDeploymentTarget({ deploymentId: rollback.deploymentId, targetId })
      ).deploymentTarget?.instanceTarget?.lifecycleEvents?.map(({ lifecycleEventName }) => lifecycleEventName);
    expect(await events("i-blue")).toEqual(["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"]);
    expect(await events("i-green")).toEqual(["BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"]);
    const sent = await client.commands({ deploymentId: rollback.deploymentId ?? "" });
    expect(sent.map(({ host, event }) => `${host} ${event}`)).toEqual([
      "i-blue BeforeAllowTraffic",
      "i-blue AfterAllowTraffic",
      "i-green BeforeBlockTraffic",
      "i-green AfterBlockTraffic",
    ]);
    expect((await client.groups())[0]?.hosts).toEqual(["i-blue"]);
  });

  test("that fails before is not, since nothing has been rerouted", async () => {
    const { api, url, blue, deploymentId } = await deploying();
    await runAgents([blue, ec2Agent(url, "i-green", () => "fail")]);
    const failed = await info(api, deploymentId);
    expect(failed.rollbackInfo).toEqual({
      rollbackMessage: "There is no rollback: the deployment ended before any traffic was sent to the replacements.",
    });
    expect((await api.listDeployments({})).deployments).toHaveLength(2);
  });

  test("that terminates the originals refuses their agents, and no tag selects them any more", async () => {
    const { api, url, client, blue, deploymentId } = await deploying();
    await runAgents([blue, ec2Agent(url, "i-green")]);
    await expect.poll(async () => (await info(api, deploymentId)).status, { timeout: 60_000 }).toBe("Succeeded");
    const poll = await call(url, "PollHostCommand", { HostIdentifier: blue.hostIdentifier });
    expect(poll.body["__type"]).toBe("AccessDeniedException");
    const hosts = await client.hosts();
    expect(hosts.filter(({ terminatedAt }) => terminatedAt !== undefined).map(({ name }) => name)).toEqual([
      "i-first",
      "i-blue",
    ]);
    const again = api.createDeployment({
      ...GROUP,
      revision: at("1.2"),
      targetInstances: { tagFilters: tagged("two") },
    });
    await expect(again).rejects.toMatchObject({ name: "InvalidTargetInstancesException" });
    await tag(client, "i-blue", "two");
    expect((await client.hosts()).find(({ name }) => name === "i-blue")?.terminatedAt).toBeUndefined();
  });
});

describe("alarms", () => {
  const WATCHING = {
    ...ALL_AT_ONCE,
    alarmConfiguration: { enabled: true, alarms: [{ name: "5xx/too many" }, { name: "latency" }] },
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_STOP_ON_ALARM"] },
  };

  test("stop a deployment, which is rolled back although the alarm is still active", async () => {
    const { api, url, client } = await sandboxWithApi();
    await fleetOf(api, ["web-1"], WATCHING);
    const agent = new SimulatedAgent(url, "web-1");
    await api.createDeployment({ ...GROUP, revision: at("1.0") });
    await runAgents([agent]);
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: at("1.1") });
    await client.setAlarm("unrelated", "ALARM");
    await agent.step();
    expect((await info(api, deploymentId)).status).toBe("InProgress");
    await client.setAlarm("5xx/too many", "ALARM");
    const stopped = await info(api, deploymentId);
    expect(stopped).toMatchObject({
      status: "Stopped",
      errorInformation: { code: "ALARM_ACTIVE", message: "Alarm 5xx/too many is active." },
    });
    await runAgents([agent]);
    expect(await info(api, stopped.rollbackInfo?.rollbackDeploymentId)).toMatchObject({
      status: "Succeeded",
      revision: at("1.0"),
    });
    expect(await client.alarms()).toEqual([
      { name: "unrelated", state: "ALARM" },
      { name: "5xx/too many", state: "ALARM" },
    ]);
  });

  test("stop a deployment that is started while they are active, unless it is told to watch others", async () => {
    const { api, client } = await sandboxWithApi();
    await fleetOf(api, ["web-1"], WATCHING);
    await client.setAlarm("latency", "ALARM");
    const first = await api.createDeployment({ ...GROUP, revision: at("1.0") });
    expect(await info(api, first.deploymentId)).toMatchObject({ status: "Stopped" });
    const overrideAlarmConfiguration = { enabled: false, alarms: [{ name: "other" }] };
    const second = await api.createDeployment({ ...GROUP, revision: at("1.0"), overrideAlarmConfiguration });
    expect(await info(api, second.deploymentId)).toMatchObject({ status: "InProgress", overrideAlarmConfiguration });
    await client.setAlarm("latency", "OK");
    await api.stopDeployment({ deploymentId: second.deploymentId, autoRollbackEnabled: false });
    const third = await api.createDeployment({ ...GROUP, revision: at("1.0") });
    expect(await info(api, third.deploymentId)).toMatchObject({ status: "InProgress" });
  });
});

test("a group that is renamed while it deploys goes on, and is rolled back under its new name", async () => {
  const { api, url } = await sandboxWithApi();
  const autoRollbackConfiguration = { enabled: true, events: ["DEPLOYMENT_FAILURE"] };
  await fleetOf(api, ["web-1"], { ...ALL_AT_ONCE, autoRollbackConfiguration });
  await api.createDeployment({ ...GROUP, revision: at("1.0") });
  await runAgents([new SimulatedAgent(url, "web-1")]);
  const { deploymentId } = await api.createDeployment({ ...GROUP, revision: at("1.1") });
  await api.updateDeploymentGroup({
    ...APPLICATION,
    currentDeploymentGroupName: "fleet",
    newDeploymentGroupName: "renamed",
  });
  await new SimulatedAgent(url, "web-1", () => "fail").step();
  const rollback = (await info(api, deploymentId)).rollbackInfo?.rollbackDeploymentId;
  expect(await info(api, rollback)).toMatchObject({ deploymentGroupName: "renamed" });
  const group = await api.getDeploymentGroup({ ...APPLICATION, deploymentGroupName: "renamed" });
  expect(group.deploymentGroupInfo?.lastAttemptedDeployment?.deploymentId).toBe(rollback);
});

test("a deployment to more than 1000 hosts fails at once", async () => {
  const { api, client } = await sandboxWithApi();
  await client.createGroup({ application: "shop", group: "fleet", hosts: ["h-0"] });
  await api.updateDeploymentGroup({
    ...APPLICATION,
    currentDeploymentGroupName: "fleet",
    ec2TagFilters: tagged("one"),
  });
  await Promise.all(Array.from({ length: 1000 }, (_, number) => tag(client, `i-${number}`, "one")));
  const { deploymentId } = await api.createDeployment({ ...GROUP, revision: at("1.0") });
  expect(await info(api, deploymentId)).toMatchObject({
    status: "Failed",
    errorInformation: { code: "OVER_MAX_INSTANCES" },
    deploymentOverview: { Skipped: 1001 },
  });
});
