import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "../../src/deployment/secret.ts";

test("a secret shows itself only to who asks for it", () => {
  const secret = new Secret("hunter2");
  const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect({ secret }), inspect(secret)];
  expect(shown.join(" ")).not.toContain("hunter2");
  expect(secret.reveal()).toBe("hunter2");
});
