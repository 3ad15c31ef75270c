import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DIAGNOSTICS_CODES, diagnosticsPayload, MAX_PAYLOAD_BYTES } from "../../src/deployment/diagnostics.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import type { ProcessOutcome } from "../../src/ports/processes.ts";
import { hookEvent } from "./hook-event.ts";

const holder = fc.record({ pid: fc.nat(), command: fc.string({ unit: "binary", maxLength: 5000 }) });
const holders = fc.array(holder, { maxLength: 9 });
const ended = fc.constantFrom({ kind: "exited", code: 0 } as const, { kind: "killed", signal: "SIGSEGV" } as const);
const outcomes: fc.Arbitrary<ProcessOutcome> = fc.oneof(
  fc.record({ kind: fc.constant("exited"), code: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant("killed"), signal: fc.constantFrom("SIGKILL", "SIGSEGV") }),
  fc.record({ kind: fc.constant("timed-out"), afterSeconds: fc.nat(), killed: fc.nat(), survivors: holders }),
  fc.record({ kind: fc.constant("output-left-open"), stream: fc.constantFrom("stdout", "stderr"), holders, ended }),
  fc.record({ kind: fc.constant("not-started"), reason: fc.string({ maxLength: 200 }) }),
);
const name = fc.string({
  unit: fc.oneof(fc.constantFrom("\n", "\x1b", '"', "\\", "💾", "\ud800"), fc.string({ maxLength: 3 })),
});
const output = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 });

/** An event whose one script has the name, writes the output and ends so, without anything being run. */
async function reportOf(location: string, chunks: readonly Uint8Array[], outcome: ProcessOutcome) {
  const fileSystem = {
    ...localFileSystem,
    statusFollowing: async () => localFileSystem.statusFollowing("/bin/sh"),
    isExecutable: async () => true,
    readStream: () => Readable.from([Buffer.from("#!/bin/sh\n")]),
  };
  const processes = {
    async run({ onOutput }: { onOutput: (stream: "stdout", chunk: Buffer) => void | Promise<void> }) {
      for (const chunk of chunks) await onOutput("stdout", Buffer.from(chunk));
      return outcome;
    },
  };
  const failure = await hookEvent([location], { archive: "/archive", ports: { fileSystem, processes } }).run();
  if (failure === undefined) throw new Error("it should have failed");
  const { code, scriptName, report, log } = failure;
  return { code, payload: diagnosticsPayload({ status: "Failed", code, scriptName, message: report, log }) };
}

test("whatever a script is called, writes and ends with, its report is JSON in valid UTF-8 within the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(name, fc.nat({ max: 60 })).map(([part, times]) => part.repeat(times)),
      output,
      outcomes,
      async (location, chunks, outcome) => {
        const { code, payload } = await reportOf(location, chunks, outcome);
        expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
        expect(payload.isWellFormed()).toBe(true);
        const { error_code: told, message, log } = JSON.parse(payload);
        expect(told).toBe(code);
        expect(log.length).toBeLessThanOrEqual(2048);
        // What it is about and what to do is never lost to what a script is called or writes.
        if (code !== DIAGNOSTICS_CODES.unknownError)
          expect(message).toContain("(ApplicationStart, revision d-5HD0C8N2V)");
      },
    ),
    { numRuns: 200 },
  );
});

test("a flood of the worst characters in a script of the worst name still says what happened", async () => {
  const location = "\x01".repeat(4000);
  const chunks = Array.from({ length: 50 }, () => Buffer.alloc(60_000, 1));
  const { payload } = await reportOf(location, chunks, { kind: "exited", code: 7 });
  expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  const { message, log, script_name: scriptName } = JSON.parse(payload);
  expect(message).toMatch(/\(ApplicationStart, revision d-5HD0C8N2V\) exited with status 7 after/);
  expect(log.length).toBeGreaterThan(500);
  expect(location.startsWith(scriptName.slice(0, -1))).toBe(true);
});
