import { describe, expect, test } from "vitest";
import { DeploymentError } from "../../../src/deployment/error.ts";
import { fromPortable, toPortable } from "../../../src/host/worker/portable-error.ts";
import { ServiceError } from "../../../src/ports/commands-api.ts";

/** What the pipe between the processes does with it. */
const sent = (error: unknown) => fromPortable(structuredClone(toPortable(error)));

describe("an error that goes to another process", () => {
  test("of a deployment keeps code, script, log, hint and cause", () => {
    const cause = Object.assign(new Error("no such file"), { name: "SystemError" });
    const error = new DeploymentError(4, "It failed.", {
      hint: "Try again.",
      scriptName: "a.sh",
      log: "[stdout]x",
      cause,
    });
    const arrived = sent(error);
    expect(arrived).toBeInstanceOf(DeploymentError);
    expect(arrived).toMatchObject({ code: 4, scriptName: "a.sh", log: "[stdout]x", report: "It failed. Try again." });
    expect(arrived.cause).toMatchObject({ name: "SystemError", message: "no such file" });
  });

  test("without hint and cause has none", () => {
    const arrived = sent(new DeploymentError(5, "It failed."));
    expect(arrived).toMatchObject({ report: "It failed.", hint: undefined });
    expect("cause" in arrived).toBe(false);
  });

  test("of a service keeps its fault", () => {
    expect(sent(new ServiceError("network", "unreachable"))).toMatchObject({ name: "ServiceError", fault: "network" });
  });

  test("of ours keeps its name and where it was thrown", () => {
    const error = new TypeError("x is not a function");
    expect(sent(error)).toMatchObject({ name: "TypeError", message: error.message, stack: error.stack });
  });

  test("may be anything", () => {
    expect(sent("text").message).toBe("text");
    expect(sent(undefined).message).toBe("undefined");
  });
});
