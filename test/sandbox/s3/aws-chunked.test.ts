import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAwsChunked } from "../../../src/sandbox/s3/aws-chunked.ts";

async function decode(parts: readonly Buffer[]): Promise<Buffer> {
  async function* body() {
    yield* parts;
  }
  const content: Buffer[] = [];
  for await (const part of decodeAwsChunked(body())) content.push(part);
  return Buffer.concat(content);
}

function frame(chunks: readonly Uint8Array[], extension: string, trailers: string): Buffer {
  return Buffer.concat([
    ...chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
      chunk,
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`0${extension}\r\n${trailers}\r\n`),
  ]);
}

test("content comes out as it went in, however it is framed and however it arrives", async () => {
  const bodies = fc.record({
    chunks: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }),
    extension: fc.constantFrom("", `;chunk-signature=${"a".repeat(64)}`),
    trailers: fc.constantFrom("", "x-amz-checksum-crc32:AAAAAA==\r\n", "x-amz-trailer-signature:ff\r\na:b\r\n"),
    cut: fc.integer({ min: 1, max: 30 }),
  });
  await fc.assert(
    fc.asyncProperty(bodies, async ({ chunks, extension, trailers, cut }) => {
      const framed = frame(chunks, extension, trailers);
      const parts = Array.from({ length: Math.ceil(framed.length / cut) }, (_, index) =>
        framed.subarray(index * cut, (index + 1) * cut),
      );
      expect(await decode(parts)).toEqual(Buffer.concat(chunks));
    }),
  );
});

describe("damaged framing is refused", () => {
  test.each([
    ["nothing at all", ""],
    ["no length", "hello\r\n"],
    ["a length that is cut off", "5"],
    ["content that is cut off", "5\r\nhel"],
    ["no last chunk", "5\r\nhello\r\n"],
    ["content longer than announced", "3\r\nhello\r\n0\r\n\r\n"],
    ["a negative length", "-5\r\nhello\r\n0\r\n\r\n"],
    ["a length beyond all measure", `${"f".repeat(13)}\r\n`],
    ["an endless line", "5".repeat(20_000)],
  ])("%s", async (_what, text) => {
    await expect(decode([Buffer.from(text)])).rejects.toMatchObject({ code: "IncompleteBody" });
  });
});
