import { Command, CommanderError } from "commander";
import type { CommandLine } from "../command-line.ts";
import { EXIT } from "../terminal/io.ts";
import { addDeployOptions, DEPLOY_NOTES, type DeployOptions } from "./options.ts";

/** Descriptions beside long options have less than the library wants before it breaks lines. */
const LEAST_HELP_WIDTH = 20;

type Options = DeployOptions & { readonly agentConfigurationFile?: string };

const AFTER_HELP = `
Examples:
  codedeploy-local --bundle-location ./my-app --show-output
  codedeploy-local -l my-app.tgz -t tgz -g my-group -b OVERWRITE
  codedeploy-local -l 's3://bucket/my-app.zip?versionId=8f1c' -t zip
  codedeploy-local -l https://github.com/account/my-app/tree/main -t tar
  codedeploy-local -e DownloadBundle,Install,ApplicationStart

${DEPLOY_NOTES}`;

/** The program `codedeploy-local`: a deployment on this host without the service. Resolves with its exit status. */
export async function localProgram(argv: readonly string[], line: CommandLine): Promise<number> {
  let status: number = EXIT.done;
  const program = command(line).action(async (options: Options) => {
    const { agentConfigurationFile: configFile, ...others } = options;
    const deployment = { ...others, prefix: "ERROR:", ...(configFile === undefined ? {} : { configFile }) };
    status = await (await import("./deployment.ts")).deployLocally(deployment, line);
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    // A wrong command line is status 1, as of the reference.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.failed;
    throw error;
  }
  return status;
}

function command({ io, program }: CommandLine): Command {
  const local = new Command("codedeploy-local")
    .description("Carries out a deployment on this host, without the CodeDeploy service.")
    .version(program.version, "-v, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("Run codedeploy-local --help to see what can be given.")
    .configureHelp({ minWidthToWrap: LEAST_HELP_WIDTH })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "ERROR: ")),
    })
    .exitOverride();
  return addDeployOptions(local, io.workingDirectory)
    .option("-c, --agent-configuration-file <file>", "the agent's configuration file")
    .addHelpText("after", AFTER_HELP);
}
