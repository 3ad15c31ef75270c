import { InvalidArgumentError, Option } from "commander";
import type { Tag } from "../../registration/account.ts";
import { type AnyCommand, defineCommand } from "../command-line.ts";
import { countArgument } from "../terminal/arguments.ts";

/** Options of `register`. */
export interface RegisterOptions {
  readonly instanceName: string;
  readonly createIamUser?: boolean;
  readonly iamUserArn?: string;
  readonly createAccessKey?: boolean;
  readonly iamSessionArn?: string;
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly credentialsFile: string;
  readonly tags: readonly Tag[];
  readonly region?: string;
  readonly overrideConfig?: boolean;
  readonly onEc2?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Options of `deregister`. */
export interface DeregisterOptions {
  readonly instanceName: string;
  readonly deleteIamUser?: boolean;
  readonly keepFile?: boolean;
  readonly region?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Options of `session-credentials`. */
export interface SessionOptions {
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly duration: number;
  readonly file?: string;
  readonly region?: string;
  readonly loop?: boolean;
  readonly json?: boolean;
}

const CREDENTIALS_FILE = "/etc/codedeploy-agent/conf/session-credentials";
const HOUR_SECONDS = 3600;
const CREDENTIALS_NOTE = `Credentials are those that the AWS SDKs find: AWS_PROFILE, AWS_ACCESS_KEY_ID, ...`;

const REGISTER = defineCommand<RegisterOptions>({
  usage: "register",
  summary: "make this host an on-premises instance of CodeDeploy",
  description:
    "Registers this host as an on-premises instance and writes its configuration file, readable by its owner only. The host is an IAM user of its own, or a session of a role. In AWS nothing but the registration and its tags is made unless it is asked for. What is done already is not done again.",
  options: (command) =>
    command
      .requiredOption("--instance-name <name>", "name of the host in CodeDeploy, without a colon", instanceName)
      .option("--create-iam-user", "use the IAM user of that name, made with its policy and key if there is none")
      .option("--iam-user-arn <arn>", "IAM user that exists, one for each host")
      .option("--create-access-key", "make an access key for that user if the file has none")
      .option("--role-arn <arn>", "role that the host assumes, instead of a user")
      .option("--session-name <name>", "name of the host's session of it (default: the instance's name)")
      .option("--iam-session-arn <arn>", "the same as role and session in one")
      .option("--credentials-file <file>", "where the session's credentials are kept", CREDENTIALS_FILE)
      .addOption(
        new Option("--tags <Key=..,Value=..>", "tag for deployment groups; may be given up to 10 times")
          .argParser(collectTags)
          .default([], "none"),
      )
      .option("--region <region>", "AWS region (default: AWS_REGION)")
      .option("--override-config", "replace a file that makes this host another one")
      .option("--on-ec2", "register an EC2 instance too, which needs no registration")
      .option("--dry-run", "only show what would be done")
      .option("--json", "as JSON"),
  examples: [
    "codedeploy-agent register --instance-name web-17 --create-iam-user --tags Key=fleet,Value=web --region eu-central-1",
    "codedeploy-agent register --instance-name web-17 --role-arn arn:aws:iam::123456789012:role/hosts --dry-run",
  ],
  notes: `${CREDENTIALS_NOTE}
With a role, keep its credentials fresh: codedeploy-agent session-credentials --loop
Exit status: 0 when the host is registered, 1 when not.`,
  run: async (given, line) => (await import("./register.ts")).registerHost(given, line),
});

const DEREGISTER = defineCommand<DeregisterOptions>({
  usage: "deregister",
  summary: "take this host out of CodeDeploy again",
  description:
    "Removes the tags and the registration of an on-premises instance, and its configuration file on this host. Installed files stay, and so does the IAM user unless told otherwise.",
  options: (command) =>
    command
      .requiredOption("--instance-name <name>", "name of the host in CodeDeploy", instanceName)
      .option("--delete-iam-user", "delete its IAM user with keys and policies, too")
      .addOption(new Option("--no-delete-iam-user").hideHelp())
      .option("--keep-file", "leave the configuration file where it is")
      .option("--region <region>", "AWS region (default: that of the configuration file, AWS_REGION)")
      .option("--dry-run", "only show what would be done")
      .option("--json", "as JSON"),
  examples: ["codedeploy-agent deregister --instance-name web-17 --delete-iam-user"],
  notes: `${CREDENTIALS_NOTE}\nExit status: 0 when the host is not registered any more, 1 when it is.`,
  run: async (given, line) => (await import("./deregister.ts")).deregisterHost(given, line),
});

const SESSION_CREDENTIALS = defineCommand<SessionOptions>({
  usage: "session-credentials",
  summary: "refresh the session credentials of a host that is registered with a role",
  description:
    "Assumes the role of this host and writes the session's credentials to the file that the agent reads, once, or as long as it runs. What is not given is taken from the on-premises configuration file.",
  options: (command) =>
    command
      .option("--role-arn <arn>", "role to assume; needed if it has a path")
      .option("--session-name <name>", "name of the session")
      .option("--duration <seconds>", "how long credentials last", countArgument, HOUR_SECONDS)
      .option("--file <file>", "credentials file to write")
      .option("--region <region>", "AWS region")
      .option("--loop", "go on until stopped; fetch new ones when half of their time is over")
      .option("--json", "as JSON; with --loop one line each time"),
  examples: [
    "codedeploy-agent session-credentials",
    "codedeploy-agent session-credentials --loop",
    "*/20 * * * * root codedeploy-agent session-credentials      in /etc/cron.d/codedeploy-session",
  ],
  notes: `${CREDENTIALS_NOTE}\nExit status: 0 when the file is fresh, 1 when not; --loop ends with 0 when stopped.`,
  run: async (given, line) => (await import("./session-credentials.ts")).sessionCredentials(given, line),
});

/** The commands about on-premises hosts. */
export const REGISTRATION_COMMANDS: readonly AnyCommand[] = [REGISTER, DEREGISTER, SESSION_CREDENTIALS];

function instanceName(text: string): string {
  if (/^[^:\s]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be 1 to 100 characters without blanks and colons.");
}

function collectTags(text: string, tags: readonly Tag[]): readonly Tag[] {
  const [, key = "", value = ""] = /^Key=([^,]+),Value=(.+)$/.exec(text) ?? [];
  if (key === "") throw new InvalidArgumentError("It must be of the form Key=name,Value=text.");
  return [...tags, { key, value }];
}
