import { expect, onTestFinished, test } from "vitest";
import { SandboxClient } from "../../src/sandbox/client/sandbox-client.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { publicApi } from "./support/public-api.ts";
import { REVISION, runAgents, SimulatedAgent } from "./support/simulated-agent.ts";
import { directoryWithAuthority, runningSandbox } from "./support/start.ts";

const WEB = { application: "shop", group: "web" } as const;
const DATABASE = { application: "shop", group: "database" } as const;
const QUEUE = { application: "shop", group: "queue" } as const;

test("old deployments go with their commands, but not what groups go back to, nor what is going on", async () => {
  const dataDirectory = await directoryWithAuthority();
  const start = async () => {
    const sandbox = await startSandbox({ dataDirectory, longPollSeconds: 0, keepState: true, keptHosts: 3 });
    onTestFinished(() => sandbox.close());
    return { sandbox, client: new SandboxClient(sandbox.url, sandbox.token) };
  };
  const { sandbox, client } = await start();
  for (const group of [WEB, DATABASE, QUEUE]) await client.createGroup({ ...group, hosts: [group.group] });
  const deploy = async (group: typeof WEB | typeof DATABASE) => {
    const { deploymentId } = await client.createDeployment({ ...group, revision: REVISION });
    await runAgents([new SimulatedAgent(sandbox.url, group.group)]);
    return deploymentId;
  };
  const goingOn = (await client.createDeployment({ ...QUEUE, revision: REVISION })).deploymentId;
  const remembered = await deploy(DATABASE);
  const [first = "", ...others] = [await deploy(WEB), await deploy(WEB), await deploy(WEB), await deploy(WEB)];

  const kept = [...others.toReversed(), remembered, goingOn];
  const idsOf = async (of: SandboxClient) => (await of.deployments()).map(({ deploymentId }) => deploymentId);
  expect(await idsOf(client)).toEqual(kept);
  const commands = await client.commands();
  expect([...new Set(commands.map(({ deploymentId }) => deploymentId))].toSorted()).toEqual(kept.toSorted());
  expect((await client.commands({ deploymentId: first })).length).toBe(0);

  await sandbox.close();
  const again = await start();
  expect(await idsOf(again.client)).toEqual(kept);
  expect(await again.client.commands()).toEqual(commands);
});

test("an agent that comes back to a deployment that has been removed is told so", async () => {
  const { url, client } = await runningSandbox({ keptHosts: 1 });
  const agent = new SimulatedAgent(url, "web-1");
  await client.createGroup({ ...WEB, hosts: ["web-1"] });
  await client.createDeployment({ ...WEB, revision: REVISION });
  const command = await agent.poll();
  if (command === undefined) throw new Error("no command");
  await agent.complete(command);
  await runAgents([agent]);
  await publicApi(url).deleteApplication({ applicationName: "shop" });
  expect(await client.commands()).toEqual([]);
  for (const answer of [await agent.specification(command), await agent.complete(command)]) {
    expect(answer).toMatchObject({ status: 400, body: { __type: "ClientException" } });
  }
});
