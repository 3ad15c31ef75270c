import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { SandboxClient } from "../../src/sandbox/client/sandbox-client.ts";
import { SandboxStartError } from "../../src/sandbox/start-error.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { SimulatedAgent } from "./support/simulated-agent.ts";
import { directoryWithAuthority, runningSandbox } from "./support/start.ts";

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
      `The data directory ${file}/x cannot be made (ENOTDIR); choose another with --data or --state.`,
    );
    await expect(startSandbox({ dataDirectory: file })).rejects.toThrow(
      `The data directory ${file} cannot be made (EEXIST); choose another with --data or --state.`,
    );
  });

  test.runIf(process.platform === "linux")(
    "with a data directory where nobody may write says so, and ends where the system takes no directory",
    async () => {
      await expect(startSandbox({ dataDirectory: "/sys/kernel" })).rejects.toThrow(
        "The data directory /sys/kernel cannot be written to (EACCES); choose another with --data or --state.",
      );
      await expect(startSandbox({ dataDirectory: "/proc/state/of" })).rejects.toThrow(
        "The data directory /proc/state/of cannot be made (ENOENT); choose another with --data or --state.",
      );
    },
  );

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
    await new SandboxClient(sandbox.url, sandbox.token).putObject("releases", "k", "hello");
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
    await client.waitForHost("h", { timeoutSeconds: 60 });
    const begin = performance.now();
    await sandbox.close();
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(await poll).toBe("fetch failed");
    await expect(new SandboxClient(url).describe()).rejects.toThrow(
      `No sandbox answers at ${url} (connection refused).`,
    );
  });
});

describe("the management API", () => {
  async function status(url: string, path: string, authorization?: string): Promise<number> {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    return (await fetch(`${url}/_sandbox/${path}`, { headers })).status;
  }

  test("tells everybody who the sandbox is, and the rest to who knows its token", async () => {
    const { url, sandbox } = await runningSandbox();
    expect(await status(url, "")).toBe(200);
    expect(await status(url, "ca.pem")).toBe(200);
    for (const wrong of [undefined, "", "Bearer", `Bearer ${sandbox.token}x`, `Basic ${sandbox.token}`]) {
      expect(await status(url, "hosts", wrong)).toBe(403);
    }
    expect(await status(url, "hosts", `Bearer ${sandbox.token}`)).toBe(200);
  });

  test("gives no key, no deployment and no fault without the token", async () => {
    const { url } = await runningSandbox({ checkSignatures: true });
    for (const [method, path] of [
      ["PUT", "keys/sandbox-admin"],
      ["POST", "deployments"],
      ["POST", "faults"],
      ["PUT", "objects/revisions/app.tgz"],
    ]) {
      const answer = await fetch(`${url}/_sandbox/${path}`, { method, body: "{}" } as RequestInit);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ __type: "TokenRequired" });
    }
  });

  test("has another token each time, in a file that only its owner can read, and that goes away", async () => {
    const dataDirectory = await directoryWithAuthority();
    const file = join(dataDirectory, "sandbox.json");
    const first = await startSandbox({ dataDirectory });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      url: first.url,
      processId: process.pid,
      token: first.token,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await first.close();
    expect(existsSync(file)).toBe(false);
    const second = await startSandbox({ dataDirectory });
    onTestFinished(() => second.close());
    expect(second.token).not.toBe(first.token);
  });

  const here = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const address = here.find(({ internal, family }) => !internal && family === "IPv4")?.address;
  test.skipIf(address === undefined)("answers to this machine only where the sandbox is open to others", async () => {
    const dataDirectory = await directoryWithAuthority();
    const sandbox = await startSandbox({ dataDirectory, host: "0.0.0.0", checkSignatures: true });
    onTestFinished(() => sandbox.close());
    const authorization = `Bearer ${sandbox.token}`;
    expect(await status(`http://127.0.0.1:${sandbox.port}`, "hosts", authorization)).toBe(200);
    expect(await status(`http://${address}:${sandbox.port}`, "hosts", authorization)).toBe(200);
    expect(JSON.parse(readFileSync(join(dataDirectory, "sandbox.json"), "utf8")).url).toContain("http://127.0.0.1:");
  });
});

describe("requests that web pages could send are not answered", () => {
  function get(port: number, headers: Record<string, string>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: "127.0.0.1", port, path: "/_sandbox/", headers }, (answer) => {
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
