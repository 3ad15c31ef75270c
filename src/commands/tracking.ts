import { join } from "node:path";
import type { Layout } from "../deployment/layout.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";

/** A command that was being executed when its file was written. */
export interface TrackedCommand {
  readonly deploymentId: string;
  readonly commandId: string;
  /** When its execution began, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** The files that say which commands are being executed, one a deployment, as AWS's agent writes them. */
export class Tracking {
  readonly #layout: Layout;
  readonly #fileSystem: FileSystem;

  constructor(layout: Layout, fileSystem: FileSystem) {
    this.#layout = layout;
    this.#fileSystem = fileSystem;
  }

  /** Notes that a command of the deployment is being executed; survives a crash. */
  async begin(deploymentId: string, commandId: string): Promise<void> {
    await this.#fileSystem.makeDirectories(this.#layout.tracking, 0o755);
    await this.#fileSystem.replaceText(this.#layout.trackingFile(deploymentId), commandId, 0o644);
  }

  /** Forgets it again. */
  async end(deploymentId: string): Promise<void> {
    try {
      await this.#fileSystem.removeFile(this.#layout.trackingFile(deploymentId));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }

  /** What was being executed, the oldest first. */
  async list(): Promise<readonly TrackedCommand[]> {
    const tracked: TrackedCommand[] = [];
    for (const deploymentId of await this.#deploymentIds()) {
      const file = join(this.#layout.tracking, deploymentId);
      const status = await this.#fileSystem.status(file);
      if (status?.kind !== "file") continue;
      const commandId = (await this.#fileSystem.readText(file)).trim();
      tracked.push({ deploymentId, commandId, sinceMs: status.mtimeMs });
    }
    return tracked.sort((one, other) => one.sinceMs - other.sinceMs);
  }

  async #deploymentIds(): Promise<readonly string[]> {
    try {
      return await this.#fileSystem.list(this.#layout.tracking);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
  }
}
