import { CodeDeploy } from "@aws-sdk/client-codedeploy";
import { onTestFinished } from "vitest";
import type { SandboxOptions } from "../../../src/sandbox/start-sandbox.ts";
import { runningSandbox } from "./start.ts";

/** Any key is good where the sandbox does not check signatures. */
const ANY_KEY = { accessKeyId: "AKIDTEST", secretAccessKey: "secret" };

/** AWS's own client of the public API. */
export function publicApi(url: string, credentials: CodeDeployCredentials = ANY_KEY): CodeDeploy {
  const api = new CodeDeploy({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
  onTestFinished(() => api.destroy());
  return api;
}

interface CodeDeployCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A sandbox, its management and its public API. */
export async function sandboxWithApi(options: Partial<SandboxOptions> = {}) {
  const running = await runningSandbox(options);
  return { ...running, api: publicApi(running.url) };
}

export const ROLE = "arn:aws:iam::123456789012:role/deploy";
export const APPLICATION = { applicationName: "shop" } as const;
export const GROUP = { ...APPLICATION, deploymentGroupName: "fleet" } as const;
export const LOCATION = {
  revisionType: "S3",
  s3Location: { bucket: "revisions", key: "shop.zip", bundleType: "zip" },
} as const;

/** Registers and tags on-premises instances, and makes a group of them. */
export async function fleetOf(api: CodeDeploy, names: readonly string[], settings: object = {}): Promise<void> {
  await api.createApplication(APPLICATION);
  for (const instanceName of names) {
    const iamUserArn = `arn:aws:iam::123456789012:user/${instanceName}`;
    await api.registerOnPremisesInstance({ instanceName, iamUserArn });
  }
  await api.addTagsToOnPremisesInstances({ instanceNames: [...names], tags: [{ Key: "Name", Value: "fleet" }] });
  await api.createDeploymentGroup({
    ...GROUP,
    serviceRoleArn: ROLE,
    onPremisesInstanceTagFilters: [{ Key: "Name", Value: "fleet", Type: "KEY_AND_VALUE" }],
    ...settings,
  });
}
