import { join } from "node:path";
import type { CommandResult } from "../deployment/diagnostics.ts";
import type { Clock } from "../ports/clock.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";

/** A result that the service has not taken yet. */
export interface OutboxEntry {
  readonly commandId: string;
  readonly result: CommandResult;
}

/** What an outbox works with. */
export interface OutboxPorts {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Results on their way to the service, kept on disk until it has taken them, in the order in which the commands ended.
 * A result is one file; its name sorts by time.
 */
export class Outbox {
  readonly #directory: string;
  readonly #ports: OutboxPorts;
  #unwritten: OutboxEntry[] = [];
  #lastSequence = 0;

  constructor(directory: string, ports: OutboxPorts) {
    this.#directory = directory;
    this.#ports = ports;
  }

  /**
   * Stores a result; it survives a crash once the promise is fulfilled. When the disk refuses it, it is kept in memory,
   * so that a full disk costs no report while the agent runs.
   */
  async put(entry: OutboxEntry): Promise<void> {
    try {
      await this.#write(entry);
    } catch (error) {
      this.#unwritten.push(entry);
      this.#ports.log.error(
        `The result of ${entry.commandId} could not be stored in ${this.#directory} (${errnoOf(error) ?? error}); it is kept in memory until it is sent.`,
      );
    }
  }

  async #write(entry: OutboxEntry): Promise<void> {
    const { fileSystem, clock } = this.#ports;
    this.#lastSequence = Math.max(this.#lastSequence + 1, clock.now());
    const name = `${String(this.#lastSequence).padStart(16, "0")}.json`;
    await fileSystem.makeDirectories(this.#directory, 0o700);
    await fileSystem.replaceText(join(this.#directory, name), JSON.stringify(entry), 0o600);
  }

  /** The stored results, oldest first, each with the means to drop it. */
  async *pending(): AsyncGenerator<OutboxEntry & { readonly drop: () => Promise<void> }> {
    for (const name of await this.#names()) {
      const file = join(this.#directory, name);
      const entry = readEntry(await this.#ports.fileSystem.readText(file));
      if (entry === undefined) await this.#setAside(file);
      else yield { ...entry, drop: () => this.#ports.fileSystem.removeFile(file) };
    }
    for (const entry of [...this.#unwritten]) yield { ...entry, drop: async () => this.#forget(entry) };
  }

  #forget(entry: OutboxEntry): void {
    this.#unwritten = this.#unwritten.filter((kept) => kept !== entry);
  }

  async #names(): Promise<string[]> {
    try {
      const names = await this.#ports.fileSystem.list(this.#directory);
      return names.filter((name) => name.endsWith(".json")).sort();
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  async #setAside(file: string): Promise<void> {
    await this.#ports.fileSystem.rename(file, `${file}.unreadable`);
    this.#ports.log.error(`A stored result could not be read and was set aside as ${file}.unreadable.`);
  }
}

function readEntry(json: string): OutboxEntry | undefined {
  try {
    const entry: OutboxEntry = JSON.parse(json);
    return typeof entry.commandId === "string" && typeof entry.result?.status === "string" ? entry : undefined;
  } catch {
    return undefined;
  }
}
