import { ADMIN_USER, REGION } from "../../../sandbox/identifiers.ts";
import { type EndpointOptions, findSandboxAnew } from "../endpoint.ts";
import { EXIT, type SandboxIo } from "../io.ts";

export interface EnvOptions extends EndpointOptions {
  readonly format: "sh" | "profile" | "json";
}

type Settings = Readonly<Record<string, string>>;

/** Prints how the AWS CLI and SDKs find the sandbox, and with which key they may use it. */
export async function env(options: EnvOptions, io: SandboxIo): Promise<number> {
  const client = await findSandboxAnew(options, io.environment);
  const { accessKeyId, secretAccessKey } = await client.key(ADMIN_USER);
  const variables = {
    CODEDEPLOY_SANDBOX_URL: client.url,
    AWS_ENDPOINT_URL: client.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: REGION,
    AWS_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  io.stdout.write(PRINTERS[options.format](variables));
  return EXIT.done;
}

const PRINTERS: Readonly<Record<EnvOptions["format"], (variables: Settings) => string>> = {
  // Keys of an earlier session would not go with these.
  sh: (variables) =>
    [
      ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
      "unset AWS_SESSION_TOKEN AWS_PROFILE",
    ]
      .map((line) => `${line}\n`)
      .join(""),
  profile: (variables) =>
    [
      "[profile codedeploy-sandbox]",
      `endpoint_url = ${variables["AWS_ENDPOINT_URL"]}`,
      `region = ${variables["AWS_REGION"]}`,
      `aws_access_key_id = ${variables["AWS_ACCESS_KEY_ID"]}`,
      `aws_secret_access_key = ${variables["AWS_SECRET_ACCESS_KEY"]}`,
      "",
    ].join("\n"),
  json: (variables) => `${JSON.stringify(variables)}\n`,
};
