import { hostNameOf } from "./identifiers.ts";
import type { HostView } from "./model/host.ts";
import type { Table } from "./store/store.ts";

/** The hosts of the sandbox, found by the ARN they poll with. */
export class HostRegister {
  readonly #hosts: Table<HostView>;
  readonly #names = new Map<string, string>();

  constructor(hosts: Table<HostView>) {
    this.#hosts = hosts;
    for (const { name, hostIdentifier } of hosts.all()) {
      if (hostIdentifier !== undefined) this.#names.set(hostIdentifier, name);
    }
  }

  /** Makes a host known by name; with an ARN, a poll with that ARN is this host from now on. */
  declare(name: string, hostIdentifier?: string, tags?: HostView["tags"]): HostView {
    const { terminatedAt: _alive, ...rest }: HostView = this.#hosts.get(name) ?? { name };
    const known = { ...rest, ...(tags === undefined ? {} : { tags }) };
    if (hostIdentifier === undefined) return this.#keep(known);
    if (known.hostIdentifier !== undefined) this.#names.delete(known.hostIdentifier);
    this.#release(hostIdentifier, name);
    return this.#keep({ ...known, hostIdentifier });
  }

  get(name: string): HostView | undefined {
    return this.#hosts.get(name);
  }

  /** Keeps how the metadata service of a declared host behaves, and where it is. */
  keepMetadata(name: string, metadata: NonNullable<HostView["metadata"]>): HostView {
    return this.#keep({ ...(this.#hosts.get(name) ?? { name }), metadata });
  }

  /** The host of a poll; an unknown one is registered under the last part of its ARN. */
  seen(hostIdentifier: string, details: { at: number; agentVersion: string | undefined }): HostView {
    const host = this.find(hostIdentifier) ?? { name: this.#nameFor(hostIdentifier), hostIdentifier };
    const { at, agentVersion } = details;
    return this.#keep({
      ...host,
      ...(agentVersion === undefined ? {} : { agentVersion }),
      firstSeenAt: host.firstSeenAt ?? at,
      lastSeenAt: at,
    });
  }

  /** The host that polls with an ARN; a host declared by name only takes the first ARN that ends in its name. */
  find(hostIdentifier: string): HostView | undefined {
    const name = this.#names.get(hostIdentifier);
    if (name !== undefined) return this.#hosts.get(name);
    const declared = this.#hosts.get(hostNameOf(hostIdentifier));
    return declared !== undefined && declared.hostIdentifier === undefined
      ? { ...declared, hostIdentifier }
      : undefined;
  }

  /** Takes an ARN away from the host that polled with it before it was declared to be another one. */
  #release(hostIdentifier: string, name: string): void {
    const holder = this.#hosts.get(this.#names.get(hostIdentifier) ?? "");
    if (holder === undefined || holder.name === name) return;
    const { hostIdentifier: _released, ...rest } = holder;
    this.#hosts.put(holder.name, rest);
  }

  #nameFor(hostIdentifier: string): string {
    const wanted = hostNameOf(hostIdentifier);
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (this.#hosts.get(name) === undefined) return name;
    }
  }

  #keep(host: HostView): HostView {
    this.#hosts.put(host.name, host);
    if (host.hostIdentifier !== undefined) this.#names.set(host.hostIdentifier, host.name);
    return host;
  }
}
