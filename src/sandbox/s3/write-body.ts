import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { StoredObject } from "./stored-object.ts";

/** Writes a body to a new file. */
export async function writeBody(
  body: AsyncIterable<Buffer>,
  file: string,
): Promise<Pick<StoredObject, "eTag" | "sha256" | "size">> {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  let size = 0;
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const bytes of body) {
      md5.update(bytes);
      sha256.update(bytes);
      size += bytes.length;
      yield bytes;
    }
  }
  await pipeline(measured, createWriteStream(file, { flags: "wx", mode: 0o600 }));
  return { eTag: md5.digest("hex"), sha256: sha256.digest("hex"), size };
}
