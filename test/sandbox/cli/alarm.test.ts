import { describe, expect, test } from "vitest";
import { cli } from "../support/cli.ts";
import { GROUP, LOCATION, ROLE, sandboxWithApi } from "../support/public-api.ts";

describe("alarms from the command line", () => {
  test("stop the deployments that watch them, and are listed", async () => {
    const { api, url, sandbox } = await sandboxWithApi();
    const environment = { CODEDEPLOY_SANDBOX_URL: url, CODEDEPLOY_SANDBOX_TOKEN: sandbox.token };
    const alarm = (...words: readonly string[]) => cli(["alarm", ...words], environment);
    expect(await alarm()).toEqual({ status: 0, out: "No alarm has been set; each is OK.\n", err: "" });
    await api.createApplication({ applicationName: GROUP.applicationName });
    await api.registerOnPremisesInstance({
      instanceName: "web-1",
      iamUserArn: "arn:aws:iam::123456789012:user/web-1",
    });
    await api.addTagsToOnPremisesInstances({ instanceNames: ["web-1"], tags: [{ Key: "role", Value: "web" }] });
    await api.createDeploymentGroup({
      ...GROUP,
      serviceRoleArn: ROLE,
      onPremisesInstanceTagFilters: [{ Key: "role", Value: "web", Type: "KEY_AND_VALUE" }],
      alarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] },
    });
    const { deploymentId } = await api.createDeployment({ ...GROUP, revision: LOCATION });
    expect(await alarm("errors", "alarm")).toEqual({ status: 0, out: "Alarm errors is ALARM.\n", err: "" });
    const { deploymentInfo } = await api.getDeployment({ deploymentId });
    expect(deploymentInfo).toMatchObject({ status: "Stopped", errorInformation: { code: "ALARM_ACTIVE" } });
    expect((await alarm()).out).toBe("errors   ALARM\n");
    expect(JSON.parse((await alarm("errors", "OK", "--json")).out)).toEqual({ name: "errors", state: "OK" });
  });

  test.each([
    [["errors"], "The state of alarm errors is missing; write alarm errors OK or ALARM.\n"],
    [["errors", "red"], "red is no state of an alarm; write alarm errors OK or ALARM.\n"],
  ])("%j is refused with what would be right", async (words, message) => {
    expect(await cli(["alarm", ...words])).toEqual({ status: 2, out: "", err: `error: ${message}` });
  });
});
