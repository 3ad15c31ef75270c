import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SandboxRefusal, SandboxUnreachable } from "../../sandbox/client/http-json.ts";
import type { MinimumHealthyHosts } from "../../sandbox/model.ts";
import { SandboxStartError } from "../../sandbox/start-error.ts";
import { BUNDLE_TYPES } from "./bundle.ts";
import { errnoOf } from "./errno.ts";
import { CliFailure, EXIT, type SandboxIo } from "./io.ts";

const EXAMPLES = `
Examples:
  codedeploy-sandbox up
  codedeploy-sandbox configure-agent host-1 --dir ./host-1
  codedeploy-sandbox deploy --source ./app --application app --group demo --hosts host-1
  codedeploy-sandbox status

Exit status: 0 done, 1 failed (also a deployment that failed), 2 wrong usage, 130 interrupted.`;

const ENV_EXAMPLES = `
Examples:
  eval "$(codedeploy-sandbox env)" && aws deploy list-applications
  codedeploy-sandbox env --format profile >>~/.aws/config

Versions of the AWS CLI before 2.13 do not read AWS_ENDPOINT_URL; give them --endpoint-url "$AWS_ENDPOINT_URL".`;

const DEPLOY_EXAMPLES = `
Examples:
  codedeploy-sandbox deploy --source ./app --application app --group demo --hosts host-1
  codedeploy-sandbox deploy --source app-1.1.zip --application app --group demo
  codedeploy-sandbox deploy --source ./app --application app --group fleet \\
    --hosts web-1,web-2,web-3 --minimum-healthy-hosts 50%`;

/** The program \`codedeploy-sandbox\`. @param argv arguments behind the program's name. Resolves with the exit status. */
export async function run(argv: readonly string[], io: SandboxIo): Promise<number> {
  try {
    let exitStatus: number = EXIT.done;
    const program = sandboxProgram(io, (status) => {
      exitStatus = status;
    });
    await program.parseAsync(argv, { from: "user" });
    return exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    io.stderr.write(`error: ${explain(error)}\n`);
    return error instanceof CliFailure ? error.exitStatus : EXIT.failed;
  }
}

function sandboxProgram(io: SandboxIo, end: (exitStatus: number) => void): Command {
  const program = new Command("codedeploy-sandbox")
    .description("A local CodeDeploy for development, demos and tests: agents poll it as they poll AWS.")
    .version(io.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showHelpAfterError("(codedeploy-sandbox --help shows what can be given)")
    .addHelpText("after", EXAMPLES);
  addUp(program, io, end);
  addConfigureAgent(program, io, end);
  addEnv(program, io, end);
  addDeploy(program, io, end);
  addStatus(program, io, end);
  return program;
}

type AddCommand = (program: Command, io: SandboxIo, end: (exitStatus: number) => void) => void;

const addUp: AddCommand = (program, io, end) => {
  program
    .command("up")
    .description("run a sandbox in the foreground")
    .option("--port <n>", "port on 127.0.0.1; 0 takes a free one", wholeNumber, 0)
    .addOption(dataOption())
    .addOption(
      new Option("--state <directory>", "the same as --data, and everything is kept there over restarts").conflicts(
        "data",
      ),
    )
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("--any-key", "take requests that are signed with any key", false)
    .option("--time-scale <factor>", "scale of all limits and waits: at 0.01 five minutes are three seconds", factor, 1)
    .option("--long-poll <seconds>", "how long a poll without a command is held", seconds, 20)
    .option("--redeliver <seconds>", "when a command that no agent has acknowledged is handed out again", seconds, 10)
    .option("--json", "print one line of JSON instead of text", false)
    .action(async (options) => end(await (await import("./up.ts")).up(options, io)));
};

const addConfigureAgent: AddCommand = (program, io, end) => {
  program
    .command("configure-agent")
    .description("write the configuration of an agent that polls the sandbox as HOST")
    .argument("<host>", "name of the host")
    .requiredOption("--dir <directory>", "where the files, logs and state of the host go")
    .option("--force", "replace files that exist", false)
    .addOption(endpointOption())
    .addOption(dataOption())
    .option("--json", "print one line of JSON instead of text", false)
    .action(async (host, options) =>
      end(await (await import("./configure-agent.ts")).configureAgent(host, options, io)),
    );
};

const addEnv: AddCommand = (program, io, end) => {
  program
    .command("env")
    .description("print what the AWS CLI and SDKs need to use the sandbox")
    .addOption(
      new Option("--format <format>", "sh: variables for eval; profile: a profile for ~/.aws/config")
        .choices(["sh", "profile", "json"])
        .default("sh"),
    )
    .addOption(endpointOption())
    .addOption(dataOption())
    .addHelpText("after", ENV_EXAMPLES)
    .action(async (options) => end(await (await import("./env.ts")).env(options, io)));
};

const addDeploy: AddCommand = (program, io, end) => {
  program
    .command("deploy")
    .description("upload a revision, deploy it and show each lifecycle event as it ends")
    .requiredOption("--source <path>", "directory (packed) or archive (sent as it is)")
    .requiredOption("--application <name>", "application")
    .requiredOption("--group <name>", "deployment group; made when there is none")
    .option("--hosts <names>", "hosts of the group, separated by commas (default: those it has)", list)
    .addOption(new Option("--deployment-config <name>", "OneAtATime, HalfAtATime or AllAtOnce").argParser(configName))
    .addOption(
      new Option("--minimum-healthy-hosts <n>", "hosts that stay healthy: a number, or 50%")
        .argParser(minimumHealthyHosts)
        .conflicts("deploymentConfig"),
    )
    .addOption(new Option("--bundle-type <type>", "how to pack, or what the archive is").choices(BUNDLE_TYPES))
    .option("--bucket <name>", "bucket to upload to", "revisions")
    .option("--key <key>", "key to upload to (default: <application>/<name of the source>)")
    .addOption(
      new Option(
        "--file-exists-behavior <behavior>",
        "what to do with files on the host that no deployment installed",
      ).choices(["DISALLOW", "OVERWRITE", "RETAIN"]),
    )
    .option("--appspec-filename <name>", "name of the AppSpec file in the revision")
    .option("--ignore-application-stop-failures", "go on when the old revision cannot be stopped", false)
    .option("--with-load-balancer", "run the traffic events too", false)
    .option("--timeout <seconds>", "how long to wait for the end", seconds, 3600)
    .addOption(endpointOption())
    .addOption(dataOption())
    .option("--json", "print a line of JSON for each event instead of text", false)
    .addHelpText("after", DEPLOY_EXAMPLES)
    .action(async (options) => end(await (await import("./deploy.ts")).deploy(options, io)));
};

const addStatus: AddCommand = (program, io, end) => {
  program
    .command("status")
    .description("show hosts, groups and deployments")
    .addOption(endpointOption())
    .addOption(dataOption())
    .option("--json", "print one line of JSON instead of text", false)
    .action(async (options) => end(await (await import("./status.ts")).status(options, io)));
};

function endpointOption(): Option {
  return new Option("--endpoint <url>", "URL of the sandbox (default: CODEDEPLOY_SANDBOX_URL, else the one in --data)");
}

function dataOption(): Option {
  return new Option("--data <directory>", "directory of the sandbox (default: ~/.local/state/codedeploy-sandbox)");
}

function wholeNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It has to be a whole number from 0 to 65535.");
}

function seconds(text: string): number {
  if (/^\d{1,6}(?:\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It has to be a number of seconds, 0 or more.");
}

function factor(text: string): number {
  if (/^\d{0,4}(?:\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It has to be a number greater than 0.");
}

function list(text: string): readonly string[] {
  return text.split(",").filter((name) => name !== "");
}

function configName(text: string): string {
  return text.includes(".") ? text : `CodeDeployDefault.${text}`;
}

function minimumHealthyHosts(text: string): MinimumHealthyHosts {
  const [, value, percent] = /^(\d{1,4})(%?)$/.exec(text) ?? [];
  if (value === undefined) throw new InvalidArgumentError("It has to be a number of hosts, or a share like 50%.");
  return { type: percent === "%" ? "FLEET_PERCENT" : "HOST_COUNT", value: Number(value) };
}

/** One line for an error; those that are not meant for users are marked as ours. */
function explain(error: unknown): string {
  const isForUsers =
    error instanceof CliFailure ||
    error instanceof SandboxStartError ||
    error instanceof SandboxRefusal ||
    error instanceof SandboxUnreachable ||
    errnoOf(error) !== undefined;
  const message = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
  if (error instanceof SandboxUnreachable) return `${message} Start one with "codedeploy-sandbox up".`;
  return isForUsers ? message : `${message} (this is a fault of codedeploy-sandbox, please report it)`;
}
