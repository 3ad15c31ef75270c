import { createServer as createPlainServer, Agent as HttpAgent, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCommandsApi } from "../../../src/remote/commands/api.ts";
import { connectionAgents } from "../../../src/remote/connection/agents.ts";
import { commandsApiOptions, failureOf, NEVER, pollAt } from "../../support/commands-api.ts";
import { listen, unusedPort } from "../../support/loopback.ts";
import { recordingServer } from "../../support/recording-server.ts";
import { SELF_SIGNED } from "../../support/self-signed.ts";

describe("connections", () => {
  test("a refused connection is a network fault that says so", async () => {
    const server = await recordingServer(() => undefined);
    const { port } = new URL(server.url);
    const closed = `http://127.0.0.1:${await unusedPort()}`;
    expect(port).not.toBe(new URL(closed).port);
    const error = await failureOf(pollAt(closed));
    expect(error).toMatchObject({ fault: "network", message: expect.stringContaining("the connection was refused") });
  });

  test("a name that does not resolve is a network fault that says so", async () => {
    const error = await failureOf(pollAt("https://commands.invalid"));
    expect(error.fault).toBe("network");
    expect(error.message).toMatch(/could not reach commands\.invalid: (its name|the name server) does not/);
  });

  test("a connection that is cut before the answer is a network fault, at once", async () => {
    const server = await recordingServer((response) => response.destroy());
    const error = await failureOf(pollAt(server.url));
    expect(error).toMatchObject({ fault: "network", message: expect.stringContaining("the connection was cut") });
    expect(server.requests).toHaveLength(1);
  });

  test("a connection that is cut in the middle of the answer is a network fault", async () => {
    const server = await recordingServer((response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"HostCommand":', () => response.destroy());
    });
    expect(await failureOf(pollAt(server.url))).toMatchObject({ fault: "network" });
  });

  test("an idle connection that the server closed just now does not fail the next call", async () => {
    let calls = 0;
    const server = await recordingServer((response) => {
      calls += 1;
      if (calls === 2) response.destroy();
      else response.end("{}");
    });
    const api = createCommandsApi(commandsApiOptions(server.url));
    await api.poll("host", NEVER);
    expect(await api.poll("host", NEVER)).toBeUndefined();
    expect(server.requests).toHaveLength(3);
  });

  test("a connection that is cut again and again fails after one repetition", async () => {
    let calls = 0;
    const server = await recordingServer((response) => {
      calls += 1;
      if (calls === 1) response.end("{}");
      else response.destroy();
    });
    const api = createCommandsApi(commandsApiOptions(server.url));
    await api.poll("host", NEVER);
    expect(await failureOf(api.poll("host", NEVER))).toMatchObject({ fault: "network" });
    expect(server.requests).toHaveLength(3);
  });

  test("a certificate that is not trusted is a network fault that names the remedy", async () => {
    const error = await failureOf(pollAt(await secureEndpoint()));
    expect(error.fault).toBe("network");
    expect(error.message).toMatch(
      /did not trust the certificate of 127\.0\.0\.1:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)\./,
    );
    expect(error.message).toContain("AWS_SSL_CA_BUNDLE");
  });

  test("a certificate of an authority that the agent is given is trusted", async () => {
    const agents = connectionAgents({ authorities: [SELF_SIGNED.cert] });
    onTestFinished(() => agents?.https.destroy());
    const api = createCommandsApi({ ...commandsApiOptions(await secureEndpoint()), ...(agents && { agents }) });
    expect(await api.poll("host", NEVER)).toBeUndefined();
  });

  test("something that does not speak TLS is a network fault", async () => {
    const server = await recordingServer((response) => response.end("{}"));
    expect(await failureOf(pollAt(server.url.replace("http:", "https:")))).toMatchObject({ fault: "network" });
  });
});

describe("a proxy", () => {
  test("that wants a password is a network fault that names proxy_uri", async () => {
    const proxy = await tunnel((socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    const error = await failureOf(pollThrough(proxy, "https://commands.invalid"));
    expect(error).toMatchObject({ fault: "network", message: expect.stringContaining("put them into proxy_uri.") });
  });

  test("that cannot connect is a network fault that says so", async () => {
    const page = "<html>no such host</html>";
    const proxy = await tunnel((socket) =>
      socket.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Length: ${page.length}\r\n\r\n${page}`),
    );
    expect(await failureOf(pollThrough(proxy, "https://commands.invalid"))).toMatchObject({
      fault: "network",
      message: expect.stringContaining("the proxy did not connect (HTTP 502). Check that the proxy reaches it"),
    });
  });

  test("is not asked for anything but the tunnel, through which the same authorities are trusted", async () => {
    const { port } = new URL(await secureEndpoint());
    const targets: (string | undefined)[] = [];
    const proxy = await tunnel((socket, target) => {
      targets.push(target);
      const there = connect(Number(port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        there.pipe(socket).pipe(there);
      });
    });
    const endpoint = `https://service.test:${port}`;
    const error = await failureOf(pollThrough(proxy, endpoint));
    expect(error.message).toContain("did not trust the certificate");
    expect(await pollThrough(proxy, endpoint, [SELF_SIGNED.cert])).toBeUndefined();
    expect(targets).toEqual([`service.test:${port}`, `service.test:${port}`]);
  });
});

describe("time", () => {
  test.each<[string, (response: ServerResponse) => void]>([
    ["never", () => undefined],
    ["with headers but no body", (response) => void response.writeHead(200, { "content-length": "2" }).flushHeaders()],
    ["drop by drop", (response) => drip(response)],
  ])("an answer that comes %s ends the call when the time is up", async (_, answer) => {
    const server = await recordingServer(answer);
    const api = createCommandsApi({
      ...commandsApiOptions(server.url),
      connectTimeoutSeconds: 0.2,
      readTimeoutSeconds: 0.2,
    });
    const started = performance.now();
    const error = await failureOf(api.poll("host", NEVER));
    expect(error).toMatchObject({ fault: "network", message: expect.stringContaining("got no answer from") });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("a connection that does not come about ends the call when its time is up", async () => {
    const http = new HttpAgent({ lookup: () => undefined });
    const api = createCommandsApi({
      ...commandsApiOptions("http://host.test"),
      agents: { http },
      connectTimeoutSeconds: 0.2,
    });
    const error = await failureOf(api.poll("host", NEVER));
    expect(error).toMatchObject({
      fault: "network",
      message: expect.stringContaining("connect to host.test within 0.2 s"),
    });
  });

  test("a poll ends at once when it is stopped", async () => {
    const server = await recordingServer(() => stop.abort());
    const stop = new AbortController();
    const started = performance.now();
    const error = await failureOf(createCommandsApi(commandsApiOptions(server.url)).poll("host", stop.signal));
    expect(error).toMatchObject({ fault: "network", message: expect.stringContaining("was stopped") });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("a poll that is stopped before it starts sends nothing", async () => {
    const server = await recordingServer((response) => response.end("{}"));
    await failureOf(createCommandsApi(commandsApiOptions(server.url)).poll("host", AbortSignal.abort()));
    expect(server.requests).toHaveLength(0);
  });

  test("a poll is stopped even while the credentials are being fetched", async () => {
    const stop = new AbortController();
    const credentials = () => {
      stop.abort();
      return new Promise<never>(() => undefined);
    };
    const api = createCommandsApi({ ...commandsApiOptions("http://127.0.0.1:1"), credentials });
    expect(await failureOf(api.poll("host", stop.signal))).toMatchObject({ fault: "network" });
  });
});

function drip(response: ServerResponse): void {
  response.writeHead(200, { "content-length": "1000" });
  const drops = setInterval(() => response.write(" "), 50);
  response.on("close", () => clearInterval(drops));
}

async function secureEndpoint(): Promise<string> {
  const server = createSecureServer(SELF_SIGNED, (_, response) => response.end("{}"));
  return `https://127.0.0.1:${await listen(server)}`;
}

/** A proxy that lets the test answer to CONNECT. */
async function tunnel(answer: (socket: Duplex, target: string | undefined) => void): Promise<string> {
  const proxy = createPlainServer();
  proxy.on("connect", (request, socket) => answer(socket, request.url));
  return `http://127.0.0.1:${await listen(proxy)}`;
}

function pollThrough(proxyUri: string, endpoint: string, authorities?: readonly string[]): Promise<unknown> {
  const agents = connectionAgents({ proxyUri, authorities });
  onTestFinished(() => agents?.https.destroy());
  return createCommandsApi({ ...commandsApiOptions(endpoint), ...(agents && { agents }) }).poll("host", NEVER);
}
