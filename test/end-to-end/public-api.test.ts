import { CodeDeploy, waitUntilDeploymentSuccessful } from "@aws-sdk/client-codedeploy";
import { S3 } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { packTar, writeRevision } from "../support/revision.ts";
import { SandboxProcesses } from "../support/sandbox-processes.ts";

const GROUP = { applicationName: "shop", deploymentGroupName: "fleet" } as const;
const TAGGED = [{ Key: "fleet", Value: "web", Type: "KEY_AND_VALUE" as const }];

/** A sandbox and two real agents as processes, and AWS's clients with a key of the sandbox's administrator. */
async function fleetWithClients() {
  const processes = new SandboxProcesses();
  onTestFinished(() => processes.stop());
  await processes.up();
  await processes.fleet(["--hosts", "2"]);
  const credentials = await processes.client.key("sandbox-admin");
  const options = { endpoint: processes.client.url, region: "us-east-1", credentials };
  const api = new CodeDeploy(options);
  const s3 = new S3({ ...options, forcePathStyle: true });
  onTestFinished(() => [api, s3].forEach((client) => void client.destroy()));
  return { api, s3 };
}

test("AWS's JavaScript client deploys to real agents: push, wait, look, fail, roll back, stop", async () => {
  const { api, s3 } = await fleetWithClients();
  await api.createApplication({ applicationName: GROUP.applicationName });
  await api.createDeploymentGroup({
    ...GROUP,
    serviceRoleArn: "arn:aws:iam::123456789012:role/deploy",
    onPremisesInstanceTagFilters: TAGGED,
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
  });
  await s3.createBucket({ Bucket: "releases" });

  const deploy = async (key: string, script: string) => {
    const appSpec = "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - {location: go.sh, timeout: 60}\n";
    const files = { "appspec.yml": appSpec, "go.sh": `#!/bin/sh\n${script}\n` };
    const Body = await packTar(writeRevision(files), { gzip: true });
    const { ETag: eTag } = await s3.putObject({ Bucket: "releases", Key: key, Body });
    const s3Location = { bucket: "releases", key, bundleType: "tgz", eTag } as const;
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: { revisionType: "S3", s3Location } });
    return { deploymentId };
  };
  const wait = (deployment: { readonly deploymentId: string | undefined }) =>
    waitUntilDeploymentSuccessful({ client: api, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, deployment);
  const info = async (deployment: { readonly deploymentId: string | undefined }) =>
    (await api.getDeployment(deployment)).deploymentInfo;

  const good = await deploy("1.0.tgz", "echo hello");
  expect(await wait(good)).toMatchObject({ state: "SUCCESS" });
  const { deploymentTarget } = await api.getDeploymentTarget({ ...good, targetId: "web-2" });
  expect(deploymentTarget?.instanceTarget?.lifecycleEvents?.[4]).toMatchObject({
    lifecycleEventName: "AfterInstall",
    status: "Succeeded",
    diagnostics: { errorCode: "Success" },
  });

  const bad = await deploy("1.1.tgz", 'echo "no such table" >&2; exit 7');
  await expect(wait(bad)).rejects.toThrow();
  expect(await info(bad)).toMatchObject({
    errorInformation: { code: "HEALTH_CONSTRAINTS" },
    deploymentOverview: { Failed: 1, Skipped: 1 },
  });
  const failed = await api.getDeploymentTarget({ ...bad, targetId: "web-1" });
  const diagnostics = failed.deploymentTarget?.instanceTarget?.lifecycleEvents?.[4]?.diagnostics;
  expect(diagnostics).toMatchObject({ errorCode: "ScriptFailed", scriptName: "go.sh" });
  expect(diagnostics?.logTail).toContain("no such table");
  const rollback = { deploymentId: (await info(bad))?.rollbackInfo?.rollbackDeploymentId };
  expect(await wait(rollback)).toMatchObject({ state: "SUCCESS" });
  expect(await info(rollback)).toMatchObject({
    creator: "codeDeployRollback",
    revision: { s3Location: { key: "1.0.tgz" } },
    deploymentOverview: { Succeeded: 2 },
  });

  const slow = await deploy("1.2.tgz", "sleep 2");
  const event = async () => {
    const { deploymentTarget: target } = await api.getDeploymentTarget({ ...slow, targetId: "web-1" });
    return target?.instanceTarget?.lifecycleEvents?.[4]?.status;
  };
  await expect.poll(event, { timeout: 60_000 }).toBe("InProgress");
  expect(await api.stopDeployment(slow)).toMatchObject({ status: "Pending" });
  await expect.poll(async () => (await info(slow))?.status, { timeout: 60_000 }).toBe("Stopped");
  expect(await event()).toBe("Succeeded");
}, 300_000);
