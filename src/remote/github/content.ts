import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { DeploymentError } from "../../deployment/error.ts";
import { stoppableStream } from "../connection/stoppable-stream.ts";
import type { GitHubArchive, GitHubPart } from "./archive.ts";
import { changedWhileRead, keepsBreaking, readingAgain } from "./messages.ts";

/**
 * The bytes of an archive from GitHub's first answer on. GitHub cannot send the rest of one, so after a break it is
 * read again from its start and joined where it broke off, if a digest shows that the bytes up to there are the same.
 */
export function rejoinedContent(archive: GitHubArchive, first: GitHubPart): Readable {
  const reading = new Reading(archive, first.body);
  return stoppableStream(reading.bytes(), () => reading.stop());
}

/** One archive being read. */
class Reading {
  readonly #archive: GitHubArchive;
  readonly #digest = createHash("sha256");
  #body: Readable;
  #position = 0;
  #stopped = false;

  constructor(archive: GitHubArchive, body: Readable) {
    this.#archive = archive;
    this.#body = body;
  }

  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      try {
        return yield* this.#partBytes();
      } catch (error) {
        await this.#again(error);
      }
    }
  }

  /** Closes the connection. */
  stop(): void {
    this.#stopped = true;
    this.#body.destroy();
  }

  async *#partBytes(): AsyncGenerator<Buffer, void, undefined> {
    const known = createHash("sha256");
    let left = this.#position;
    for await (const chunk of this.#body) {
      const fresh = chunk.subarray(left);
      if (left > 0) {
        known.update(chunk.subarray(0, left));
        left -= chunk.length - fresh.length;
        if (left === 0) this.#requireSame(known.digest());
      }
      if (fresh.length === 0) continue;
      this.#digest.update(fresh);
      this.#position += fresh.length;
      yield fresh;
    }
    if (left > 0) throw changedWhileRead(this.#archive.place);
  }

  #requireSame(digest: Buffer): void {
    if (!digest.equals(this.#digest.copy().digest())) throw changedWhileRead(this.#archive.place);
  }

  async #again(reason: unknown): Promise<void> {
    const { place, ports, signal } = this.#archive;
    if (this.#stopped || signal?.aborted || reason instanceof DeploymentError) throw reason;
    ports.log.warn(readingAgain(place, this.#position, reason instanceof Error ? reason.message : String(reason)));
    if (!(await this.#archive.mayRepeat(reason))) throw keepsBreaking(place, this.#position, reason);
    this.#body = (await this.#archive.get()).body;
    if (this.#stopped) this.#body.destroy();
  }
}
