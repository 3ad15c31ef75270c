import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCommandsApi } from "../../../src/remote/commands/api.ts";
import { connectionAgents } from "../../../src/remote/connection/agents.ts";
import { proxyExemption } from "../../../src/remote/connection/no-proxy.ts";
import { commandsApiOptions, NEVER } from "../../support/commands-api.ts";
import { HttpProxy } from "../../support/http-proxy.ts";
import { listen } from "../../support/loopback.ts";
import { recordingServer } from "../../support/recording-server.ts";

describe("the list of hosts that are reached without the proxy", () => {
  test.each([
    [undefined, "a.b", false],
    ["", "a.b", false],
    ["*", "a.b", true],
    ["example.com", "example.com", true],
    ["example.com", "EXAMPLE.com", true],
    ["example.com", "s3.example.com", true],
    ["example.com", "notexample.com", false],
    [".example.com", "s3.example.com", true],
    ["*.example.com", "s3.example.com", true],
    ["a.b, ,c.d", "c.d", true],
    ["a.b c.d", "c.d", true],
    ["example.com:8443", "example.com", false],
    ["example.com:443", "example.com", true],
    ["10.0.0.0/8", "10.200.1.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.0.0.0/8", "ten.example.com", false],
    ["10.0.0.0/99", "10.0.0.1", false],
    ["127.0.0.1", "127.0.0.1", true],
    ["fd00::/8", "[fd00::1]", true],
    ["::1", "[::1]", true],
    ["[::1]:443", "::1", true],
  ])("%j and %s: %j", (list, host, expected) => expect(proxyExemption(list)(host, 443)).toBe(expected));
});

describe("a client behind a proxy", () => {
  const poll = (endpoint: string, proxyUri: string, noProxy: string) => {
    const agents = connectionAgents({ proxyUri, noProxy });
    onTestFinished(() => {
      agents?.http.destroy();
      agents?.https.destroy();
    });
    return createCommandsApi({ ...commandsApiOptions(endpoint), ...(agents && { agents }) }).poll("host", NEVER);
  };

  test("reaches exempt hosts itself and all others through it", async () => {
    const server = await recordingServer((response) => response.end("{}"));
    const proxy = await HttpProxy.start();
    await poll(server.url, proxy.url, "127.0.0.1");
    expect([...proxy.asked]).toEqual([]);
    expect(server.requests[0]?.path).toBe("/");
    await poll(server.url, proxy.url, "example.com");
    expect([...proxy.asked]).toEqual([`${server.url}/`]);
    expect(server.requests).toHaveLength(2);
  });

  test("asks the proxy for a tunnel to the hosts that are not exempt", async () => {
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      tunnels.push(request.url);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    const proxyUri = `http://127.0.0.1:${await listen(proxy)}`;
    await expect(poll("https://localhost:9", proxyUri, "localhost")).rejects.toThrow("ECONNREFUSED");
    expect(tunnels).toEqual([]);
    await expect(poll("https://localhost:9", proxyUri, "example.com")).rejects.toThrow();
    expect(tunnels).toEqual(["localhost:9"]);
  });
});
