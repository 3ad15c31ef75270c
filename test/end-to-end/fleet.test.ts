import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lives } from "../../src/cli/sandbox/process-identity.ts";
import type { DeploymentView, SandboxEvent } from "../../src/sandbox/model/deployment.ts";
import { packTar, writeRevision } from "../support/revision.ts";
import { ended, SandboxProcesses } from "../support/sandbox-processes.ts";

/** scripts/test-fleet has 20 agents; here there are as many as every machine can bear. */
const HOSTS = Number(process.env["FLEET_HOSTS"] ?? 5);
const NAMES = Array.from({ length: HOSTS }, (_, index) => `web-${index + 1}`);

interface Expected {
  readonly failing: readonly string[];
  /** Hosts at once with half of them healthy. */
  readonly half: number;
  /** Hosts at once with 75 % healthy, and how that ends. */
  readonly threeQuarters: { readonly atOnce: number; readonly status: string; readonly counts: object };
}

/** What CodeDeploy's rules give. Of five hosts four have to stay healthy, so that one that fails first ends it all. */
const EXPECTATIONS: Readonly<Record<number, Expected>> = {
  5: {
    failing: ["web-3"],
    half: 2,
    threeQuarters: { atOnce: 1, status: "Failed", counts: { Failed: 1, Skipped: 4 } },
  },
  20: {
    failing: ["web-3", "web-9", "web-16"],
    half: 10,
    threeQuarters: { atOnce: 5, status: "Succeeded", counts: { Failed: 3, Succeeded: 17 } },
  },
};
const EXPECTED = expected();

function expected(): Expected {
  const found = EXPECTATIONS[HOSTS];
  if (found === undefined) throw new Error(`there are no expectations for FLEET_HOSTS=${HOSTS}`);
  return found;
}

const home = mkdtempSync(join(tmpdir(), "codedeploy-fleet-test-"));
const processes = new SandboxProcesses(join(home, "sandbox"));
const records = join(home, "records");

beforeAll(async () => {
  await processes.up();
  await processes.fleet(["--hosts", String(HOSTS)]);
  await processes.client.createGroup({ application: "shop", group: "web", hosts: NAMES });
}, 300_000);

afterAll(async () => {
  await processes.stop();
  rmSync(home, { recursive: true, force: true });
}, 300_000);

/** What a deployment did: its end, what the sandbox has seen, and what the scripts on the hosts have written down. */
interface Run {
  readonly deployment: DeploymentView;
  /** Hosts in the order in which they had their turn, and the most at a time, by the sandbox's records. */
  readonly order: readonly string[];
  readonly atOnce: number;
  /** The same by what the scripts wrote. */
  readonly ran: readonly string[];
  readonly ranAtOnce: number;
}

/** Deploys a revision whose script writes down when it runs, and fails on some hosts. */
async function deploy(configuration: object, failing: readonly string[] = []): Promise<Run> {
  writeFileSync(records, "");
  const { client } = processes;
  const script = `#!/bin/sh
echo "begin $SANDBOX_HOST" >>${records}
sleep 0.3
echo "end $SANDBOX_HOST" >>${records}
for failing in ${failing.join(" ")}; do [ "$failing" = "$SANDBOX_HOST" ] && exit 7; done
exit 0
`;
  const appSpec = "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - {location: run.sh, timeout: 60}\n";
  const body = await packTar(writeRevision({ "appspec.yml": appSpec, "run.sh": script }), { gzip: true });
  const { bucket, key, version, eTag } = await client.putObject("revisions", "shop.tgz", body);
  const revision = { bucket, key, version, eTag, bundleType: "tgz" } as const;
  const { deploymentId } = await client.createDeployment({
    application: "shop",
    group: "web",
    revision,
    ...configuration,
  });
  const events: SandboxEvent[] = [];
  for await (const event of client.events(deploymentId)) events.push(event);
  const begun = (event: SandboxEvent) => event.type === "host" && event.status === "InProgress";
  const over = (event: SandboxEvent) =>
    event.type === "host" && (event.status === "Succeeded" || event.status === "Failed");
  const lines = readFileSync(records, "utf8").trimEnd().split("\n");
  return {
    deployment: await client.deployment(deploymentId),
    order: events.flatMap((event) => (event.type === "host" && begun(event) ? event.host : [])),
    atOnce: most(events.map((event) => (begun(event) ? 1 : over(event) ? -1 : 0))),
    ran: lines.flatMap((line) => (line.startsWith("begin ") ? line.slice("begin ".length) : [])),
    ranAtOnce: most(lines.map((line) => (line.startsWith("begin ") ? 1 : -1))),
  };
}

/** The highest sum on the way. */
function most(steps: readonly number[]): number {
  let [sum, highest] = [0, 0];
  for (const step of steps) {
    sum += step;
    highest = Math.max(highest, sum);
  }
  return highest;
}

function counts({ deployment: { hosts } }: Run): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { status } of hosts) result[status] = (result[status] ?? 0) + 1;
  return result;
}

const config = (name: string) => ({ deploymentConfig: `CodeDeployDefault.${name}` });
const SEVENTY_FIVE_PERCENT = { minimumHealthyHosts: { type: "FLEET_PERCENT", value: 75 } } as const;

describe.sequential(`${HOSTS} real agents`, { timeout: 300_000 }, () => {
  test("one at a time", async () => {
    const run = await deploy(config("OneAtATime"));
    expect(run.deployment.status).toBe("Succeeded");
    expect({ atOnce: run.atOnce, ranAtOnce: run.ranAtOnce }).toEqual({ atOnce: 1, ranAtOnce: 1 });
    expect(run.order).toHaveLength(HOSTS);
    expect(run.ran).toEqual(run.order);
    expect(new Set(run.ran)).toEqual(new Set(NAMES));
  });

  test("all at once", async () => {
    const run = await deploy(config("AllAtOnce"));
    expect(run.deployment.status).toBe("Succeeded");
    expect(run.atOnce).toBe(HOSTS);
    expect(run.ran.toSorted()).toEqual(NAMES.toSorted());
  });

  test("half at a time, and some fail", async () => {
    const run = await deploy(config("HalfAtATime"), EXPECTED.failing);
    expect(run.deployment.status).toBe("Succeeded");
    expect(counts(run)).toEqual({ Succeeded: HOSTS - EXPECTED.failing.length, Failed: EXPECTED.failing.length });
    expect(run.atOnce).toBe(EXPECTED.half);
    expect(run.ranAtOnce).toBeLessThanOrEqual(EXPECTED.half);
    expect(run.ran.toSorted()).toEqual(NAMES.toSorted());
  });

  test("75 % stay healthy, those that failed come first, and fail again", async () => {
    const { failing, threeQuarters } = EXPECTED;
    const run = await deploy(SEVENTY_FIVE_PERCENT, failing);
    expect(run.order.slice(0, failing.length).toSorted()).toEqual(failing.toSorted());
    expect({ status: run.deployment.status, atOnce: run.atOnce, counts: counts(run) }).toEqual(threeQuarters);
    expect(run.ranAtOnce).toBeLessThanOrEqual(threeQuarters.atOnce);
  });

  test("one at a time, and the first fails: no other is touched", async () => {
    const run = await deploy(config("OneAtATime"), EXPECTED.failing);
    expect(run.deployment).toMatchObject({ status: "Failed", reason: { code: "HEALTH_CONSTRAINTS" } });
    expect(EXPECTED.failing).toContain(run.order[0]);
    expect(counts(run)).toEqual({ Failed: 1, Skipped: HOSTS - 1 });
    expect(run.ran).toEqual(run.order);
  });

  test("no host gets a command twice, and the fleet leaves no process", async () => {
    const commands = await processes.client.commands();
    expect(commands.filter(({ completions }) => completions.length !== 1)).toEqual([]);
    expect(commands.length).toBeGreaterThan(HOSTS * 3 * 7);
    const { agents } = JSON.parse(readFileSync(join(processes.dataDirectory, "fleets/web.json"), "utf8"));
    expect(agents).toHaveLength(HOSTS);
    await processes.stop();
    for (const { processId } of agents) expect(await lives(processId)).toBe(false);
  });
});

describe("a fleet", { timeout: 300_000 }, () => {
  test("starts an agent again that was killed, and takes over from a fleet that was", async () => {
    const own = new SandboxProcesses(join(home, "killed"));
    try {
      await own.up();
      const fleet = await own.fleet(["--hosts", "2", "--kind", "ec2", "--name", "api"]);
      const record = () => JSON.parse(readFileSync(join(own.dataDirectory, "fleets/api.json"), "utf8"));
      const [first] = record().agents;
      process.kill(first.processId, "SIGKILL");
      await expect.poll(() => record().agents, { timeout: 60_000 }).not.toContainEqual(first);
      await expect.poll(() => record().agents.length, { timeout: 60_000 }).toBe(2);
      const orphans = record().agents;
      await ended(fleet, "SIGKILL");
      await own.fleet(["--hosts", "2", "--kind", "ec2", "--name", "api"]);
      for (const { processId } of orphans) expect(await lives(processId)).toBe(false);
      expect(await own.client.hosts()).toMatchObject([{ tags: [{ Key: "Name", Value: "api-1" }, {}] }, {}]);
    } finally {
      await own.stop();
    }
  });
});
