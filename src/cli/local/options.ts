import { type Command, Option } from "commander";
import { AGENT_EVENTS } from "../../deployment/lifecycle.ts";
import { Secret } from "../../deployment/secret.ts";
import { FILE_EXISTS_BEHAVIORS, type FileExistsBehavior } from "../../deployment/specification.ts";

/** Values of `--type`. */
export const BUNDLE_TYPES = ["directory", "tar", "tgz", "zip"] as const;
export type BundleType = (typeof BUNDLE_TYPES)[number];

/** A local deployment as asked for on the command line. */
export interface DeployOptions {
  readonly bundleLocation: string;
  readonly type: BundleType;
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly deploymentGroup: string;
  readonly deploymentGroupName: string;
  readonly applicationName?: string;
  readonly events: readonly string[];
  readonly appspecFilename: string;
  readonly githubToken?: Secret;
  readonly showOutput?: boolean;
  readonly json?: boolean;
}

/** Adds the options that `codedeploy-local` and `codedeploy-agent deploy` have in common, with the reference's defaults. */
export function addDeployOptions(command: Command, workingDirectory: string): Command {
  return command
    .addOption(
      new Option("-l, --bundle-location <location>", "path of the bundle, s3://bucket/key or a GitHub URL").default(
        workingDirectory,
        "the working directory",
      ),
    )
    .addOption(new Option("-t, --type <type>", "how it is packed").choices(BUNDLE_TYPES).default("directory"))
    .addOption(
      new Option("-b, --file-exists-behavior <behavior>", "what to do with files that no deployment installed")
        .choices(FILE_EXISTS_BEHAVIORS)
        .default("DISALLOW"),
    )
    .option("-g, --deployment-group <name>", "group; a name below root_dir", "default-local-deployment-group")
    .option("-d, --deployment-group-name <name>", "name of the group, for scripts", "LocalFleet")
    .option("-a, --application-name <name>", "name of the application, for scripts (default: the bundle's location)")
    .addOption(
      new Option("-e, --events <events>", "events to carry out, in order, separated by commas")
        .argParser((text) => text.split(","))
        .default([...AGENT_EVENTS], "all, in order"),
    )
    .option("-A, --appspec-filename <name>", "name of the AppSpec file", "appspec.yml")
    .addOption(
      new Option("--github-token <token>", "access token for GitHub; other users see it here, but not in the variable")
        .env("CODEDEPLOY_GITHUB_TOKEN")
        .argParser((token: string) => new Secret(token)),
    )
    .option("-o, --show-output", "show what the scripts write, while they run")
    .option("--json", "one JSON document at the end instead of lines");
}

/** What else there is to know. */
export const DEPLOY_NOTES = `DownloadBundle and Install are put in front when --events lacks them: the bundle
is always installed. ApplicationStop runs the script of what was installed
before. Ctrl-C gives up what is running and undoes an Install.
Exit status: 0 when all events succeeded, 1 when one failed, 130 after Ctrl-C.`;
