import type { Readable, Writable } from "node:stream";

/** Compressions that `tar` undoes by a program of the host, and so does this agent. */
export type Compression = "bzip2" | "xz" | "Zstandard";

/** Programs of this host that undo compressions. */
export interface Decompressors {
  /** Starts the program for a compression; undefined where the host has none. */
  start(compression: Compression): Promise<Decompressing | undefined>;
}

/** A program at work. It has ended when its output has, in failure, too. */
export interface Decompressing {
  /** Name of the program. */
  readonly program: string;
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves at its end: with what it complained of when it failed, else with undefined. */
  readonly complaint: Promise<string | undefined>;
  /** Ends it, if it has not ended. */
  stop(): void;
}
