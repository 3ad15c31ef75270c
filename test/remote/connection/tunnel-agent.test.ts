import { createServer as createSecureServer } from "node:https";
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectionAgents, directAgents } from "../../../src/remote/connection/agents.ts";
import { TunnelAgent } from "../../../src/remote/connection/tunnel-agent.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpProxy } from "../../support/http-proxy.ts";
import { listen } from "../../support/loopback.ts";
import { secureRelay } from "../../support/secure-relay.ts";
import { SELF_SIGNED } from "../../support/self-signed.ts";
import { archive, COMMIT, gitHubFrom, gitHubServer } from "../github/fixture.ts";
import { everything, failureOf, faultServer, OBJECT, object, s3From } from "../s3/fixture.ts";

const BYTES = Buffer.from("revision");
const AUTHORITIES = [SELF_SIGNED.cert];
const QUICKLY_MS = 5_000;

/** The two sources of revisions, and servers that hold one. */
const SOURCES = {
  S3: {
    serve: () => faultServer(object(BYTES)),
    from: (endpoint: string, https: TunnelAgent) => {
      const { revisions, clock } = s3From(endpoint, { agents: { https } });
      return { clock, open: (signal?: AbortSignal) => revisions.open(OBJECT, signal) };
    },
  },
  GitHub: {
    serve: () => gitHubServer(archive(BYTES)),
    from: (endpoint: string, https: TunnelAgent) => {
      const { revisions, clock } = gitHubFrom(endpoint, { agents: { https } });
      return { clock, open: (signal?: AbortSignal) => revisions.open(COMMIT, signal) };
    },
  },
};

describe.each(["S3", "GitHub"] as const)("%s through a proxy", (name) => {
  const { from, serve } = SOURCES[name];

  test("gives a revision, encrypted from end to end, also where its host is an address", async () => {
    const endpoint = await secureRelay((await serve()).endpoint);
    const proxy = await HttpProxy.start();
    const agents = connectionAgents({ proxyUri: proxy.url, authorities: AUTHORITIES });
    onTestFinished(() => agents?.https.destroy());
    const { content } = await from(endpoint, agents?.https as TunnelAgent).open();
    expect(await everything(content)).toEqual(BYTES);
    expect([...proxy.asked]).toEqual([new URL(endpoint).host]);
  });

  test.each([
    [407, "It wants a user and password: put them into proxy_uri.", 1],
    [403, "Allow it in the proxy, or exempt it with no_proxy", 1],
    [404, "Allow it in the proxy, or exempt it with no_proxy", 1],
    [502, "Check that the proxy reaches it", name === "S3" ? 6 : 4],
  ] as const)("that answers %i, its page after its headers, says so and what to do", async (status, hint, attempts) => {
    const { url, sockets } = await proxyThat((socket) => {
      socket.write(`HTTP/1.1 ${status} No\r\nContent-Length: 9\r\n\r\n`);
      setTimeout(() => socket.end("some page"), 20).unref();
    });
    const { open, clock } = from("https://service.test", tunnel(url));
    const failure = await failureOf(open());
    expect(failure.message).toContain(`the proxy ${new URL(url).host} did not connect (HTTP ${status})`);
    expect(failure.hint).toContain(hint);
    expect([sockets.length, clock.sleeps.length]).toEqual([attempts, attempts - 1]);
  });

  test("that never answers fails in bounded time, and keeps no connection", async () => {
    const { url, sockets } = await proxyThat(() => undefined);
    const { open } = from("https://service.test", tunnel(url, { connectTimeoutMs: 50 }));
    const failure = await failureOf(open());
    expect(failure.message).toContain(
      `the proxy ${new URL(url).host} could not be reached: it did not answer within 0.05 s`,
    );
    expect(failure.hint).toBe("Check proxy_uri and the proxy.");
    await eventually(() => expect(sockets.filter(({ destroyed }) => !destroyed)).toEqual([]));
  });

  test("that never answers does not hold up a cancellation", async () => {
    const stop = new AbortController();
    const { url } = await proxyThat(() => stop.abort());
    const started = performance.now();
    await expect(from("https://service.test", tunnel(url)).open(stop.signal)).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(QUICKLY_MS);
  });

  test("that hangs up is asked again", async () => {
    const { url, sockets } = await proxyThat((socket) => socket.destroy());
    await failureOf(from("https://service.test", tunnel(url)).open());
    expect(sockets.length).toBeGreaterThan(1);
  });
});

describe.each(["S3", "GitHub"] as const)("%s with a certificate that is not trusted", (name) => {
  test("is asked once, and the remedy is named", async () => {
    let connections = 0;
    const server = createSecureServer(SELF_SIGNED).on("connection", () => {
      connections += 1;
    });
    const endpoint = `https://127.0.0.1:${await listen(server)}`;
    const { https } = directAgents();
    onTestFinished(() => https.destroy());
    const { open, clock } = SOURCES[name].from(endpoint, https as TunnelAgent);
    const failure = await failureOf(open());
    expect(failure.message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(failure.hint).toContain("put its authority into the file that AWS_SSL_CA_BUNDLE names");
    expect([connections, clock.sleeps]).toEqual([1, []]);
  });
});

test("a proxy that is itself reached over TLS is trusted as the authorities say", async () => {
  const endpoint = await secureRelay((await faultServer(object(BYTES))).endpoint);
  const targets: string[] = [];
  const proxy = createSecureServer(SELF_SIGNED).on("connect", ({ url = "" }, socket) => {
    targets.push(url);
    socket.end("HTTP/1.1 403 No\r\n\r\n");
  });
  const proxyUri = `https://127.0.0.1:${await listen(proxy)}`;
  const trusting = connectionAgents({ proxyUri, authorities: AUTHORITIES })?.https as TunnelAgent;
  expect((await failureOf(SOURCES.S3.from(endpoint, trusting).open())).message).toContain("(HTTP 403)");
  expect(targets).toEqual([new URL(endpoint).host]);
  const doubting = connectionAgents({ proxyUri })?.https as TunnelAgent;
  expect((await failureOf(SOURCES.S3.from(endpoint, doubting).open())).message).toContain("SELF_SIGNED");
});

function tunnel(url: string, options = {}): TunnelAgent {
  const agent = new TunnelAgent(url, { keepAlive: true, ...options });
  onTestFinished(() => agent.destroy());
  return agent;
}

/** A proxy that does something with each connection as soon as it has been asked. */
async function proxyThat(answers: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.once("data", () => answers(socket));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, sockets };
}
