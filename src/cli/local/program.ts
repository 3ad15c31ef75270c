import { Command, Option } from "commander";
import { ConfigError } from "../../config/config-error.ts";
import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import { Secret } from "../../deployment/secret.ts";
import { FILE_EXISTS_BEHAVIORS } from "../../deployment/specification.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import { BUNDLE_TYPES } from "./bundle-location.ts";
import { carryOut, type LocalDeployment, type LocalHost, localSpecification } from "./deploy.ts";
import { DEFAULT_EVENTS } from "./events.ts";
import { eventLine, failureLines } from "./render.ts";
import { LocalUsageError } from "./usage-error.ts";

/** What the program needs from the process it runs in. */
export interface LocalProgramDependencies {
  readonly version: string;
  readonly fileSystem: FileSystem;
  readonly workingDirectory: string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** Wires the host that a configuration describes; `close` flushes its log. */
  readonly openHost: (loaded: LoadedConfig) => Promise<LocalHost & { close(): Promise<void> }>;
}

type Options = LocalDeployment & { readonly agentConfigurationFile?: string; readonly githubToken?: Secret };

const EXAMPLES = `
Examples:
  codedeploy-local --bundle-location ./my-app
  codedeploy-local -l my-app.tgz -t tgz -g my-group -b OVERWRITE
  codedeploy-local -l s3://bucket/my-app.zip?versionId=8f1c -t zip
  codedeploy-local -l https://github.com/account/my-app/tree/main -t tar
  codedeploy-local -e DownloadBundle,Install,ApplicationStart`;

/** The program \`codedeploy-local\`: a deployment on this host without the service. Resolves with its exit status. */
export async function localProgram(argv: readonly string[], dependencies: LocalProgramDependencies): Promise<number> {
  let status = 0;
  const program = command(dependencies).action(async (options: Options) => {
    status = await deploy(options, dependencies);
  });
  await program.parseAsync([...argv], { from: "user" });
  return status;
}

function command({ version, workingDirectory }: LocalProgramDependencies): Command {
  const events = (text: string) => text.split(",");
  return new Command("codedeploy-local")
    .description("Carries out a deployment on this host, without the CodeDeploy service.")
    .version(version, "-v, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .option("-l, --bundle-location <location>", "path of the bundle, s3://bucket/key or a GitHub URL", workingDirectory)
    .addOption(new Option("-t, --type <type>", "how it is packed").choices(BUNDLE_TYPES).default("directory"))
    .addOption(
      new Option("-b, --file-exists-behavior <behavior>", "what to do with files that no deployment installed")
        .choices(FILE_EXISTS_BEHAVIORS)
        .default("DISALLOW"),
    )
    .option("-g, --deployment-group <name>", "group; a name below root_dir", "default-local-deployment-group")
    .option("-d, --deployment-group-name <name>", "name of the group, for scripts", "LocalFleet")
    .option("-a, --application-name <name>", "name of the application, for scripts (default: the bundle's location)")
    .option("-e, --events <events>", "events to carry out, in order, separated by commas", events, DEFAULT_EVENTS)
    .option("-c, --agent-configuration-file <file>", "the agent's configuration file")
    .option("-A, --appspec-filename <name>", "name of the AppSpec file", "appspec.yml")
    .addOption(
      new Option("--github-token <token>", "access token for GitHub; other users see it here, but not in the variable")
        .env("CODEDEPLOY_GITHUB_TOKEN")
        .argParser((token: string) => new Secret(token)),
    )
    .addHelpText("after", EXAMPLES);
}

async function deploy({ githubToken, ...options }: Options, dependencies: LocalProgramDependencies): Promise<number> {
  try {
    requireGroupName(options.deploymentGroup);
    const host = await dependencies.openHost(await loadConfig(options.agentConfigurationFile, dependencies.fileSystem));
    try {
      return await deployOn(
        host,
        {
          ...options,
          applicationName: options.applicationName ?? options.bundleLocation,
          ...(githubToken === undefined ? {} : { gitHubToken: githubToken }),
        },
        dependencies,
      );
    } finally {
      await host.close();
    }
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof LocalUsageError)) throw error;
    for (const line of error.message.split("\n")) dependencies.printError(`ERROR: ${line}`);
    return 1;
  }
}

/** A group is a directory below the root, so its name must not lead anywhere else. */
function requireGroupName(name: string): void {
  if (/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/.test(name)) return;
  throw new LocalUsageError(`--deployment-group ${name} must be letters, digits, ".", "_" and "-" only.`);
}

async function deployOn(
  host: LocalHost,
  options: Options,
  { print, printError }: LocalProgramDependencies,
): Promise<number> {
  const { specification, events } = await localSpecification(options, host);
  const paths = host.settings.layout.deployment(specification);
  print(`Deploying ${options.bundleLocation} in ${paths.directory}`);
  for await (const ended of carryOut({ specification, events }, host)) {
    print(eventLine(ended));
    if (ended.result?.status !== "Failed") continue;
    for (const line of failureLines(ended.result, paths.scriptsLog)) printError(line);
    return 1;
  }
  print(`The AppSpec file is valid and the deployment succeeded. Output of the scripts: ${paths.scriptsLog}`);
  return 0;
}
