import { Option } from "commander";
import { type AddCommand, dataOption, endpointOption, factor, jsonOption, portNumber, seconds } from "../options.ts";

const ENV_EXAMPLES = `
Examples:
  eval "$(codedeploy-sandbox env)" && aws deploy list-applications
  codedeploy-sandbox env --format profile >>~/.aws/config

Versions of the AWS CLI before 2.13 do not read AWS_ENDPOINT_URL; give them --endpoint-url "$AWS_ENDPOINT_URL".`;

export const addUp: AddCommand = (program, io, end) => {
  program
    .command("up")
    .description("run a sandbox, in the foreground unless told otherwise")
    .option("--port <n>", "port on 127.0.0.1; 0 takes a free one", portNumber, 0)
    .addOption(dataOption())
    .addOption(
      new Option("--state <directory>", "the same as --data, and everything is kept there over restarts").conflicts(
        "data",
      ),
    )
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("-d, --detach", "run in the background; see down", false)
    .option("--any-key", "take requests that are signed with any key", false)
    .option("--time-scale <factor>", "scale of all limits and waits: at 0.01 five minutes are three seconds", factor, 1)
    .option("--long-poll <seconds>", "how long a poll without a command is held", seconds, 20)
    .option("--redeliver <seconds>", "when a command that no agent has acknowledged is handed out again", seconds, 10)
    .addOption(jsonOption())
    .action(async (options) => end(await (await import("./up.ts")).up(options, io)));
};

export const addDown: AddCommand = (program, io, end) => {
  program
    .command("down")
    .description("stop the sandbox, and the fleets that work for it")
    .addOption(dataOption())
    .addOption(new Option("--state <directory>", "the same as --data").conflicts("data"))
    .addOption(jsonOption())
    .action(async (options) => end(await (await import("./down.ts")).down(options, io)));
};

export const addEnv: AddCommand = (program, io, end) => {
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

export const addStatus: AddCommand = (program, io, end) => {
  program
    .command("status")
    .description("show hosts, groups and deployments")
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options) => end(await (await import("./status.ts")).status(options, io)));
};
