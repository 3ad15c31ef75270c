import { describe, expect, onTestFinished, test } from "vitest";
import { createCredentialProvider } from "../../../src/remote/identity/credentials.ts";
import { metadataService } from "../../support/metadata-service.ts";

const CREDENTIALS = {
  Code: "Success",
  Type: "AWS-HMAC",
  AccessKeyId: "ASIAPROFILE",
  SecretAccessKey: "profile-secret",
  Token: "profile-token",
  Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
};

/** Points the SDK at the stand-in alone, with no other credentials to be found. */
function only(endpoint: string): void {
  const variables: Record<string, string | undefined> = {
    AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint,
    AWS_EC2_METADATA_DISABLED: undefined,
    AWS_EC2_METADATA_V1_DISABLED: undefined,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
    AWS_CONFIG_FILE: "/nonexistent/config",
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
    AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
  };
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  const set = (values: typeof variables) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(variables);
  onTestFinished(() => set(before));
}

describe("credentials of an instance", () => {
  test("are those of its instance profile, asked with a token", async () => {
    const { endpoint, asked } = await metadataService({ credentials: CREDENTIALS });
    only(endpoint);
    const provide = createCredentialProvider(undefined, { disableV1: true });
    expect(await provide()).toMatchObject({
      accessKeyId: "ASIAPROFILE",
      secretAccessKey: "profile-secret",
      sessionToken: "profile-token",
    });
    expect(asked[0]).toBe("PUT /latest/api/token");
  });

  test("come by version 1 of the metadata service only where that is allowed", async () => {
    const { endpoint } = await metadataService({ credentials: CREDENTIALS, token: 403 });
    only(endpoint);
    expect(await createCredentialProvider(undefined, { disableV1: false })()).toMatchObject({
      accessKeyId: "ASIAPROFILE",
    });
    await expect(createCredentialProvider(undefined, { disableV1: true })()).rejects.toThrow();
  });

  test("are missing, and looked for again, on an instance without a profile", async () => {
    const { endpoint, asked } = await metadataService();
    only(endpoint);
    const provide = createCredentialProvider(undefined, { disableV1: true });
    await expect(provide()).rejects.toThrow();
    const before = asked.length;
    await expect(provide()).rejects.toThrow();
    expect(asked.length).toBeGreaterThan(before);
  });
});
