import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, get, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecureServer, get as getSecurely, Agent as SecureAgent } from "node:https";
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { type Duplex, PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Ask, copiesBodies, tryCopying } from "../../../src/remote/connection/body-copies.ts";
import { receiveIntoBuffers } from "../../../src/remote/connection/receive-buffer.ts";
import { listen, unusedPort } from "../../support/loopback.ts";
import { SELF_SIGNED } from "../../support/self-signed.ts";

const BODY = randomBytes(3 * 1024 * 1024);
/** What Node.js hands out of a connection at most when it is left alone. */
const UNCHANGED_BYTES = 64 * 1024;
const RECORD_BYTES = 16 * 1024;
const ANSWERED_AFTER_MS = 200;

const WAYS = {
  http: {
    serve: (listener: RequestListener): Server => createServer(listener),
    agent: (maxSockets: number) => new Agent({ keepAlive: true, maxSockets }),
    get,
  },
  https: {
    serve: (listener: RequestListener): Server => createSecureServer(SELF_SIGNED, listener),
    agent: (maxSockets: number) => new SecureAgent({ keepAlive: true, maxSockets, ca: SELF_SIGNED.cert }),
    get: getSecurely,
  },
};

describe.each(["http", "https"] as const)("a body over %s", (way) => {
  test.each([
    ["whose length is stated", { "content-length": BODY.length }],
    ["in chunks", {}],
  ])("%s comes as it was sent, one after the other over one connection", async (_, headers) => {
    const connections = new Set<Socket>();
    const fetch = await fetcher(way, (_request, response) => {
      connections.add(response.socket as Socket);
      response.writeHead(200, headers).end(BODY);
    });
    for (const _time of [1, 2, 3]) expect(digest(await all(await fetch()))).toBe(digest(BODY));
    expect(connections.size).toBe(1);
  });

  test("keeps its bytes while its reader is slow and other answers come", async () => {
    const fetch = await fetcher(
      way,
      (request, response) => response.end(request.url === "/body" ? BODY : BODY.toReversed()),
      {
        maxSockets: 2,
      },
    );
    const slow = await fetch("/body");
    const kept: Buffer[] = [];
    for await (const piece of slow) {
      kept.push(piece);
      if (kept.length % 8 === 1) await all(await fetch("/other"));
    }
    expect(digest(Buffer.concat(kept))).toBe(digest(BODY));
  });

  test("that nobody reads is not fetched", async () => {
    const connections: Socket[] = [];
    const fetch = await fetcher(way, (_request, response) => {
      connections.push(response.socket as Socket);
      const more = () => {
        while (!response.destroyed && response.write(BODY));
      };
      response.on("drain", more);
      more();
    });
    const answer = await fetch();
    await sleep(300);
    expect(answer.readableLength).toBeLessThan(1024 * 1024);
    // Both ends of the connection have some room in the kernel.
    expect(connections[0]?.bytesWritten).toBeLessThan(32 * 1024 * 1024);
    answer.destroy();
  });

  test("that is cut off fails", async () => {
    const fetch = await fetcher(way, (_request, response) => {
      response
        .writeHead(200, { "content-length": BODY.length })
        .write(BODY.subarray(0, 50_000), () => response.destroy());
    });
    await expect(all(await fetch())).rejects.toThrow("aborted");
  });
});

describe("a connection", () => {
  test.each([
    ["http", UNCHANGED_BYTES],
    ["https", RECORD_BYTES],
  ] as const)("over %s brings more at once than %i bytes, as it would by itself", async (way, unchanged) => {
    const fetch = await fetcher(way, (_request, response) => response.end(BODY));
    const lengths: number[] = [];
    for await (const piece of await fetch()) lengths.push(piece.length);
    expect(Math.max(...lengths)).toBeGreaterThan(unchanged);
    expect(lengths.length).toBeLessThan(BODY.length / unchanged);
  });

  test.each([
    ["ends", "end()", ""],
    ["is reset", "resetAndDestroy()", "Content-Length: 50000\\r\\n"],
  ])("that %s right after the last byte has brought all of them", async (_, end, header) => {
    const answer = `"HTTP/1.1 200 OK\\r\\n${header}\\r\\n" + "x".repeat(50000)`;
    const port = await serverProcess(
      `socket.once("data", () => setTimeout(() => socket.write(${answer}, () => socket.${end}), ${ANSWERED_AFTER_MS}))`,
    );
    const agent = receiveIntoBuffers(new Agent());
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: "127.0.0.1", port, agent }, resolve).on("error", reject);
    });
    // Bytes and end are there when this process looks again.
    await sleep(ANSWERED_AFTER_MS / 2);
    standStill(ANSWERED_AFTER_MS);
    expect((await all(await answered)).length).toBe(50_000);
  });

  test("is left alone where the bodies are not copied out of it", async () => {
    const fetch = await fetcher("http", (_request, response) => response.end(BODY), { areCopied: async () => false });
    const pieces: Buffer[] = [];
    for await (const piece of await fetch()) pieces.push(piece);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(UNCHANGED_BYTES);
    expect(digest(Buffer.concat(pieces))).toBe(digest(BODY));
  });

  test("that is refused fails the request", async () => {
    const agent = receiveIntoBuffers(new Agent());
    const port = await unusedPort();
    const failure = new Promise((_, reject) => get({ host: "127.0.0.1", port, agent }).on("error", reject));
    await expect(failure).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("that cannot be made fails the request", async () => {
    const agent = receiveIntoBuffers(new Agent());
    const failure = new Promise((_, reject) => get({ port: 65536, agent }).on("error", reject));
    await expect(failure).rejects.toMatchObject({ code: "ERR_SOCKET_BAD_PORT" });
  });

  test("keeps what comes before anybody listens", async () => {
    const port = await listen(createPlainServer((socket) => socket.end("early")));
    const agent = receiveIntoBuffers(new Agent());
    const socket = await new Promise<Duplex>((resolve, reject) =>
      agent.createConnection({ host: "127.0.0.1", port }, (error, made) => (error ? reject(error) : resolve(made))),
    );
    await sleep(100);
    expect((await all(socket)).toString()).toBe("early");
  });
});

describe("whether bodies are copied", () => {
  test("is so with this Node.js; else downloads are right, but slow", async () => {
    expect(await copiesBodies()).toBe(true);
  });

  test("is denied when a body lies where it was received", async () => {
    const answerWithParts: Ask = ({ createConnection }, answered) => {
      const connection = createConnection();
      connection.once("data", (received: Buffer) => {
        const answer = new PassThrough();
        answered(answer);
        answer.emit("data", received.subarray(-1));
      });
      connection.write("GET /");
      return new PassThrough();
    };
    expect(await tryCopying(answerWithParts)).toBe(false);
  });

  test("is denied when that cannot be found out", async () => {
    const fail: Ask = () => new PassThrough().destroy(new Error("no such thing"));
    expect(await tryCopying(fail)).toBe(false);
  });
});

interface FetcherOptions {
  readonly maxSockets?: number;
  readonly areCopied?: () => Promise<boolean>;
}

/** Asks a server through an agent whose connections have buffers; both go away when the test has finished. */
async function fetcher(way: keyof typeof WAYS, listener: RequestListener, options: FetcherOptions = {}) {
  const { serve, agent: newAgent, get: ask } = WAYS[way];
  const port = await listen(serve(listener));
  const agent = receiveIntoBuffers(newAgent(options.maxSockets ?? 1), options.areCopied);
  onTestFinished(() => agent.destroy());
  return (path = "/") =>
    new Promise<IncomingMessage>((resolve, reject) => {
      ask({ host: "127.0.0.1", port, path, agent }, resolve).on("error", reject);
    });
}

/** @param onConnection what a process of its own does with a `socket` that connects to it */
async function serverProcess(onConnection: string): Promise<number> {
  const program = `const server = require("net").createServer((socket) => { socket.on("error", () => {}); ${onConnection}; });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const server = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void server.kill());
  const [port] = await once(createInterface(server.stdout), "line");
  return Number(port);
}

function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const kept: Buffer[] = [];
  for await (const piece of pieces) kept.push(piece);
  return Buffer.concat(kept);
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
