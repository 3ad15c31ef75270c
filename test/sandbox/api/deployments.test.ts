import type { CodeDeploy } from "@aws-sdk/client-codedeploy";
import { describe, expect, test } from "vitest";
import { APPLICATION, fleetOf, GROUP, LOCATION, ROLE, sandboxWithApi } from "../support/public-api.ts";
import { type EventOutcome, runAgents, SimulatedAgent } from "../support/simulated-agent.ts";

const at = (key: string) => ({ revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "tgz" } }) as const;
const ROLLS_BACK = { autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE" as const] } };
const ALL_AT_ONCE = { deploymentConfigName: "CodeDeployDefault.AllAtOnce" };

async function info(api: CodeDeploy, deploymentId: string | undefined) {
  const { deploymentInfo } = await api.getDeployment({ deploymentId });
  if (deploymentInfo === undefined) throw new Error(`no deployment ${deploymentId}`);
  return deploymentInfo;
}

async function run(url: string, names: readonly string[], outcome?: (event: string) => EventOutcome): Promise<void> {
  await runAgents(names.map((name) => new SimulatedAgent(url, name, outcome)));
}

describe("a deployment", () => {
  test("goes to the instances that the tags select; targets show events and diagnostics", async () => {
    const { api, url } = await sandboxWithApi();
    await fleetOf(api, ["web-1", "web-2"]);
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: LOCATION, description: "first" });
    expect((await api.listDeploymentTargets({ deploymentId })).targetIds).toEqual(["web-1", "web-2"]);
    await run(url, ["web-1", "web-2"], (event) => (event === "BeforeInstall" ? "fail" : "ok"));
    const ended = await info(api, deploymentId);
    expect(ended).toMatchObject({
      ...GROUP,
      status: "Failed",
      description: "first",
      creator: "user",
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      revision: LOCATION,
      fileExistsBehavior: "DISALLOW",
      errorInformation: { code: "HEALTH_CONSTRAINTS" },
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 1, Skipped: 1, Ready: 0 },
    });
    expect(ended.completeTime).toBeInstanceOf(Date);
    const { deploymentTarget } = await api.getDeploymentTarget({ deploymentId, targetId: "web-1" });
    const events = deploymentTarget?.instanceTarget?.lifecycleEvents ?? [];
    expect(events.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)).toEqual([
      "ApplicationStop Succeeded",
      "DownloadBundle Succeeded",
      "BeforeInstall Failed",
      "Install Skipped",
      "AfterInstall Skipped",
      "ApplicationStart Skipped",
      "ValidateService Skipped",
    ]);
    expect(events[0]?.diagnostics).toEqual({
      errorCode: "Success",
      scriptName: "",
      message: "Succeeded: ",
      logTail: "",
    });
    expect(events[2]?.diagnostics).toEqual({
      errorCode: "ScriptFailed",
      scriptName: "scripts/a.sh",
      message: "it broke",
      logTail: "[stderr]boom\n",
    });
    expect(events[3]).toEqual({ lifecycleEventName: "Install", status: "Skipped", endTime: expect.any(Date) });
    const skipped = await api.listDeploymentTargets({ deploymentId, targetFilters: { TargetStatus: ["Skipped"] } });
    expect(skipped.targetIds).toEqual(["web-2"]);
    const arn = deploymentTarget?.instanceTarget?.targetArn ?? "";
    expect((await api.getDeploymentInstance({ deploymentId, instanceId: arn })).instanceSummary).toMatchObject({
      instanceId: arn,
      status: "Failed",
    });
    const batch = await api.batchGetDeploymentTargets({ deploymentId, targetIds: ["web-1", "web-2"] });
    expect(batch.deploymentTargets?.map((one) => one.instanceTarget?.status)).toEqual(["Failed", "Skipped"]);
    await expect(api.getDeploymentTarget({ deploymentId, targetId: "web-9" })).rejects.toMatchObject({
      name: "DeploymentTargetDoesNotExistException",
    });
  });

  test("is alone in its group; the refusal names it as tools look for it", async () => {
    const { api } = await sandboxWithApi();
    await fleetOf(api, ["web-1"]);
    const { deploymentId: id } = await api.createDeployment({ ...GROUP, revision: LOCATION });
    const second = api.createDeployment({ ...GROUP, revision: LOCATION });
    await expect(second).rejects.toMatchObject({ name: "DeploymentLimitExceededException" });
    await expect(second).rejects.toThrow(`is already deploying deployment '${id}'`);
    await expect(second).rejects.toThrow(`already has an active Deployment '${id}'`);
  });

  test("without instances is made and fails; with none that is outdated it succeeds", async () => {
    const { api, url } = await sandboxWithApi();
    await fleetOf(api, ["web-1"]);
    await api.createDeploymentGroup({ ...APPLICATION, deploymentGroupName: "empty", serviceRoleArn: ROLE });
    const empty = await api.createDeployment({ ...APPLICATION, deploymentGroupName: "empty", revision: LOCATION });
    expect(await info(api, empty.deploymentId)).toMatchObject({
      status: "Failed",
      errorInformation: { code: "NO_INSTANCES" },
    });
    await api.createDeployment({ ...GROUP, revision: LOCATION });
    await run(url, ["web-1"]);
    const outdated = { ...GROUP, updateOutdatedInstancesOnly: true };
    const none = await info(api, (await api.createDeployment({ ...outdated, revision: LOCATION })).deploymentId);
    expect(none).toMatchObject({ status: "Succeeded", deploymentOverview: { Succeeded: 0 } });
    await api.registerOnPremisesInstance({
      instanceName: "web-2",
      iamUserArn: "arn:aws:iam::123456789012:user/web-2",
    });
    await api.addTagsToOnPremisesInstances({ instanceNames: ["web-2"], tags: [{ Key: "Name", Value: "fleet" }] });
    const { deploymentId } = await api.createDeployment({ ...outdated, revision: LOCATION });
    expect((await api.listDeploymentTargets({ deploymentId })).targetIds).toEqual(["web-2"]);
  });

  test("is listed newest first, by group, status and time", async () => {
    const { api } = await sandboxWithApi();
    await fleetOf(api, ["web-1"]);
    const first = (await api.createDeployment({ ...GROUP, revision: LOCATION })).deploymentId ?? "";
    await api.stopDeployment({ deploymentId: first });
    const second = (await api.createDeployment({ ...GROUP, revision: LOCATION })).deploymentId ?? "";
    const list = async (query: object) => (await api.listDeployments(query)).deployments;
    expect(await list({})).toEqual([second, first]);
    expect(await list({ ...GROUP, includeOnlyStatuses: ["Stopped"] })).toEqual([first]);
    expect(await list({ createTimeRange: { start: new Date(Date.now() + 60_000) } })).toEqual([]);
    expect(await list({ externalId: "stack-1" })).toEqual([]);
    const batch = await api.batchGetDeployments({ deploymentIds: [first, "d-000000000"] });
    expect(batch.deploymentsInfo?.map(({ deploymentId }) => deploymentId)).toEqual([first]);
  });
});

describe("rollback", () => {
  test("a failed deployment is followed by one of the last good revision", async () => {
    const { api, url } = await sandboxWithApi();
    await fleetOf(api, ["web-1"], { ...ROLLS_BACK, ...ALL_AT_ONCE });
    const good = await api.createDeployment({ ...GROUP, revision: at("1.0"), fileExistsBehavior: "RETAIN" });
    await run(url, ["web-1"]);
    const bad = await api.createDeployment({ ...GROUP, revision: at("1.1"), fileExistsBehavior: "OVERWRITE" });
    const agent = new SimulatedAgent(url, "web-1", () => "fail");
    await agent.step();
    const failed = await info(api, bad.deploymentId);
    expect(failed).toMatchObject({ status: "Failed", previousRevision: at("1.0") });
    const rollback = await info(api, failed.rollbackInfo?.rollbackDeploymentId);
    expect(rollback).toMatchObject({
      status: "InProgress",
      creator: "codeDeployRollback",
      revision: at("1.0"),
      fileExistsBehavior: "RETAIN",
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
      rollbackInfo: { rollbackTriggeringDeploymentId: bad.deploymentId },
    });
    await agent.step();
    expect((await info(api, rollback.deploymentId)).rollbackInfo?.rollbackDeploymentId).toBeUndefined();
    const group = (await api.getDeploymentGroup(GROUP)).deploymentGroupInfo;
    expect(group?.lastSuccessfulDeployment?.deploymentId).toBe(good.deploymentId);
    expect(group?.lastAttemptedDeployment?.deploymentId).toBe(rollback.deploymentId);
    expect((await api.listDeployments({})).deployments).toHaveLength(3);
  });

  test("without a good revision there is none, and that is said", async () => {
    const { api, url } = await sandboxWithApi();
    await fleetOf(api, ["web-1"], ROLLS_BACK);
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: LOCATION });
    await run(url, ["web-1"], () => "fail");
    expect((await info(api, deploymentId)).rollbackInfo?.rollbackMessage).toContain(
      "no deployment of the group has succeeded",
    );
    expect((await api.listDeployments({})).deployments).toHaveLength(1);
  });

  test.each([
    [undefined, ["DEPLOYMENT_STOP_ON_REQUEST"], true],
    [undefined, ["DEPLOYMENT_FAILURE"], false],
    [true, ["DEPLOYMENT_FAILURE"], true],
    [false, ["DEPLOYMENT_STOP_ON_REQUEST"], false],
  ] as const)("after StopDeployment with autoRollbackEnabled %s and events %j: %s", async (asked, events, rolls) => {
    const { api, url } = await sandboxWithApi();
    await fleetOf(api, ["web-1"], { autoRollbackConfiguration: { enabled: true, events: [...events] } });
    await api.createDeployment({ ...GROUP, revision: at("1.0") });
    await run(url, ["web-1"]);
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: at("1.1") });
    expect(await api.stopDeployment({ deploymentId, autoRollbackEnabled: asked })).toMatchObject({
      status: "Succeeded",
    });
    const stopped = await info(api, deploymentId);
    expect(stopped).toMatchObject({ status: "Stopped", errorInformation: { code: "MANUAL_STOP" } });
    expect(stopped.rollbackInfo?.rollbackDeploymentId !== undefined).toBe(rolls);
  });
});

describe("stopping", () => {
  test("waits for the event that is running; its agent is given no other", async () => {
    const { api, url, client } = await sandboxWithApi();
    await fleetOf(api, ["web-1", "web-2"], ALL_AT_ONCE);
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: LOCATION });
    const [one, two] = [new SimulatedAgent(url, "web-1"), new SimulatedAgent(url, "web-2")];
    const running = await one.poll();
    const delivered = await two.poll();
    if (running === undefined || delivered === undefined) throw new Error("no commands");
    await one.acknowledge(running);
    expect(await api.stopDeployment({ deploymentId })).toMatchObject({ status: "Pending" });
    expect((await two.acknowledge(delivered)).body["CommandStatus"]).toBe("Failed");
    await one.complete(running);
    expect((await info(api, deploymentId)).status).toBe("Stopped");
    expect(await one.poll()).toBeUndefined();
    expect(await client.commands()).toHaveLength(2);
    await expect(api.stopDeployment({ deploymentId })).rejects.toMatchObject({
      name: "DeploymentAlreadyCompletedException",
    });
  });
});

describe("time", () => {
  test("an agent that does not fetch its event in time fails its host", async () => {
    const { api, url } = await sandboxWithApi({ timeScale: 0.001 });
    await fleetOf(api, ["web-1"]);
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: LOCATION });
    await expect.poll(async () => (await info(api, deploymentId)).status, { timeout: 60_000 }).toBe("Failed");
    const { deploymentTarget } = await api.getDeploymentTarget({ deploymentId, targetId: "web-1" });
    expect(deploymentTarget?.instanceTarget?.lifecycleEvents?.[0]).toMatchObject({
      status: "Failed",
      diagnostics: { errorCode: "UnknownError", message: expect.stringContaining("No agent fetched ApplicationStop") },
    });
    expect(await new SimulatedAgent(url, "web-1").poll()).toBeUndefined();
  });
});

describe("a restart", () => {
  test("deploys the last good revision and tells agents which archive they may use again", async () => {
    const { api, url } = await sandboxWithApi();
    await fleetOf(api, ["web-1"]);
    const good = await api.createDeployment({ ...GROUP, revision: at("1.0") });
    await run(url, ["web-1"]);
    const { deploymentId } = await api.createDeployment({ ...GROUP, deploymentMode: "RESTART" });
    expect(await info(api, deploymentId)).toMatchObject({ revision: at("1.0"), deploymentMode: "RESTART" });
    const agent = new SimulatedAgent(url, "web-1");
    const command = await agent.poll();
    if (command === undefined) throw new Error("no command");
    const { body } = await agent.specification(command);
    expect(Buffer.from(JSON.stringify(body)).length).toBeGreaterThan(0);
    const payload = JSON.stringify(body).replaceAll("\\n", "");
    expect(
      Buffer.from(/-----BEGIN PKCS7-----(.*?)-----END/.exec(payload)?.[1] ?? "", "base64").toString("latin1"),
    ).toContain(`"ReuseArchiveFromDeploymentId":"${good.deploymentId}"`);
    expect((await info(api, good.deploymentId)).deploymentMode).toBeUndefined();
  });
});

describe("blue/green", () => {
  test("goes from the original EC2 hosts to their replacements, which the group means from then on", async () => {
    const { api, url, client } = await sandboxWithApi();
    await client.registerHost("i-blue", { tags: [{ Key: "fleet", Value: "one" }] });
    await client.registerHost("i-green", { tags: [{ Key: "fleet", Value: "two" }] });
    await api.createApplication(APPLICATION);
    await api.createDeploymentGroup({
      ...GROUP,
      serviceRoleArn: ROLE,
      ec2TagFilters: [{ Key: "fleet", Value: "one", Type: "KEY_AND_VALUE" }],
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 60 },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 5 },
      },
    });
    const targetInstances = { tagFilters: [{ Key: "fleet", Value: "two", Type: "KEY_AND_VALUE" as const }] };
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: LOCATION, targetInstances });
    const [blue, green] = ["i-blue", "i-green"].map(
      (id) => new SimulatedAgent(url, `arn:aws:ec2:us-east-1:123456789012:instance/${id}`),
    );
    if (blue === undefined || green === undefined) throw new Error("no agents");
    await expect(api.continueDeployment({ deploymentId })).rejects.toMatchObject({
      name: "DeploymentIsNotInReadyStateException",
    });
    await runAgents([blue, green]);
    expect((await info(api, deploymentId)).status).toBe("Ready");
    await api.continueDeployment({ deploymentId, deploymentWaitType: "READY_WAIT" });
    await runAgents([blue, green]);
    expect(await info(api, deploymentId)).toMatchObject({
      status: "InProgress",
      instanceTerminationWaitTimeStarted: true,
    });
    await api.skipWaitTimeForInstanceTermination({ deploymentId });
    expect((await info(api, deploymentId)).status).toBe("Succeeded");
    const labels = await api.listDeploymentTargets({ deploymentId, targetFilters: { ServerInstanceLabel: ["Blue"] } });
    expect(labels.targetIds).toEqual(["i-blue"]);
    expect((await client.groups())[0]?.hosts).toEqual(["i-green"]);
  });
});
