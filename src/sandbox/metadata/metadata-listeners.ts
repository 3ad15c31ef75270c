import { createServer, type Server } from "node:http";
import type { FaultGate } from "../faults/fault-gate.ts";
import type { HostRegister } from "../hosts.ts";
import { enter } from "../http/front-door.ts";
import { ACCOUNT } from "../identifiers.ts";
import { type AccessKey, type KeyRing, newId } from "../identity/key-ring.ts";
import type { HostView, MetadataSettings, MetadataView } from "../model/host.ts";
import { type MetadataContext, serveMetadata } from "./metadata-service.ts";
import { SessionTokens } from "./session-tokens.ts";
import { INSTANCE_ROLE } from "./tree.ts";

export interface MetadataListenersOptions {
  readonly hosts: HostRegister;
  readonly keys: KeyRing;
  readonly now: () => number;
  readonly meetFaults: FaultGate;
}

/** Metadata is for the machine that the sandbox runs on, wherever the sandbox itself listens. */
const ADDRESS = "127.0.0.1";
/** On EC2 keys of a role last about six hours, and new ones are there well before the old ones expire. */
const KEY_SECONDS = 21_600;
const RENEW_BEFORE_MS = 3_600_000;

/** The metadata services of a sandbox: one for each simulated EC2 host, on a port of its own. */
export class MetadataListeners {
  readonly #options: MetadataListenersOptions;
  readonly #servers = new Map<string, Server>();
  readonly #keys = new Map<string, AccessKey>();

  constructor(options: MetadataListenersOptions) {
    this.#options = options;
  }

  /** Starts the services of the hosts that had one before; a port that is taken by now is left alone. */
  async resume(hosts: Iterable<HostView>): Promise<void> {
    for (const { name, metadata } of hosts) {
      if (metadata === undefined) continue;
      await this.#listen(name, metadata.port).catch((error: unknown) => {
        process.emitWarning(`The metadata service of ${name} is not there: port ${metadata.port} (${String(error)}).`);
      });
    }
  }

  /** Starts the service of a host, or changes its settings; its address stays. */
  async open(name: string, settings: MetadataSettings): Promise<MetadataView> {
    const known = this.#options.hosts.get(name)?.metadata;
    const port = this.#servers.has(name) && known !== undefined ? known.port : await this.#listen(name, 0);
    this.#options.hosts.keepMetadata(name, { ...settings, port });
    return { ...settings, port, endpoint: `http://${ADDRESS}:${port}` };
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    this.#servers.clear();
  }

  async #listen(name: string, port: number): Promise<number> {
    const context = this.#contextOf(name);
    const route = {
      takes: () => true,
      serve: (exchange: Parameters<typeof serveMetadata>[1]) => serveMetadata(context, exchange),
    };
    const server = createServer((request, response) => {
      enter({ routes: [route], isLocal: true }, request, response).catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : String(error));
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, ADDRESS, resolve);
    });
    this.#servers.set(name, server);
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the metadata service has no TCP address");
    return address.port;
  }

  #contextOf(name: string): MetadataContext {
    const { hosts, now, meetFaults } = this.#options;
    const launchedAt = now();
    return {
      facts: () => ({ host: hosts.get(name) ?? { name }, launchedAt, key: () => this.#keyOf(name) }),
      settings: () => hosts.get(name)?.metadata ?? { version1: true, tokensArrive: true },
      tokens: new SessionTokens(now),
      meetFaults,
    };
  }

  #keyOf(name: string): AccessKey {
    const { keys, now } = this.#options;
    const known = this.#keys.get(name);
    if (known?.expiresAt !== undefined && known.expiresAt - now() > RENEW_BEFORE_MS) return known;
    const principal = `arn:aws:sts::${ACCOUNT}:assumed-role/${INSTANCE_ROLE}/${name}`;
    const key = keys.create({ principal, userId: `${newId("AROA")}:${name}`, seconds: KEY_SECONDS });
    this.#keys.set(name, key);
    return key;
  }
}
