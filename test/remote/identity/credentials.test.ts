import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { OnPremisesCredentials } from "../../../src/config/on-premises.ts";
import { Secret } from "../../../src/deployment/secret.ts";
import { createCredentialProvider } from "../../../src/remote/identity/credentials.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const provider = (credentials: OnPremisesCredentials) =>
  createCredentialProvider({ region: "eu-west-1", hostIdentifier: "arn:host", credentials, warnings: [] });

function sessionFile() {
  const file = join(temporaryDirectory(), "credentials");
  const write = (key: string) =>
    writeFileSync(
      file,
      `[default]\naws_access_key_id = ${key}\naws_secret_access_key = secret-${key}\naws_session_token = token-${key}\n`,
    );
  return { file, write };
}

describe("credentials of an on-premises host", () => {
  test("with an IAM user are those of its file", async () => {
    const provide = provider({ kind: "user", accessKeyId: "AKID", secretAccessKey: new Secret("hunter2") });
    expect(await provide()).toEqual({ accessKeyId: "AKID", secretAccessKey: "hunter2" });
  });

  test("with a session are read from the file that another program refreshes, each time anew", async () => {
    const { file, write } = sessionFile();
    const provide = provider({ kind: "session", file });
    write("ONE");
    expect(await provide()).toMatchObject({
      accessKeyId: "ONE",
      secretAccessKey: "secret-ONE",
      sessionToken: "token-ONE",
    });
    write("TWO");
    expect(await provide()).toMatchObject({ accessKeyId: "TWO", sessionToken: "token-TWO" });
  });

  test("with a session are due to be read again within 30 minutes", async () => {
    const { file, write } = sessionFile();
    write("ONE");
    const { expiration } = await provider({ kind: "session", file })();
    const minutes = ((expiration?.getTime() ?? 0) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(10);
    expect(minutes).toBeLessThan(30);
  });

  test("with a session whose file is missing are missing, and the file is named", async () => {
    const { file, write } = sessionFile();
    write("ONE");
    rmSync(file);
    await expect(provider({ kind: "session", file })()).rejects.toThrow(file);
  });

  test("with a session whose file has no default profile are missing, and the file is named", async () => {
    const { file } = sessionFile();
    writeFileSync(file, "[other]\naws_access_key_id = A\n");
    await expect(provider({ kind: "session", file })()).rejects.toThrow(file);
  });
});
