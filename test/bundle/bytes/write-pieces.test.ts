import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { inLargerPieces } from "../../../src/bundle/bytes/larger-pieces.ts";
import { letGo } from "../../../src/bundle/bytes/let-go.ts";
import { ownPieces } from "../../../src/bundle/bytes/own-pieces.ts";
import { writePieces } from "../../../src/bundle/bytes/write-pieces.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** Pieces with memory of their own, and an error after them if there is to be one. */
async function* piecesOf(lengths: readonly number[], error?: Error): AsyncGenerator<Buffer> {
  for (const [index, length] of lengths.entries()) yield Buffer.allocUnsafeSlow(length).fill(index + 1);
  if (error !== undefined) throw error;
}

const bytesOf = (lengths: readonly number[]) =>
  Buffer.concat(lengths.map((length, index) => Buffer.alloc(length, index + 1)));

describe("pieces that are written", () => {
  test("are all there, in order, however slow the stream is", async () => {
    const path = join(temporaryDirectory(), "file");
    const lengths = [10, 70_000, 1, 300_000, 5];
    await writePieces(piecesOf(lengths), createWriteStream(path, { highWaterMark: 1000 }));
    expect(readFileSync(path).equals(bytesOf(lengths))).toBe(true);
  });

  test("are let go of when they are written, not before", async () => {
    const pieces = [Buffer.allocUnsafeSlow(1000), Buffer.allocUnsafeSlow(2000), Buffer.alloc(3000).subarray(5)];
    const written: number[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          written.push(chunk.length);
          done();
        });
      },
    });
    await writePieces(
      (async function* () {
        yield* pieces;
      })(),
      stream,
    );
    expect(written).toEqual([1000, 2000, 2995]);
    expect(pieces.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 3000]);
  });

  test("fail with what their source fails with, and so does the stream, which is closed by then", async () => {
    const failure = new Error("the connection was cut");
    const stream = createWriteStream(join(temporaryDirectory(), "file"));
    await expect(writePieces(piecesOf([10, 20], failure), stream)).rejects.toBe(failure);
    expect({ closed: stream.closed, errored: stream.errored }).toEqual({ closed: true, errored: failure });
  });

  test("fail with what the stream fails with, and ask for no more", async () => {
    const stream = createWriteStream("/dev/full", { highWaterMark: 100 });
    const lengths = Array.from({ length: 1000 }, () => 1000);
    let asked = 0;
    const counted = async function* () {
      for await (const piece of piecesOf(lengths)) {
        asked += 1;
        yield piece;
      }
    };
    await expect(writePieces(counted(), stream)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(stream.closed).toBe(true);
    expect(asked).toBeLessThan(10);
  });
});

describe("pieces that are made larger", () => {
  test("are the same bytes", async () => {
    const lengths = [1, 65_536, 700_000, 262_144, 9];
    const pieces: Buffer[] = [];
    for await (const piece of inLargerPieces(piecesOf(lengths))) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytesOf(lengths))).toBe(true);
    expect(pieces.slice(0, -1).map(({ length }) => length)).toEqual([262_144, 262_144, 262_144]);
  });

  test("come before the error of a source that fails", async () => {
    const failure = new Error("cut");
    const pieces: Buffer[] = [];
    const all = async () => {
      for await (const piece of inLargerPieces(piecesOf([100, 200], failure))) pieces.push(piece);
    };
    await expect(all()).rejects.toBe(failure);
    expect(Buffer.concat(pieces).equals(bytesOf([100, 200]))).toBe(true);
  });
});

describe("pieces of zlib", () => {
  /** As zlib gives them: parts of one buffer after the other. */
  async function* partsOf(...buffers: readonly [Buffer, ...number[]][]): AsyncGenerator<Buffer> {
    for (const [buffer, ...ends] of buffers) {
      let start = 0;
      for (const end of ends) {
        yield buffer.subarray(start, end);
        start = end;
      }
    }
  }

  test("get memory of their own, and the buffer they came in is let go of after its last part", async () => {
    const [cut, whole, unfinished] = [10, 20, 30].map((length) => Buffer.allocUnsafeSlow(length).fill(length));
    const parts = partsOf([cut as Buffer, 4, 9, 10], [whole as Buffer, 20], [unfinished as Buffer, 5]);
    const pieces: Buffer[] = [];
    for await (const piece of ownPieces(parts)) {
      pieces.push(piece);
      expect(piece.byteLength).toBe(piece.buffer.byteLength);
    }
    expect(pieces.map(({ length }) => length)).toEqual([4, 5, 1, 20, 5]);
    const expected = [Buffer.alloc(10, 10), Buffer.alloc(20, 20), Buffer.alloc(5, 30)];
    expect(Buffer.concat(pieces).equals(Buffer.concat(expected))).toBe(true);
    expect([cut, whole, unfinished].map((buffer) => buffer?.buffer.byteLength)).toEqual([0, 20, 30]);
  });
});

test("only bytes that fill all of their memory are let go of, and twice does no harm", () => {
  const whole = Buffer.alloc(100, 7);
  letGo(whole.subarray(10, 20));
  expect(whole[15]).toBe(7);
  letGo(whole);
  letGo(whole);
  expect(whole.length).toBe(0);
});
