import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CommandResult,
  diagnosticsPayload,
  MAX_PAYLOAD_BYTES,
  succeeded,
} from "../../src/deployment/diagnostics.ts";

const failure: CommandResult = {
  status: "Failed",
  code: 4,
  scriptName: "scripts/a.sh",
  message: "it failed",
  log: "out\n",
};

describe("diagnosticsPayload", () => {
  test("success has the words the service expects", () => {
    expect(diagnosticsPayload(succeeded())).toBe('{"error_code":0,"script_name":"","message":"Succeeded: ","log":""}');
    expect(JSON.parse(diagnosticsPayload(succeeded("CompletedNoopCommand"))).message).toBe(
      "Succeeded: CompletedNoopCommand",
    );
  });

  test("a failure carries code, script, message and log", () => {
    expect(JSON.parse(diagnosticsPayload(failure))).toEqual({
      error_code: 4,
      script_name: "scripts/a.sh",
      message: "it failed",
      log: "out\n",
    });
  });

  test("of a long log the newest 2048 characters are kept", () => {
    const log = `${"old\n".repeat(1000)}the end\n`;
    expect(JSON.parse(diagnosticsPayload({ ...failure, log })).log).toBe(log.slice(-2048));
  });

  test("a log whose characters take many bytes is cut further, the message is kept", () => {
    const payload = diagnosticsPayload({ ...failure, log: "\u0001".repeat(5000) });
    const { log, message } = JSON.parse(payload);
    expect(message).toBe("it failed");
    expect(log).toBe("\u0001".repeat(log.length));
    expect(log.length).toBeGreaterThan(500);
  });

  test("a message that is too long is cut at its end", () => {
    const { message } = JSON.parse(diagnosticsPayload({ ...failure, message: `begin ${"x".repeat(20_000)}` }));
    expect(message).toMatch(/^begin x+…$/);
    expect(message.length).toBeGreaterThan(4000);
  });

  test.each([
    ["long", "long/".repeat(2000)],
    ["hostile", "\u0001".repeat(9000)],
    ["wide", "💾".repeat(9000)],
  ])("a %s script name is cut and takes nothing from the message", (_, scriptName) => {
    const { script_name: name, message, log } = JSON.parse(diagnosticsPayload({ ...failure, scriptName }));
    expect(scriptName.startsWith(name.slice(0, -1))).toBe(true);
    expect(name).toMatch(/.{100}…$/su);
    expect([message, log]).toEqual(["it failed", "out\n"]);
  });

  test("whatever is in it, it is JSON in valid UTF-8 within the service's limit", () => {
    const text = fc.string({ unit: "binary", maxLength: 12_000 });
    fc.assert(
      fc.property(text, text, text, (scriptName, message, log) => {
        const payload = diagnosticsPayload({ ...failure, scriptName, message, log });
        expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
        expect(payload.isWellFormed()).toBe(true);
        expect(JSON.parse(payload).error_code).toBe(4);
      }),
      { numRuns: 50 },
    );
  });

  test("half a surrogate pair is never sent", () => {
    const payload = diagnosticsPayload({ ...failure, log: `\uDE00${"😀".repeat(1024)}` });
    expect(JSON.parse(payload).log).toBe("😀".repeat(1024));
  });
});
