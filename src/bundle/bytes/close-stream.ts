import type { Readable, Writable } from "node:stream";

/** Ends a stream early. Resolves when its file is closed: until then a file that is removed still takes its space. */
export async function closeStream(stream: Readable | Writable, error?: Error): Promise<void> {
  stream.destroy(error);
  if (!stream.closed) await new Promise((resolve) => stream.once("close", resolve));
}
