import { describe, expect, test } from "vitest";
import { APPLICATION, fleetOf, GROUP, LOCATION, ROLE, sandboxWithApi } from "../support/public-api.ts";

describe("applications", () => {
  test("are made, shown, listed, renamed with all they have, and removed", async () => {
    const { api, client } = await sandboxWithApi();
    const { applicationId } = await api.createApplication({ applicationName: "old" });
    expect(applicationId).toMatch(/^[0-9a-f-]{36}$/);
    await api.createDeploymentGroup({ applicationName: "old", deploymentGroupName: "g", serviceRoleArn: ROLE });
    await api.registerApplicationRevision({ applicationName: "old", revision: LOCATION });
    await api.updateApplication({ applicationName: "old", newApplicationName: "new" });
    const { application } = await api.getApplication({ applicationName: "new" });
    expect(application).toMatchObject({ applicationId, applicationName: "new", computePlatform: "Server" });
    expect(Date.now() - (application?.createTime?.getTime() ?? 0)).toBeLessThan(60_000);
    expect((await api.listDeploymentGroups({ applicationName: "new" })).deploymentGroups).toEqual(["g"]);
    expect((await api.listApplicationRevisions({ applicationName: "new" })).revisions).toEqual([LOCATION]);
    expect((await api.batchGetApplications({ applicationNames: ["new"] })).applicationsInfo).toHaveLength(1);
    await api.deleteApplication({ applicationName: "new" });
    await api.deleteApplication({ applicationName: "new" });
    expect((await api.listApplications({})).applications).toEqual([]);
    expect(await client.groups()).toEqual([]);
  });

  test("are listed a page at a time, whatever comes in between", async () => {
    const { api } = await sandboxWithApi();
    const names = Array.from({ length: 230 }, (_, index) => `app-${String(index).padStart(3, "0")}`);
    for (const applicationName of names) await api.createApplication({ applicationName });
    const first = await api.listApplications({});
    await api.createApplication({ applicationName: "aaa-comes-first" });
    const second = await api.listApplications({ nextToken: first.nextToken });
    const third = await api.listApplications({ nextToken: second.nextToken });
    expect([first, second, third].flatMap(({ applications }) => applications)).toEqual(names);
    expect(third.nextToken).toBeUndefined();
  });
});

describe("deployment configurations", () => {
  test("are the service's own and those that were made", async () => {
    const { api } = await sandboxWithApi();
    const mine = { deploymentConfigName: "Mine", minimumHealthyHosts: { type: "FLEET_PERCENT", value: 75 } } as const;
    const { deploymentConfigId } = await api.createDeploymentConfig(mine);
    await expect(api.createDeploymentConfig(mine)).rejects.toMatchObject({
      name: "DeploymentConfigAlreadyExistsException",
    });
    expect((await api.listDeploymentConfigs({})).deploymentConfigsList).toEqual([
      "CodeDeployDefault.OneAtATime",
      "CodeDeployDefault.HalfAtATime",
      "CodeDeployDefault.AllAtOnce",
      "Mine",
    ]);
    const { deploymentConfigInfo } = await api.getDeploymentConfig({ deploymentConfigName: "Mine" });
    expect(deploymentConfigInfo).toMatchObject({ ...mine, deploymentConfigId, computePlatform: "Server" });
    const one = await api.getDeploymentConfig({ deploymentConfigName: "CodeDeployDefault.OneAtATime" });
    expect(one.deploymentConfigInfo).toMatchObject({
      deploymentConfigId: "00000000-0000-0000-0000-000000000001",
      minimumHealthyHosts: { type: "MOST_CONCURRENCY", value: 1 },
    });
    await fleetOf(api, ["a"], { deploymentConfigName: "Mine" });
    await expect(api.deleteDeploymentConfig({ deploymentConfigName: "Mine" })).rejects.toMatchObject({
      name: "DeploymentConfigInUseException",
    });
    await api.deleteDeploymentGroup(GROUP);
    await api.deleteDeploymentConfig({ deploymentConfigName: "Mine" });
    expect((await api.listDeploymentConfigs({})).deploymentConfigsList).toHaveLength(3);
  });
});

describe("deployment groups", () => {
  test("keep what is not given, lose what is emptied, and have another id when made again", async () => {
    const { api } = await sandboxWithApi();
    await api.createApplication(APPLICATION);
    const filter = { Key: "k", Value: "v", Type: "KEY_AND_VALUE" } as const;
    const created = await api.createDeploymentGroup({
      ...GROUP,
      serviceRoleArn: ROLE,
      ec2TagFilters: [filter],
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    });
    const shown = async (name = "fleet") =>
      (await api.getDeploymentGroup({ ...APPLICATION, deploymentGroupName: name })).deploymentGroupInfo;
    expect(await shown()).toMatchObject({
      ...GROUP,
      deploymentGroupId: created.deploymentGroupId,
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      ec2TagFilters: [filter],
      serviceRoleArn: ROLE,
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" },
      computePlatform: "Server",
    });
    await api.updateDeploymentGroup({
      ...APPLICATION,
      currentDeploymentGroupName: "fleet",
      newDeploymentGroupName: "renamed",
      ec2TagSet: { ec2TagSetList: [[filter]] },
    });
    const renamed = await shown("renamed");
    expect(renamed).toMatchObject({ deploymentGroupId: created.deploymentGroupId, ec2TagFilters: [] });
    expect(renamed?.ec2TagSet?.ec2TagSetList).toEqual([[filter]]);
    expect(renamed?.autoRollbackConfiguration).toEqual({ enabled: true, events: ["DEPLOYMENT_FAILURE"] });
    const batch = await api.batchGetDeploymentGroups({ ...APPLICATION, deploymentGroupNames: ["renamed", "none"] });
    expect(batch.deploymentGroupsInfo).toHaveLength(1);
    expect(batch.errorMessage).toBe("There are no deployment groups none.");
    const gone = await api.deleteDeploymentGroup({ ...APPLICATION, deploymentGroupName: "renamed" });
    expect(gone.hooksNotCleanedUp).toEqual([]);
    const again = await api.createDeploymentGroup({ ...GROUP, serviceRoleArn: ROLE });
    expect(again.deploymentGroupId).not.toBe(created.deploymentGroupId);
  });
});

describe("revisions", () => {
  test("are found by every member of their location, quotes of the ETag aside", async () => {
    const { api } = await sandboxWithApi();
    await api.createApplication(APPLICATION);
    const tagged = { ...LOCATION, s3Location: { ...LOCATION.s3Location, eTag: '"abc"' } };
    await api.registerApplicationRevision({ ...APPLICATION, revision: tagged, description: "first" });
    await api.registerApplicationRevision({ ...APPLICATION, revision: tagged, description: "second" });
    const bare = { ...LOCATION, s3Location: { ...LOCATION.s3Location, eTag: "abc" } };
    const found = await api.getApplicationRevision({ ...APPLICATION, revision: bare });
    expect(found.revisionInfo).toMatchObject({ description: "second", deploymentGroups: [] });
    expect(found.revisionInfo?.registerTime).toBeInstanceOf(Date);
    await expect(api.getApplicationRevision({ ...APPLICATION, revision: LOCATION })).rejects.toMatchObject({
      name: "RevisionDoesNotExistException",
    });
    const batch = await api.batchGetApplicationRevisions({ ...APPLICATION, revisions: [bare, LOCATION] });
    expect(batch.revisions).toHaveLength(1);
    expect(batch.errorMessage).toBe("1 of the revisions are not registered.");
  });

  test("are listed by use, bucket, prefix and time", async () => {
    const { api } = await sandboxWithApi();
    await fleetOf(api, ["a"]);
    const at = (key: string, bucket = "b") =>
      ({ revisionType: "S3", s3Location: { bucket, key, bundleType: "tgz" } }) as const;
    const github = { revisionType: "GitHub", gitHubLocation: { repository: "a/b", commitId: "c" } } as const;
    await api.registerApplicationRevision({ ...APPLICATION, revision: at("x/1") });
    await api.registerApplicationRevision({ ...APPLICATION, revision: at("y/2", "other") });
    await api.registerApplicationRevision({ ...APPLICATION, revision: github });
    await api.createDeployment({ ...GROUP, revision: at("x/1") });
    const list = async (query: object) => (await api.listApplicationRevisions({ ...APPLICATION, ...query })).revisions;
    expect(await list({ deployed: "include" })).toEqual([at("x/1")]);
    expect(await list({ deployed: "exclude" })).toEqual([at("y/2", "other"), github]);
    expect(await list({ s3Bucket: "b" })).toEqual([at("x/1")]);
    expect(await list({ s3Bucket: "other", s3KeyPrefix: "x" })).toEqual([]);
    expect(await list({ sortBy: "lastUsedTime", sortOrder: "descending" })).toHaveLength(3);
    const used = await api.getApplicationRevision({ ...APPLICATION, revision: at("x/1") });
    expect(used.revisionInfo).toMatchObject({ deploymentGroups: ["fleet"], firstUsedTime: expect.any(Date) });
  });
});

describe("on-premises instances", () => {
  const ARN = "arn:aws:iam::123456789012:user/web-1";

  test("are registered, tagged in pairs, listed, and free again when deregistered", async () => {
    const { api } = await sandboxWithApi();
    await api.registerOnPremisesInstance({ instanceName: "web-1", iamUserArn: ARN });
    const tags = [
      { Key: "role", Value: "web" },
      { Key: "role", Value: "cache" },
    ];
    await api.addTagsToOnPremisesInstances({ instanceNames: ["web-1"], tags });
    await api.addTagsToOnPremisesInstances({ instanceNames: ["web-1"], tags });
    const { instanceInfo } = await api.getOnPremisesInstance({ instanceName: "web-1" });
    expect(instanceInfo).toMatchObject({
      instanceName: "web-1",
      iamUserArn: ARN,
      instanceArn: expect.stringMatching(/^arn:aws:codedeploy:us-east-1:123456789012:instance\/web-1_[A-Za-z0-9]{10}$/),
      tags,
    });
    await api.removeTagsFromOnPremisesInstances({ instanceNames: ["web-1"], tags: [{ Key: "role", Value: "web" }] });
    const list = async (query: object) => (await api.listOnPremisesInstances(query)).instanceNames;
    expect(await list({ tagFilters: [{ Key: "role", Value: "web", Type: "KEY_AND_VALUE" }] })).toEqual([]);
    expect(await list({ tagFilters: [{ Key: "role", Type: "KEY_ONLY" }] })).toEqual(["web-1"]);
    await api.deregisterOnPremisesInstance({ instanceName: "web-1" });
    await api.deregisterOnPremisesInstance({ instanceName: "none" });
    expect(await list({ registrationStatus: "Registered" })).toEqual([]);
    expect(await list({ registrationStatus: "Deregistered" })).toEqual(["web-1"]);
    const gone = await api.getOnPremisesInstance({ instanceName: "web-1" });
    expect(gone.instanceInfo).toMatchObject({ deregisterTime: expect.any(Date), tags: [] });
    await api.registerOnPremisesInstance({ instanceName: "web-1", iamUserArn: ARN });
    const batch = await api.batchGetOnPremisesInstances({ instanceNames: ["web-1", "none"] });
    expect(batch.instanceInfos).toHaveLength(1);
  });

  test("one that polled before it was registered under another name is that instance", async () => {
    const { api, client, url } = await sandboxWithApi();
    const { SimulatedAgent } = await import("../support/simulated-agent.ts");
    const agent = new SimulatedAgent(url, "web-1");
    await agent.poll();
    await api.registerOnPremisesInstance({ instanceName: "prod-7", iamUserArn: ARN });
    await agent.poll();
    const hosts = await client.hosts();
    expect(hosts.find(({ name }) => name === "prod-7")?.lastSeenAt).toBeGreaterThan(0);
  });
});

describe("tags of resources", () => {
  test("are added, replaced by key, and removed", async () => {
    const { api } = await sandboxWithApi();
    await fleetOf(api, ["a"], { tags: [{ Key: "team", Value: "shop" }] });
    const ResourceArn = "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:shop/fleet";
    const add = [
      { Key: "team", Value: "web" },
      { Key: "cost", Value: "7" },
    ];
    await api.tagResource({ ResourceArn, Tags: add });
    expect((await api.listTagsForResource({ ResourceArn })).Tags).toEqual(add);
    await api.untagResource({ ResourceArn, TagKeys: ["team"] });
    expect((await api.listTagsForResource({ ResourceArn })).Tags).toEqual([{ Key: "cost", Value: "7" }]);
    expect((await api.listGitHubAccountTokenNames({})).tokenNameList).toEqual([]);
  });
});
