import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

/** A pipe for what a child writes, nobody else having it open. */
export interface OutputPipe {
  /** File descriptors of this process. */
  readonly readEnd: number;
  readonly writeEnd: number;
  /** What `/proc/PID/fd` shows where a process has it open; unlike that of any other pipe. */
  readonly link: string;
}

export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** As much as a pipe holds. */
const READ_BYTES = 64 * 1024;

/**
 * Makes real pipes for the outputs of so many children. The ones that Node makes are sockets, which nothing can open anew: a
 * script's `echo failed >/dev/stderr` would end in "No such device or address". Node cannot make pipes, but it can
 * open named ones, whose names go away at once.
 * @returns none where they cannot be made: no `mkfifo`, a temporary directory that is full or read-only, ...
 */
export async function makeOutputPipes(children: number): Promise<readonly OutputPipes[]> {
  let directory: string | undefined;
  try {
    const at = await mkdtemp(join(tmpdir(), "codedeploy-agent-"));
    directory = at;
    const names = Array.from({ length: children }, (_, child) => [
      join(at, `stdout${child}`),
      join(at, `stderr${child}`),
    ]);
    // Whatever user a script becomes may open its own output anew. Others get no way to it: no name, no descriptor.
    await promisify(execFile)("mkfifo", ["-m", "622", ...names.flat()]);
    return openAll(names);
  } catch (error) {
    // An errno, or the exit status of mkfifo; what has neither is a fault of ours.
    if (!(error instanceof Error && "code" in error)) throw error;
    return [];
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

/** The child has them, or never will. */
export function closeWriteEnds({ stdout, stderr }: OutputPipes): void {
  closeSync(stdout.writeEnd);
  closeSync(stderr.writeEnd);
}

/** The child was not started. */
export function closeReadEnds({ stdout, stderr }: OutputPipes): void {
  closeSync(stdout.readEnd);
  closeSync(stderr.readEnd);
}

/**
 * Reads a pipe until every writer has closed it, always into the same memory.
 * @param take gets each chunk, which is valid until it returns true, or else until the stream is resumed
 */
export function readPipe({ readEnd }: OutputPipe, take: (chunk: Buffer) => boolean): Readable {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const callback = (length: number) => take(buffer.subarray(0, length));
  const options = { fd: readEnd, readable: true, writable: false, onread: { buffer, callback } };
  return new Socket(options);
}

function openAll(names: readonly (readonly string[])[]): OutputPipes[] {
  const opened: number[] = [];
  const open = (path = ""): OutputPipe => {
    // The reader comes first, and without waiting for a writer, so that neither end waits for the other.
    const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    opened.push(readEnd);
    const writeEnd = openSync(path, constants.O_WRONLY);
    opened.push(writeEnd);
    return { readEnd, writeEnd, link: `${path} (deleted)` };
  };
  try {
    return names.map(([stdout, stderr]) => ({ stdout: open(stdout), stderr: open(stderr) }));
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  }
}
