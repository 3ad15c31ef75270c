import { S3Fault } from "./s3-fault.ts";

const MAX_LINE_BYTES = 16 * 1024;
const LINE_END = Buffer.from("\r\n");

/**
 * Takes the content out of a body in `aws-chunked` framing: `<hex length>[;chunk-signature=...]`, bytes, and so on, a
 * chunk of length 0, then maybe trailers. The signatures of chunks and what the trailers hold are read over: who sends
 * the request is known from its headers.
 * @throws S3Fault IncompleteBody when the framing is damaged or the body ends before the last chunk
 */
export async function* decodeAwsChunked(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let state: "length" | "content" | "content-end" | "trailers" = "length";
  let pending: Buffer = Buffer.alloc(0);
  let left = 0;
  for await (const bytes of body) {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    while (pending.length > 0 && state !== "trailers") {
      if (state === "content") {
        const part = pending.subarray(0, left);
        pending = pending.subarray(part.length);
        left -= part.length;
        if (left === 0) state = "content-end";
        yield part;
        continue;
      }
      const line = takeLine(pending);
      if (line === undefined) break;
      pending = pending.subarray(line.length + LINE_END.length);
      if (state === "content-end") {
        if (line !== "") throw new S3Fault("IncompleteBody");
        state = "length";
        continue;
      }
      left = chunkLength(line);
      state = left === 0 ? "trailers" : "content";
    }
    if (state === "trailers") pending = Buffer.alloc(0);
  }
  if (state !== "trailers") throw new S3Fault("IncompleteBody");
}

/** The first line without its end; undefined when it is not there whole yet. */
function takeLine(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(LINE_END);
  if (end > MAX_LINE_BYTES || (end < 0 && bytes.length > MAX_LINE_BYTES)) throw new S3Fault("IncompleteBody");
  return end < 0 ? undefined : bytes.toString("latin1", 0, end);
}

function chunkLength(line: string): number {
  const [, hexadecimal] = /^([0-9a-fA-F]{1,12})(?:;.*)?$/.exec(line) ?? [];
  if (hexadecimal === undefined) throw new S3Fault("IncompleteBody");
  return Number.parseInt(hexadecimal, 16);
}
