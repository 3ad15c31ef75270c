import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import { TestSandbox } from "../support/sandbox.ts";

const modes = (host: AgentHost, paths: readonly string[]) =>
  Object.fromEntries(paths.map((path) => [path, (statSync(join(host.directory, path)).mode & 0o7777).toString(8)]));

const REVISION = {
  "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: hook.sh\n",
  "hook.sh": "#!/bin/sh\necho done\n",
};

/** A host whose work area and log another program has made with the modes that were usual. */
async function deployOn(changes: Readonly<Record<string, unknown>>): Promise<AgentHost> {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url, changes).start();
  expect((await sandbox.deploy(REVISION, ["host-1"])).status).toBe("Succeeded");
  expect(await host.stop()).toBe(0);
  return host;
}

test("the agent's directories are taken from other users where the configuration wants that, and deployments go on", async () => {
  const host = await deployOn({ restrict_agent_dir_permissions: true, restrict_log_dir_permissions: true });
  const paths = [
    ...["root", "state", "root/deployment-instructions", "root/ongoing-deployment", "root/outbox"],
    ...["root/deployment-logs", "logs"],
  ];
  expect(modes(host, paths)).toEqual({
    root: "711",
    state: "711",
    "root/deployment-instructions": "700",
    "root/ongoing-deployment": "700",
    "root/outbox": "700",
    "root/deployment-logs": "750",
    logs: "750",
  });
  expect(host.log).not.toContain("could not be given mode");
});

test("without the keys the directories stay as they are", async () => {
  const host = await deployOn({});
  expect(modes(host, ["root", "logs"])).toEqual({ root: "755", logs: "755" });
});
