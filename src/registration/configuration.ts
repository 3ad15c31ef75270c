import type { AccessKey } from "./account.ts";

/** What the on-premises configuration file of a host says. */
export type HostConfiguration =
  | { readonly kind: "user"; readonly region: string; readonly arn: string; readonly key: AccessKey }
  | { readonly kind: "session"; readonly region: string; readonly arn: string; readonly credentialsFile: string };

/** The text of the file, as AWS's tools write it. */
export function configurationText(host: HostConfiguration): string {
  const fields: readonly (readonly [string, string])[] =
    host.kind === "user"
      ? [
          ["iam_user_arn", host.arn],
          ["aws_access_key_id", host.key.id],
          ["aws_secret_access_key", host.key.secret],
        ]
      : [
          ["iam_session_arn", host.arn],
          ["aws_credentials_file", host.credentialsFile],
        ];
  const lines = [["region", host.region] as const, ...fields].map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `---\n${lines.join("\n")}\n`;
}

/** The text of a credentials file as the AWS CLI and SDKs read it, with one profile. */
export function credentialsText(credentials: {
  readonly id: string;
  readonly secret: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}): string {
  return [
    `# Written by codedeploy-agent session-credentials; expires ${new Date(credentials.expiresAt).toISOString()}`,
    "[default]",
    `aws_access_key_id = ${credentials.id}`,
    `aws_secret_access_key = ${credentials.secret}`,
    `aws_session_token = ${credentials.sessionToken}`,
    "",
  ].join("\n");
}

/** What the agent's user of a host may do: read revisions; with `enable_auth_policy` also the command service's calls. */
export function userPolicy({ withCommands }: { readonly withCommands: boolean }): string {
  const read = { Effect: "Allow", Action: ["s3:Get*", "s3:List*"], Resource: "*" };
  const commands = {
    Effect: "Allow",
    Action: [
      "codedeploy-commands-secure:GetDeploymentSpecification",
      "codedeploy-commands-secure:PollHostCommand",
      "codedeploy-commands-secure:PutHostCommandAcknowledgement",
      "codedeploy-commands-secure:PutHostCommandComplete",
    ],
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: withCommands ? [read, commands] : [read] });
}
