import type { IncomingMessage } from "node:http";
import type { FaultView, NewFault } from "../faults/fault.ts";
import type { CommandView } from "../model/command.ts";
import type { DeploymentView, SandboxEvent } from "../model/deployment.ts";
import type { HostView, MetadataSettings, MetadataView } from "../model/host.ts";
import type { NewDeployment } from "../model/new-deployment.ts";
import type { AlarmView, GroupView, KeyView, ObjectView, SandboxView } from "../model/resources.ts";
import { type HttpCall, type RequestBody, readText, send } from "./http-json.ts";
import { jsonLines } from "./json-lines.ts";
import { polled } from "./polled.ts";

/** Longest one `wait` request is held; longer waits are made of several. */
const WAIT_SLICE_SECONDS = 60;

/** What is known of a host before its agent polls. */
export interface HostDetails {
  readonly hostIdentifier?: string;
  readonly tags?: NonNullable<HostView["tags"]>;
}

/**
 * The management API of a sandbox. Methods reject with `SandboxUnreachable` when nothing answers at the URL, and with
 * `SandboxRefusal` (status, code, message) when the sandbox says no.
 */
export class SandboxClient {
  readonly url: string;
  readonly #token: () => string | undefined;

  /**
   * @param url as `startSandbox` and `codedeploy-sandbox up` give it, `http://127.0.0.1:40123`
   * @param token as `startSandbox` gives it, or where to look it up for each request, since a sandbox that is started
   *   again has another one; without one the sandbox only tells who it is
   */
  constructor(url: string, token?: string | (() => string | undefined)) {
    this.url = url;
    this.#token = typeof token === "function" ? token : () => token;
  }

  /** What the sandbox is; also the way to see whether one answers. */
  async describe(): Promise<SandboxView> {
    return this.#json({ method: "GET", path: "/_sandbox/" });
  }

  /** Certificate of the authority that signs specifications, PEM. */
  async caCertificate(): Promise<string> {
    return readText(await this.#send({ method: "GET", path: "/_sandbox/ca.pem" }));
  }

  /** Uploads an object; makes the bucket when there is none. Every upload is a new version. */
  async putObject(bucket: string, key: string, body: RequestBody): Promise<ObjectView> {
    const path = `/_sandbox/objects/${encodeURIComponent(bucket)}/${key.split("/").map(encodeURIComponent).join("/")}`;
    return this.#json({ method: "PUT", path, body, contentType: "application/octet-stream" });
  }

  /**
   * Declares a host before its agent polls.
   * @param details ARN, when its last part is not the name; or the ARN and the tags of an EC2 host
   */
  async registerHost(name: string, details: string | HostDetails = {}): Promise<HostView> {
    const path = `/_sandbox/hosts/${encodeURIComponent(name)}`;
    return this.#json(withJson("PUT", path, typeof details === "string" ? { hostIdentifier: details } : details));
  }

  /** Starts the metadata service of an EC2 host, or changes how it behaves; its address stays. */
  async openMetadata(name: string, settings: Partial<MetadataSettings> = {}): Promise<MetadataView> {
    return this.#json(withJson("PUT", `/_sandbox/hosts/${encodeURIComponent(name)}/metadata`, settings));
  }

  /** Registers an on-premises instance, if it is not yet, and gives it these tags in place of those it has. */
  async registerInstance(name: string, instance: { iamUserArn: string; tags: HostDetails["tags"] }): Promise<void> {
    const { iamUserArn, tags = [] } = instance;
    await this.#json(withJson("PUT", `/_sandbox/instances/${encodeURIComponent(name)}`, { iamUserArn, tags }));
  }

  /** A key of an IAM user, which is made when there is none. @param user name; `ADMIN_USER` may do everything */
  async key(user: string): Promise<KeyView> {
    return this.#json({ method: "PUT", path: `/_sandbox/keys/${encodeURIComponent(user)}` });
  }

  async hosts(): Promise<readonly HostView[]> {
    return this.#json({ method: "GET", path: "/_sandbox/hosts" });
  }

  /** Resolves when the agent of a host has polled. @throws Error when it has not after the time */
  async waitForHost(name: string, options: { timeoutSeconds: number }): Promise<HostView> {
    const isThere = async () =>
      (await this.hosts()).find((host) => host.name === name && host.lastSeenAt !== undefined);
    return polled(isThere, { ...options, onTimeout: `No agent polled as ${name} within ${options.timeoutSeconds} s.` });
  }

  /** Makes a group, or gives an existing one another set of hosts (its id stays). */
  async createGroup(group: { application: string; group: string; hosts: readonly string[] }): Promise<GroupView> {
    return this.#json(withJson("PUT", groupPath(group), { hosts: group.hosts }));
  }

  /** Forgets a group; made again it has another id. */
  async deleteGroup(group: { application: string; group: string }): Promise<void> {
    await readText(await this.#send({ method: "DELETE", path: groupPath(group) }));
  }

  async groups(): Promise<readonly GroupView[]> {
    return this.#json({ method: "GET", path: "/_sandbox/groups" });
  }

  /** Starts a deployment to all hosts of a group. */
  async createDeployment(deployment: NewDeployment): Promise<DeploymentView> {
    return this.#json(withJson("POST", "/_sandbox/deployments", deployment));
  }

  /** Deployments, newest first. @param newest how many, default all */
  async deployments(newest?: number): Promise<readonly DeploymentView[]> {
    return this.#json({
      method: "GET",
      path: `/_sandbox/deployments${newest === undefined ? "" : `?newest=${newest}`}`,
    });
  }

  async deployment(id: string): Promise<DeploymentView> {
    return this.#json({ method: "GET", path: `/_sandbox/deployments/${encodeURIComponent(id)}` });
  }

  /** Resolves when the deployment has ended. @throws Error when it has not after the time */
  async waitForDeployment(id: string, options: { timeoutSeconds: number }): Promise<DeploymentView> {
    const deadline = Date.now() + options.timeoutSeconds * 1000;
    for (;;) {
      const left = Math.max(0, (deadline - Date.now()) / 1000);
      const seconds = Math.min(left, WAIT_SLICE_SECONDS);
      const path = `/_sandbox/deployments/${encodeURIComponent(id)}/wait?seconds=${seconds}`;
      const view = await this.#json<DeploymentView>({ method: "GET", path });
      if (view.completedAt !== undefined) return view;
      if (left === 0) throw new Error(`Deployment ${id} is still ${view.status} after ${options.timeoutSeconds} s.`);
    }
  }

  /** Everything that happened to a deployment and then what happens, until it has ended. */
  async *events(id: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<SandboxEvent, void, undefined> {
    const path = `/_sandbox/deployments/${encodeURIComponent(id)}/events`;
    yield* jsonLines<SandboxEvent>(await this.#send({ method: "GET", path, signal: options.signal }));
  }

  /** The journal of host commands, oldest first. */
  async commands(filter: { host?: string; deploymentId?: string } = {}): Promise<readonly CommandView[]> {
    return this.#json({ method: "GET", path: `/_sandbox/commands?${new URLSearchParams(filter)}` });
  }

  /** The alarms that were set; any other one is OK. */
  async alarms(): Promise<readonly AlarmView[]> {
    return this.#json({ method: "GET", path: "/_sandbox/alarms" });
  }

  /** Sets the state of an alarm; ALARM stops the deployments whose group watches it. */
  async setAlarm(name: string, state: AlarmView["state"]): Promise<AlarmView> {
    return this.#json(withJson("PUT", `/_sandbox/alarms/${encodeURIComponent(name)}`, { state }));
  }

  /** The faults that were asked for, oldest first; those that are over are not active any more. */
  async faults(): Promise<readonly FaultView[]> {
    return this.#json({ method: "GET", path: "/_sandbox/faults" });
  }

  /** Disturbs requests from now on. */
  async addFault(fault: NewFault): Promise<FaultView> {
    return this.#json(withJson("POST", "/_sandbox/faults", fault));
  }

  async removeFault(id: string): Promise<void> {
    await readText(await this.#send({ method: "DELETE", path: `/_sandbox/faults/${encodeURIComponent(id)}` }));
  }

  /** Ends all faults. */
  async clearFaults(): Promise<void> {
    await readText(await this.#send({ method: "DELETE", path: "/_sandbox/faults" }));
  }

  #send(call: HttpCall): Promise<IncomingMessage> {
    return send(this.url, { ...call, token: this.#token() });
  }

  async #json<T>(call: HttpCall): Promise<T> {
    return JSON.parse(await readText(await this.#send(call)));
  }
}

function groupPath({ application, group }: { application: string; group: string }): string {
  return `/_sandbox/groups/${encodeURIComponent(application)}/${encodeURIComponent(group)}`;
}

function withJson(method: string, path: string, value: unknown): HttpCall {
  return { method, path, body: JSON.stringify(value), contentType: "application/json" };
}
