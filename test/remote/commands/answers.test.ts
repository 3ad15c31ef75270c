import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ServiceError } from "../../../src/ports/commands-api.ts";
import { commandStatusIn, envelopeIn, hostCommandIn } from "../../../src/remote/commands/answers.ts";
import { createCommandsApi } from "../../../src/remote/commands/api.ts";
import { MalformedAnswer } from "../../../src/remote/commands/failure.ts";
import { commandsApiOptions, NEVER } from "../../support/commands-api.ts";
import { recordingServer } from "../../support/recording-server.ts";

const NAMES = ["HostCommandIdentifier", "HostIdentifier", "DeploymentExecutionId", "CommandName"];

describe("answers of any form", () => {
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom("InProgress", "CodeDeploy", "", null, undefined));
  const anyCommand = fc.oneof(anything, fc.dictionary(fc.constantFrom(...NAMES), anything));
  const anyEnvelope = fc.oneof(anything, fc.dictionary(fc.constantFrom("Format", "Payload"), anything));

  test("are either a command of texts, no command, or refused with the name of a field", () => {
    fc.assert(
      fc.property(anyCommand, (HostCommand) => {
        const command = refusable(() => hostCommandIn({ HostCommand }));
        for (const text of Object.values(command ?? {})) expect(text).toEqual(expect.stringMatching(/^.+$/s));
      }),
    );
  });

  test("are either an envelope of texts or refused with the name of a field", () => {
    fc.assert(
      fc.property(anything, anyEnvelope, (DeploymentSystem, GenericEnvelope) => {
        const answer = { DeploymentSystem, DeploymentSpecification: { GenericEnvelope } };
        for (const text of Object.values(refusable(() => envelopeIn(answer)) ?? {})) expect(typeof text).toBe("string");
      }),
    );
  });

  test("are either a status, none, or refused", () => {
    fc.assert(
      fc.property(anything, (CommandStatus) => {
        const known = ["Pending", "InProgress", "Succeeded", "Failed", undefined];
        expect(known).toContain(refusable(() => commandStatusIn({ CommandStatus })));
      }),
    );
  });

  test("end a call with a result or a ServiceError, whatever comes over the wire", async () => {
    let next = { status: 200, body: "" };
    const server = await recordingServer((response) => response.writeHead(next.status).end(next.body));
    const api = createCommandsApi(commandsApiOptions(server.url));
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((HostCommand) => `{"HostCommand":${HostCommand}}`),
    );
    const error = fc
      .record({ __type: fc.string(), message: fc.jsonValue(), code: fc.jsonValue() })
      .map((e) => JSON.stringify(e));
    const answer = fc.record({ status: fc.constantFrom(200, 301, 400, 403, 500), body: fc.oneof(body, error) });
    await fc.assert(
      fc.asyncProperty(answer, async (given) => {
        next = given;
        const error = await api.poll("host", NEVER).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(ServiceError);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a specification", () => {
  const envelope = { Format: "PKCS7/JSON", Payload: "-----BEGIN PKCS7-----" };

  test.each<[object, string]>([
    [{}, "DeploymentSystem is missing"],
    [{ DeploymentSystem: "OpsWorks" }, 'DeploymentSystem is "OpsWorks", not "CodeDeploy"'],
    [{ DeploymentSystem: "CodeDeploy" }, "DeploymentSpecification is missing"],
    [{ DeploymentSystem: "CodeDeploy", DeploymentSpecification: "x" }, "DeploymentSpecification is no object"],
    [
      { DeploymentSystem: "CodeDeploy", DeploymentSpecification: { VariantEnvelope: envelope } },
      "DeploymentSpecification.GenericEnvelope is missing",
    ],
    [
      { DeploymentSystem: "CodeDeploy", DeploymentSpecification: { GenericEnvelope: { ...envelope, Payload: "" } } },
      "DeploymentSpecification.GenericEnvelope.Payload is empty",
    ],
  ])("%j is refused: %s", (answer, message) => {
    expect(() => envelopeIn(answer)).toThrow(message);
  });
});

test("a status that is not known yet counts as none", () => {
  expect(commandStatusIn({ CommandStatus: "Paused" })).toBeUndefined();
});

/** The result, or undefined when the answer was refused in the way that it should be. */
function refusable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedAnswer);
    return undefined;
  }
}
