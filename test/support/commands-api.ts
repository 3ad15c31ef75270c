import { expect } from "vitest";
import { ServiceError } from "../../src/ports/commands-api.ts";
import { type CommandsApiOptions, createCommandsApi } from "../../src/remote/commands/api.ts";

/** The secret key of {@link commandsApiOptions}. */
export const SECRET = "wJalrXUtnFEMI-secret";
/** The id of the key of {@link commandsApiOptions}. */
export const ACCESS_KEY = "AKIDEXAMPLE";
/** A signal that does not fire. */
export const NEVER = new AbortController().signal;

/** Options for a real client of a server of the test. */
export function commandsApiOptions(endpoint: string): CommandsApiOptions {
  return {
    endpoint,
    region: "eu-central-1",
    secure: false,
    credentials: async () => ({ accessKeyId: ACCESS_KEY, secretAccessKey: SECRET }),
    agentVersion: "9.8.7",
    readTimeoutSeconds: 10,
    clock: { now: () => Date.now() },
  };
}

/** Polls once with a new client. */
export function pollAt(endpoint: string): Promise<unknown> {
  return createCommandsApi(commandsApiOptions(endpoint)).poll("host", NEVER);
}

/** The error that a call is expected to end with; it must not hold the secret key. */
export async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ServiceError)) throw error;
  expect(error.message, "a secret in a message").not.toContain(SECRET);
  return error;
}
