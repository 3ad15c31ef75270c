import { createServer, type Server } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { type Assembly, assemble } from "./assemble.ts";
import { KEPT_HOSTS } from "./coordination/retention.ts";
import { prepareDataDirectory } from "./data-directory.ts";
import { enter, type FrontDoor } from "./http/front-door.ts";
import { ADMIN_ARN, ADMIN_USER_ID } from "./identifiers.ts";
import type { AccessKey } from "./identity/key-ring.ts";
import { newToken } from "./management/token.ts";
import { removeRunning, writeRunning } from "./running-file.ts";
import { openAuthority } from "./specification/authority.ts";
import { SandboxStartError } from "./start-error.ts";
import { lockDirectory } from "./store/directory-lock.ts";

/** How a sandbox is started. */
export interface SandboxOptions {
  /** Keeps the certificate authority and the uploaded objects; made when missing (0700). */
  readonly dataDirectory: string;
  /** 0 (default) for a free one. */
  readonly port?: number;
  /** Where to listen; default 127.0.0.1. Another address than a loopback one needs `checkSignatures`. */
  readonly host?: string;
  /** How long a poll without a command is held; default 20, 0 answers at once. */
  readonly longPollSeconds?: number;
  /** How long a minute of the service lasts here, in minutes; default 1. All limits and waits are scaled by it. */
  readonly timeScale?: number;
  /** Whether requests have to be signed with keys of this sandbox; default: any well-formed signature will do. */
  readonly checkSignatures?: boolean;
  /** Whether everything outlives the sandbox, in the data directory; default: only the authority and the keys do. */
  readonly keepState?: boolean;
  /** How many hosts the ended deployments that are kept have together; default 2000. */
  readonly keptHosts?: number;
  /** A command that was handed out but not acknowledged for so long is handed out again; default 10. */
  readonly redeliverSeconds?: number;
}

export interface Sandbox {
  /** `http://127.0.0.1:40123`: endpoint for commands, S3 and management. */
  readonly url: string;
  readonly port: number;
  /** Certificate of the authority that signs specifications, PEM. */
  readonly caFile: string;
  /** The key of the administrator; made when requests have to be signed with keys of the sandbox. */
  readonly adminKey: AccessKey | undefined;
  /** What the management API wants to be shown; also in `sandbox.json` in the data directory. */
  readonly token: string;
  /** Stops listening and cuts every open connection, held polls included. */
  close(): Promise<void>;
}

const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_LONG_POLL_SECONDS = 20;
const DEFAULT_REDELIVER_SECONDS = 10;
/** Agents keep their connection between polls; the usual 5 s would cut it while the next poll is on its way. */
const KEEP_ALIVE_MS = 120_000;

/**
 * Starts a local CodeDeploy.
 * @throws SandboxStartError when the address is not loopback, the port is taken or the directory cannot be used
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dataDirectory, host = DEFAULT_HOST } = options;
  if (!isLoopback(host) && options.checkSignatures !== true) throw openWithoutKeys(host);
  await prepareDataDirectory(dataDirectory);
  const unlock = await lockDirectory(dataDirectory);
  try {
    return await startIn(options, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Starts one whose data directory is its own until it calls `unlock`. */
async function startIn(options: SandboxOptions, unlock: () => Promise<void>): Promise<Sandbox> {
  const { dataDirectory, host = DEFAULT_HOST, port: wantedPort = 0 } = options;
  const authority = await openAuthority(dataDirectory);
  const token = newToken();
  const assembly = await assemble({
    dataDirectory,
    token,
    authority,
    longPollSeconds: options.longPollSeconds ?? DEFAULT_LONG_POLL_SECONDS,
    redeliverSeconds: options.redeliverSeconds ?? DEFAULT_REDELIVER_SECONDS,
    timeScale: options.timeScale ?? 1,
    checkSignatures: options.checkSignatures ?? false,
    keepState: options.keepState ?? false,
    keptHosts: options.keptHosts ?? KEPT_HOSTS,
  });
  const door = { routes: assembly.routes, isLocal: isLoopback(host) };
  const server = await listen(door, host, wantedPort).catch(async (error: unknown) => {
    await assembly.close();
    throw error;
  });
  const { port } = addressOf(server);
  const running = { url: urlOf(WILDCARDS[host] ?? host, port), processId: process.pid, token };
  writeRunning(dataDirectory, running);
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(host, port),
    port,
    token,
    caFile: authority.caFile,
    adminKey: options.checkSignatures ? assembly.keys.ensure(ADMIN_ARN, ADMIN_USER_ID) : undefined,
    close: () => {
      closing ??= close(server, assembly).then(() => {
        removeRunning(dataDirectory, running);
        return unlock();
      });
      return closing;
    },
  };
}

/** Where a program on this machine reaches what listens everywhere. */
const WILDCARDS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function openWithoutKeys(host: string): SandboxStartError {
  const message = `${host} is not a loopback address. A sandbox that takes any key listens on 127.0.0.1 or ::1 only.`;
  return new SandboxStartError(message);
}

function listen(door: FrontDoor, host: string, port: number): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    enter(door, request, response).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : String(error));
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenFault(error, host, port)));
    server.listen(port, host, () => resolve(server));
  });
}

function listenFault(error: Error, host: string, port: number): SandboxStartError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program listens there; leave the port out to get a free one",
    EADDRNOTAVAIL: "this machine has no such address",
    EACCES: "ports below 1024 need root; choose a higher one",
  };
  const code = "code" in error ? String(error.code) : error.message;
  return new SandboxStartError(`Cannot listen on ${host}:${port}: ${reasons[code] ?? code}.`, { cause: error });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no TCP address");
  return address;
}

async function close(server: Server, assembly: Assembly): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  await assembly.close();
}
