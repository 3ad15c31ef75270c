import { posix } from "node:path";
import type { AppSpec, PermissionEntry } from "../../src/appspec/appspec.ts";
import { DeploymentError } from "../../src/deployment/error.ts";
import { Layout } from "../../src/deployment/layout.ts";
import { install } from "../../src/install/install.ts";
import type { InstallPorts, InstallRequest, InstallSummary } from "../../src/install/request.ts";
import type { Accounts } from "../../src/ports/accounts.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";
import { hastyFileSystem } from "../support/hasty-file-system.ts";
import { MemoryAccessControl } from "../support/memory-access-control.ts";
import { memoryFileSystem, writeTree } from "../support/memory-file-system.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** Users 1001 `app` and 0 `root`, groups 2002 `web` and 0 `root`. */
export const someAccounts: Accounts = {
  user: async (name) => {
    const uid = { app: 1001, root: 0 }[name];
    return uid === undefined ? undefined : { name, uid, gid: uid, home: "/", shell: "/bin/sh" };
  },
  group: async (name) => ({ web: 2002, root: 0 })[name],
  groupsOf: async () => [],
};

export function appSpec(parts: Partial<AppSpec> = {}): AppSpec {
  return { os: "linux", files: [], permissions: [], hooks: new Map(), ...parts };
}

export function permission(parts: Partial<PermissionEntry> & Pick<PermissionEntry, "object">): PermissionEntry {
  return { pattern: "**", except: [], types: ["file", "directory"], ...parts };
}

/** A host with a directory for what is installed, revisions, and the agent's own root directory. */
export class Workplace {
  readonly log = new RecordingLog();
  readonly accessControl = new MemoryAccessControl();
  readonly root: string;
  readonly fileSystem: FileSystem;
  readonly layout: Layout;
  readonly groupId = "group-1";
  #random = 0.123456789;
  #deployments = 0;

  constructor(root: string, fileSystem: FileSystem) {
    this.root = root;
    this.fileSystem = fileSystem;
    this.layout = new Layout(this.at("agent"));
  }

  /** The place where files are installed. */
  get host(): string {
    return this.at("host");
  }

  at(name: string): string {
    return posix.join(this.root, name);
  }

  ports(parts: Partial<InstallPorts> = {}): InstallPorts {
    const { fileSystem, accessControl, log } = this;
    this.#random = (this.#random * 7.13) % 1;
    const random = this.#random;
    return {
      fileSystem,
      accessControl,
      log,
      accounts: someAccounts,
      clock: { random: () => random, monotonic: () => 0 },
      ...parts,
    };
  }

  /** Unpacks a revision of its own and says how to install it. */
  async revision(tree: Readonly<Record<string, string>>, parts: Partial<InstallRequest> = {}): Promise<InstallRequest> {
    this.#deployments += 1;
    const deploymentDirectory = this.at(`agent/${this.groupId}/d-${this.#deployments}`);
    const archive = posix.join(deploymentDirectory, "deployment-archive");
    await this.fileSystem.makeDirectories(archive, 0o755);
    await writeTree(this.fileSystem, archive, tree);
    const request = {
      archive,
      deploymentDirectory,
      appSpec: appSpec({ files: [{ source: "", destination: posix.join(this.host, "app") }] }),
      groupId: this.groupId,
      fileExistsBehavior: "DISALLOW",
      layout: this.layout,
    } as const;
    return { ...request, ...parts };
  }

  /** Unpacks and installs. */
  async deploy(
    tree: Readonly<Record<string, string>>,
    parts: Partial<InstallRequest> = {},
    ports: Partial<InstallPorts> = {},
  ): Promise<InstallSummary> {
    return install(await this.revision(tree, parts), this.ports(ports));
  }

  /** The report of the error an Install ends with. */
  async failure(request: InstallRequest, ports: Partial<InstallPorts> = {}): Promise<string> {
    try {
      await install(request, this.ports(ports));
    } catch (error) {
      if (error instanceof DeploymentError && error.code === 5) return error.report.replaceAll(this.root, "");
      throw error;
    }
    throw new Error("the Install succeeded");
  }

  /** Names and contents below a directory: files with their text, links as `-> text`, directories as `/`. */
  async contents(directory = this.host): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (const [name, path] of this.#walk(directory)) {
      const kind = (await this.fileSystem.status(path))?.kind;
      if (kind === "link") found[name] = `-> ${await this.fileSystem.readLink(path)}`;
      else found[name] = kind === "directory" ? "/" : await this.fileSystem.readText(path);
    }
    return found;
  }

  /** Everything that an undone Install must leave as it was. */
  async snapshot(): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    const contents = await this.contents();
    for await (const [name, path] of this.#walk(this.host)) {
      const status = await this.fileSystem.status(path);
      const { kind, mode, uid, gid, inode, mtimeMs } = status ?? {};
      const acl = this.accessControl.acls.get(path);
      found[name] = { kind, mode, uid, gid, inode, mtimeMs, content: contents[name], acl };
    }
    return { ...found, contexts: [...this.accessControl.contexts], state: await this.state() };
  }

  /** The records that outlive an Install. */
  async state(): Promise<Record<string, string | undefined>> {
    const { "group-1-install.json": _, ...rest } = await this.contents(this.layout.instructions);
    return rest;
  }

  async mode(name: string): Promise<string | undefined> {
    return (await this.fileSystem.status(posix.join(this.host, name)))?.mode.toString(8);
  }

  async *#walk(directory: string): AsyncGenerator<readonly [string, string]> {
    const open = (await this.fileSystem.status(directory)) === undefined ? [] : [""];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const path = posix.join(directory, name);
      if (name !== "") yield [name, path];
      if ((await this.fileSystem.status(path))?.kind !== "directory") continue;
      const names = (await this.fileSystem.list(path)).toSorted().toReversed();
      open.push(...names.map((child) => posix.join(name, child)));
    }
  }
}

/** A workplace on this machine's file system; it goes away when the test has finished. */
export async function workplace(fileSystem = hastyFileSystem): Promise<Workplace> {
  return prepared(new Workplace(temporaryDirectory(), fileSystem));
}

export async function workplaceInMemory(options: Parameters<typeof memoryFileSystem>[0] = {}): Promise<Workplace> {
  return prepared(new Workplace("/place", memoryFileSystem(options)));
}

async function prepared(place: Workplace): Promise<Workplace> {
  await place.fileSystem.makeDirectories(place.host, 0o755);
  return place;
}
