import { rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { call } from "../support/call-api.ts";
import { directoryWithAuthority } from "../support/start.ts";
import { REFUSED } from "./refused.ts";

let url = "";

beforeAll(async () => {
  const dataDirectory = await directoryWithAuthority();
  const sandbox = await startSandbox({ dataDirectory, longPollSeconds: 0 });
  url = sandbox.url;
  await call(url, "CreateApplication", { applicationName: "shop" });
  await call(url, "CreateDeploymentGroup", {
    applicationName: "shop",
    deploymentGroupName: "fleet",
    serviceRoleArn: "arn:aws:iam::123456789012:role/deploy",
  });
  await call(url, "RegisterOnPremisesInstance", {
    instanceName: "web-1",
    iamUserArn: "arn:aws:iam::123456789012:user/web-1",
  });
  return async () => {
    await sandbox.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
});

describe("what the service refuses", () => {
  test.each(REFUSED.map(([operation, input, exception], index) => ({ index, operation, input, exception })))(
    "$index $operation: $exception",
    async ({ operation, input, exception }) => {
      const { status, body } = await call(url, operation, input);
      expect({ status, type: body["__type"] }).toEqual({ status: 400, type: exception });
      expect(body["message"]).toMatch(/.{15,}/);
    },
  );
});
