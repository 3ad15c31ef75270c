import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SandboxClient } from "../../src/sandbox/client/sandbox-client.ts";
import { SandboxStartError } from "../../src/sandbox/start-error.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { SimulatedAgent } from "./support/simulated-agent.ts";
import { runningSandbox } from "./support/start.ts";

describe("starting", () => {
  test.each(["0.0.0.0", "::", "192.168.1.1", "example.com", "127.evil.example"])("on %s is refused", async (host) => {
    const starting = startSandbox({ dataDirectory: temporaryDirectory(), host });
    await expect(starting).rejects.toThrow(
      `${host} is not a loopback address. A sandbox that takes any key listens on 127.0.0.1 or ::1 only.`,
    );
    await expect(starting).rejects.toBeInstanceOf(SandboxStartError);
  });

  test("on a port that is taken says so", async () => {
    const { sandbox } = await runningSandbox();
    await expect(startSandbox({ dataDirectory: temporaryDirectory(), port: sandbox.port })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${sandbox.port}: another program listens there; leave the port out to get a free one.`,
    );
  });

  test("with a data directory that cannot be made says so", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    await expect(startSandbox({ dataDirectory: join(file, "x") })).rejects.toThrow(
      `The data directory ${file}/x cannot be made (ENOTDIR); choose another.`,
    );
  });

  test("tells who and where it is", async () => {
    const { client, sandbox } = await runningSandbox();
    expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
    expect(await client.describe()).toMatchObject({
      service: "codedeploy-sandbox",
      region: "us-east-1",
      account: "123456789012",
      caFile: sandbox.caFile,
      processId: process.pid,
    });
    expect(await client.caCertificate()).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  });
});

describe("stopping", () => {
  test("removes uploaded objects, and nothing else that lies in the data directory", async () => {
    const dataDirectory = temporaryDirectory();
    mkdirSync(join(dataDirectory, "objects"));
    writeFileSync(join(dataDirectory, "objects", "mine"), "");
    const sandbox = await startSandbox({ dataDirectory });
    await new SandboxClient(sandbox.url).putObject("releases", "k", "hello");
    expect(readdirSync(join(dataDirectory, "codedeploy-sandbox-objects"))).toHaveLength(1);
    await sandbox.close();
    expect(readdirSync(dataDirectory, { recursive: true }).sort()).toEqual([
      "ca-key.pem",
      "ca.pem",
      "objects",
      "objects/mine",
    ]);
  });

  test("does not wait for held polls, and the port is free afterwards", async () => {
    const { sandbox, client, url } = await runningSandbox({ longPollSeconds: 20 });
    const poll = new SimulatedAgent(url, "h").poll().catch((error: Error) => error.message);
    await client.waitForHost("h", { timeoutSeconds: 5 });
    const begin = performance.now();
    await sandbox.close();
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(await poll).toBe("fetch failed");
    await expect(new SandboxClient(url).describe()).rejects.toThrow(
      `No sandbox answers at ${url} (connection refused).`,
    );
  });
});

describe("requests that web pages could send are not answered", () => {
  function get(port: number, headers: Record<string, string>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: "127.0.0.1", port, path: "/_sandbox/hosts", headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      outgoing.on("error", reject);
      outgoing.end();
    });
  }

  test.each([
    ["with an Origin", { origin: "https://example.com" }, 403],
    ["for a name that points to us", { host: "example.com" }, 403],
    ["for a name that begins like ours", { host: "localhost.example.com" }, 403],
    ["for localhost", { host: "localhost:1" }, 200],
    ["for the IPv6 loopback", { host: "[::1]:1" }, 200],
  ])("%s", async (_what, headers, status) => {
    const { sandbox } = await runningSandbox();
    expect(await get(sandbox.port, headers)).toBe(status);
  });
});
