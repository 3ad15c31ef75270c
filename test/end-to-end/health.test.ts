import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import { eventually } from "../support/eventually.ts";
import { unusedPort } from "../support/loopback.ts";
import { TestSandbox } from "../support/sandbox.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

type Place = { readonly socketPath: string } | { readonly port: number };

/** What the agent answers. */
function ask(place: Place, path: string, method = "GET"): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...place, host: "127.0.0.1", path, method }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text }),
      );
    });
    asked.once("error", reject).end();
  });
}

test("an agent tells its health and its counters, on a socket and on a port", async () => {
  const sandbox = await TestSandbox.start();
  const socketPath = join(temporaryDirectory(), "health.sock");
  const port = await unusedPort();
  const host = new AgentHost("host-1", sandbox.url, { status_socket: socketPath, metrics_port: port }).start();
  await host.logged(/Polling as/);
  const places: readonly Place[] = [{ socketPath }, { port }];
  for (const place of places) {
    await eventually(async () => expect((await ask(place, "/health")).status).toBe(200));
  }
  const { deploymentId } = await sandbox.begin(
    {
      "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  BeforeInstall:\n    - location: fail.sh\n",
      "fail.sh": "#!/bin/sh\nexit 1\n",
    },
    [host.name],
  );
  await sandbox.client.waitForDeployment(deploymentId, { timeoutSeconds: 60 });
  for (const place of places) {
    const { type, text } = await ask(place, "/health");
    expect(type).toBe("application/json");
    expect(JSON.parse(text)).toEqual({
      healthy: true,
      detail: null,
      phase: "ready",
      lastSuccessfulPoll: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      running: [],
    });
    const metrics = await ask(place, "/metrics");
    expect(metrics.type).toContain("text/plain");
    expect(metrics.text).toContain('codedeploy_agent_commands_total{event="DownloadBundle",outcome="succeeded"} 1\n');
    expect(metrics.text).toContain('codedeploy_agent_commands_total{event="BeforeInstall",outcome="failed"} 1\n');
    expect(metrics.text).toMatch(
      /^codedeploy_agent_command_duration_seconds_bucket\{le="\+Inf",event="BeforeInstall"\} /m,
    );
    expect(metrics.text).toMatch(/^codedeploy_agent_polls_total\{outcome="answered"\} [1-9]/m);
    expect(metrics.text).toContain("codedeploy_agent_healthy 1\n");
    expect((await ask(place, "/else")).status).toBe(404);
    expect((await ask(place, "/metrics", "POST")).status).toBe(405);
  }
  expect(await host.stop()).toBe(0);
});

test("a place where health cannot be told is a warning and ends nothing", async () => {
  const sandbox = await TestSandbox.start();
  const socket = join(temporaryDirectory(), "file");
  writeFileSync(socket, "not ours");
  const host = new AgentHost("host-1", sandbox.url, { status_socket: socket }).start();
  expect(await host.logged(/Health is not told/)).toContain(`status_socket ${socket}`);
  await host.logged(/Polling as/);
  expect(await host.stop()).toBe(0);
});
