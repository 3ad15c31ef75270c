import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ByteReader } from "../../../src/bundle/bytes/byte-reader.ts";

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

it("hands out every byte once, whatever the chunks and the lengths asked for", async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 });
  const steps = fc.array(fc.tuple(fc.constantFrom("read", "peek", "take", "skip", "skip now"), fc.nat(30)), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(chunks, steps, async (source, asked) => {
      const all = Buffer.concat(source);
      const reader = new ByteReader(chunksOf(source));
      let at = 0;
      for (const [step, length] of asked) {
        const expected = all.subarray(at, at + length);
        if (step === "peek") {
          expect(await reader.peek(length)).toEqual(expected);
          expect(reader.peekNow(expected.length)).toEqual(expected);
        } else {
          if (step === "read") expect(await reader.read(length)).toEqual(expected);
          else if (step === "skip") await reader.skipTo(at + length);
          else if (step === "skip now") expect(await skippedNow(reader, at + expected.length)).toBe(true);
          else expect(Buffer.concat(await collected(reader.take(length)))).toEqual(expected);
          at += expected.length;
        }
        expect(reader.offset).toBe(at);
      }
      expect(Buffer.concat(await collected(reader.rest()))).toEqual(all.subarray(at));
    }),
  );
});

/** What has been looked at lies together, so that it can be skipped without waiting. */
async function skippedNow(reader: ByteReader, offset: number): Promise<boolean> {
  await reader.peek(offset - reader.offset);
  return reader.skipNow(offset);
}

async function collected(pieces: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
